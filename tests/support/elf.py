# SPDX-License-Identifier: GPL-2.0-or-later
"""The little that tests read from ELF files [gABI chapters 4 and 5]."""

import struct

PT_LOAD = 1
SHT_SYMTAB = 2


class Elf:
    def __init__(self, data):
        self.data = data
        assert data[:4] == b"\x7fELF"
        self.type, = struct.unpack_from("<H", data, 16)
        self.entry, self.phoff, self.shoff = struct.unpack_from("<3Q", data, 24)
        self.phnum, _, self.shnum = struct.unpack_from("<3H", data, 56)

    @property
    def size(self):
        """Where the ELF ends in a payload: Linux's ends with its section headers."""
        return self.shoff + self.shnum * 64

    @property
    def loads(self):
        """[(offset, vaddr, paddr, filesz, memsz)]"""
        found = []
        for i in range(self.phnum):
            kind, _, *rest = struct.unpack_from("<2I5Q", self.data, self.phoff + i * 56)
            if kind == PT_LOAD:
                found.append(tuple(rest))
        return found

    @property
    def symbols(self):
        sections = [struct.unpack_from("<2I4Q2I2Q", self.data, self.shoff + i * 64)
                    for i in range(self.shnum)]
        found = {}
        for _, kind, _, _, offset, size, link, *_ in sections:
            if kind != SHT_SYMTAB:
                continue
            strings = sections[link][4]
            for at in range(offset, offset + size, 24):
                name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", self.data, at)
                start = strings + name
                found[self.data[start:self.data.index(0, start)].decode()] = value
        return found

    def offset_of(self, va):
        """File offset of the byte at a virtual address."""
        for offset, vaddr, _, filesz, _ in self.loads:
            if vaddr <= va < vaddr + filesz:
                return offset + va - vaddr
        raise KeyError(hex(va))

    def bytes_at(self, va, end_va):
        start = self.offset_of(va)
        return self.data[start:start + end_va - va]
