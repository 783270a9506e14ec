# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB 2, made with grub-mkimage: its commands are in the image, so that it needs no configuration file.

On a BIOS disk boot.img is the master boot record and core.img begins in sector 1, which is where each
of them looks for the next by default.
"""

from pathlib import Path

from support.loaders.common import bios_disk, command, drive, efi_disk, efi_machine, Machine

FOLDER = Path("/usr/lib/grub")
MODULES = ("boot", "fat", "minicmd", "serial", "terminal")
CONFIG = """serial --unit=0 --speed=115200
terminal_output serial
{root}
{linux} /boot/vmlinuz {line}
{initrd} /boot/initrd.img
boot
"""


def make(job, target, modules, **words):
    """A GRUB for that target that boots the image."""
    config = job.file("grub.cfg", CONFIG.format(line=job.line, **words))
    out = job.folder / "grub.img"
    command("grub-mkimage", "-O", target, "-p", "/boot/grub", "-c", config, "-o", out, *MODULES, *modules)
    return out


def files(job):
    return {"boot/vmlinuz": job.image, "boot/initrd.img": job.initrd}


def grub_bios(job, suffix=""):
    core = make(job, "i386-pc", ("biosdisk", "part_msdos", "linux" + suffix), root="set root=(hd0,msdos1)",
                linux="linux" + suffix, initrd="initrd" + suffix)
    boot = (FOLDER / "i386-pc/boot.img").read_bytes()
    return Machine(drive(bios_disk(job, files(job), boot, core.read_bytes())))


def grub_bios_linux16(job):
    return grub_bios(job, "16")


def grub_efi(job):
    core = make(job, "x86_64-efi", ("linux", "search", "search_fs_file"), linux="linux", initrd="initrd",
                root="search --no-floppy --file --set=root /boot/vmlinuz")
    return efi_machine(job, drive(efi_disk(job, {"EFI/BOOT/BOOTX64.EFI": core, **files(job)})))


BUILDERS = (grub_bios, grub_bios_linux16, grub_efi)
