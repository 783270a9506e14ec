# SPDX-License-Identifier: GPL-2.0-or-later
"""What starts an image as an EFI application: the EFI shell that is built into OVMF, and systemd-boot."""

from pathlib import Path

from support import fat
from support.loaders.common import efi_disk, efi_machine

SYSTEMD_BOOT = Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")
AT_ONCE = b"timeout 0\n"


def efi_shell(job):
    """The image has the name that firmware looks for by itself. It does so only on disks with an index, finds
    nothing, and so comes to the shell, which has to find the other disk."""
    # The shell wants UTF-16 or ASCII with the line ends of DOS.
    script = "\r\n".join(("@echo -off", "connect -r", "map -r",
                          f"fs1:\\EFI\\BOOT\\BOOTX64.EFI initrd=\\initrd.img {job.line}", ""))
    first = fat.make(job.folder / "first.img", {"startup.nsh": script.encode()})
    disk = fat.make(job.folder / "disk.img", {"EFI/BOOT/BOOTX64.EFI": job.image, "initrd.img": job.initrd})
    return efi_machine(job, [*fat.drive(first), "-drive", f"if=virtio,format=raw,file={disk}"])


def systemd_boot(job):
    """An entry of type 1 [Boot Loader Specification]."""
    entry = f"title test\nlinux /test/vmlinuz\ninitrd /test/initrd.img\noptions {job.line}\n"
    return efi_disk(job, {
        "EFI/BOOT/BOOTX64.EFI": SYSTEMD_BOOT, "loader/loader.conf": AT_ONCE,
        "loader/entries/test.conf": entry.encode(), "test/vmlinuz": job.image,
        "test/initrd.img": job.initrd})


def systemd_boot_type_2(job):
    """The image is a UKI, which has command line and initrd of its own."""
    return efi_disk(job, {
        "EFI/BOOT/BOOTX64.EFI": SYSTEMD_BOOT, "loader/loader.conf": AT_ONCE, "EFI/Linux/uki.efi": job.image})


BUILDERS = (efi_shell, systemd_boot, systemd_boot_type_2)
