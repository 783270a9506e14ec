# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged images: each is refused with the words for its damage, before a wrong kernel runs.

Damage is done to a copy of a good image. Where only one thing shall be wrong, everything that covers
it (chunk checksums, the manifest's, the image's) is made right again first.
"""

import struct
import subprocess

import pytest

from support import qemu
from support.bzimage import Image, crc32c

TIMEOUT = 60
LINE = "console=ttyS0 panic=-1"


def refusal(image, folder, line=LINE):
    """Boot it; the code and words of the refusal. No kernel may have run."""
    path = folder / "damaged.img"
    path.write_bytes(image if isinstance(image, bytes) else image.data)
    serial, status = qemu.run(["-kernel", path, "-append", line], memory=512, timeout=TIMEOUT)
    assert status == 0, serial
    assert "Linux version" not in serial and "TK BEGIN" not in serial, serial
    found = [text for text in serial.splitlines() if text.startswith("bzforge: E")]
    assert len(found) == 1, serial
    return found[0].removeprefix("bzforge: "), serial


@pytest.fixture
def cloud(make_image):
    return Image(make_image("cloud").read_bytes())


@pytest.fixture
def high(make_image):
    return Image(make_image("high").read_bytes())


# Both stock kernels have fewer chunks of 8 MiB; test_chunks_are_counted checks that.
CLOUD_CHUNKS = 12


def test_chunks_are_counted(cloud):
    assert 1 < len(cloud.chunks) <= CLOUD_CHUNKS


@pytest.mark.parametrize("number", range(CLOUD_CHUNKS))
def test_flipped_byte_in_chunk(cloud, tmp_path, number):
    """For numbers past the last chunk: another byte of the last one."""
    chunk = min(number, len(cloud.chunks) - 1)
    at, size = cloud.chunk_input(chunk)
    cloud.data[at + size * (number + 1) // (CLOUD_CHUNKS + 1)] ^= 0x10
    words, serial = refusal(cloud, tmp_path)
    assert words.startswith("E43 checksum of a chunk is wrong")
    assert f"chunk {chunk} of {len(cloud.chunks)}" in serial


@pytest.mark.parametrize("where", ["first", "last"])
def test_flipped_byte_at_the_edge_of_a_chunk(high, tmp_path, where):
    at, size = high.chunk_input(1)
    high.data[at if where == "first" else at + size - 1] ^= 1
    words, serial = refusal(high, tmp_path)
    assert words.startswith("E43 ")
    assert f"chunk 1 of {len(high.chunks)}" in serial


def test_truncated_in_the_payload(cloud, tmp_path):
    words, _ = refusal(bytes(cloud.data[:len(cloud.data) // 2]), tmp_path)
    assert words.startswith("E43 checksum of a chunk is wrong")


def test_truncated_by_one_page(cloud, tmp_path):
    words, _ = refusal(bytes(cloud.data[:-4096]), tmp_path)
    assert words.startswith("E43 checksum of a chunk is wrong")


def test_truncated_in_the_manifest(high, tmp_path):
    words, _ = refusal(bytes(high.data[:high.manifest_at + 0x40]), tmp_path)
    assert words.startswith(("E41 ", "E40 "))


def test_flipped_byte_in_the_manifest(high, tmp_path):
    high.data[high.manifest_at + 0x25] ^= 1
    words, _ = refusal(high, tmp_path)
    assert words.startswith("E41 checksum of the manifest is wrong")


@pytest.mark.parametrize("field, value, code", [
    ("version", 99, "E42 manifest is of an unknown version"),
    ("codec", 1, "E47 codec is not supported here"),
    ("codec", 77, "E4"),
    ("chunk_count", 0, "E40 manifest is damaged"),
    ("payload_size", 0xFFFFFFFF, "E40 manifest is damaged"),
    ("content_size", 0x1000, "E40 manifest is damaged"),
    ("reloc_coding", 2, "E40 manifest is damaged"),
    ("reloc_coding", 0, "E30 relocation table is damaged"),
    ("workspace", 0xFFFFFFFF, "E48 decoder ran out of workspace"),
    ("mem_base", 0x3000000, "E27 decoded kernel is not the one"),
    ("mem_size", 0x1000, "E"),
])
def test_manifest_lies(high, tmp_path, field, value, code):
    setattr(high.manifest, field, value)
    high.seal()
    words, _ = refusal(high, tmp_path)
    assert words.startswith(code)


def content_of(image):
    """What the payload decodes to, by the zstd program."""
    stream = image.payload[:image.manifest.payload_size]
    return bytearray(subprocess.run(["zstd", "-dc"], input=stream, stdout=subprocess.PIPE,
                                    check=True).stdout)


def test_rebuilt_content_boots(high, tmp_path):
    """The means of the tests below: rebuilt with nothing damaged, the image boots."""
    high.set_content(bytes(content_of(high)))
    path = tmp_path / "rebuilt.img"
    path.write_bytes(high.data)
    serial, status = qemu.run(["-kernel", path, "-append", LINE], memory=512, timeout=TIMEOUT)
    assert status == 33, serial


# Offsets in the ELF header and the first program header [gABI chapters 4 and 5].
PHDR = 64


@pytest.mark.parametrize("offset, code, value, words", [
    (0, "4s", b"\x7fELE", "E20 not an ELF file"),
    (4, "B", 1, "E21 not a 64-bit x86-64 ELF file"),
    (18, "H", 183, "E21 not a 64-bit x86-64 ELF file"),
    (16, "H", 1, "E22 ELF file is neither executable nor position independent"),
    (54, "H", 32, "E23 ELF header is damaged"),
    (32, "Q", 1 << 40, "E"),
    (56, "H", 0, "E25 ELF file has nothing to load"),
    (24, "Q", 0x100, "E26 ELF entry lies outside the kernel"),
    (PHDR + 24, "Q", 0x1200000, "E"),
    (PHDR + 32, "Q", 1 << 33, "E24 ELF segment is damaged"),
    (PHDR + 40, "Q", 1 << 63, "E24 ELF segment is damaged"),
    (PHDR + 56 + 40, "Q", 0x20000, "E27 decoded kernel is not the one that the manifest describes"),
], ids=["magic", "class", "machine", "type", "phentsize", "phoff", "phnum", "entry", "paddr",
        "filesz", "memsz huge", "memsz of another"])
def test_elf_is_damaged(high, tmp_path, offset, code, value, words):
    content = content_of(high)
    struct.pack_into("<" + code, content, offset, value)
    high.set_content(bytes(content))
    text, _ = refusal(high, tmp_path)
    assert text.startswith(words)


def boot_moved(image, path):
    """Boot with KASLR; one time in some 490 the kernel is moved by nothing and the table not used."""
    for _ in range(4):
        path.write_bytes(image.data)
        serial, status = qemu.run(
            ["-kernel", path, "-append", LINE + " earlyprintk=serial,ttyS0,115200"], memory=512,
            timeout=TIMEOUT)
        if "relocated by 0x0," not in serial:
            break
    return serial, status


@pytest.mark.parametrize("code, words", [
    (b"\xff\x00\x00\x00\x10", "E31 relocation points outside the kernel"),
    (b"\xff\xff\xff\xff\x00", "E31 relocation points outside the kernel"),
    (b"\xff\xfc\xff\x6f\x02", "E31 relocation points outside the kernel"),
    (b"\xff\xff\xff\xff\xff", "E31 relocation points outside the kernel"),
    (b"\x00\x00\x00\x00\xe0", "E3"),
], ids=["far above", "just below", "runs over", "farthest", "cut off"])
def test_relocation_is_damaged(high, tmp_path, code, words):
    """The last codes of the 32-bit list are others."""
    content = content_of(high)
    elf_size = high.manifest.elf_size
    assert (high.manifest.reloc_coding, high.manifest.reloc_layout) == (1, 2)
    size64, size32 = struct.unpack_from("<II", content, elf_size)
    first32 = elf_size + 8 + size64
    assert size32 >= 5 and first32 + size32 == len(content)
    content[first32:] = bytes(size32)  # no distance: always the same place
    content[first32:first32 + 5] = code
    if code.endswith(b"\xe0"):
        content[first32:] = b"\xff\0\0\0\1" + bytes(size32 - 6) + b"\xe0"
    high.set_content(bytes(content))
    serial, status = boot_moved(high, tmp_path / "relocated.img")
    assert status == 0, serial
    assert "TK BEGIN" not in serial
    assert "bzforge: " + words in serial


def test_relocation_lists_lie(high, tmp_path):
    content = content_of(high)
    size64, = struct.unpack_from("<I", content, high.manifest.elf_size)
    struct.pack_into("<I", content, high.manifest.elf_size, size64 + 1)
    high.set_content(bytes(content))
    words, _ = refusal(high, tmp_path)
    assert words.startswith("E30 relocation table is damaged")


@pytest.fixture
def high_words(bzforge, high_image, tmp_path):
    """The same kernel with a table that does not ascend, so that it stays as Linux has it."""
    elf, table = tmp_path / "elf", tmp_path / "relocs"
    bzforge.run("extract", high_image, "-o", elf, "--relocs", table)
    words = table.read_bytes()
    table.write_bytes(words[:4] + words[8:12] + words[4:8] + words[12:])
    bzforge.run("build", elf, "--relocs", table, "-c", "zstd:1", "-o", tmp_path / "words.img")
    image = Image((tmp_path / "words.img").read_bytes())
    assert image.manifest.reloc_coding == 0
    assert image.manifest.content_size == image.manifest.elf_size + len(words)
    return image


def test_relocation_words(high_words, tmp_path):
    serial, status = boot_moved(high_words, tmp_path / "relocated.img")
    assert status == 33, serial


@pytest.mark.parametrize("word", [0x90000000, 0x00001000, 0x80FFFFFF, 0x826FFFFC])
def test_relocation_outside_the_kernel(high_words, tmp_path, word):
    content = content_of(high_words)
    struct.pack_into("<I", content, len(content) - 4, word)
    high_words.set_content(bytes(content))
    serial, status = boot_moved(high_words, tmp_path / "relocated.img")
    assert status == 0, serial
    assert "TK BEGIN" not in serial
    assert "bzforge: E31 relocation points outside the kernel" in serial


def test_stream_is_damaged(high, tmp_path):
    """A block type that does not exist, with every checksum right."""
    number = len(high.chunks) - 1
    in_off, in_size, *rest = high.chunks[number]
    at, _ = high.chunk_input(number)
    high.data[at] |= 6
    rest[2] = crc32c(high.data[at:at + in_size])
    high.set_chunk(number, (in_off, in_size, *rest))
    high.seal()
    words, serial = refusal(high, tmp_path)
    assert words.startswith("E45 compressed data is damaged")
    assert f"chunk {number} of" in serial
