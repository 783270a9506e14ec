# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged disks: each ends in words that name the file and the sector, in the menu where there is one, and
never in a boot of something else."""

import re
import struct

import pytest

from support import qemu
from support.boot_disk import FIRST, SECTOR, Disk, Fat
from support.testkernel import EXIT_STATUS

TIMEOUT = 60
BIG = 70 << 20


def entry(kernel, initrd=None):
    lines = [f"linux {kernel}"] + ([f"initrd {initrd}"] if initrd else [])
    return "\n".join([*lines, ""]).encode()


def damage_chain(fat, name, value):
    """The second cluster of a file leads elsewhere."""
    chain = fat.chain(name)
    fat.link(chain[1], value if value is not None else chain[0])
    return chain


# One disk, an entry for each fault: name of the entry, what it names, how it is damaged, what must be said.
FAULTS = [
    ("a-missing", entry("/no/such"), None, r"E96 there is no such file: /no/such: .*sector \d+"),
    ("b-missing-initrd", entry("/good", "/nothing"), None, r"E96 there is no such file: /nothing"),
    ("c-directory", entry("/loader"), None, r"E97 is a directory, not a file: /loader"),
    ("d-loop", entry("/loop"), lambda fat: damage_chain(fat, b"LOOP       ", None),
     r"E94 cluster chain runs in a circle: /loop: cluster comes again \(sector \d+"),
    ("e-ends", entry("/ends"), lambda fat: damage_chain(fat, b"ENDS       ", 0x0FFFFFFF),
     r"E93 cluster chain is broken: /ends: file's chain ends too early"),
    ("f-leads-out", entry("/wild"), lambda fat: damage_chain(fat, b"WILD       ", 0x0ABCDEF0),
     r"E93 cluster chain is broken: /wild: next cluster \(sector \d+, value 0xabcdef0\)"),
    ("g-free", entry("/free"), lambda fat: damage_chain(fat, b"FREE       ", 0),
     r"E93 cluster chain is broken: /free: next cluster \(sector \d+, value 0x0\)"),
    ("h-no-cluster", entry("/none"),
     lambda fat: [fat.disk.poke(fat.entry(b"NONE       ") + at, b"\0\0") for at in (20, 26)],
     r"E93 cluster chain is broken: /none: first cluster"),
    ("i-no-kernel", entry("/text"), None, r"E10 not a bzImage: /text"),
    ("j-empty", entry("/empty"), None, r"E10 not a bzImage: /empty"),
    ("k-cut-off", entry("/cut"), None, r"E1 ends too early: /cut: syssize \(offset 0x1f4, "),
    ("l-initrd-too-big", entry("/good", "/big"), None,
     r"E104 initrd does not fit into memory: .*value 0x4600000\)"),
    ("m-kernel-too-big", entry("/huge"), None, r"E103 kernel does not fit into memory: /huge"),
    ("n-garbage", entry("/dir/k"),
     lambda fat: fat.disk.poke(fat.place(fat.cluster(fat.entry(b"DIR        "))) + 64, b"\x81" * 448),
     r"E95 directory is damaged: /dir/k: .*\(sector \d+, value 0x81\)"),
    ("z-good", entry("/good"), None, None),
]


@pytest.fixture(scope="module")
def damaged(build_folder, make_image, tmp_path_factory):
    image = make_image("pie").read_bytes()
    huge = bytearray(image)
    struct.pack_into("<I", huge, 0x260, 1 << 30)  # init_size
    files = {f"loader/entries/{name}.conf": text for name, text, _, _ in FAULTS}
    files |= {"loader/loader.conf": b"timeout menu-force\n", "good": image, "huge": bytes(huge),
              "text": b"no kernel " * 1000, "empty": b"", "cut": image[:-40000], "dir/k": image,
              "big": bytes(BIG)}
    files |= {name: image for name in ("loop", "ends", "wild", "free", "none")}
    disk = Disk(tmp_path_factory.mktemp("damaged") / "disk.img", build_folder, files, megabytes=128)
    for _, _, damage, _ in FAULTS:
        if damage:
            damage(Fat(disk))
    return disk


def test_faults_of_files(damaged):
    """All in one machine: each is refused, and the menu comes again; at last one that is whole boots."""
    with qemu.Qemu(damaged.drive(), memory=64, timeout=3 * TIMEOUT) as machine:
        machine.expect("> z-good")
        # The menu's order is by name, downwards: the good one is the first.
        for place in range(1, len(FAULTS)):
            name, _, _, words = FAULTS[-1 - place]
            machine.send(b"\x1b[B" * place)
            machine.expect(rf"> {name}\n")
            before = len(machine.serial)
            machine.send(b"\r")
            machine.expect("press a key for the menu")
            said = machine.serial[before:]
            assert re.search(rf"^bzforge: {words}", said, re.M), said
            assert said.count("bzforge: E") == 1, said
            machine.raw = b""
            machine.send(b" ")
            machine.expect("> z-good")
        machine.send(b"\r")
        assert machine.wait() == EXIT_STATUS, machine.serial


# Whole disks. What is overwritten (byte, data), the letter or the words.
WHOLE = [
    ("no signature of the loader", lambda d: d.poke(34 * 512 + 0x40, b"x"), "bzforge: no boot: L"),
    ("a byte of the loader", lambda d: d.poke(34 * 512 + 9000, b"\xa5\x5a"), "bzforge: no boot: C"),
    ("fields not filled", lambda d: d.poke(0x1AE, bytes(2)), "bzforge: no boot: N"),
    ("loader behind the disk", lambda d: d.poke(0x1B0, b"\xff\xff\xff\x7f"), "bzforge: no boot: R"),
    ("both partition tables",
     lambda d: (d.poke(512 + 0x10, b"abcd"), d.poke((64 << 20) - 512, bytes(512))),
     r"bzforge: E90 partition table is damaged: checksum of the GPT header \(sector 1, "),
    ("entries of both tables",
     lambda d: (d.poke(1024 + 128 + 32, b"\x01"), d.poke((64 << 20) - 33 * 512, b"\x01")),
     r"bzforge: E90 partition table is damaged: checksum of the GPT's entries \(sector 2, "),
    ("no file system", lambda d: d.poke(FIRST * SECTOR, bytes(512)),
     r"bzforge: E92 FAT file system is damaged: .*\(sector 2048, (.|\n)*E91 no partition to boot from"),
    ("sectors of 3 bytes", lambda d: d.poke(FIRST * SECTOR + 11, b"\x03\x00"),
     r"bzforge: E92 FAT file system is damaged: bytes per sector \(sector 2048, value 0x3\)"),
    ("nothing to boot", lambda d: d.poke(Fat(d).place(Fat(d).root), bytes(512)),
     "bzforge: E100 there is nothing to boot"),
    ("root directory in a circle", lambda d: fill_root(Fat(d)),
     "bzforge: E94 cluster chain runs in a circle: /loader/"),
]


# The others come with --long.
SHORT = ("a byte of the loader", "entries of both tables", "no file system", "kernel", "FAT")


def fill_root(fat):
    """Its one cluster leads to itself, and has no end in it."""
    used = fat.disk.peek(fat.place(fat.root), fat.cluster_size).rstrip(b"\0")
    at = (len(used) + 31) // 32 * 32
    fat.disk.poke(fat.place(fat.root) + at, (b"\xe5" + bytes(31)) * ((fat.cluster_size - at) // 32))
    data = bytearray(fat.disk.peek(fat.place(fat.root), fat.cluster_size))
    data[data.index(b"LOADER     ")] = 0xE5
    fat.disk.poke(fat.place(fat.root), data)
    fat.link(fat.root, 3)
    fat.link(3, fat.root)
    fat.disk.poke(fat.place(3), (b"\xe5" + bytes(31)) * (fat.cluster_size // 32))


@pytest.mark.parametrize("damage, words", [
    pytest.param(*case[1:], id=case[0], marks=[] if case[0] in SHORT else pytest.mark.long)
    for case in WHOLE])
def test_damage_to_the_whole(damage, words, build_folder, make_image, tmp_path):
    disk = Disk(tmp_path / "disk.img", build_folder,
                {"loader/entries/one.conf": entry("/k"), "k": make_image("pie")})
    damage(disk)
    with qemu.Qemu(disk.drive(), memory=128, timeout=TIMEOUT) as machine:
        machine.expect(words)
        assert "TK BEGIN" not in machine.serial


READ_ERRORS = [
    ("loader", lambda d, fat: 34 + 5, "bzforge: no boot: R"),
    ("file system", lambda d, fat: FIRST, r"E98 disk cannot be read: .*\(sector {sector}, (.|\n)*E91 "),
    ("kernel", lambda d, fat: fat.place(fat.chain(b"K          ")[3]) // 512 + 1,
     r"E98 disk cannot be read: /k: BIOS drive \(sector {sector}, value 0x80\)\npress a key"),
    ("FAT", lambda d, fat: fat.fat_at // 512, r"E98 disk cannot be read: .*\(sector {sector}, "),
    ("directory", lambda d, fat: fat.place(fat.root) // 512, r"E98 disk cannot be read: .*\(sector {sector}, "),
]


@pytest.mark.parametrize("where, words", [
    pytest.param(*case[1:], id=case[0], marks=[] if case[0] in SHORT else pytest.mark.long)
    for case in READ_ERRORS])
def test_read_errors(where, words, build_folder, make_image, tmp_path):
    disk = Disk(tmp_path / "disk.img", build_folder,
                {"loader/entries/one.conf": entry("/k"), "k": make_image("pie")})
    sector = where(disk, Fat(disk))
    rules = tmp_path / "rules"
    rules.write_text(f'[inject-error]\nevent = "read_aio"\nerrno = "5"\nsector = "{sector}"\n')
    drive = ["-drive", f"driver=raw,if=ide,file.driver=blkdebug,file.config={rules},"
                       f"file.image.driver=file,file.image.filename={disk.path}"]
    with qemu.Qemu(drive, memory=128, timeout=TIMEOUT) as machine:
        machine.expect(words.format(sector=sector))
        assert "TK BEGIN" not in machine.serial
