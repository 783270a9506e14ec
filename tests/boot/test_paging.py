# SPDX-License-Identifier: GPL-2.0-or-later
"""Four or five levels of page tables, from every entry, and back; and everything above 4 GiB.

The room that the change needs is found in the memory map; what was in it must be there afterwards.
"""

import re
import struct
import zlib
from dataclasses import dataclass, field

import pytest

from support import initramfs, qemu
from support.bzimage import Image
from support.loader import Entry, GIB, MIB, RAM, RESERVED
from support.testkernel import CR4_LA57, EXIT_STATUS, Report

LINE = "console=ttyS0 panic=-1 earlyprintk=serial,ttyS0,115200"
MEMORY = 256
ABOVE = 6144  # MiB: enough to put things above 4 GiB
CPU_4 = "max,-cx16,la57=off"
BDA = 0x400
LOW_END = 0x9F000
ROOM = 0x2000
PATTERN = bytes(range(1, 252)) * (0x20000 // 251)  # no page of it is like another


@dataclass
class Case:
    name: str
    entry: Entry
    levels: int
    options: tuple = ("--5level",)
    append: str = ""
    memory: int = MEMORY
    cpu: str = qemu.CPU
    room: int = None  # where the change must have been made; None: there was none
    expect: list = field(default_factory=list)


def low(top, *above):
    """A memory map whose low part ends at top."""
    return [(0, top, RAM), *above]


def bios(ebda_segment, base_kb):
    """BIOS data area, and the rest of page 0 as a BIOS would leave it."""
    words = bytearray(0x100)
    struct.pack_into("<H", words, 0x0E, ebda_segment)
    struct.pack_into("<H", words, 0x13, base_kb)
    return BDA, bytes(words)


ALL = (MIB, MEMORY * MIB - MIB, RAM)
ROOM_LOW = LOW_END - ROOM
HIGH_LOAD = 5 * GIB
HIGH = {"load": HIGH_LOAD, "boot_params_at": HIGH_LOAD + 0x8000000, "command_line_at": HIGH_LOAD + 0x8002000,
        "initrd": b"initrd above 4 GiB " * 1000, "initrd_at": HIGH_LOAD + 0x9000000}

CASES = [
    Case("32-bit entry, all can", Entry(32), 5, room=ROOM_LOW),
    Case("32-bit entry, no5lvl", Entry(32), 4, append="no5lvl"),
    Case("32-bit entry, the kernel cannot", Entry(32), 4, options=()),
    Case("32-bit entry, the CPU cannot", Entry(32), 4, cpu=CPU_4),
    Case("32-bit entry, an old CPU", Entry(32), 4, cpu="qemu64"),
    Case("4 levels on, all can", Entry(64), 5, room=ROOM_LOW),
    Case("4 levels on, no5lvl", Entry(64), 4, append="no5lvl"),
    Case("4 levels on, the CPU cannot", Entry(64), 4, cpu=CPU_4),
    Case("5 levels on, all can", Entry(64, la57=True), 5),
    Case("5 levels on, no5lvl", Entry(64, la57=True), 4, append="no5lvl", room=ROOM_LOW),
    Case("5 levels on, the kernel cannot", Entry(64, la57=True), 4, options=(), room=ROOM_LOW),
    Case("5 levels on, the kernel cannot, nokaslr", Entry(64, la57=True), 4, options=(), append="nokaslr",
         room=ROOM_LOW),
    Case("to 5, the kernel goes over the image", Entry(64, load=0x1800000), 5, append="nokaslr",
         room=ROOM_LOW),
    Case("to 5, no memory map entry below 1 MiB", Entry(64, e820=[ALL]), 5,
         room=MEMORY * MIB - ROOM),
    Case("to 4, no memory map entry below 1 MiB", Entry(64, la57=True, e820=[ALL]), 4, options=(),
         room=MEMORY * MIB - ROOM),
    Case("to 5, the map's low part is short", Entry(64, e820=low(0x71234, ALL)), 5, room=0x6F000),
    Case("to 5, a reserved range lies over the low part",
         Entry(64, e820=low(0x9F000, (0x88800, 0x18000, RESERVED), ALL)), 5, room=0x86000),
    Case("to 5, the EBDA begins lower", Entry(64, extra=[bios(0x9880, 639)]), 5, room=0x96000),
    Case("to 5, less base memory", Entry(64, extra=[bios(0, 512)]), 5, room=0x7E000),
    Case("to 5, all above 4 GiB", Entry(64, **HIGH), 5, memory=ABOVE, room=ROOM_LOW),
    Case("to 4, all above 4 GiB", Entry(64, la57=True, **HIGH), 4, append="no5lvl", memory=ABOVE,
         room=ROOM_LOW),
    Case("to 5, all above 4 GiB, nokaslr: over the image", Entry(64, **HIGH), 5, memory=ABOVE,
         append="nokaslr", room=ROOM_LOW),
    Case("4 levels, all above 4 GiB", Entry(64, **HIGH), 4, options=(), memory=ABOVE),
    Case("5 levels, all above 4 GiB", Entry(64, la57=True, **HIGH), 5, memory=ABOVE),
    Case("stays at 4: the only memory is above 4 GiB",
         Entry(64, e820=[(4 * GIB, 3 * GIB, RAM)], **HIGH), 4, memory=ABOVE,
         expect=["paging stays at 4 levels: no room below 4 GiB to change that"]),
    Case("stays at 5: the only memory is above 4 GiB",
         Entry(64, la57=True, e820=[(4 * GIB, 3 * GIB, RAM)], **HIGH), 5, append="no5lvl", memory=ABOVE,
         expect=["paging stays at 5 levels: no room below 4 GiB to change that"]),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_levels(case, make_image, test_kernels, loader_bin, tmp_path):
    image = Image(make_image("high", *case.options).read_bytes())
    line = f"{LINE} {case.append}".strip()
    if case.room:
        line += f" tk.crc={case.room:#x},{ROOM:#x}"
        pattern = PATTERN[:ROOM]
        case.entry.extra = [*case.entry.extra, (case.room, pattern)]
    arguments = case.entry.arguments(loader_bin, image, line, tmp_path, case.memory)
    serial, status = qemu.run(arguments, memory=case.memory, cpu=case.cpu)
    assert status == EXIT_STATUS, serial
    report = Report(serial)
    elf = test_kernels["high"].read_bytes()
    report.check_hand_over()
    report.check_itself(elf)
    report.check_ranges(elf)
    assert report.command_line == line
    assert bool(report.cr4 & CR4_LA57) == (case.levels == 5)
    changes = re.findall(r"^bzforge: paging: (\d) levels, changed at 0x([0-9a-f]+)$", serial, re.M)
    assert [(int(n), int(at, 16)) for n, at in changes] == ([(case.levels, case.room)] if case.room else [])
    if case.room:
        assert report.crc == zlib.crc32(pattern), "the room was not put back"
    for text in case.expect:
        assert f"bzforge: {text}" in serial
    if case.entry.initrd:
        assert report.initrd_crc == zlib.crc32(case.entry.initrd)


def test_refused_when_five_levels_cannot_be_left(make_image, loader_bin, tmp_path):
    image = Image(make_image("high").read_bytes())
    entry = Entry(64, la57=True, e820=[(4 * GIB, 3 * GIB, RAM)], **HIGH)
    serial, status = qemu.run(entry.arguments(loader_bin, image, LINE, tmp_path, ABOVE), memory=ABOVE)
    assert status == 0, serial
    assert ("bzforge: E72 5-level paging is on, but this kernel cannot use it: "
            "no room below 4 GiB to change that (offset 0x236, value 0x2") in serial


LINUX = [
    # (CPU, command line, levels)
    (qemu.CPU, "", 5),
    (qemu.CPU, "no5lvl", 4),
    (qemu.CPU, "nokaslr", 5),
    ("qemu64", "", 4),
]


@pytest.mark.parametrize("cpu,append,levels", LINUX, ids=[f"{c}, {a}" for c, a, _ in LINUX])
@pytest.mark.parametrize("bits", [16, 64])
def test_linux_levels(cpu, append, levels, bits, make_image, loader_bin, small_initrd, tmp_path):
    """What the kernel itself says of it. From 16 bits the memory map is a BIOS's."""
    path = make_image("stock")
    line = f"{LINE} {append}".strip()
    memory = 512
    if bits == 16:
        arguments = ["-kernel", path, "-initrd", small_initrd.path, "-append", line]
    else:
        entry = Entry(64, la57=levels == 4 and cpu != "qemu64", initrd=small_initrd.path.read_bytes(),
                      initrd_at=0x10000000)
        arguments = entry.arguments(loader_bin, Image(path.read_bytes()), line, tmp_path, memory)
    serial, status = qemu.run(arguments, memory=memory, cpu=cpu, timeout=90)
    assert status == 0, serial
    assert initramfs.facts(serial)["la57"] == ("1" if levels == 5 else "0")
