# SPDX-License-Identifier: GPL-2.0-or-later
"""A FAT disk without partitions, as UEFI firmware reads it."""

import subprocess
from pathlib import Path

SPARE = 16 << 20


def make(image, files):
    """files: name -> path or bytes."""
    sizes = [len(f) if isinstance(f, bytes) else Path(f).stat().st_size for f in files.values()]
    with open(image, "wb") as out:
        out.truncate(max(48 << 20, (sum(sizes) + SPARE) >> 20 << 20))
    subprocess.run(["mkfs.fat", "-F", "32", image], check=True, stdout=subprocess.DEVNULL)
    made = set()
    for name, content in files.items():
        for parent in reversed(Path(name).parents[:-1]):
            if parent not in made:
                subprocess.run(["mmd", "-i", image, f"::{parent}"], check=True)
                made.add(parent)
        if isinstance(content, bytes):
            subprocess.run(["mcopy", "-i", image, "-", f"::{name}"], input=content, check=True)
        else:
            subprocess.run(["mcopy", "-i", image, content, f"::{name}"], check=True)
    return image


def drive(image, index):
    """QEMU's arguments; firmware tries disks in the order of their index, and none but these."""
    return ["-drive", f"if=none,id=disk{index},format=raw,file={image}",
            "-device", f"virtio-blk-pci,drive=disk{index},bootindex={index}"]
