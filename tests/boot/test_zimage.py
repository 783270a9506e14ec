# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that are loaded low, by our loader: one of the tests' own (zimage.S), which tells what it was given."""

import re

import pytest

from support import qemu
from support.boot_disk import Disk
from support.initramfs import blob
from support.setup_part import BOOT, assemble
from support.testkernel import EXIT_STATUS

TIMEOUT = 60
SIZE = 500_000
SIZE_MAX = 0x80000
LINE = "one two=3"
SEGMENT = 0x9000
LINE_AT = 0x99000


def checksum(data):
    value = 0
    for byte in data:
        value = (value << 1 | value >> 31) + byte & 0xFFFFFFFF
    return value


def entry(*lines):
    return "\n".join(["title Low", "linux /zimage", f"options {LINE}", *lines, ""]).encode()


@pytest.fixture
def make_disk(build_folder, tmp_path):
    def make(version, size, *lines):
        program = assemble(BOOT / "zimage.S", 0, tmp_path / "zimage.bin", f"VERSION={version:#x}",
                           f"PAYLOAD={size}")
        return Disk(tmp_path / "disk.img", build_folder, {
            "loader/entries/low.conf": entry(*lines), "zimage": program + blob(size), "i": bytes(5000)})

    return make


@pytest.mark.parametrize("version", [
    pytest.param(0x200, marks=pytest.mark.long), 0x202, pytest.param(0x203, marks=pytest.mark.long)])
def test_zimage(version, make_disk):
    disk = make_disk(version, SIZE, "initrd /i")
    serial, status = qemu.run(disk.drive(), memory=64, timeout=TIMEOUT)
    assert status == EXIT_STATUS, serial
    told = dict(re.findall(r"^ZI (\w+) (.+)$", serial, re.M))
    number = {name: int(value, 16) for name, value in told.items() if name != "line"}
    assert number["sum"] == checksum(blob(SIZE))
    assert told["line"] == LINE
    assert (number["ds"], number["ss"]) == (SEGMENT, SEGMENT)
    assert number["code32_start"] == 0x1000
    assert number["loader"] & 0xFF == 0xFF
    assert number["ramdisk_size"] == 5000 and (1 << 20) + SIZE <= number["ramdisk_image"] < 64 << 20
    if version < 0x202:
        assert number["old_line"] == LINE_AT - (SEGMENT << 4) << 16 | 0xA33F
    else:
        assert number["cmd_line_ptr"] == LINE_AT


def test_zimage_too_large(make_disk):
    disk = make_disk(0x202, SIZE_MAX + 1)
    with qemu.Qemu(disk.drive(), memory=64, timeout=TIMEOUT) as machine:
        machine.expect(r"bzforge: E103 kernel does not fit into memory: /zimage: bytes of a zImage .*value 0x80001\)")
