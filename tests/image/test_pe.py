# SPDX-License-Identifier: GPL-2.0-or-later
"""A built image as a PE file, at literal offsets typed again from Microsoft's "PE Format", and as other
people's tools read it."""

import struct
import subprocess
import zlib

import pytest

from support.bzimage import Image

IMAGES = ("stock", "cloud", "fixed", "high", "pie")
PAGE = 0x1000
SECTOR = 0x200

READ, WRITE, EXECUTE, DISCARDABLE = 0x40000000, 0x80000000, 0x20000000, 0x02000000
CODE, DATA = 0x20, 0x40
# name -> characteristics, in order
SECTIONS = {
    ".setup": DATA | READ | DISCARDABLE,
    ".reloc": DATA | READ | DISCARDABLE,
    ".sbat": DATA | READ,
    ".compat": DATA | READ | DISCARDABLE,
    ".text": CODE | READ | EXECUTE,
    ".data": DATA | READ | WRITE,
    ".payload": DATA | READ | WRITE,
}
DIR_SECURITY, DIR_RELOC = 4, 5


def u16(data, at):
    return struct.unpack_from("<H", data, at)[0]


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


class Pe:
    """COFF header at `coff`, optional header at `opt`, sections as (name, size, rva, raw size, raw
    offset, characteristics)."""

    def __init__(self, data):
        self.data = bytes(data)
        at = u32(data, 0x3C)
        assert self.data[at:at + 4] == b"PE\0\0"
        self.coff, self.opt = at + 4, at + 24
        self.table = self.opt + u16(data, self.coff + 16)
        self.sections = []
        for i in range(u16(data, self.coff + 2)):
            entry = self.table + 40 * i
            name = self.data[entry:entry + 8].rstrip(b"\0").decode()
            self.sections.append((name, *struct.unpack_from("<4I", data, entry + 8),
                                  u32(data, entry + 36)))

    def directory(self, number):
        return struct.unpack_from("<II", self.data, self.opt + 112 + 8 * number)

    def section(self, wanted):
        """(bytes in memory, address)"""
        for name, size, rva, raw_size, raw, _ in self.sections:
            if name == wanted:
                return self.data[raw:raw + min(size, raw_size)], rva
        raise AssertionError(f"no section {wanted}")


@pytest.fixture(scope="module", params=IMAGES)
def image(request, make_image):
    return make_image(request.param)


@pytest.fixture
def pe(image):
    return Pe(image.read_bytes())


def test_file_header(pe):
    assert pe.data[:2] == b"MZ"
    assert u32(pe.data, 0x38) == 0x818223CD  # "a Linux kernel with an EFI stub"
    assert u16(pe.data, pe.coff) == 0x8664
    assert u32(pe.data, pe.coff + 4) == 0, "time stamp: not reproducible"
    assert u32(pe.data, pe.coff + 8) == u32(pe.data, pe.coff + 12) == 0  # no symbols
    assert u16(pe.data, pe.coff + 16) == 240
    flags = u16(pe.data, pe.coff + 18)
    assert flags & 0x0002 and not flags & 0x0001, "executable, and its relocations are there"


def test_optional_header(pe):
    opt = pe.opt
    assert u16(pe.data, opt) == 0x20B
    assert struct.unpack_from("<Q", pe.data, opt + 24)[0] == 0  # ImageBase
    assert (u32(pe.data, opt + 32), u32(pe.data, opt + 36)) == (PAGE, SECTOR)
    assert u16(pe.data, opt + 44) >= 1, "MajorImageVersion: LoadFile2 is understood (GRUB 2.12 looks)"
    assert u16(pe.data, opt + 68) == 10, "EFI application"
    assert u16(pe.data, opt + 70) == 0x0140, "DYNAMIC_BASE, NX_COMPAT"
    assert u32(pe.data, opt + 108) == 16
    headers = u32(pe.data, opt + 60)
    assert headers == PAGE and pe.table + 40 * 24 <= headers, "room for 24 sections"
    assert not any(pe.data[pe.table + 40 * len(pe.sections):pe.table + 40 * 24])
    name, size, rva, _, _, _ = pe.sections[-1]
    assert u32(pe.data, opt + 56) == (rva + size + PAGE - 1) // PAGE * PAGE, name
    assert pe.directory(DIR_SECURITY) == (0, 0)


def test_sections(pe):
    assert [(s[0], s[5]) for s in pe.sections] == list(SECTIONS.items())
    at = PAGE
    for name, size, rva, raw_size, raw, flags in pe.sections:
        assert rva == at, f"{name} does not follow in memory"
        assert rva % PAGE == 0 and raw % SECTOR == 0 and raw_size % SECTOR == 0, name
        assert size > 0 and raw_size > 0, name
        assert not (flags & WRITE and flags & EXECUTE), name
        at = (rva + size + PAGE - 1) // PAGE * PAGE


def test_every_byte_of_the_file_is_in_one_section_or_the_headers(pe):
    """In the order of the table, which is that of memory, too."""
    at = PAGE
    for name, _, _, raw_size, raw, _ in pe.sections:
        assert raw == at, f"{name}: gap or overlap in the file"
        at += raw_size
    assert at == len(pe.data)


def test_where_the_stub_works_file_offsets_are_addresses(pe):
    for name, size, rva, raw_size, raw, _ in pe.sections:
        if name in (".text", ".data", ".payload"):
            assert (rva, size) == (raw, raw_size), name


def test_entry(pe):
    entry = u32(pe.data, pe.opt + 16)
    code, rva = pe.section(".text")
    assert entry == rva + 0x210  # docs/image-format.md: beside the 64-bit entry
    assert rva <= entry < rva + len(code)


def test_handover_entries(pe):
    """boot.rst handover_offset: 32-bit firmware enters there, 64-bit firmware 0x200 further."""
    image = Image(pe.data)
    code, rva = pe.section(".text")
    assert rva == image.setup_size
    assert 0 < image.hdr.handover_offset and image.hdr.handover_offset + 0x200 < len(code)
    assert image.hdr.xloadflags & 0b1100 == 0b1100


def test_relocations(pe):
    block, rva = pe.section(".reloc")
    assert pe.directory(DIR_RELOC) == (rva, len(block))
    page, size = struct.unpack_from("<II", block)
    assert page == 0 and size == len(block) >= 10
    entries = struct.unpack_from(f"<{size // 2 - 4}H", block, 8)
    assert [entry >> 12 for entry in entries] == [0] * len(entries), "of a type that changes nothing"
    assert len(set(entries)) == len(entries), "none twice"


def test_sbat(pe):
    lines = [line.split(",") for line in pe.section(".sbat")[0].decode("ascii").splitlines()]
    assert lines[0] == ["sbat", "1", "SBAT Version", "sbat", "1",
                        "https://github.com/rhboot/shim/blob/main/SBAT.md"]
    for line in lines[1:]:
        assert len(line) == 6 and int(line[1]) >= 1, line
    assert [line[0] for line in lines[1:]] == ["bzforge"]


def test_compat(pe):
    """An entry for 32-bit firmware, then the end of the list."""
    entry, _ = pe.section(".compat")
    kind, size, machine, rva = struct.unpack_from("<BBHI", entry)
    assert (kind, size, machine) == (1, 8, 0x14C)
    assert entry[size:] == b"\0"
    code, start = pe.section(".text")
    assert start <= rva < start + len(code)
    assert rva == start + 0x218  # docs/image-format.md


def pe_checksum(data, field):
    """16-bit words with the carry brought round, without the field itself, then the length."""
    data = data[:field] + bytes(4) + data[field + 4:] + bytes(len(data) % 2)
    total = sum(struct.unpack(f"<{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total + len(data)


def test_both_checksums_are_right(pe):
    assert u32(pe.data, pe.opt + 64) == pe_checksum(pe.data, pe.opt + 64)
    assert zlib.crc32(pe.data) ^ 0xFFFFFFFF == 0, "CRC-32 of boot.rst, over the whole file"


def test_setup_signature(pe):
    """By its last four bytes setup knows that all of it was loaded: they stand behind .compat's list."""
    image = Image(pe.data)
    assert pe.data[image.setup_size - 4:image.setup_size] == b"bzfe"


def test_objdump_reads_it(image):
    shown = subprocess.run(["objdump", "-h", "-p", image], stdout=subprocess.PIPE,
                           check=True).stdout.decode()
    assert "pei-x86-64" in shown and "EFI application" in shown
    for name in SECTIONS:
        assert f" {name} " in shown, shown


def test_sbverify_reads_it(image):
    """Without a signature, and with no data behind the sections. (Of "gaps" it warns because the small
    sections stand last in the table and not in the file; it hashes them in the file's order all the
    same, as the specification wants.)"""
    done = subprocess.run(["sbverify", "--list", image], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    text = done.stdout.decode()
    assert "No signature table present" in text
    assert "data remaining" not in text, text


def test_file_names_it(image):
    """As Linux's kernel, not as a Windows program."""
    text = subprocess.run(["file", "-b", image], stdout=subprocess.PIPE, check=True).stdout.decode()
    assert text.startswith("Linux kernel x86 boot executable bzImage"), text
