# SPDX-License-Identifier: GPL-2.0-or-later
"""kexec: a running kernel as boot loader. QEMU's -kernel starts the first kernel, whose userspace has
kexec(8), the second kernel, its initrd and its command line, and starts that."""

import re
import stat
from pathlib import Path

from support import initramfs
from support.loaders.common import command, Machine

KEXEC = Path("/sbin/kexec")
FIRST_LINE = "console=ttyS0 panic=-1 quiet first=1"
LOAD, FILE_LOAD = "-c", "-s"  # which system call kexec(8) makes: kexec_load, kexec_file_load

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
echo "FIRST KERNEL IS UP"
kexec {call} -l /next/vmlinuz --initrd=/next/initrd.img --command-line="$(cat /next/line)" && kexec -e
echo "KEXEC FAILED"
reboot -f
"""


def libraries(program):
    """The shared libraries of a program and its loader, by the names under which it looks for them."""
    return [Path(name) for name in re.findall(r"(?<=\s)/\S+", command("ldd", program))]


def add_file(archive, name, data, folders, mode=0o644):
    """A file for an initramfs, after the folders above it that the archive does not have yet."""
    for parent in reversed(Path(name).parents[:-1]):
        if str(parent) not in folders:
            archive.add(str(parent), stat.S_IFDIR | 0o755)
            folders.add(str(parent))
    archive.add(name, stat.S_IFREG | mode, data)


def add_program(archive, path, folders):
    for file in (path, *libraries(path)):
        add_file(archive, str(file).lstrip("/"), file.read_bytes(), folders, 0o755)


def first_userspace(job, call, image):
    """The kernel unpacks archives that stand one behind the other as if they were one."""
    more, folders = initramfs.Cpio(), {"bin"}
    add_program(more, KEXEC, folders)
    for name, data in (("next/vmlinuz", image.read_bytes()), ("next/initrd.img", job.initrd.read_bytes()),
                       ("next/line", job.line.encode())):
        add_file(more, name, data, folders)
    base = initramfs.build(INIT.format(call=call), blob_size=0)
    return job.file("first.cpio", base + more.finish())


def kexec(job, call, first, second):
    initrd = first_userspace(job, call, second)
    return Machine(["-kernel", first, "-initrd", initrd, "-append", FIRST_LINE])


def kexec_load_stock_ours(job):
    return kexec(job, LOAD, job.stock, job.image)


def kexec_load_ours_stock(job):
    return kexec(job, LOAD, job.image, job.stock)


def kexec_load_ours_ours(job):
    return kexec(job, LOAD, job.image, job.image)


def kexec_file_stock_ours(job):
    return kexec(job, FILE_LOAD, job.stock, job.image)


def kexec_file_ours_stock(job):
    return kexec(job, FILE_LOAD, job.image, job.stock)


def kexec_file_ours_ours(job):
    return kexec(job, FILE_LOAD, job.image, job.image)


BUILDERS = (kexec_load_stock_ours, kexec_load_ours_stock, kexec_load_ours_ours,
            kexec_file_stock_ours, kexec_file_ours_stock, kexec_file_ours_ours)
