# SPDX-License-Identifier: GPL-2.0-or-later
"""Payloads of every codec: one ordinary stream, that the ordinary tool and the usual searchers read."""

import bz2
import hashlib
import lzma
import subprocess
import zlib

import pytest
import zstandard

from support.bzimage import Image
from support.codecs import CODECS, stream
from support.relocs import linux_content


# A small kernel in every codec; a real one where making it is quick, and in the long run the larger one
# in every codec.
REAL = [(codec, "cloud") for codec in ("gzip", "xz", "lz4", "lzma")]
LONG = [pytest.param((codec, "stock"), id=f"{codec}-stock", marks=pytest.mark.long) for codec in CODECS]
SUBJECTS = [pytest.param(pair, id="-".join(pair))
            for pair in [*((codec, "pie") for codec in CODECS), *REAL]] + LONG


@pytest.fixture(scope="module")
def elf_of(stock_elf, test_kernels):
    """elf_of(name): the bytes that a payload begins with."""
    return lambda name: (test_kernels[name] if name in test_kernels else stock_elf(name)).read_bytes()


@pytest.fixture(scope="module", params=SUBJECTS)
def subject(request, make_image):
    """(codec, its image of a kernel)"""
    codec, kernel = request.param
    return codec, Image(make_image(kernel, "-c", CODECS[codec].option).read_bytes())


@pytest.fixture
def elf(request, elf_of):
    """What the payload must begin with; of tests without a subject, that of the real kernel."""
    parameters = getattr(getattr(request.node, "callspec", None), "params", {})
    return elf_of(parameters.get("subject", (None, "cloud"))[1])


def check_content(found, elf, image):
    """The kernel, and behind it as much as the manifest says: its relocation table, by the digest."""
    assert found[:len(elf)] == elf and len(found) == image.manifest.content_size
    assert hashlib.sha256(linux_content(image, found)).digest() == image.kernel_sha256


def test_the_ordinary_tool_reads_it(subject, elf):
    codec, image = subject
    done = subprocess.run(CODECS[codec].tool, input=stream(codec, image), stdout=subprocess.PIPE,
                          check=True)
    check_content(done.stdout, elf, image)


def test_size_behind_it(subject):
    """boot.rst payload_length: the last four bytes are the size; of gzip they are its own."""
    _, image = subject
    assert image.payload[-4:] == image.manifest.content_size.to_bytes(4, "little")


def test_chunks_cover_it(subject):
    """Input and output of all chunks, joined, are the stream and the content."""
    codec, image = subject
    in_end = out_end = 0
    for in_off, in_size, out_off, out_size, _, _ in image.chunks:
        assert (in_off, out_off) == (in_end, out_end)
        in_end, out_end = in_off + in_size, out_off + out_size
    assert (in_end, out_end) == (len(stream(codec, image)), image.manifest.content_size)


# There is no way to find a kernel that is not compressed.
SEARCHED = [pytest.param(pair, id="-".join(pair))
            for pair in [*((codec, "pie") for codec in ("bzip2", "lzma", "lzo", "zstd")), *REAL]]
SEARCHED += [param for param in LONG if param.values[0][0] != "none"]


@pytest.mark.parametrize("subject", SEARCHED, indirect=True)
def test_a_search_for_the_magic_finds_the_kernel(subject, elf):
    """As extract-vmlinux of Linux: decode from each magic number on, whatever lies behind the stream,
    until an ELF comes out."""
    codec, image = subject
    at = image.data.find(CODECS[codec].magic)
    while at >= 0:
        found = subprocess.run(CODECS[codec].tool, input=image.data[at:], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, check=False).stdout
        if found.startswith(b"\x7fELF"):
            break
        at = image.data.find(CODECS[codec].magic, at + 1)
    assert at >= 0 and found[:len(elf)] == elf


def image_of(make_image, codec, kernel="cloud"):
    return Image(make_image(kernel, "-c", CODECS[codec].option).read_bytes())


def test_gzip_is_one_member(make_image, elf):
    """Readers that stop at a final block, as zlib's users do, must see all."""
    image = image_of(make_image, "gzip")
    inflate = zlib.decompressobj(wbits=31)
    check_content(inflate.decompress(stream("gzip", image)), elf, image)
    assert inflate.eof and not inflate.unused_data


def test_gzip_chunks_end_with_a_marker(make_image):
    """An empty stored block that begins on a byte, for the stub to make it final."""
    image = image_of(make_image, "gzip")
    for number in range(len(image.chunks) - 1):
        at, size = image.chunk_input(number)
        assert image.data[at + size - 5:at + size] == b"\0\0\0\xff\xff"


def test_zstd_is_one_frame(make_image, elf):
    """python's zstandard reads one frame; what is behind it would be left over."""
    image = image_of(make_image, "zstd")
    decoder = zstandard.ZstdDecompressor().decompressobj()
    check_content(decoder.decompress(stream("zstd", image)), elf, image)
    assert decoder.eof and not decoder.unused_data


def test_xz_is_one_stream_of_blocks(make_image, elf):
    image = image_of(make_image, "xz")
    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    check_content(decoder.decompress(stream("xz", image)), elf, image)
    assert decoder.eof and not decoder.unused_data and decoder.check == lzma.CHECK_CRC32


def test_xz_index(make_image, tmp_path):
    image = image_of(make_image, "xz")
    (tmp_path / "payload.xz").write_bytes(stream("xz", image))
    listed = subprocess.run(["xz", "--robot", "--list", tmp_path / "payload.xz"],
                            stdout=subprocess.PIPE, check=True).stdout.decode()
    line = next(line.split("\t") for line in listed.splitlines() if line.startswith("file"))
    assert [int(v) for v in line[1:5]] == [
        1, len(image.chunks), len(stream("xz", image)), image.manifest.content_size]
    assert line[6] == "CRC32"


def test_bzip2_has_a_stream_for_each_chunk(make_image, elf_of):
    """Of a kernel that has no relocation table: its content is the ELF."""
    image, content = image_of(make_image, "bzip2", "pie"), elf_of("pie")
    for number, (_, _, out_off, out_size, _, _) in enumerate(image.chunks):
        at, size = image.chunk_input(number)
        decoder = bz2.BZ2Decompressor()
        assert decoder.decompress(image.data[at:at + size]) == content[out_off:out_off + out_size]
        assert decoder.eof and not decoder.unused_data


def test_lzma_has_its_input_in_the_first_chunk(make_image):
    image = image_of(make_image, "lzma", "pie")
    assert len(image.chunks) > 1
    assert image.chunks[0][1] == image.manifest.payload_size
    assert all(chunk[1] == 0 for chunk in image.chunks[1:])
    assert [chunk[5] for chunk in image.chunks] == list(range(len(image.chunks)))


def test_lz4_chunks_are_blocks(make_image):
    """Of the legacy frame: a block's size, the block; 8 MiB of output at most."""
    image = image_of(make_image, "lz4")
    for number in range(len(image.chunks)):
        at, size = image.chunk_input(number)
        head = 4 if number == 0 else 0  # the magic number
        assert int.from_bytes(image.data[at + head:at + head + 4], "little") == size - head - 4


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4", "zstd"])
def test_chunk_sizes(bzforge, test_kernels, tmp_path, codec):
    """--chunk: no chunk is larger than that; whole: none is cut that need not be."""
    counts = {}
    for size in ("2048K", "whole"):
        out = tmp_path / size
        bzforge.run("build", test_kernels["high"], "-o", out, "-c", CODECS[codec].option,
                    "--chunk", size)
        bzforge.run("verify", out)
        image = Image(out.read_bytes())
        counts[size] = len(image.chunks)
        if size != "whole":
            assert all(chunk[3] <= 2 << 20 for chunk in image.chunks)
    assert counts["2048K"] > 8 and counts["whole"] <= 8, counts
