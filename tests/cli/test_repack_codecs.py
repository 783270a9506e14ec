# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of every codec: same kernel, same bytes when made twice, and every damage is found."""

import json
import subprocess

import pytest

from support.bzimage import Image, crc32c
from support.codecs import CODECS
from support.tool import BAD_INPUT


@pytest.fixture(scope="module", params=CODECS)
def coded(request, make_image):
    """(codec, an image of a small kernel that has several pieces, each a chunk)"""
    return request.param, make_image("pie", "-c", CODECS[request.param].option)


@pytest.mark.parametrize("codec", CODECS)
def test_from_each_codec_to_each(bzforge, tmp_path, make_image, test_kernels, codec):
    """And the result does not show where it came from."""
    path = make_image("pie", "-c", CODECS[codec].option)
    for other, parts in CODECS.items():
        out = tmp_path / other
        bzforge.run("repack", path, "-o", out, "-c", parts.option)
        assert "same kernel" in bzforge.output("verify", out, "--against", test_kernels["pie"]), other
        report = json.loads(bzforge.output("inspect", "--json", out))
        assert report["codec"] == other and report["problems"] == []
    bzforge.run("repack", tmp_path / "zstd", "-o", tmp_path / "again", "-c", CODECS[codec].option)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_extract(bzforge, tmp_path, coded, test_kernels):
    bzforge.run("extract", coded[1], "-o", tmp_path / "elf")
    assert (tmp_path / "elf").read_bytes() == test_kernels["pie"].read_bytes()


@pytest.mark.parametrize("codec", CODECS)
def test_made_twice(bzforge, tmp_path, test_kernels, codec):
    """With several threads, in whatever order: the same bytes."""
    for out in ("once", "twice"):
        bzforge.run("build", test_kernels["pie"], "-o", tmp_path / out, "-c", CODECS[codec].option)
    assert (tmp_path / "once").read_bytes() == (tmp_path / "twice").read_bytes()


SMALL = 1 << 17  # bytes of input whose CRC-32C the test computes in Python


def with_input(image, size=1 << 32):
    """Numbers of the chunks that have input, of at most that size."""
    return [number for number, chunk in enumerate(image.chunks) if 0 < chunk[1] <= size]


def test_damaged_chunk(bzforge, tmp_path, coded):
    """A flipped bit in the first or the last byte of each chunk."""
    _, path = coded
    for number in with_input(Image(path.read_bytes())):
        image = Image(path.read_bytes())
        at, size = image.chunk_input(number)
        for offset in (0, size - 1):
            image.data[at + offset] ^= 0x10
            (tmp_path / "bad").write_bytes(image.data)
            message = bzforge.message("verify", tmp_path / "bad", status=BAD_INPUT)
            assert f"checksum of a chunk is wrong: chunk number (offset {at:#x}, value {number})" \
                in message, message
            image.data[at + offset] ^= 0x10


def test_damaged_chunk_with_a_right_checksum(bzforge, tmp_path, coded, test_kernels):
    """Whoever makes the checksums right still does not get another kernel past the check. (Some bytes
    mean nothing: the time in gzip's header.)"""
    _, path = coded
    numbers = with_input(Image(path.read_bytes()), SMALL)
    refused = 0
    for number in numbers:
        image = Image(path.read_bytes())
        at, size = image.chunk_input(number)
        image.data[at + size // 2] ^= 0x10
        *rest, _, ready = image.chunks[number]
        image.set_chunk(number, (*rest, crc32c(image.data[at:at + size]), ready))
        image.seal()
        (tmp_path / "bad").write_bytes(image.data)
        done = subprocess.run([bzforge.path, "verify", tmp_path / "bad", "--against",
                               test_kernels["pie"]], capture_output=True, check=False)
        refused += done.returncode == BAD_INPUT
        assert done.returncode == BAD_INPUT or (done.returncode == 0 and b"same kernel" in done.stdout), number
    assert refused

