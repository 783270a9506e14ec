# SPDX-License-Identifier: GPL-2.0-or-later
"""bzforge boot: the guest's serial port on standard output, and exit statuses."""

import pytest

from support import initramfs, qemu
from support.bzimage import Image
from support.tool import BAD_INPUT, ENVIRONMENT

LIMIT = ["--timeout", "60"]


@pytest.fixture
def boot(bzforge):
    def run(*arguments, **options):
        return bzforge.run("boot", *arguments, *LIMIT, prefix=qemu.WRAPPER,
                           timeout=120 + qemu.WRAPPER_PATIENCE, **options)
    return run


def test_boots_to_userspace(boot, make_image, small_initrd):
    done = boot(make_image("cloud"), "--initrd", small_initrd.path, "--memory", "256", "--cpus", "2",
                "--append", "console=ttyS0 panic=-1 some=word")
    facts = initramfs.facts(done.stdout.decode("latin-1").replace("\r", ""))
    assert facts["cmdline"] == "console=ttyS0 panic=-1 some=word"
    assert facts["nproc"] == "2"
    assert facts["blob"] == small_initrd.blob_md5
    assert int(facts["memtotal"]) < 256 * 1024


def test_boots_the_original_too(boot, cloud_kernel, small_initrd):
    done = boot(cloud_kernel, "--initrd", small_initrd.path)
    assert "FACTS END" in done.stdout.decode("latin-1")


def test_kernel_panic(boot, make_image):
    done = boot(make_image("cloud"), status=BAD_INPUT)
    assert b"Unable to mount root fs" in done.stdout
    assert b"panicked" in done.stderr


def test_refusal(boot, tmp_path, make_image):
    image = Image(make_image("pie").read_bytes())
    image.data[image.chunk_input(0)[0] + 100] ^= 1
    (tmp_path / "bad").write_bytes(image.data)
    done = boot(tmp_path / "bad", status=BAD_INPUT)
    assert b"bzforge: E43 " in done.stdout
    assert b"boot code refused" in done.stderr and b"E43" in done.stderr


def test_timeout(bzforge, tmp_path, make_image):
    """A refusal that waits for a key, cut off by the clock."""
    image = Image(make_image("pie").read_bytes())
    image.data[image.chunk_input(0)[0] + 100] ^= 1
    (tmp_path / "bad").write_bytes(image.data)
    done = bzforge.run("boot", tmp_path / "bad", "--append", "console=ttyS0", "--timeout", "4",
                       prefix=qemu.WRAPPER, status=BAD_INPUT, timeout=60 + qemu.WRAPPER_PATIENCE)
    assert done.stderr.decode().startswith(f"bzforge: {tmp_path}/bad: ")


def test_trace_shows_the_stages(boot, make_image, small_initrd):
    done = boot(make_image("cloud"), "--initrd", small_initrd.path, "--trace")
    text = done.stdout + done.stderr
    for words in (b"bzforge: image at 0x", b"bzforge: decoding 0x", b"bzforge: entering the kernel"):
        assert words in text


def test_no_qemu(bzforge, tmp_path, make_image):
    message = bzforge.message("boot", make_image("pie"), status=ENVIRONMENT, env={"PATH": str(tmp_path)})
    assert "qemu-system-x86_64" in message


def test_no_initrd_file(bzforge, tmp_path, make_image):
    message = bzforge.message("boot", make_image("pie"), "--initrd", tmp_path / "missing",
                              status=ENVIRONMENT)
    assert "missing" in message


def test_not_an_image(bzforge, tmp_path):
    (tmp_path / "text").write_text("no kernel\n")
    assert "not a bzImage" in bzforge.message("boot", tmp_path / "text", status=BAD_INPUT)


def test_uefi_needs_an_efi_entry(bzforge, make_image, tmp_path):
    image = tmp_path / "no-pe.img"
    data = make_image("pie").read_bytes()
    assert data[:2] == b"MZ"
    image.write_bytes(b"\x90\x90" + data[2:])
    message = bzforge.message("boot", image, "--firmware", "uefi", status=BAD_INPUT)
    assert "EFI" in message
