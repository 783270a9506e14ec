# SPDX-License-Identifier: GPL-2.0-or-later
"""What the loaders' set-ups share: what is to be booted, the machine that results, and disks."""

import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from support import fat, ovmf

PATH = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"  # where file systems are made
MIB = 1 << 20
SECTOR = 512
PARTITION_AT = MIB  # of the one partition of a disk for a BIOS
BOOT_CODE_SIZE = 440  # of a master boot record; disk signature and partition table follow


@dataclass
class Job:
    """What is to be booted, and where files for that may go."""

    image: Path
    initrd: Path
    line: str
    folder: Path
    stock: Path  # the kernel in its own wrapper
    cloud: Path  # a stock kernel with drivers for a disk built in
    closing: ExitStack  # what has to be closed when the machine has ended

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


@dataclass
class Machine:
    """QEMU's arguments, and the rest of what support/qemu.py wants to know."""

    arguments: list = field(default_factory=list)
    machine: str = "pc"
    memory: int = 1024


def command(*words, stdin=subprocess.DEVNULL):
    """A program that must succeed; what it says is shown only if it does not."""
    done = subprocess.run([str(word) for word in words], stdin=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, env={**os.environ, "PATH": PATH})
    assert done.returncode == 0, f"{words}: {done.stdout.decode(errors='replace')}"
    return done.stdout.decode(errors="replace")


def bios_disk(job, files, boot_code=b"", gap=b""):
    """A disk with a partition table and one FAT32 partition. boot_code: for the master boot record;
    gap: for the sectors between that and the partition."""
    disk, size = job.folder / "disk.img", fat.room(files)
    with open(disk, "wb") as f:
        f.truncate(PARTITION_AT + size)
    label = f"label: dos\nstart={PARTITION_AT // SECTOR}, type=c, bootable\n"
    table = job.file("table", label)
    with open(table, "rb") as f:
        command("sfdisk", "-q", disk, stdin=f)
    command("mkfs.fat", "-F", 32, "--offset", PARTITION_AT // SECTOR, "-h", PARTITION_AT // SECTOR,
            "-g", "255/63", disk, size // 1024)
    fat.fill(f"{disk}@@{PARTITION_AT}", files)
    assert len(gap) <= PARTITION_AT - SECTOR
    with open(disk, "r+b") as f:
        f.write(boot_code[:BOOT_CODE_SIZE])
        f.seek(SECTOR)
        f.write(gap)
    return disk


def efi_machine(job, arguments, kind="uefi"):
    """UEFI firmware (support/ovmf.py) with those arguments."""
    return Machine([*ovmf.arguments(kind, job.folder), *arguments], machine=ovmf.machine(kind))


def efi_disk(job, files, arguments=(), kind="uefi"):
    """The same with a disk that has these files: a file system without partitions, which is enough for UEFI."""
    return efi_machine(job, [*fat.drive(fat.make(job.folder / "disk.img", files)), *arguments], kind)
