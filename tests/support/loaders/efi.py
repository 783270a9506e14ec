# SPDX-License-Identifier: GPL-2.0-or-later
"""What starts an image as an EFI application: the EFI shell that is built into OVMF, and systemd-boot."""

from pathlib import Path

from support.loaders.common import drive, efi_disk, efi_machine

SYSTEMD_BOOT = Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")


def efi_shell(job):
    # The shell wants UTF-16 or ASCII with the line ends of DOS.
    script = f"@echo -off\r\nfs0:\r\n\\vmlinuz.efi initrd=\\initrd.img {job.line}\r\n"
    disk = efi_disk(job, {"startup.nsh": script.encode(), "vmlinuz.efi": job.image,
                          "initrd.img": job.initrd})
    return efi_machine(job, drive(disk))


def systemd_boot(job):
    """An entry of type 1 [Boot Loader Specification]."""
    entry = f"title test\nlinux /test/vmlinuz\ninitrd /test/initrd.img\noptions {job.line}\n"
    disk = efi_disk(job, {
        "EFI/BOOT/BOOTX64.EFI": SYSTEMD_BOOT, "loader/loader.conf": b"timeout 0\n",
        "loader/entries/test.conf": entry.encode(), "test/vmlinuz": job.image,
        "test/initrd.img": job.initrd})
    return efi_machine(job, drive(disk))


BUILDERS = (efi_shell, systemd_boot)
