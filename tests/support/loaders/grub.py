# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB 2, made with grub-mkimage: its commands are in the image, so that it needs no configuration file.

On a BIOS disk boot.img is the master boot record and core.img begins in sector 1, which is where each
of them looks for the next by default.
"""

from pathlib import Path

from support import debian, fat
from support.loaders.common import bios_disk, command, efi_disk, Machine
from support.secure_boot import sign

FOLDER = Path("/usr/lib/grub")
MODULES = ("boot", "fat", "minicmd", "serial", "terminal")
FIND = "search --no-floppy --file --set=root /boot/vmlinuz"
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
    return Machine(fat.drive(bios_disk(job, files(job), boot, core.read_bytes())))


def grub_bios_linux16(job):
    return grub_bios(job, "16")


def grub_efi(job):
    core = make(job, "x86_64-efi", ("linux", "search", "search_fs_file"), linux="linux", initrd="initrd",
                root=FIND)
    return efi_disk(job, {"EFI/BOOT/BOOTX64.EFI": core, **files(job)})


# --- as Debian signs it: with modules in it, and its configuration in a folder of its own ---

def signed(job, suite=None):
    """(the loader, the files that it reads)"""
    package = debian.unpacked("grub-efi-amd64-signed", suite=suite, arch="amd64" if suite else None)
    config = CONFIG.format(line=job.line, linux="linux", initrd="initrd", root=FIND)
    return (package / "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
            {"EFI/debian/grub.cfg": config.encode(), **files(job)})


def grub_handover(job):
    """GRUB 2.06 behind shim, with Secure Boot on: it takes the handover entry."""
    shim = debian.unpacked("shim-unsigned") / "usr/lib/shim/shimx64.efi"
    loader, beside = signed(job)
    return efi_disk(job, {
        **beside, "EFI/BOOT/BOOTX64.EFI": sign(shim, job.folder / "shim.efi"), "EFI/BOOT/grubx64.efi": loader,
        "boot/vmlinuz": sign(job.image, job.folder / "signed.img")}, kind="uefi-secure")


def grub_load_file2(job):
    """GRUB 2.12, of a later Debian than 12: it enters through PE, and has the initrd in a LoadFile2."""
    loader, beside = signed(job, "trixie")
    return efi_disk(job, {**beside, "EFI/BOOT/BOOTX64.EFI": loader})


BUILDERS = (grub_bios, grub_bios_linux16, grub_efi, grub_handover, grub_load_file2)
