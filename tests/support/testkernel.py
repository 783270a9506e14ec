# SPDX-License-Identifier: GPL-2.0-or-later
"""What the test kernel (tests/boot/kernel) printed, and whether it is what the boot protocol and
DESIGN's hand-over promise. Its ELF is the reference for what its memory must hold."""

import re
import struct
import zlib

from support.elf import Elf

EXIT_STATUS = 33  # 2 * EXIT_VALUE + 1

LINK_VIRTUAL = 0xFFFFFFFF80000000  # of the "high" variant, and the start of its window
WINDOW = 1 << 30

CR0_PE, CR0_EM, CR0_TS, CR0_PG = 1 << 0, 1 << 2, 1 << 3, 1 << 31
CR4_PAE, CR4_LA57 = 1 << 5, 1 << 12
EFER_LME, EFER_LMA = 1 << 8, 1 << 10
RFLAGS_DF, RFLAGS_IF = 1 << 10, 1 << 9
CODE64 = 0x00209A0000000000  # present, code, long mode; limit and accessed bit may differ
DATA = 0x0000920000000000


class Report:
    """The lines "TK name value" of one boot."""

    def __init__(self, serial):
        begin = serial.rfind("TK BEGIN")
        assert begin >= 0, f"the test kernel was not reached\n{serial}"
        assert "TK END" in serial[begin:], f"the test kernel did not finish\n{serial}"
        self.before = serial[:begin]
        self.values = {}
        for line in serial[begin:].splitlines():
            found = re.fullmatch(r"TK (\w+) ?(.*)", line)
            if found:
                self.values[found[1]] = found[2]
        self.boot_params = bytes.fromhex(self.values["boot_params"])
        self.command_line = self.values["command_line"]

    def __getattr__(self, name):
        return int(self.values[name], 16)

    def field(self, offset, code):
        """A little-endian field of boot_params."""
        return struct.unpack_from("<" + code, self.boot_params, offset)[0]

    @property
    def e820(self):
        count = self.boot_params[0x1E8]
        return [struct.unpack_from("<QQI", self.boot_params, 0x2D0 + 20 * i) for i in range(count)]

    @property
    def loadflags(self):
        return self.boot_params[0x211]

    def check_hand_over(self):
        """What every 64-bit kernel may rely on at its entry [boot.rst "64-bit Boot Protocol"]."""
        assert self.cs == 0x10 and self.ds == 0x18 and self.es == 0x18 and self.ss == 0x18
        assert not self.rflags & (RFLAGS_IF | RFLAGS_DF)
        assert self.cr0 & CR0_PE and self.cr0 & CR0_PG and not self.cr0 & (CR0_EM | CR0_TS)
        assert self.cr4 & CR4_PAE
        assert self.efer & EFER_LME and self.efer & EFER_LMA
        assert self.gdt_limit >= 0x1F
        gdt = struct.unpack("<4Q", bytes.fromhex(self.values["gdt"]))
        assert gdt[2] & CODE64 == CODE64 and not gdt[2] >> 54 & 1, hex(gdt[2])
        assert gdt[3] & DATA == DATA, hex(gdt[3])

    def check_itself(self, elf_bytes):
        """The kernel is whole, relocated rightly, and its bss is clear."""
        elf = Elf(elf_bytes)
        symbols = elf.symbols
        pure = elf.bytes_at(symbols["pure_start"], symbols["pure_end"])
        assert self.pure_crc == zlib.crc32(pure)
        assert self.bss_dirt == 0
        assert self.pointers_wrong == 0

    def check_ranges(self, elf_bytes):
        """It runs in RAM of the map it was given, and nothing that it was given lies in it."""
        elf = Elf(elf_bytes)
        size = max(p + m for _, _, p, _, m in elf.loads) - min(p for _, _, p, _, m in elf.loads)
        own = (self.physical, self.physical + size)
        assert any(kind == 1 and start <= own[0] and own[1] <= start + length
                   for start, length, kind in self.e820), (own, self.e820)
        given = {
            "boot_params": (self.rsi, self.rsi + 4096),
            "command line": (self.field(0x228, "I") | self.field(0xC8, "I") << 32,
                             len(self.command_line) + 1),
            "initrd": (self.field(0x218, "I") | self.field(0xC0, "I") << 32,
                       self.field(0x21C, "I") | self.field(0xC4, "I") << 32),
        }
        given["command line"] = (given["command line"][0], sum(given["command line"]))
        given["initrd"] = (given["initrd"][0], sum(given["initrd"]))
        for name, (start, end) in given.items():
            assert end <= own[0] or own[1] <= start, f"{name} {start:#x} lies in the kernel {own}"
