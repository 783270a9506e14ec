# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots that must succeed: the entries of cases.toml."""

import itertools
import re
import tomllib
import zlib
from pathlib import Path

import pytest

from support import initramfs, ovmf, qemu
from support.bzimage import Image
from support.elf import Elf
from support.loader import Entry, GIB, RAM, ram_map
from support.testkernel import EXIT_STATUS, LINK_VIRTUAL, Report

AXES = ("codec", "entry", "memory", "append")


def combinations(matrix):
    """A case for each way to choose one of every list."""
    axes = [axis for axis in AXES if isinstance(matrix.get(axis), list)]
    for values in itertools.product(*(matrix[axis] for axis in axes)):
        case = {**matrix, **dict(zip(axes, values))}
        yield {**case, "name": matrix["name"].format(**case)}


with open(Path(__file__).with_name("cases.toml"), "rb") as f:
    DATA = tomllib.load(f)
CASES = DATA["case"] + [case for matrix in DATA["matrix"] for case in combinations(matrix)]

KEYS = {"name", "image", "entry", "memory", "cpus", "cpu", "append", "length", "initrd", "initrd_at",
        "load", "line_at", "mapped", "place", "physical", "within", "outside", "expect", "forbid",
        "codec", "filter", "embed_line", "embed_initrd", "long"}
LINUX = ("stock", "cloud")
BASE_LINE = "console=ttyS0 panic=-1"
TIMEOUT = 180
# Where an initrd must end: initrd_addr_max of Linux's headers; at 64 bits memory is all there is.
INITRD_LIMIT = {32: 2 * GIB, 64: 1 << 52}
INITRD_ALIGN = 0x200000
LOADFLAGS = 0x211  # boot.rst, in boot_params
KASLR_FLAG = 2
# What Linux keeps for itself of the memory that QEMU has: kernel and per-CPU areas, and 64 bytes for
# each page of 4 KiB.
LINUX_KERNEL_KIB = 144 * 1024
LINUX_PAGES_PART = 1 / 64
FIRMWARE_KIB = 24 * 1024  # and UEFI firmware for its runtime services


def test_cases_are_well_formed():
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names)
    for case in CASES:
        assert not case.keys() - KEYS, case["name"]


def command_line(case):
    line = f"{BASE_LINE} {case.get('append', '')}".strip()
    if "length" in case:
        line += " fill="
        line += "x" * (case["length"] - len(line))
    return line


def full_line(case):
    """What the kernel is to find: behind the embedded line the loader's, to which OVMF of 64 bits adds
    the name under which it offers QEMU's initrd."""
    line = f"{case.get('embed_line', '')} {command_line(case)}".strip()
    if case["entry"] == "uefi" and case.get("initrd", "none") != "none":
        line += " initrd=initrd"
    return line


def place_of_initrd(case, size):
    if "initrd_at" in case:
        return case["initrd_at"]
    limit = INITRD_LIMIT[case["entry"]]
    ends = [min(start + length, limit) for start, length, kind in ram_map(case["memory"])
            if kind == RAM and start < limit]
    return max(ends) - size & -INITRD_ALIGN


def entry_of(case, initrd):
    entry = Entry(case["entry"])
    entry.load = case.get("load", entry.load)
    entry.command_line_at = case.get("line_at", entry.command_line_at)
    entry.mapped = case.get("mapped")
    if initrd:
        entry.initrd = initrd.path.read_bytes()
        entry.initrd_at = place_of_initrd(case, len(entry.initrd))
    return entry


def boot(case, image_path, initrd, loader_bin, folder):
    """(serial output, QEMU's exit status)"""
    options = {key: case[key] for key in ("memory", "cpus", "cpu") if key in case}
    line = command_line(case)
    if case["entry"] == 16 or case["entry"] in ovmf.BITS:
        arguments = ["-kernel", image_path, "-append", line]
        if initrd:
            arguments += ["-initrd", initrd.path]
        if case["entry"] in ovmf.BITS:
            arguments += ovmf.arguments(case["entry"], folder)
            options["machine"] = ovmf.machine(case["entry"])
    else:
        image = Image(image_path.read_bytes())
        arguments = entry_of(case, initrd).arguments(loader_bin, image, line, folder, case["memory"])
    return qemu.run(arguments, timeout=TIMEOUT, **options)


def check_lines(case, serial):
    lines = serial.splitlines()
    at = 0
    for pattern in case.get("expect", []):
        while at < len(lines) and not re.search(pattern, lines[at]):
            at += 1
        assert at < len(lines), f"no line {pattern!r}, or not in order\n{serial}"
        at += 1
    for pattern in case.get("forbid", []):
        # The kernel repeats its command line and its image's name: not a line of ours.
        assert not any(re.search(pattern, line) for line in lines), f"{pattern!r} appears\n{serial}"


def check_place(case, start, end, virtual, link):
    """link: (physical, virtual) addresses at link time."""
    if case.get("place") == "link":
        assert (start, virtual) == link, (hex(start), hex(virtual))
    if case.get("place") == "virtual":
        assert virtual == link[1], hex(virtual)
    if "physical" in case:
        assert start == case["physical"]
    if "within" in case:
        low, high = case["within"]
        assert low <= start and end <= high, (hex(start), hex(end))
    if "outside" in case:
        low, high = case["outside"]
        assert end <= low or high <= start, (hex(start), hex(end))


def check_linux(case, serial, release, initrd):
    facts = initramfs.facts(serial)
    memory_kib = case["memory"] * 1024
    assert facts["cmdline"] == full_line(case)
    assert facts["efi"] == str(ovmf.BITS.get(case["entry"], ""))
    assert bool(int(facts["efi_runtime"])) == (case["entry"] in ovmf.BITS)
    assert facts["release"] == release
    assert facts["blob"] == initrd.blob_md5
    assert int(facts["nproc"]) == case.get("cpus", 1)
    least = memory_kib * (1 - LINUX_PAGES_PART) - LINUX_KERNEL_KIB
    if case["entry"] in ovmf.BITS:
        least -= FIRMWARE_KIB
    assert least < int(facts["memtotal"]) < memory_kib
    assert facts["oops"] == "0"
    randomised = bytes.fromhex(facts["boot_params"])[LOADFLAGS] & KASLR_FLAG
    assert bool(randomised) == ("nokaslr" not in case.get("append", ""))
    start = facts["iomem"]["Kernel code"][0]
    end = facts["iomem"]["Kernel bss"][1]
    check_place(case, start, end, int(facts["text"], 16), (0x1000000, LINK_VIRTUAL + 0x1000000))


def early_place(serial):
    """(start, end) of the kernel from the stub's own line, for boots that end without userspace."""
    found = re.search(r"^bzforge: kernel to 0x([0-9a-f]+), 0x([0-9a-f]+) bytes", serial, re.M)
    assert found, serial
    start = int(found[1], 16)
    return start, start + int(found[2], 16)


def check_given(case, report, image):
    """Entered by our own loader: boot_params must be as the loader left it, but for the flag that says
    whether the address is random, and the field that boot code may use as it likes."""
    entry = entry_of(case, None)
    given = entry.boot_params(image, command_line(case), case["memory"])
    got = bytearray(report.boot_params)
    for page in (given, got):
        page[LOADFLAGS] &= ~KASLR_FLAG
        page[0x1E4:0x1E8] = bytes(4)  # scratch
        page[0x218:0x220] = page[0xC0:0xC8] = bytes(8)  # the initrd: checked by itself
    assert got == given


def check_test_kernel(case, serial, elf_bytes, initrd, image):
    report = Report(serial)
    report.check_hand_over()
    report.check_itself(elf_bytes)
    report.check_ranges(elf_bytes)
    assert report.command_line == full_line(case)
    if initrd:
        assert report.field(0x21C, "I") == len(initrd)
        assert report.initrd_crc == zlib.crc32(initrd)
        if case["entry"] in (32, 64):
            assert report.field(0x218, "I") | report.field(0xC0, "I") << 32 == \
                place_of_initrd(case, len(initrd))
    if case["entry"] in (32, 64):
        check_given(case, report, image)
    elf = Elf(elf_bytes)
    virtual = elf.symbols["kernel_start"]
    physical = min(p for _, _, p, _, _ in elf.loads)
    size = max(p + m for _, _, p, _, m in elf.loads) - physical
    if virtual >= LINK_VIRTUAL:
        assert LINK_VIRTUAL <= report.virtual <= LINK_VIRTUAL + GIB - size
        assert report.virtual % 0x200000 == 0
    moved = "nokaslr" not in case.get("append", "") and case["image"] != "fixed"
    assert bool(report.loadflags & KASLR_FLAG) == moved, "KASLR_FLAG"
    check_place(case, report.physical, report.physical + size, report.virtual, (physical, virtual))


@pytest.mark.parametrize("case", [
    pytest.param(case, id=case["name"], marks=[pytest.mark.long] if case.get("long") else [])
    for case in CASES])
def test_boot(case, make_image, test_kernels, loader_bin, small_initrd, large_initrd, tmp_path):
    initrd = {"small": small_initrd, "large": large_initrd}.get(case.get("initrd"))
    embedded = b""
    options = [word for option, key in (("-c", "codec"), ("--filter", "filter")) if key in case
               for word in (option, case[key])]
    if "embed_line" in case:
        options += ["--cmdline", case["embed_line"]]
    if "embed_initrd" in case:
        assert not initrd
        options += ["--initrd", small_initrd.path]
        embedded = small_initrd.path.read_bytes()
    image_path = make_image(case["image"], *options)
    image = Image(image_path.read_bytes())
    if case["image"] in LINUX and not initrd:
        # Linux panics without one; the place is then read from the stub's own line.
        case = {**case, "append": case.get("append", "") + " earlyprintk=serial,ttyS0,115200"}
    serial, status = boot(case, image_path, initrd, loader_bin, tmp_path)
    check_lines(case, serial)
    if case["image"] not in LINUX:
        assert status == EXIT_STATUS, serial
        check_test_kernel(case, serial, test_kernels[case["image"]].read_bytes(),
                          initrd.path.read_bytes() if initrd else embedded, image)
        return
    assert status == 0, serial
    if initrd:
        check_linux(case, serial, image.version.split()[0], initrd)
    else:
        check_place(case, *early_place(serial), None, None)
