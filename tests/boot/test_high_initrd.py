# SPDX-License-Identifier: GPL-2.0-or-later
"""Initrds that find no room below 4 GiB, loaded above it by our loader: memmap= takes what there is below. The kernel is
started at its 32-bit entry then, with boot_params of the loader's."""

import os
import zlib

import pytest

from support import initramfs, qemu
from support.boot_disk import Disk
from support.initramfs import blob
from support.testkernel import EXIT_STATUS, Report

MEMORY = 5120  # 3 GiB of it below 4 GiB
GIB4 = 4 << 30
MIB = 1 << 20
EXT_RAMDISK_IMAGE, EXT_RAMDISK_SIZE = 0xC0, 0xC4
RAMDISK_IMAGE, RAMDISK_SIZE = 0x218, 0x21C
TIMEOUT = 90
LONG_TIMEOUT = 400


def taken(first_mib):
    """The option that leaves so much below 4 GiB."""
    return f"memmap={3072 - first_mib}M${first_mib}M"


def entry(options, *initrds):
    lines = ["title High", "linux /k", f"options {options}", *(f"initrd /{name}" for name in initrds), ""]
    return "\n".join(lines).encode()


def test_boot_params(make_image, build_folder, tmp_path):
    """Two initrds, the second one where the first one's last bytes have filled up a word."""
    first, second = blob(20 * MIB + 1), b"second" * 1000
    disk = Disk(tmp_path / "disk.img", build_folder, {
        "loader/entries/a.conf": entry(taken(32), "first", "second"), "k": make_image("pie"), "first": first,
        "second": second}, megabytes=96)
    serial, status = qemu.run(disk.drive("virtio"), memory=MEMORY, timeout=TIMEOUT)
    assert status == EXIT_STATUS, serial
    report = Report(serial)
    size = len(first) + 3 + len(second)
    at = report.field(RAMDISK_IMAGE, "I") | report.field(EXT_RAMDISK_IMAGE, "I") << 32
    assert report.field(RAMDISK_SIZE, "I") | report.field(EXT_RAMDISK_SIZE, "I") << 32 == size
    assert at >= GIB4 and at % 4096 == 0
    assert report.initrd_crc == zlib.crc32(first + bytes(3) + second)
    assert report.command_line == taken(32)
    assert report.boot_params[0x210] == 0xFF
    # the whole map, and the screen as SeaBIOS leaves it
    assert any(start == GIB4 and kind == 1 for start, _, kind in report.e820)
    assert report.e820[0][0] == 0
    cols, lines, is_vga, points = (report.boot_params[0x07], report.boot_params[0x0E], report.boot_params[0x0F],
                                   report.field(0x10, "H"))
    assert (report.boot_params[0x06], cols, lines, is_vga, points) == (3, 80, 25, 1, 16)
    report.check_hand_over()


@pytest.mark.long
@pytest.mark.parametrize("name", ["ours", "stock"])
def test_userspace(name, make_image, cloud_kernel, large_initrd, build_folder, tmp_path):
    kernel = make_image("cloud", "-c", "lz4:3") if name == "ours" else cloud_kernel
    line = f"console=ttyS0 panic=-1 {taken(128)}"
    disk = Disk(tmp_path / "disk.img", build_folder, {
        "loader/entries/a.conf": entry(line, "i"), "k": kernel, "i": large_initrd.path}, megabytes=256)
    serial, status = qemu.run(disk.drive("virtio"), memory=MEMORY, timeout=LONG_TIMEOUT)
    assert status == 0, serial
    facts = initramfs.facts(serial)
    assert facts["blob"] == large_initrd.blob_md5
    assert facts["cmdline"] == line
    params = bytes.fromhex(facts["boot_params"])
    assert int.from_bytes(params[EXT_RAMDISK_IMAGE:EXT_RAMDISK_IMAGE + 4], "little") >= 1


@pytest.mark.long
def test_more_than_a_window(make_image, small_initrd, build_folder, tmp_path):
    """What the loader can reach at a time is 512 MiB: zeros, which the kernel skips, and an archive behind them."""
    zeros = tmp_path / "zeros"
    with open(zeros, "wb") as f:
        f.truncate(700 * MIB)
    disk = Disk(tmp_path / "disk.img", build_folder, {
        "loader/entries/a.conf": entry(f"console=ttyS0 panic=-1 {taken(512)}", "zeros", "i"),
        "k": make_image("cloud", "-c", "lz4:3"), "zeros": zeros, "i": small_initrd.path}, megabytes=900)
    os.unlink(zeros)
    serial, status = qemu.run(disk.drive("virtio"), memory=MEMORY, timeout=LONG_TIMEOUT)
    assert status == 0, serial
    assert initramfs.facts(serial)["blob"] == small_initrd.blob_md5
