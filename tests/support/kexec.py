# SPDX-License-Identifier: GPL-2.0-or-later
"""A userspace that starts another kernel by kexec: busybox, kexec with its libraries, and files."""

import re
import stat
import subprocess
from pathlib import Path

from support import initramfs

KEXEC = Path("/sbin/kexec")


def libraries(program):
    """The files that a program is linked with; each where it looks for it."""
    said = subprocess.run(["ldd", program], check=True, stdout=subprocess.PIPE).stdout.decode()
    return [Path(p) for p in re.findall(r"(/\S+) \(0x", said)]


def initrd(init, **files):
    """Its bytes: init is the first process, files name what lies beside it."""
    archive, made = initramfs.Cpio(), set()

    def add(name, data, mode=0o755):
        for parent in reversed(Path(name).parents[:-1]):
            if parent not in made:
                archive.add(str(parent), stat.S_IFDIR | 0o755)
                made.add(parent)
        archive.add(name, stat.S_IFREG | mode, data)

    for name in ("proc", "sys", "dev"):
        archive.add(name, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    add("bin/busybox", initramfs.BUSYBOX.read_bytes())
    for path in (KEXEC, *libraries(KEXEC)):
        add(str(path)[1:], path.read_bytes())
    add("init", init.encode())
    for name, data in files.items():
        add(name, data)
    return archive.finish()
