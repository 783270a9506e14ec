# SPDX-License-Identifier: GPL-2.0-or-later
"""The SYSLINUX family: from a FAT disk under BIOS and UEFI, and from a CD. (EXTLINUX: extlinux.py,
PXELINUX: net.py.)"""

import shutil
from pathlib import Path

from support import fat
from support.loaders.common import bios_disk, command, efi_disk, Machine, PARTITION_AT

MASTER_BOOT_RECORD = Path("/usr/lib/SYSLINUX/mbr.bin")
ISOLINUX = Path("/usr/lib/ISOLINUX/isolinux.bin")
EFI = Path("/usr/lib/SYSLINUX.EFI/efi64/syslinux.efi")
MODULES = Path("/usr/lib/syslinux/modules")


def config(job, folder=""):
    return (f"SERIAL 0 115200\nDEFAULT test\nPROMPT 0\nLABEL test\n LINUX {folder}vmlinuz\n"
            f" INITRD {folder}initrd.img\n APPEND {job.line}\n").encode()


def files(job):
    return {"vmlinuz": job.image, "initrd.img": job.initrd}


def syslinux(job):
    disk = bios_disk(job, {"syslinux.cfg": config(job), **files(job)}, MASTER_BOOT_RECORD.read_bytes())
    command("syslinux", "--install", "--offset", PARTITION_AT, disk)
    return Machine(fat.drive(disk))


def isolinux(job):
    root, iso = job.folder / "cd", job.folder / "cd.iso"
    (root / "isolinux").mkdir(parents=True)
    for name, source in {"isolinux.bin": ISOLINUX, "ldlinux.c32": MODULES / "bios/ldlinux.c32",
                         **files(job)}.items():
        shutil.copyfile(source, root / "isolinux" / name)
    (root / "isolinux/isolinux.cfg").write_bytes(config(job))
    command("xorriso", "-as", "mkisofs", "-quiet", "-o", iso, "-b", "isolinux/isolinux.bin",
            "-c", "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size", 4, "-boot-info-table", root)
    return Machine(["-cdrom", iso])


def syslinux_efi(job):
    folder = {"BOOTX64.EFI": EFI, "ldlinux.e64": MODULES / "efi64/ldlinux.e64",
              "syslinux.cfg": config(job), **files(job)}
    return efi_disk(job, {f"EFI/BOOT/{name}": content for name, content in folder.items()})


BUILDERS = (syslinux, isolinux, syslinux_efi)
