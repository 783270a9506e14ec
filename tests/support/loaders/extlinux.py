# SPDX-License-Identifier: GPL-2.0-or-later
"""EXTLINUX on ext4. Its installer wants the file system mounted, so it runs as root in a machine of its
own: a stock kernel that has ext4 and NVMe built in, with an initramfs that has nothing but the installer.

    0        master boot record of SYSLINUX
    1 MiB    the partition: an ext4 file system with boot/extlinux
"""

import shutil
from pathlib import Path

from support import fat, initramfs, qemu
from support.loaders import syslinux
from support.loaders.common import BOOT_CODE_SIZE, command, Machine, MIB, PARTITION_AT, SECTOR
from support.loaders.kexec import add_program

EXTLINUX = Path("/usr/bin/extlinux")
MASTER_BOOT_RECORD = Path("/usr/lib/EXTLINUX/mbr.bin")
INSTALLED = "EXTLINUX IS INSTALLED"
INSTALL_SECONDS = 90

# The loader reads neither checksums of metadata nor block numbers of 64 bits.
FEATURES = "^metadata_csum,^64bit"

INIT = rf"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir /mnt
mount -t ext4 /dev/nvme0n1p1 /mnt || reboot -f
for file in /mnt/boot/vmlinuz /mnt/boot/initrd.img; do
	cp $file /mnt/whole && mv /mnt/whole $file || reboot -f
done
/usr/bin/extlinux --install /mnt/boot/extlinux && umount /mnt && echo "{INSTALLED}"
reboot -f
"""


def partition(job):
    """An ext4 file system in a file, filled by mke2fs, which needs no mount for it, but leaves holes where
    a file has only zeros. The loader calls a hole an I/O error: the installing machine fills them."""
    root, path = job.folder / "root", job.folder / "ext4.img"
    (root / "boot/extlinux").mkdir(parents=True)
    for name, source in syslinux.files(job).items():
        shutil.copyfile(source, root / "boot" / name)
    (root / "boot/extlinux/extlinux.conf").write_bytes(syslinux.config(job, "/boot/"))
    size = 2 * job.image.stat().st_size + job.initrd.stat().st_size + fat.SPARE
    command("mke2fs", "-q", "-t", "ext4", "-O", FEATURES, "-d", root, path, f"{size // MIB}M")
    return path.read_bytes()


def install(job, disk):
    userspace, folders = initramfs.Cpio(), {"bin"}
    add_program(userspace, EXTLINUX, folders)
    initrd = job.file("installer.cpio", initramfs.build(INIT, blob_size=0) + userspace.finish())
    serial, _ = qemu.run(
        ["-kernel", job.cloud, "-initrd", initrd, "-append", "console=ttyS0 panic=-1 quiet",
         "-drive", f"if=none,id=disk,format=raw,file={disk}", "-device", "nvme,drive=disk,serial=disk"],
        timeout=INSTALL_SECONDS)
    assert INSTALLED in serial, serial


def extlinux(job):
    disk, content = job.folder / "disk.img", partition(job)
    with open(disk, "wb") as f:
        f.truncate(PARTITION_AT + len(content))
    with open(job.file("table", f"label: dos\nstart={PARTITION_AT // SECTOR}, type=83, bootable\n")) as f:
        command("sfdisk", "-q", disk, stdin=f)
    with open(disk, "r+b") as f:
        f.write(MASTER_BOOT_RECORD.read_bytes()[:BOOT_CODE_SIZE])
        f.seek(PARTITION_AT)
        f.write(content)
    install(job, disk)
    return Machine(fat.drive(disk))


BUILDERS = (extlinux,)
