# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged images: each is refused with the words for its damage, before a wrong kernel runs.

Damage is done to a copy of a good image. Where only one thing shall be wrong, everything that covers
it (chunk checksums, the manifest's, the image's) is made right again first.
"""

import struct
import subprocess

import pytest

from support import qemu
from support.bzimage import CHUNK, MANIFEST_CHUNKS, Image, crc32c
from support.codecs import CODECS

TIMEOUT = 120
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
def high(make_image):
    return Image(make_image("high").read_bytes())


def with_input(image):
    """Numbers of the chunks that have input of their own."""
    return [number for number, chunk in enumerate(image.chunks) if chunk[1]]


def refusal_of_flip(image, folder, number, offset):
    """A byte of a chunk's input flipped; what should have been said and was not, or None."""
    at, _ = image.chunk_input(number)
    image.data[at + offset] ^= 0x10
    words, serial = refusal(image, folder)
    image.data[at + offset] ^= 0x10
    for wanted in ("E43 checksum of a chunk is wrong", f"chunk {number} of {len(image.chunks)}, "):
        if wanted not in serial:
            return f"chunk {number}, byte {offset}: not {wanted!r} but {words!r}"
    return None


@pytest.mark.parametrize("codec", CODECS)
def test_flipped_byte(make_image, tmp_path, codec):
    """In the last chunk, when all others have been decoded."""
    image = Image(make_image("high", "-c", CODECS[codec].option).read_bytes())
    number = with_input(image)[-1]
    size = image.chunks[number][1]
    assert refusal_of_flip(image, tmp_path, number, size // 2) is None


# At least so many bytes are tried, however few chunks there are (lzma has one with input).
FLIPS = 5


@pytest.mark.long
@pytest.mark.parametrize("codec", CODECS)
def test_flipped_byte_in_every_chunk(make_image, tmp_path, codec):
    """Of a stock kernel; first and last byte of some, all chunks somewhere."""
    image = Image(make_image("stock", "-c", codec).read_bytes())
    numbers = with_input(image)
    each = -(-FLIPS // len(numbers))
    flips = [(number, image.chunks[number][1] * (part + 1) // (each + 1))
             for number in numbers for part in range(each)]
    flips += [(numbers[0], 0), (numbers[-1], image.chunks[numbers[-1]][1] - 1)]
    wrong = [refusal_of_flip(image, tmp_path, *flip) for flip in flips]
    assert wrong == [None] * len(flips)


@pytest.mark.parametrize("where", ["first", "last"])
def test_flipped_byte_at_the_edge_of_a_chunk(high, tmp_path, where):
    size = high.chunks[1][1]
    assert refusal_of_flip(high, tmp_path, 1, 0 if where == "first" else size - 1) is None


@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_truncated_in_the_payload(make_image, tmp_path, name):
    data = make_image(name).read_bytes()
    words, _ = refusal(data[:len(data) // 2], tmp_path)
    assert words.startswith("E43 checksum of a chunk is wrong")


def test_truncated_by_one_page(make_image, tmp_path):
    words, _ = refusal(make_image("cloud").read_bytes()[:-4096], tmp_path)
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
        content[first32:] = bytes(size32 - 1) + b"\xe0"
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
def high_words(bzforge, make_image, tmp_path):
    """The same kernel with a table that does not ascend, so that it stays as Linux has it."""
    elf, table = tmp_path / "elf", tmp_path / "relocs"
    bzforge.run("extract", make_image("high"), "-o", elf, "--relocs", table)
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


def mend_chunk_crc(image, number):
    at, size = image.chunk_input(number)
    *rest, _, ready = image.chunks[number]
    image.set_chunk(number, (*rest, crc32c(image.data[at:at + size]), ready))
    image.seal()


# The first byte of a stream is its magic number's or says what follows: 0xff is none of that. Without
# a codec it is the ELF's own.
STREAM_WORDS = {**dict.fromkeys(CODECS, "E45 compressed data is damaged"), "none": "E20 not an ELF file"}


@pytest.mark.parametrize("codec", CODECS)
def test_stream_is_damaged(make_image, tmp_path, codec):
    """With every checksum right."""
    image = Image(make_image("high", "-c", CODECS[codec].option).read_bytes())
    image.data[image.chunk_input(0)[0]] = 0xFF
    mend_chunk_crc(image, 0)
    words, serial = refusal(image, tmp_path)
    assert words.startswith(STREAM_WORDS[codec])
    assert codec == "none" or f"chunk 0 of {len(image.chunks)}" in serial


def test_block_is_damaged(high, tmp_path):
    """A block type of zstd that does not exist, in the last chunk, with every checksum right."""
    number = len(high.chunks) - 1
    high.data[high.chunk_input(number)[0]] |= 6
    mend_chunk_crc(high, number)
    words, serial = refusal(high, tmp_path)
    assert words.startswith("E45 compressed data is damaged")
    assert f"chunk {number} of" in serial


def test_embedded_command_line_is_damaged(make_image, tmp_path):
    image = Image(make_image("pie", "--cmdline", "embedded=words").read_bytes())
    image.data[image.setup_size + image.manifest.cmdline_off + 3] ^= 1
    words, _ = refusal(image, tmp_path)
    assert words.startswith("E51 checksum of the embedded command line is wrong")


@pytest.mark.parametrize("offset, ending", [(0, 0xFF), (0x10, 0xFF), (0x60, 0x01)],
                         ids=["magic", "payload_off", "kernel_sha256"])
def test_flipped_byte_anywhere_in_the_manifest(high, tmp_path, offset, ending):
    high.data[high.manifest_at + offset] ^= ending
    words, _ = refusal(high, tmp_path)
    assert words.startswith(("E41 checksum of the manifest is wrong", "E40 manifest is damaged"))


def test_flipped_byte_in_the_chunk_table(high, tmp_path):
    high.data[high.manifest_at + MANIFEST_CHUNKS + CHUNK.size + 9] ^= 1
    words, _ = refusal(high, tmp_path)
    assert words.startswith("E41 checksum of the manifest is wrong")
