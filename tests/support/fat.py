# SPDX-License-Identifier: GPL-2.0-or-later
"""FAT file systems, made and filled by mkfs.fat and mtools, which need neither root nor a loop device."""

import subprocess
import tempfile
from pathlib import Path

MIB = 1 << 20
SPARE = 40 * MIB  # more than the files need, and enough for FAT32


def room(files):
    """Bytes of a file system for them, in whole MiB; files: name -> path or bytes."""
    sizes = (len(f) if isinstance(f, bytes) else Path(f).stat().st_size for f in files.values())
    return (sum(sizes) + SPARE) // MIB * MIB


def fill(volume, files):
    """Put files into a file system, in place of those that are there; volume: as mtools name it, FILE or
    FILE@@OFFSET."""
    folders = {str(parent) for name in files for parent in Path(name).parents} - {".", "/"}
    for folder in sorted(folders):
        subprocess.run(["mmd", "-D", "s", "-i", volume, f"::{folder}"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # it may be there already
    for name, content in files.items():
        with tempfile.NamedTemporaryFile() as f:
            if isinstance(content, bytes):
                f.write(content)
                f.flush()
                content = f.name
            subprocess.run(["mcopy", "-o", "-i", volume, content, f"::{name}"], check=True)


def make(image, files):
    """A FAT32 file system without partitions, as UEFI firmware reads it; the image's path."""
    with open(image, "wb") as out:
        out.truncate(room(files))
    subprocess.run(["mkfs.fat", "-F", "32", image], check=True, stdout=subprocess.DEVNULL)
    fill(image, files)
    return image


def drive(image, index=0):
    """QEMU's arguments; firmware tries disks in the order of their index, and none but these. With virtio,
    since a BIOS reads an IDE disk word by word."""
    return ["-drive", f"if=none,id=disk{index},format=raw,file={image}",
            "-device", f"virtio-blk-pci,drive=disk{index},bootindex={index}"]
