# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels wrapped by Linux with each of its codecs: the stock kernel's content compressed by the
ordinary tools with the options of Linux's build (scripts/Makefile.lib, told in boot.rst payload_*),
at quick levels, put back into the stock wrapper."""

import json
import subprocess
from pathlib import Path

import pytest

from support import bzimage, cache
from support.bzimage import BzImage

# codec -> (command, does Linux append the size?). gzip's own trailer is the size.
CODECS = {
    "gzip": (["gzip", "-n", "-1"], False),
    "bzip2": (["bzip2", "-1"], True),
    "lzma": (["xz", "--format=lzma", "-0"], True),
    "xz": (["xz", "--check=crc32", "--x86", "--lzma2=preset=0"], True),
    "lzo": (["lzop", "-1"], True),
    "lz4": (["lz4", "-l", "-1"], True),
    "zstd": (["zstd", "-1"], True),
}


# The same at the levels of Linux's build, for a kernel so small that this takes no time.
LINUX_LEVELS = {
    "gzip": (["gzip", "-n", "-f", "-9"], False),
    "bzip2": (["bzip2", "-9"], True),
    "lzma": (["lzma", "-9"], True),
    "xz": (["xz", "--check=crc32", "--x86", "--lzma2=,dict=32MiB"], True),
    "lzo": (["lzop", "-9"], True),
    "lz4": (["lz4", "-l", "-9", "-", "-"], True),
    "zstd": (["zstd", "-22", "--ultra"], True),
}


def linux_payload(content, command, with_size):
    stream = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout
    return stream + len(content).to_bytes(4, "little") if with_size else stream


def parts(bzforge, image, folder):
    """(ELF, relocation table) of an image."""
    bzforge.run("extract", image, "-o", folder / "elf", "--relocs", folder / "relocs")
    return (folder / "elf").read_bytes(), (folder / "relocs").read_bytes()


@pytest.fixture(scope="module")
def content(bzforge, cloud_kernel, tmp_path_factory):
    return b"".join(parts(bzforge, cloud_kernel, tmp_path_factory.mktemp("content")))


@pytest.fixture(scope="module", params=CODECS)
def foreign(request, cloud_kernel, content):
    command, with_size = CODECS[request.param]

    def make(out):
        image = BzImage(cloud_kernel.read_bytes())
        image.replace_payload(linux_payload(content, command, with_size))
        out.write_bytes(image.data)

    key = cache.digest(cloud_kernel, content, Path(bzimage.__file__), *command)
    return request.param, cache.made(f"{request.param}.img", key, make)


def test_same_kernel(bzforge, foreign, cloud_kernel, content):
    codec, path = foreign
    report = json.loads(bzforge.output("inspect", "--json", path))
    assert report["codec"] == codec
    assert report["content_size"] == len(content)
    assert report["problems"] == []
    assert "same kernel" in bzforge.output("verify", path, "--against", cloud_kernel)
    elf = bzforge.run("extract", path, "-o", "-").stdout
    assert elf == content[:len(elf)] and len(elf) == report["elf"]["size"]


def test_repack(bzforge, tmp_path, foreign, cloud_kernel):
    _, path = foreign
    bzforge.run("repack", path, "-o", tmp_path / "out", "-c", "zstd:1")
    assert "same kernel" in bzforge.output("verify", tmp_path / "out", "--against", cloud_kernel)


def test_damaged_stream(bzforge, tmp_path, foreign, cloud_kernel):
    """A run of zeros in the middle. lz4, lzma and lzo without their tools' checksums may decode it to
    something else; it is then another kernel, or none, but never the same."""
    _, path = foreign
    image = BzImage(path.read_bytes())
    middle = image.payload_at + image.hdr.payload_length // 2
    image.data[middle:middle + 4096] = bytes(4096)
    (tmp_path / "bad").write_bytes(image.data)
    bzforge.run("verify", tmp_path / "bad", "--against", cloud_kernel, status=1)


def test_truncated_stream(bzforge, tmp_path, foreign):
    """The header's length made shorter by a quarter, the size trailer put at the new end."""
    codec, path = foreign
    image = BzImage(path.read_bytes())
    trailer = image.payload[-4:]
    length = image.hdr.payload_length * 3 // 4
    image.data[image.payload_at + length - 4:image.payload_at + length] = trailer
    image.hdr.payload_length = length
    (tmp_path / "bad").write_bytes(image.data)
    message = bzforge.message("verify", tmp_path / "bad", status=1)
    assert message.startswith(f"bzforge: {tmp_path}/bad: "), codec


@pytest.mark.parametrize("codec", LINUX_LEVELS)
def test_small_kernel_at_linuxs_levels(bzforge, tmp_path, cloud_kernel, make_image, codec):
    """Opened, taken apart, checked and wrapped again: what comes out is what went in."""
    small = make_image("high", "-c", "zstd:3")
    elf, relocs = parts(bzforge, small, tmp_path)
    image = BzImage(cloud_kernel.read_bytes())
    image.replace_payload(linux_payload(elf + relocs, *LINUX_LEVELS[codec]))
    path = tmp_path / "linux"
    path.write_bytes(image.data)
    report = json.loads(bzforge.output("inspect", "--json", path))
    assert (report["codec"], report["content_size"]) == (codec, len(elf + relocs))
    assert report["elf"]["size"] == len(elf) and report["problems"] == []
    assert parts(bzforge, path, tmp_path) == (elf, relocs)
    assert "same kernel" in bzforge.output("verify", path, "--against", small)
    for again in ("zstd:1", "lz4:1"):
        bzforge.run("repack", path, "-o", tmp_path / "out", "-c", again)
        assert "same kernel" in bzforge.output("verify", tmp_path / "out", "--against", path)


REFERENCE_PATIENCE = 1800  # seconds in which Linux's own build makes its wrapper


@pytest.mark.long
@pytest.mark.parametrize("codec", CODECS)
def test_wrapped_by_linuxs_own_build(bzforge, tmp_path, stock_kernel, codec):
    """What bench/linux-reference.sh lets Linux's build make of the stock kernel."""
    script = Path(__file__).resolve().parents[2] / "bench/linux-reference.sh"
    done = subprocess.run([script, stock_kernel, codec], stdout=subprocess.PIPE, check=True,
                          stdin=subprocess.DEVNULL, timeout=REFERENCE_PATIENCE)
    path = Path(done.stdout.decode().splitlines()[-1])
    report = json.loads(bzforge.output("inspect", "--json", path))
    assert report["codec"] == codec and report["problems"] == []
    (tmp_path / "stock").mkdir()
    assert parts(bzforge, path, tmp_path) == parts(bzforge, stock_kernel, tmp_path / "stock")
    assert "same kernel" in bzforge.output("verify", path, "--against", stock_kernel)
    bzforge.run("repack", path, "-o", tmp_path / "out", "-c", "lz4:1")
    assert "same kernel" in bzforge.output("verify", tmp_path / "out", "--against", stock_kernel)
