# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that start with our boot sector and loader, made with sfdisk, mkfs.fat and mtools; and ways to
damage them. Numbers of fields are typed here anew, from the specifications and docs/boot-loader.md."""

import re
import struct
import subprocess
from pathlib import Path

from support import fat

SECTOR = 512
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
XBOOTLDR = "BC13C2FF-59E6-4262-A352-B275FD6F7172"
BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"
BIOS_BOOT_AT = 34  # behind the GPT
GAP_AT = 1  # behind the boot sector
FIRST = 2048

MBR_SECTS, MBR_LBA = 0x1AE, 0x1B0


def run(*command, **options):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, **options)


class Disk:
    """A disk image. files: path on the file system -> bytes, or a Path whose bytes they are."""

    def __init__(self, path, build_folder, files, *, megabytes=64, scheme="gpt", bits=32, kind=None):
        self.path = Path(path)
        self.boot = Path(build_folder) / "boot"
        with open(path, "wb") as f:
            f.truncate(megabytes << 20)
        self.loader_at = BIOS_BOOT_AT if scheme == "gpt" else GAP_AT
        if scheme == "gpt":
            lines = ["label: gpt", "first-lba: 34",
                     f"start={BIOS_BOOT_AT}, size={FIRST - BIOS_BOOT_AT}, type={BIOS_BOOT}",
                     f"start={FIRST}, type={kind or ESP}"]
        elif scheme == "logical":  # the second one in an extended partition right behind the loader's gap
            lines = ["label: dos", "d1: start=64, type=5", "d5: start=128, size=512, type=83",
                     f"d6: start={FIRST}, type={kind or 'ef'}"]
        else:
            lines = ["label: dos", f"start={FIRST}, type={kind or 'ef'}"]
        run("sfdisk", path, input="\n".join(lines).encode())
        dump = subprocess.run(["sfdisk", "-d", str(path)], check=True, stdout=subprocess.PIPE).stdout
        size = int(re.search(rf"start= *{FIRST}, size= *(\d+)", dump.decode())[1])
        run("mkfs.fat", "-F", bits, "--offset", FIRST, path, size // 2)
        self.add(files)
        self.install()

    def add(self, files):
        fat.fill(f"{self.path}@@{FIRST * SECTOR}", files)

    def read(self, name):
        """A file's bytes now."""
        image = f"{self.path}@@{FIRST * SECTOR}"
        return subprocess.run(["mtype", "-i", image, f"::{name}"], check=True,
                              stdout=subprocess.PIPE).stdout

    def names(self, folder):
        image = f"{self.path}@@{FIRST * SECTOR}"
        out = subprocess.run(["mdir", "-b", "-i", image, f"::{folder}"], check=True,
                             stdout=subprocess.PIPE).stdout.decode()
        return [line.rsplit("/", 1)[1] for line in out.split()]

    def install(self):
        """Boot sector and loader, as `bzforge disk` puts them."""
        sector = (self.boot / "sector/sector.bin").read_bytes()
        loader = (self.boot / "loader/loader.bin").read_bytes()
        self.poke(0, sector[:440])
        self.poke(MBR_SECTS, struct.pack("<H", len(loader) // SECTOR))
        self.poke(MBR_LBA, struct.pack("<Q", self.loader_at))
        self.poke(self.loader_at * SECTOR, loader)

    def poke(self, at, data):
        with open(self.path, "r+b") as f:
            f.seek(at)
            f.write(data)

    def peek(self, at, size):
        with open(self.path, "rb") as f:
            f.seek(at)
            return f.read(size)

    def drive(self, kind="ide"):
        """QEMU's arguments for it."""
        backend = f"file={self.path},format=raw"
        return {
            "ide": ["-drive", f"{backend},if=ide"],
            "virtio": ["-drive", f"{backend},if=virtio"],
            "ahci": ["-drive", f"{backend},if=none,id=d", "-device", "ahci,id=a",
                     "-device", "ide-hd,drive=d,bus=a.0"],
            "usb": ["-drive", f"{backend},if=none,id=d", "-device", "qemu-xhci",
                    "-device", "usb-storage,drive=d"],
        }[kind]


class Fat:
    """The file system on a Disk, to be damaged: FAT16 and FAT32 with one sector size."""

    def __init__(self, disk):
        self.disk = disk
        self.at = FIRST * SECTOR
        bpb = disk.peek(self.at, SECTOR)
        self.cluster_size = bpb[13] * SECTOR
        reserved, self.fats = struct.unpack_from("<HB", bpb, 14)
        roots = struct.unpack_from("<H", bpb, 17)[0]
        size = struct.unpack_from("<H", bpb, 22)[0]
        self.wide = not size
        self.fat_size = (size or struct.unpack_from("<I", bpb, 36)[0]) * SECTOR
        self.fat_at = self.at + reserved * SECTOR
        self.root_at = self.fat_at + self.fats * self.fat_size
        self.data_at = self.root_at + roots * 32
        self.root = struct.unpack_from("<I", bpb, 44)[0] if self.wide else 0
        self.width = 4 if self.wide else 2

    def next(self, cluster):
        data = self.disk.peek(self.fat_at + cluster * self.width, self.width)
        return int.from_bytes(data, "little")

    def link(self, cluster, value):
        """In all copies of the FAT."""
        for copy in range(self.fats):
            at = self.fat_at + copy * self.fat_size + cluster * self.width
            self.disk.poke(at, (value & (1 << 8 * self.width) - 1).to_bytes(self.width, "little"))

    def place(self, cluster):
        """Byte on the disk."""
        return self.data_at + (cluster - 2) * self.cluster_size

    def entry(self, short_name, folder=None):
        """Where the short entry of a file in a folder (its first cluster; else the root) lies."""
        at = self.place(folder or self.root) if folder or self.wide else self.root_at
        data = self.disk.peek(at, self.cluster_size)
        return at + data.index(short_name)

    def cluster(self, entry):
        high, = struct.unpack("<H", self.disk.peek(entry + 20, 2))
        low, = struct.unpack("<H", self.disk.peek(entry + 26, 2))
        return high << 16 | low

    def chain(self, short_name, folder=None):
        """The clusters of a file, all of them."""
        found = [self.cluster(self.entry(short_name, folder))]
        while 2 <= self.next(found[-1]) < (0x0FFFFFF8 if self.wide else 0xFFF8):
            found.append(self.next(found[-1]))
        return found
