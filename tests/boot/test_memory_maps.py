# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever the memory map and the command line say: the kernel is put at random, and keeps off what it
must keep off. Read from inside the booted kernel."""

import json
import re
import struct

import pytest

from support import initramfs, qemu
from support.bzimage import Image
from support.loader import Entry, GIB, MIB, ram_map
from support.testkernel import EXIT_STATUS, Report

LINE = "console=ttyS0 panic=-1 earlyprintk=serial"
PIE_SIZE = 0x208000
ALIGN = 2 * MIB
LOWEST = 16 * MIB  # pref_address

ACPI_RSDP_ADDR = 0x070  # fields of boot_params
EFI_INFO = 0x1C0
SETUP_DATA = 0x250
SETUP_E820_EXT = 1
SETUP_EFI = 4
SETUP_RNG_SEED = 9
RAM, RESERVED = 1, 2

EFI_LOADER_DATA, EFI_BOOT_DATA, EFI_CONVENTIONAL, EFI_UNACCEPTED = 2, 4, 7, 15
EFI_MORE_RELIABLE, EFI_SP = 0x10000, 0x40000


@pytest.fixture
def enter(loader_bin, make_image, tmp_path):
    """enter(Entry, append, memory in MiB): the serial output and the report of the "pie" kernel."""
    path = make_image("pie")
    image = Image(path.read_bytes())

    def run(entry, append="", memory=1024, cpu=qemu.CPU):
        line = f"{LINE} {append}".strip()
        serial, status = qemu.run(entry.arguments(loader_bin, image, line, tmp_path, memory), memory=memory,
                                  cpu=cpu)
        assert status == EXIT_STATUS, serial
        report = Report(serial)
        report.check_hand_over()
        return serial, report

    return run


def check_off(report, taken, memory=1024):
    """In RAM, aligned, moved, and nowhere in the (start, end) ranges that are taken."""
    own = (report.physical, report.physical + PIE_SIZE)
    assert own[0] >= LOWEST and own[0] % ALIGN == 0 and report.loadflags & 2
    assert own[1] <= 0xC0000000 or own[0] >= 4 * GIB
    assert own[1] <= memory * MIB + (GIB if memory > 3072 else 0)
    for start, end in taken:
        assert own[1] <= start or end <= own[0], (hex(own[0]), hex(start), hex(end))


def boots(enter, entry_of, taken, append="", memory=1024, count=2):
    """count boots: all keep off, and they differ."""
    found = []
    for _ in range(count):
        _, report = enter(entry_of(), append, memory)
        check_off(report, taken, memory)
        found.append(report.physical)
    assert len(set(found)) > 1, found
    return found


# --- the command line ---

EIGHT = [(17 + 100 * n, 90) for n in range(8)]  # MiB: (start, size)

WISHES = {
    "mem=": ("mem=200M", [(200 * MIB, GIB)], 1024),
    "eight memmap=": (" ".join(f"memmap={size}M{'$#!%'[n % 4]}{start}M{'-1+2' if n % 4 == 3 else ''}"
                               for n, (start, size) in enumerate(EIGHT)),
                      [(start * MIB, (start + size) * MIB) for start, size in EIGHT], 1024),
    "eight in one word": ("memmap=" + ",".join(f"{size}M${start}M" for start, size in EIGHT),
                          [(start * MIB, (start + size) * MIB) for start, size in EIGHT], 1024),
    "exactmap": ("memmap=exactmap,640K@0,100M@1M,200M@600M",
                 [(101 * MIB, 600 * MIB), (800 * MIB, GIB)], 1024),
    "crashkernel=": ("crashkernel=900M@32M", [(32 * MIB, 932 * MIB)], 1024),
    "1 GiB pages": ("hugepagesz=1G hugepages=2", [(GIB, 3 * GIB)], 5120),
    "1 GiB pages by default size": ("default_hugepagesz=1G hugepages=1", [(GIB, 2 * GIB)], 5120),
}


@pytest.mark.parametrize("name", WISHES)
def test_command_line(enter, name):
    append, taken, memory = WISHES[name]
    boots(enter, lambda: Entry(32, dirty=False), taken, append, memory)


@pytest.mark.long
@pytest.mark.parametrize("name", WISHES)
def test_command_line_often(enter, name):
    append, taken, memory = WISHES[name]
    found = boots(enter, lambda: Entry(64, dirty=False), taken, append, memory, count=12)
    assert len(set(found)) > 6


@pytest.mark.long
@pytest.mark.parametrize("name", WISHES)
def test_command_line_with_linux(make_image, small_initrd, name):
    append, taken, memory = WISHES[name]
    if memory > 3072:  # SeaBIOS's tables lie in the third GiB: the next whole one is the fifth
        taken = [(GIB, 2 * GIB), (4 * GIB, 5 * GIB)][:1 + ("=2" in append)]
    seen = set()
    for _ in range(3):
        serial, status = qemu.run(["-kernel", make_image("cloud"), "-initrd", small_initrd.path, "-append",
                                   f"console=ttyS0 panic=-1 {append}"], memory=memory, timeout=120)
        assert status == 0, serial
        facts = initramfs.facts(serial)
        start, end = facts["iomem"]["Kernel code"][0], facts["iomem"]["Kernel bss"][1]
        for low, high in taken:
            assert end <= low or high <= start, (hex(start), hex(end))
        seen.add((start, facts["text"]))
    assert len(seen) == 3


# --- long maps ---


def node(next_pa, kind, data):
    return struct.pack("<QII", next_pa, kind, len(data)) + data


def holes(count, unsorted):
    """A map of count entries: holes of 4 KiB each MiB from 256 MiB on, the rest is RAM."""
    table = [(0, 0x9F000, RAM), (MIB, 255 * MIB, RAM)]
    at = 256 * MIB
    for _ in range((count - 3) // 2):
        table += [(at, MIB - 4096, RAM), (at + MIB - 4096, 4096, RESERVED)]
        at += MIB
    table.append((at, GIB - at, RAM))
    assert len(table) in (count, count - 1)
    return table[::-1] if unsorted else table


def long_entry(table, bits=32):
    """boot_params holds 128 entries, a SETUP_E820_EXT node the others."""
    more = b"".join(struct.pack("<QQI", *entry) for entry in table[128:])
    return Entry(bits, e820=table[:128], dirty=False, extra=[(0x94000, node(0, SETUP_E820_EXT, more))],
                 patches=[(SETUP_DATA, struct.pack("<Q", 0x94000))])


@pytest.mark.parametrize("count, unsorted", [(300, False), (1000, True)])
def test_hundreds_of_entries(enter, count, unsorted):
    table = holes(count, unsorted)
    taken = [(start, start + size) for start, size, kind in table if kind == RESERVED]
    boots(enter, lambda: long_entry(table), taken)


# --- EFI, after ExitBootServices ---


def descriptor(kind, start, end, attribute=0):
    return struct.pack("<IIQQQQQ", kind, 0, start, 0, (end - start) >> 12, attribute, 0)


def efi_entry(descriptors, system_table=0, version=1, extra=(), e820=None):
    """What GRUB 2.06 passes: descriptors of 48 bytes at 0x95000."""
    data = b"".join(descriptor(*d) for d in descriptors)
    info = struct.pack("<4s7I", b"EL64", system_table, 48, version, 0x95000, len(data), 0, 0)
    return Entry(32, dirty=False, e820=e820, extra=[(0x95000, data), *extra], patches=[(EFI_INFO, info)])


EFI_MAPS = {
    "conventional memory only": ([(EFI_LOADER_DATA, 0, 300 * MIB), (EFI_BOOT_DATA, 300 * MIB, 600 * MIB),
                                  (EFI_CONVENTIONAL, 600 * MIB, GIB)], [(32 * MIB, 600 * MIB)]),
    "soft-reserved": ([(EFI_CONVENTIONAL, 0, 300 * MIB),
                             (EFI_CONVENTIONAL, 300 * MIB, GIB, EFI_SP)], [(300 * MIB, GIB)]),
    "mirrored is preferred": ([(EFI_CONVENTIONAL, 0, 500 * MIB),
                                     (EFI_CONVENTIONAL, 500 * MIB, 600 * MIB, EFI_MORE_RELIABLE),
                                     (EFI_CONVENTIONAL, 600 * MIB, GIB)],
                              [(0, 500 * MIB), (600 * MIB, GIB)]),
    "unaccepted": ([(EFI_CONVENTIONAL, 0, 200 * MIB), (EFI_UNACCEPTED, 200 * MIB, GIB)],
                   [(200 * MIB, GIB)]),
}


@pytest.mark.parametrize("name", EFI_MAPS)
def test_efi_map(enter, name):
    descriptors, taken = EFI_MAPS[name]
    boots(enter, lambda: efi_entry(descriptors), taken)


def test_damaged_efi_map_is_left_out(enter):
    serial, report = enter(efi_entry([(EFI_CONVENTIONAL, 0, GIB)], version=7))
    assert "EFI memory map is damaged, only E820 counts: efi_memdesc_version 0x7" in serial
    check_off(report, [])


def guid(text):
    a, b, c, d, e = text.split("-")
    return struct.pack("<IHH", int(a, 16), int(b, 16), int(c, 16)) + bytes.fromhex(d + e)


@pytest.mark.parametrize("kexec", [False, True])
def test_seeds_of_loader_and_firmware(enter, kexec):
    """Both count, both stay for the kernel. After kexec the system table has virtual addresses, and a
    SETUP_EFI node the physical one."""
    tables = guid("1ce1e5bc-7ceb-42f2-81e5-8aadf180f57b") + struct.pack("<Q", 0x99000)
    system = bytearray(0x78)
    struct.pack_into("<8s", system, 0, b"IBI SYST")
    struct.pack_into("<QQ", system, 0x68, 1, 0xFFFFFFFEEE000000 if kexec else 0x98000)
    seed = bytes(range(32))
    loader_node = node(0x9B000 if kexec else 0, SETUP_RNG_SEED, bytes(range(100, 132)))
    efi_node = node(0, SETUP_EFI, struct.pack("<4Q", 0, 0, 0x98000, 0) + bytes(64))
    entry = efi_entry([(EFI_CONVENTIONAL, 0, GIB)], system_table=0x97000,
                      extra=[(0x97000, bytes(system)), (0x98000, tables),
                             (0x99000, struct.pack("<I", 32) + seed), (0x9A000, loader_node),
                             (0x9B000, efi_node)])
    entry.patches.append((SETUP_DATA, struct.pack("<Q", 0x9A000)))
    serial, report = enter(entry)
    assert "SETUP_RNG_SEED EFI-seed boot_params" in serial
    assert report.field(SETUP_DATA, "Q") == 0x9A000
    check_off(report, [])


def test_without_a_generator_it_says_so(enter):
    serial, report = enter(Entry(32, dirty=False), cpu="qemu64")
    assert "no random number generator, only timers: the place can be guessed" in serial
    assert "RDRAND" not in serial and "RDSEED" not in serial
    check_off(report, [])


# --- memory that can be unplugged ---


def acpi_table(name, body):
    table = bytearray(struct.pack("<4sI28x", name, 36 + len(body)) + body)
    table[9] = -sum(table) & 0xFF
    return bytes(table)


def acpi(checksum_off=0):
    """RSDP at 0x95000, XSDT at 0x95100, SRAT at 0x95200: from 300 MiB on all can be unplugged."""
    def memory(base, size, flags):
        return struct.pack("<BBIHQQIIQ", 1, 40, 0, 0, base, size, 0, flags, 0)

    srat = acpi_table(b"SRAT", bytes(12) + memory(0, 300 * MIB, 1) + memory(300 * MIB, 724 * MIB, 3))
    rsdp = bytearray(struct.pack("<8sB6sBIIQ4x", b"RSD PTR ", 0, b"", 2, 0, 36, 0x95100))
    rsdp[8] = -sum(rsdp[:20]) & 0xFF
    rsdp[32] = (-sum(rsdp) + checksum_off) & 0xFF
    return [(0x95000, bytes(rsdp)), (0x95100, acpi_table(b"XSDT", struct.pack("<Q", 0x95200))),
            (0x95200, srat)]


def test_movable_node(enter):
    entry = lambda: Entry(32, dirty=False, extra=acpi(),  # noqa: E731
                          patches=[(ACPI_RSDP_ADDR, struct.pack("<Q", 0x95000))])
    boots(enter, entry, [(300 * MIB, GIB)], "movable_node")


def test_movable_node_by_acpi_rsdp(enter):
    boots(enter, lambda: Entry(32, dirty=False, extra=acpi()), [(300 * MIB, GIB)],
          "movable_node acpi_rsdp=0x95000")


def test_movable_node_without_acpi(enter):
    serial, report = enter(Entry(32, dirty=False), "movable_node")
    assert "movable_node: which memory can be unplugged is not known: no ACPI root pointer" in serial
    check_off(report, [])


@pytest.mark.long
def test_movable_node_with_linux(make_image, small_initrd):
    """QEMU's BIOS passes no root pointer: the stub has to find it."""
    serial, status = qemu.run(
        ["-kernel", make_image("cloud"), "-initrd", small_initrd.path, "-append",
         f"{LINE} movable_node", "-m", "1024,slots=2,maxmem=4G", "-object",
         "memory-backend-ram,id=m0,size=1G", "-numa", "node,memdev=m0"], memory=1024, timeout=120)
    assert status == 0, serial
    assert "memory that can be unplugged is left alone" in serial
    assert initramfs.facts(serial)["iomem"]["Kernel bss"][1] <= GIB


# --- the tool says the same as the stub ---


@pytest.mark.parametrize("name, entry, append", [
    ("wishes", Entry(32, dirty=False), "crashkernel=64M@512M memmap=64M$256M hugepagesz=1G hugepages=1"),
    ("holes", long_entry(holes(300, True)), "mem=900M"),
    ("efi", efi_entry(EFI_MAPS["mirrored is preferred"][0]), ""),
    ("nodes", Entry(32, dirty=False, extra=acpi()), "movable_node acpi_rsdp=0x95000"),
], ids=["wishes", "holes", "efi", "nodes"])
def test_tool_and_stub_agree(enter, bzforge, make_image, tmp_path, name, entry, append):
    serial, _ = enter(entry, f"{append} bzforge.debug", 2048)
    trace = tmp_path / "trace"
    trace.write_text(serial)
    report = json.loads(bzforge.output("kaslr", make_image("pie"), "--memory-map", trace, "--json",
                                       "--cmdline", append))
    count, = re.findall(r"places to choose from: (\d+) physical", serial)
    areas = re.findall(r"bzforge:   slots      0x(\w+) - 0x(\w+) (\d+)", serial)
    assert report["physical"]["slots"] == int(count) > 0
    assert [(a["start"], a["end"], a["slots"]) for a in report["physical"]["areas"]] == [
        (int(start, 16), int(end, 16), int(slots)) for start, end, slots in areas]


# --- not one slot ---


def test_no_other_place(enter, make_image):
    """The image lies over the only place there is: the kernel stays there, and a line says why."""
    init_size = Image(make_image("pie").read_bytes()).hdr.init_size
    table = [(0, 0x9F000, RAM), (LOWEST, init_size, RAM)]
    serial, report = enter(Entry(32, load=LOWEST, e820=table, dirty=False))
    assert "no other place for the kernel's" in serial and "stays at 0x1000000" in serial
    assert report.physical == LOWEST and not report.loadflags & 2


def test_not_even_the_default_place(loader_bin, make_image, tmp_path):
    """The refusal names what is in the way."""
    image = Image(make_image("pie").read_bytes())
    initrd_at = LOWEST + 0x1000
    table = [(0, 0x9F000, RAM), (MIB, 15 * MIB, RAM), (LOWEST, 2 * MIB, RAM)]
    entry = Entry(32, e820=table, dirty=False, initrd=b"initrd" * 100, initrd_at=initrd_at)
    serial, status = qemu.run(entry.arguments(loader_bin, image, LINE, tmp_path, 256), memory=256)
    assert status == 0
    assert "the kernel needs 0x" in serial
    assert f"in the way 0x{initrd_at:012x} - 0x{initrd_at + 600:012x} initrd" in serial
    assert f"in the way 0x{LOWEST + 2 * MIB:012x} - 0x" in serial and "not RAM" in serial
    assert "bzforge: E63 not enough memory" in serial


def test_map_of_the_machine_is_not_changed(enter):
    _, report = enter(Entry(32, dirty=False), "mem=200M memmap=1M$64M")
    assert report.e820 == ram_map(1024)
