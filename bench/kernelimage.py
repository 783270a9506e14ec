# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmarks need to know of a bzImage, read without bzforge's own code.

The offsets are those of the Linux boot protocol [boot.rst "The Real-Mode Kernel Header"]. Payloads
are decoded by Python or by the ordinary tool of the format, so that a fault of ours cannot hide
here.
"""
import bz2
import lzma
import struct
import subprocess
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from support import relocs  # noqa: E402

MAGICS = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\x5d\x00\x00", "lzma"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x89LZO", "lzo"),
    (b"\x02\x21\x4c\x18", "lz4"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x7fELF", "none"),
)
TOOLS = {"lzo": ["lzop", "-dc"], "lz4": ["lz4", "-dc"], "zstd": ["zstd", "-dcq", "--long=31"]}


class BadImage(Exception):
    """The file is not a bzImage that can be measured; the text says why."""


class Image:
    """A bzImage of protocol 2.08 or newer. Sizes are bytes."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as f:
            self.data = f.read()
        if self.data[0x202:0x206] != b"HdrS":
            raise BadImage(f"{path}: not a bzImage")
        self.setup_size = ((self.data[0x1F1] or 4) + 1) * 512
        self.code32_start = self._le32(0x214)
        offset, self.payload_length = self._le32(0x248), self._le32(0x24C)
        start = self.setup_size + offset
        self.payload = self.data[start:start + self.payload_length]
        if len(self.payload) < max(self.payload_length, 8):
            raise BadImage(f"{path}: the payload is missing or cut off")
        self.pref_address = struct.unpack_from("<Q", self.data, 0x258)[0]
        self.init_size = self._le32(0x260)

    def _le32(self, offset):
        return struct.unpack_from("<I", self.data, offset)[0]

    @property
    def size(self):
        """Bytes of the file."""
        return len(self.data)

    @property
    def wrapper_size(self):
        """Bytes that are not payload: setup part, stub, manifest, checksum."""
        return self.size - self.payload_length

    @property
    def codec(self):
        """The payload's codec by its first bytes."""
        for magic, name in MAGICS:
            if self.payload.startswith(magic):
                return name
        raise BadImage(f"{self.path}: payload of an unknown codec")

    def content(self):
        """The decoded payload: ELF kernel, then its relocation table as Linux has it. Raises
        BadImage."""
        codec = self.codec
        if codec == "none":
            return self._with_linux_relocs(self.payload[:-4])
        if codec in TOOLS:
            # the size behind the stream makes these tools complain: judge by the length alone
            done = subprocess.run(TOOLS[codec], input=self.payload, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False)
            content = done.stdout
        else:
            content = decode_members(codec, self.payload)
        expected = struct.unpack_from("<I", self.payload, len(self.payload) - 4)[0]
        if len(content) != expected:
            raise BadImage(f"{self.path}: payload decodes to {len(content)} bytes, not {expected}")
        return self._with_linux_relocs(content)

    def _with_linux_relocs(self, content):
        """Of an image of bzforge's, whose manifest may say that the table is a compact one."""
        manifest = self.setup_size + self._le32(0x268) + 16
        if self._le32(0x268) == 0 or self.data[manifest:manifest + 4] != b"bzfM":
            return content
        layout, coding = self.data[manifest + 0x34:manifest + 0x36]
        elf = self._le32(manifest + 0x1C)
        return content[:elf] + relocs.expand(content[elf:], layout) if coding else content


def decode_members(codec, payload):
    """All members or streams of payload, one after the other; what follows them is left alone."""
    factory = {
        "gzip": lambda: zlib.decompressobj(31),
        "bzip2": bz2.BZ2Decompressor,
        "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE),
        "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ),
    }[codec]
    magic = next(m for m, name in MAGICS if name == codec)
    out = []
    while payload.startswith(magic):
        decoder = factory()
        out.append(decoder.decompress(payload))
        if not decoder.eof:
            break
        payload = decoder.unused_data
    return b"".join(out)


def elf_size(content):
    """Where the ELF in front of a relocation table ends: behind section headers and segments."""
    shoff = struct.unpack_from("<Q", content, 0x28)[0]
    shentsize, shnum = struct.unpack_from("<HH", content, 0x3A)
    end = shoff + shentsize * shnum
    phoff = struct.unpack_from("<Q", content, 0x20)[0]
    phentsize, phnum = struct.unpack_from("<HH", content, 0x36)
    for i in range(phnum):
        offset, filesz = struct.unpack_from("<8xQ16xQ", content, phoff + i * phentsize)
        end = max(end, offset + filesz)
    return end


def elf_entry(content):
    """The ELF's entry as (address, virtual address, file offset); the entry may be either kind."""
    if content[:5] != b"\x7fELF\x02":
        raise BadImage("content is not a 64-bit ELF")
    entry, phoff = struct.unpack_from("<QQ", content, 0x18)
    phentsize, phnum = struct.unpack_from("<HH", content, 0x36)
    for i in range(phnum):
        kind, offset, vaddr, paddr, filesz = struct.unpack_from(
            "<I4xQQQQ", content, phoff + i * phentsize)
        for base in (paddr, vaddr):
            if kind == 1 and base <= entry < base + filesz:
                return entry, vaddr + entry - base, offset + entry - base
    raise BadImage("entry lies in no segment")


def entry_code(content, size):
    """The kernel's first instructions: at most size bytes, cut where relocation changes them."""
    _, entry_va, offset = elf_entry(content)
    table = content[elf_size(content):]
    low = entry_va & 0xFFFFFFFF
    for (word,) in struct.iter_unpack("<I", table[:len(table) // 4 * 4]):
        if low <= word < low + size:
            size = word - low
    return content[offset:offset + size]
