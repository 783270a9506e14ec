# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU as a boot loader: its option ROM, qboot, and OVMF's way to take QEMU's kernel."""

from support.bzimage import BzImage
from support.loaders.common import Machine, efi_machine

# Without ACPI, since with it a stock kernel finds no clock there.
MICROVM = "microvm,acpi=off,rtc=on,pit=on,pic=on,isa-serial=on"


def kernel(job, image=None):
    return ["-kernel", image or job.image, "-initrd", job.initrd, "-append", job.line]


def qemu_seabios(job):
    return Machine(kernel(job))


def of_protocol(job, version):
    """An image that says that it is of an older boot protocol. QEMU then does as the loaders of that time
    did: the setup part at 0x90000, magic and offset of the command line in the boot sector, and under
    2.00 no heap."""
    cut = BzImage(job.image.read_bytes())
    cut.hdr.version = version
    return job.file("old-protocol", bytes(cut.data))


def qemu_protocol_2_01(job):
    return Machine(kernel(job, of_protocol(job, 0x201)))


def qemu_protocol_2_00(job):
    return Machine(kernel(job, of_protocol(job, 0x200)))


def qemu_microvm(job):
    return Machine([*kernel(job), "-bios", "qboot.rom"], machine=MICROVM)


def qemu_qboot(job):
    return Machine([*kernel(job), "-bios", "qboot.rom"])


def qemu_ovmf(job):
    return efi_machine(job, kernel(job))


BUILDERS = (qemu_seabios, qemu_protocol_2_01, qemu_protocol_2_00, qemu_microvm, qemu_qboot, qemu_ovmf)
