# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk for UEFI firmware: one GPT partition, with a FAT file system and the files in it."""

import subprocess

from support import fat

PARTITION = "01234567-89ab-cdef-0123-456789abcdef"
START_SECTS, SECTOR = 2048, 512
TABLES = 2 * START_SECTS * SECTOR  # the GPT in front, and its copy behind


def make(image, files):
    """Write the disk; files: name -> path or bytes. Returns QEMU's arguments."""
    size = fat.room(files)
    with open(image, "wb") as out:
        out.truncate(size + TABLES)
    subprocess.run(["sfdisk", "-q", image], input=b"label: gpt\nstart=%d, type=U, uuid=%s\n"
                   % (START_SECTS, PARTITION.encode()), check=True)
    subprocess.run(["mkfs.fat", "-F", "32", "--offset", str(START_SECTS), image, str(size // 1024)], check=True,
                   stdout=subprocess.DEVNULL)
    fat.fill(f"{image}@@{START_SECTS * SECTOR}", files)
    return fat.drive(image)
