# SPDX-License-Identifier: GPL-2.0-or-later
"""PE files as the tests read them, at offsets typed from Microsoft's PE Format."""

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    name: str
    size: int  # in memory
    address: int
    file_size: int
    offset: int
    flags: int
    content: bytes


class Pe:
    def __init__(self, data):
        self.data = bytes(data)
        self.header = self.u32(0x3C)
        assert self.data[:2] == b"MZ" and self.data[self.header:self.header + 4] == b"PE\0\0"
        self.optional = self.header + 24
        assert self.u16(self.optional) == 0x20B, "PE32+"
        self.entry = self.u32(self.optional + 16)
        self.section_align, self.file_align = self.u32(self.optional + 32), self.u32(self.optional + 36)
        self.image_size, self.headers_size = self.u32(self.optional + 56), self.u32(self.optional + 60)
        self.checksum = self.u32(self.optional + 64)
        self.dll_flags = self.u16(self.optional + 70)
        self.directories = self.optional + 112
        self.certificates = self.u32(self.directories + 32), self.u32(self.directories + 36)
        table = self.optional + self.u16(self.header + 20)
        self.table_end = table + 40 * self.u16(self.header + 6)
        self.sections = [self._section(at) for at in range(table, self.table_end, 40)]

    def u16(self, at):
        return struct.unpack_from("<H", self.data, at)[0]

    def u32(self, at):
        return struct.unpack_from("<I", self.data, at)[0]

    def _section(self, at):
        name, size, address, file_size, offset = struct.unpack_from("<8sIIII", self.data, at)
        return Section(name.rstrip(b"\0").decode(), size, address, file_size, offset,
                       self.u32(at + 36), self.data[offset:offset + min(size, file_size)])

    def __getitem__(self, name):
        found = [s for s in self.sections if s.name == name]
        assert len(found) == 1, (name, [s.name for s in self.sections])
        return found[0]

    @property
    def names(self):
        return [s.name for s in self.sections]

    @property
    def right_checksum(self):
        """ImageHlp's: the sum of 16-bit words, carries added back, its own field 0; plus the length."""
        data = bytearray(self.data)
        struct.pack_into("<I", data, self.optional + 64, 0)
        data += bytes(len(data) % 2)
        total = sum(struct.unpack(f"<{len(data) // 2}H", data))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return total + len(self.data)

    def check_layout(self):
        """What loaders and signers rely on; every byte of the file is in exactly one part."""
        at = self.headers_size
        for s in self.sections:
            assert s.address % self.section_align == 0 and s.address >= at, s.name
            at = s.address + s.size
        assert at <= self.image_size and self.image_size % self.section_align == 0
        assert self.table_end <= self.headers_size
        at = self.headers_size
        for s in sorted(self.sections, key=lambda s: s.offset):
            assert s.offset % self.file_align == 0 and s.file_size % self.file_align == 0, s.name
            if s.file_size:
                assert s.offset == at, f"{s.name}: overlap or gap at {at:#x}"
                at += s.file_size
        if self.certificates[1]:
            assert self.certificates[0] == at
            at += self.certificates[1]
        assert at == len(self.data)
