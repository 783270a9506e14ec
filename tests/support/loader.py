# SPDX-License-Identifier: GPL-2.0-or-later
"""Enter an image at its 32-bit or 64-bit entry, with everything of the test's making, through
tests/boot/loader/loader.S, which is the machine's firmware then. There is no BIOS, no ACPI and no VGA.

What lies where, unless a test says otherwise:

    0x007000  description for loader.S, GDT at 0x7200
    0x008000  loader.S's copy of itself
    0x010000  page tables (64-bit entry)
    0x090000  boot_params
    0x091000  command line
    0x100000  the protected-mode part (load=)
"""

import struct
from dataclasses import dataclass, field

PARAMS = 0x7000
GDT = 0x7200
PAGE_TABLES = 0x10000
BOOT_PARAMS = 0x90000
COMMAND_LINE = 0x91000

MIB = 1 << 20
GIB = 1 << 30
PAGE_2M = 2 * MIB

RAM, RESERVED = 1, 2

PTE_TABLE = 0x3  # present, writable
PTE_LARGE = 0x83  # ... and a page of 2 MiB
CR4_PAE = 1 << 5
CR4_LA57 = 1 << 12

# zero-page.rst
EXT_RAMDISK_IMAGE = 0x0C0
EXT_RAMDISK_SIZE = 0x0C4
EXT_CMD_LINE_PTR = 0x0C8
E820_ENTRIES = 0x1E8
SENTINEL = 0x1EF
SETUP_HEADER = 0x1F1
E820_TABLE = 0x2D0
HEADER_LENGTH_BYTE = 0x201  # boot.rst: the header ends at 0x202 + this byte


def ram_map(memory_mib):
    """The memory of QEMU's "pc" machine as E820 entries (start, size, type)."""
    size = memory_mib * MIB
    low = size if size <= 0xE0000000 else 0xC0000000
    entries = [(0, 0x9F000, RAM), (0xF0000, 0x10000, RESERVED), (MIB, low - MIB, RAM),
               (0xFFFC0000, 0x40000, RESERVED)]
    if size > low:
        entries.append((4 * GIB, size - low, RAM))
    return entries


def identity_tables(ranges, la57=False):
    """Page tables at PAGE_TABLES that map every 2 MiB page touched by the (start, end) ranges."""
    tables = [bytearray(4096)]
    levels = 5 if la57 else 4
    for start, end in ranges:
        for page in range(start & -PAGE_2M, end, PAGE_2M):
            table = tables[0]
            for level in range(levels, 2, -1):
                at = (page >> 12 + 9 * (level - 1) & 511) * 8
                entry, = struct.unpack_from("<Q", table, at)
                if not entry:
                    entry = PAGE_TABLES + len(tables) * 4096 | PTE_TABLE
                    tables.append(bytearray(4096))
                    struct.pack_into("<Q", table, at, entry)
                table = tables[(entry - PAGE_TABLES) // 4096]
            struct.pack_into("<Q", table, (page >> 21 & 511) * 8, page | PTE_LARGE)
    assert PAGE_TABLES + len(tables) * 4096 <= BOOT_PARAMS
    return b"".join(tables)


@dataclass
class Entry:
    """How to enter an image. Addresses are physical."""

    bits: int
    load: int = MIB
    boot_params_at: int = BOOT_PARAMS
    command_line_at: int = COMMAND_LINE
    initrd: bytes = b""
    initrd_at: int = 0
    e820: list = None
    la57: bool = False
    # What the 64-bit entry's page tables map; None: all memory.
    mapped: list = None
    dirty: bool = True
    # Changes to boot_params: (offset, bytes), last of all.
    patches: list = field(default_factory=list)
    # More memory contents: (address, bytes).
    extra: list = field(default_factory=list)

    def boot_params(self, image, command_line, memory):
        page = bytearray(4096)
        end = 0x202 + image.data[HEADER_LENGTH_BYTE]
        page[SETUP_HEADER:end] = image.data[SETUP_HEADER:end]
        e820 = self.e820 if self.e820 is not None else ram_map(memory)
        put = [
            (0x210, "B", 0xFF),  # type_of_loader: not assigned
            (0x214, "I", self.load & 0xFFFFFFFF),  # code32_start
            (0x218, "I", self.initrd_at & 0xFFFFFFFF), (EXT_RAMDISK_IMAGE, "I", self.initrd_at >> 32),
            (0x21C, "I", len(self.initrd) & 0xFFFFFFFF), (EXT_RAMDISK_SIZE, "I", len(self.initrd) >> 32),
            (0x228, "I", self.command_line_at & 0xFFFFFFFF),
            (EXT_CMD_LINE_PTR, "I", self.command_line_at >> 32),
            (E820_ENTRIES, "B", len(e820)),
        ]
        for offset, code, value in put:
            struct.pack_into("<" + code, page, offset, value)
        for number, entry in enumerate(e820):
            struct.pack_into("<QQI", page, E820_TABLE + number * 20, *entry)
        for offset, data in self.patches:
            page[offset:offset + len(data)] = data
        return page

    def dirty_ranges(self, image, memory):
        """Memory that a loader leaves as it was: behind the image, and where the kernel will land."""
        if not self.dirty or self.load >= 4 * GIB:
            return []
        size = len(image.data) - image.setup_size
        pref, need = image.hdr.pref_address, image.hdr.init_size
        spans = [(self.load + size, self.load + size + need), (pref, pref + need)]
        top = min(memory * MIB, 0xC0000000)
        keep = [(self.load, self.load + size), (self.initrd_at, self.initrd_at + len(self.initrd)),
                (self.command_line_at, self.command_line_at + 4096)]
        keep += [(at, at + len(data)) for at, data in self.extra]
        for a, b in keep:
            spans = [piece for s, e in spans for piece in ((s, min(e, a)), (max(s, b), e))
                     if piece[0] < piece[1]]
        spans = [(s + 3 & ~3, min(e, top) & ~3) for s, e in spans]
        return [(s, e - s) for s, e in spans if e > s]

    def arguments(self, loader_bin, image, command_line, folder, memory):
        """QEMU's arguments for this entry; files go into folder."""
        entry = self.load + (0x200 if self.bits == 64 else 0)
        kind = 0x00AF9A000000FFFF if self.bits == 64 else 0x00CF9A000000FFFF
        gdt = struct.pack("<4Q", 0, 0, kind, 0x00CF92000000FFFF)
        fills = self.dirty_ranges(image, memory)
        cr4 = CR4_PAE | (CR4_LA57 if self.la57 else 0)
        params = struct.pack("<4sI3Q2I", b"bzlP", self.bits, entry, self.boot_params_at, PAGE_TABLES, cr4,
                             len(fills))
        params += b"".join(struct.pack("<2I", *fill) for fill in fills)
        params = params.ljust(0xF0, b"\0") + struct.pack("<HI", len(gdt) - 1, GDT)
        mapped = self.mapped
        if mapped is None:
            mapped = [(0, memory * MIB + GIB)]
        pieces = [
            (PARAMS, params), (GDT, gdt), (self.load, bytes(image.data[image.setup_size:])),
            (self.boot_params_at, self.boot_params(image, command_line, memory)),
            (self.command_line_at, command_line.encode() + b"\0"), *self.extra,
        ]
        if self.bits == 64:
            pieces.append((PAGE_TABLES, identity_tables([(0, PAGE_2M), *mapped], self.la57)))
        if self.initrd:
            pieces.append((self.initrd_at, self.initrd))
        arguments = ["-bios", loader_bin]
        for number, (address, data) in enumerate(pieces):
            path = folder / f"memory-{number}.bin"
            path.write_bytes(data)
            arguments += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        return arguments
