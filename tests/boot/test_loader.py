# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that start with our own boot sector and loader: what is booted from them, and what it gets."""

import struct

import pytest

from support import initramfs, qemu
from support.boot_disk import ESP, FIRST, SECTOR, Disk, run
from support.testkernel import EXIT_STATUS, Report

TIMEOUT = 60
ARROW_DOWN = b"\x1b[B"


LONG = pytest.mark.long


def entry(title, kernel="/k", options="", *lines):
    text = [f"title {title}", f"linux {kernel}", f"options {options}", *lines]
    return "\n".join([*text, ""]).encode()


@pytest.fixture
def make_disk(build_folder, tmp_path):
    return lambda files, **options: Disk(tmp_path / "disk.img", build_folder, files, **options)


def boot(disk, drive="ide", memory=256, **options):
    """(report of the test kernel, all of the serial output)"""
    serial, status = qemu.run(disk.drive(drive), memory=memory, timeout=TIMEOUT, **options)
    assert status == EXIT_STATUS, serial
    return Report(serial), serial


def initrd_of(report):
    return report.field(0x218, "I"), report.field(0x21C, "I")


DISKS = [
    ("gpt, FAT32, ide", "ide", {}),
    ("gpt, FAT16, virtio", "virtio", {"bits": 16}),
    ("logical partition, FAT16, ide", "ide", {"scheme": "logical", "bits": 16}),
    ("mbr, FAT12, ahci", "ahci", {"scheme": "mbr", "bits": 12, "megabytes": 8}),
    ("mbr, FAT32 partition, usb", "usb", {"scheme": "mbr", "kind": "c"}),
]


@pytest.mark.parametrize("drive, options", [
    pytest.param(*case[1:], id=case[0], marks=LONG if i > 1 else []) for i, case in enumerate(DISKS)])
def test_disk(drive, options, make_disk, make_image):
    """Two initrds, several option lines, and everything in the header that a loader must fill."""
    disk = make_disk({
        "loader/entries/one.conf": entry("One", "/k", "a=1", "initrd /first.img", "initrd /dir/second name.img",
                                         "options  b=2 "),
        "k": make_image("pie"), "first.img": b"x" * 1001, "dir/second name.img": b"y" * 70000,
    }, **options)
    report, serial = boot(disk, drive)
    assert report.command_line == "a=1 b=2", serial
    assert "first.img: 0 of" in serial
    assert report.boot_params[0x210] == 0xFF
    assert report.loadflags & 0x80
    start, size = initrd_of(report)
    assert size == 1004 + 70000
    assert start % 4096 == 0 and start + size <= 256 << 20
    report.check_hand_over()


def test_stock_kernel_gets_its_initrd_whole(make_disk, make_image, small_initrd):
    disk = make_disk({"loader/entries/a.conf": entry("A", "/k", "console=ttyS0 panic=-1", "initrd /i"),
                      "k": make_image("cloud", "-c", "lz4:3"), "i": small_initrd.path})
    serial, status = qemu.run(disk.drive(), memory=512, timeout=2 * TIMEOUT)
    assert status == 0, serial
    facts = initramfs.facts(serial)
    assert facts["blob"] == small_initrd.blob_md5
    assert facts["cmdline"] == "console=ttyS0 panic=-1"


MENU = {
    "loader/loader.conf": b"timeout 30\ndefault old*\n",
    "loader/entries/new.conf": entry("Same name", "/k", "new", "version 10", "sort-key a"),
    "loader/entries/old.conf": entry("Same name", "/k", "old", "version 9", "sort-key a"),
    "loader/entries/odd.conf": entry("Other kind", "/k", "odd", "architecture aa64"),
    "loader/entries/bad+0-3.conf": entry("Tried often", "/k", "bad", "sort-key a", "version 11"),
}


@pytest.mark.parametrize("keys, line", [
    pytest.param(b"\r", "old", id="default", marks=LONG),
    pytest.param(b"x\x1b[A\r", "new", id="up"),
    pytest.param(b"x" + ARROW_DOWN + b"\r", "bad", id="down", marks=LONG),
    pytest.param(b"xe" + b"\x7f" * 2 + b"k more\r", "ok more", id="edit"),
    pytest.param(b"xe\x15whole\r", "whole", id="clear", marks=LONG),
    pytest.param(b"xe\x1b", None, id="escape", marks=LONG),
])
def test_menu(keys, line, make_disk, make_image):
    disk = make_disk(MENU | {"k": make_image("pie")})
    with qemu.Qemu(disk.drive(), memory=128, timeout=TIMEOUT) as machine:
        machine.expect("booting in 30 s")
        listing = machine.serial
        for key in (keys[i:i + 1] for i in range(len(keys))):
            machine.send(key)
        if line is None:
            machine.expect("ESC goes back.*(.|\n)*> Same name")
            machine.send(b"\r")
            line = "old"
        assert machine.wait() == EXIT_STATUS, machine.serial
        assert Report(machine.serial).command_line == line
    assert "  > Same name (9)" in listing
    order = [listing.index(text) for text in ("Same name (10)", "Same name (9)", "Tried often")]
    assert order == sorted(order)
    assert "Other kind" not in listing


@pytest.mark.parametrize("name, then", [
    ("sixteen-long+3-2", "sixteen-long+2-3"),
    pytest.param("new+3", "new+2-1", marks=LONG),
    ("eleven+3", "eleven+2"),  # of 13 characters: one piece, which has no room for two more
])
def test_tries_are_counted(name, then, make_disk, make_image):
    name, then = (f"{stem}.conf" for stem in (name, then))
    disk = make_disk({f"loader/entries/{name}": entry("One", "/k", "tried"), "k": make_image("pie")})
    assert boot(disk)[0].command_line == "tried"
    assert disk.names("loader/entries") == [then]


def test_image_of_the_fallback_path(make_disk, make_image):
    disk = make_disk({"EFI/BOOT/BOOTX64.EFI": make_image("pie", "--cmdline", "embedded")})
    assert boot(disk)[0].command_line == "embedded"


def test_backup_of_the_partition_table(make_disk, make_image):
    disk = make_disk({"loader/entries/one.conf": entry("One"), "k": make_image("pie")})
    disk.poke(512 + 0x10, struct.pack("<I", 1))
    boot(disk)


@pytest.mark.parametrize("drive, early", [
    pytest.param("cd", True, id="cd, first 2 KiB"),
    pytest.param("cd", False, id="cd, all of it", marks=LONG),
    pytest.param("ide", True, id="disk", marks=LONG),
])
def test_cd_that_is_a_disk(drive, early, build_folder, make_image, tmp_path):
    """The BIOS starts the loader from a CD, having read its beginning or all of it, and the boot sector starts
    it from the same bytes on a disk. The table of partitions counts 512-byte sectors on both."""
    loader = build_folder / "boot/loader/loader.bin"
    disk = Disk(tmp_path / "disk.img", build_folder,
                {"loader/entries/one.conf": entry("One", "/k", "from cd", "initrd /i"), "k": make_image("pie"),
                 "i": bytes(5000)}, megabytes=48)
    esp = tmp_path / "esp.img"
    esp.write_bytes(disk.peek(FIRST * SECTOR, 46 << 20))  # all of the file system
    # mkfs.fat has noted where the file system lies on its disk; nobody needs that number.
    files = tmp_path / "files"
    files.mkdir()
    (files / "loader.bin").write_bytes(loader.read_bytes())
    iso = tmp_path / "cd.iso"
    run("xorriso", "-as", "mkisofs", "-b", "loader.bin", "-no-emul-boot", "-boot-load-size",
        4 if early else loader.stat().st_size // SECTOR, *(["-boot-info-table"] if early else []),
        "-append_partition", 2, ESP, esp, "-appended_part_as_gpt", "-o", iso, files)
    data = bytearray(iso.read_bytes())
    at = data.index(loader.read_bytes()[0x50:]) - 0x50
    sector = (build_folder / "boot/sector/sector.bin").read_bytes()
    data[:440] = sector[:440]
    struct.pack_into("<HQ", data, 0x1AE, loader.stat().st_size // SECTOR, at // SECTOR)
    iso.write_bytes(data)
    arguments = ["-cdrom", iso] if drive == "cd" else ["-drive", f"file={iso},format=raw,if=ide"]
    serial, status = qemu.run(arguments, memory=128, timeout=TIMEOUT)
    assert status == EXIT_STATUS, serial
    assert Report(serial).command_line == "from cd"
