# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk for UEFI firmware: one GPT partition, with a FAT file system and the files in it."""

import subprocess
from pathlib import Path

PARTITION = "01234567-89ab-cdef-0123-456789abcdef"
START_SECTS = 2048


def make(image, files):
    """Write the disk; files: name -> path or bytes. Returns QEMU's arguments."""
    sizes = [len(f) if isinstance(f, bytes) else f.stat().st_size for f in files.values()]
    with open(image, "wb") as out:
        out.truncate((sum(sizes) + (80 << 20)) >> 20 << 20)
    subprocess.run(["sfdisk", "-q", image], input=b"label: gpt\nstart=%d, type=U, uuid=%s\n"
                   % (START_SECTS, PARTITION.encode()), check=True)
    subprocess.run(["mkfs.fat", "-F", "32", "--offset", str(START_SECTS), image], check=True,
                   stdout=subprocess.DEVNULL)
    volume, made = f"{image}@@{START_SECTS * 512}", set()
    for name, content in files.items():
        for parent in reversed(Path(name).parents[:-1]):
            if parent not in made:
                subprocess.run(["mmd", "-i", volume, f"::{parent}"], check=True)
                made.add(parent)
        source = content
        if isinstance(content, bytes):
            source = image.with_suffix(".content")
            source.write_bytes(content)
        subprocess.run(["mcopy", "-i", volume, source, f"::{name}"], check=True)
    return ["-drive", f"if=virtio,format=raw,file={image}"]
