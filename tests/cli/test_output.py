# SPDX-License-Identifier: GPL-2.0-or-later
"""Output appears whole or not at all; "-" is standard input or output."""

import os
import resource
import signal
import stat
import subprocess
import time

import pytest

from support.tool import ENVIRONMENT

LIMIT = 100_000  # bytes: less than any of our images


def test_standard_output(bzforge, pie_image, test_kernels):
    image = bzforge.run("build", test_kernels["pie"], "-c", "zstd:3", "-o", "-").stdout
    assert image == pie_image.read_bytes()


def test_standard_input(bzforge, tmp_path, pie_image, test_kernels):
    data = pie_image.read_bytes()
    elf = bzforge.run("extract", "-", "-o", "-", input=data).stdout
    assert elf == test_kernels["pie"].read_bytes()
    assert b"standard input: whole" in bzforge.run("verify", "-", input=data).stdout
    bzforge.run("inspect", "-", input=data)
    bzforge.run("repack", "-", "-o", tmp_path / "out", "-c", "zstd:3", input=data)
    assert (tmp_path / "out").read_bytes() == data


def no_large_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


@pytest.mark.parametrize("old", [None, b"what was there before"], ids=["new", "replaced"])
def test_no_space_leaves_nothing(bzforge, tmp_path, pie_image, old):
    """The file grows to a limit and no further, as on a full disk."""
    out = tmp_path / "out"
    if old is not None:
        out.write_bytes(old)
    message = bzforge.message("repack", pie_image, "-o", out, "-c", "zstd:1", status=ENVIRONMENT,
                              preexec_fn=no_large_files)
    assert message.startswith(f"bzforge: {out}: ")
    assert [p.name for p in tmp_path.iterdir()] == ([] if old is None else ["out"])
    if old is not None:
        assert out.read_bytes() == old


def test_full_device(bzforge, pie_image):
    """A device is written to, not replaced."""
    message = bzforge.message("repack", pie_image, "-o", "/dev/full", "-c", "zstd:1", status=ENVIRONMENT)
    assert "No space left on device" in message
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    with open("/dev/full", "wb") as full:
        bzforge.run("repack", pie_image, "-o", "-", "-c", "zstd:1", status=ENVIRONMENT, stdout=full)
        bzforge.run("inspect", pie_image, status=ENVIRONMENT, stdout=full)


def test_no_folder(bzforge, tmp_path, pie_image):
    message = bzforge.message("repack", pie_image, "-o", tmp_path / "missing/out", "-c", "zstd:1",
                              status=ENVIRONMENT)
    assert message.startswith(f"bzforge: {tmp_path}/missing/out: ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_killed_while_writing(bzforge, tmp_path, cloud_kernel, number):
    """Killed as soon as the temporary file is there: neither it nor the output stays."""
    process = subprocess.Popen([bzforge.path, "extract", cloud_kernel, "-o", "out"], cwd=tmp_path,
                               stderr=subprocess.DEVNULL)
    while process.poll() is None and not list(tmp_path.iterdir()):
        time.sleep(0.0002)
    process.send_signal(number)
    status = process.wait(60)
    left = [p.name for p in tmp_path.iterdir()]
    if status == 0:  # it was quicker than the signal: then the output must be whole
        assert left == ["out"]
        bzforge.run("verify", tmp_path / "out")
    else:
        assert status == -number
        assert left == []


def test_killed_while_compressing(bzforge, tmp_path, cloud_kernel):
    (tmp_path / "out").write_bytes(b"old")
    process = subprocess.Popen([bzforge.path, "repack", cloud_kernel, "-o", "out"], cwd=tmp_path,
                               stderr=subprocess.DEVNULL)
    time.sleep(1)
    process.terminate()
    assert process.wait(60) == -signal.SIGTERM
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"


def test_mode_of_the_output(bzforge, tmp_path, pie_image):
    """As any program's: what the umask leaves of rw-rw-rw-."""
    out = tmp_path / "out"
    bzforge.run("repack", pie_image, "-o", out, "-c", "zstd:1", preexec_fn=lambda: os.umask(0o027))
    assert stat.S_IMODE(out.stat().st_mode) == 0o640


def test_no_progress_without_a_terminal(bzforge, tmp_path, high_image):
    assert bzforge.message("repack", high_image, "-o", tmp_path / "out") == ""
