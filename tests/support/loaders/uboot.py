# SPDX-License-Identifier: GPL-2.0-or-later
"""U-Boot as a PC's firmware: it runs a script from the first partition, whose zboot starts the image."""

import struct
import zlib
from pathlib import Path

from support import fat
from support.loaders.common import bios_disk, Machine

FOLDER = Path("/usr/lib/u-boot")
IMAGE_AT = 0x1000000
# U-Boot's own choice, 64 MiB, lies where a kernel of this size is going to run, and zboot does not care.
INITRD_AT = 0x10000000

UIMAGE_MAGIC = 0x27051956  # "legacy" image format of U-Boot
OS_LINUX, ARCH_X86, TYPE_SCRIPT, COMPRESSION_NONE = 5, 3, 6, 0
SCRIPT = """setenv bootargs "{line}"
load virtio 0:1 {image_at:x} /vmlinuz
load virtio 0:1 {initrd_at:x} /initrd.img
zboot {image_at:x} - {initrd_at:x} ${{filesize}}
"""


def script_image(text):
    """A script with the header that U-Boot wants: big-endian, with checksums of both."""
    body = struct.pack(">II", len(text), 0) + text

    def header(crc):
        return struct.pack(">7I4B32s", UIMAGE_MAGIC, crc, 0, len(body), 0, 0, zlib.crc32(body), OS_LINUX,
                           ARCH_X86, TYPE_SCRIPT, COMPRESSION_NONE, b"test")

    return header(zlib.crc32(header(0))) + body


def uboot(job, build="qemu-x86"):
    script = SCRIPT.format(line=job.line, image_at=IMAGE_AT, initrd_at=INITRD_AT)
    disk = bios_disk(job, {"boot.scr.uimg": script_image(script.encode()), "vmlinuz": job.image,
                           "initrd.img": job.initrd})
    # With a VGA two starts of 42 hung before it looked at a disk, without one none.
    return Machine(["-vga", "none", "-bios", FOLDER / build / "u-boot.rom", *fat.drive(disk)])


def uboot_64(job):
    return uboot(job, "qemu-x86_64")


BUILDERS = (uboot, uboot_64)
