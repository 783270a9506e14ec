# SPDX-License-Identifier: GPL-2.0-or-later
"""One UKI file, loaded as a kernel by the loaders of BIOS, which know nothing of UKIs: the same userspace
with the same command line and initrd as under UEFI (test_uki.py). No loader is told of an initrd."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import fat, initramfs, qemu
from support.kexec import initrd as kexec_initrd

LINE = "console=ttyS0 panic=-1 embedded=1"
MORE = "more=1"
PATIENCE, HUGE_PATIENCE = 300, 900
HUGE = 300 << 20  # bytes of the blob in the large initrd

KEXEC_INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
/sbin/kexec -s -l /uki --command-line="{line}" && rm /uki && /sbin/kexec -e
reboot -f
"""


@dataclass
class Uki:
    path: Path
    blob_md5: str
    memory: int


def grub(uki, line, folder, _kernel):
    """GRUB's `linux`, from a CD's image on a disk, which reads faster."""
    tree = folder / "tree"
    (tree / "boot/grub").mkdir(parents=True)
    (tree / "boot/grub/grub.cfg").write_text(f"linux /uki.efi {line}\nboot\n")
    (tree / "uki.efi").hardlink_to(uki)
    subprocess.run(["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", folder / "cd.iso", tree],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ["-drive", f"if=virtio,format=raw,readonly=on,file={folder / 'cd.iso'}"]


def syslinux(uki, line, folder, _kernel):
    """SYSLINUX, from a FAT file system."""
    config = f"default uki\nlabel uki\n  linux /uki.efi\n  append {line}\n"
    image = fat.make(folder / "fat.img", {"syslinux.cfg": config.encode(), "uki.efi": uki})
    subprocess.run(["syslinux", "--install", image], check=True)
    return fat.drive(image)


def kexec(uki, line, folder, kernel):
    """kexec_file_load by a stock kernel, whose initrd has the file in it."""
    (folder / "initrd").write_bytes(kexec_initrd(KEXEC_INIT.format(line=line), uki=uki.read_bytes()))
    return ["-kernel", kernel, "-initrd", folder / "initrd", "-append", "console=ttyS0 panic=-1 quiet"]


LOADERS = {"GRUB": grub, "SYSLINUX": syslinux, "kexec_file_load": kexec}
# What they put in front of a line that was given; of one that was not, nothing may be left.
ADDED = {"GRUB": "BOOT_IMAGE=/uki.efi ", "SYSLINUX": "BOOT_IMAGE=/uki.efi ", "kexec_file_load": ""}


@pytest.fixture(scope="module", name="uki")
def _uki(bzforge, make_image, small_initrd, tmp_path_factory):
    out = tmp_path_factory.mktemp("uki") / "uki.efi"
    bzforge.run("uki", make_image("cloud", "-c", "zstd:3"), "-o", out, "--cmdline", LINE, "--initrd",
                small_initrd.path)
    return Uki(out, small_initrd.blob_md5, 1024)


@pytest.fixture(scope="module", name="huge")
def _huge(bzforge, make_image, tmp_path_factory):
    folder = tmp_path_factory.mktemp("huge")
    (folder / "initrd").write_bytes(initramfs.build(blob_size=HUGE))
    bzforge.run("uki", make_image("cloud", "-c", "zstd:3"), "-o", folder / "uki.efi", "--cmdline", LINE,
                "--initrd", folder / "initrd")
    (folder / "initrd").unlink()
    yield Uki(folder / "uki.efi", initramfs.blob_md5(HUGE), 4096)
    (folder / "uki.efi").unlink()


def check(loader, uki, line, kernel, folder, patience=PATIENCE):
    arguments = LOADERS[loader](uki.path, line, folder, kernel)
    serial, status = qemu.run(arguments, timeout=patience, memory=uki.memory)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    assert status == 0, serial
    facts = initramfs.facts(serial)
    assert facts["cmdline"] == (f"{LINE} {ADDED[loader]}{line}" if line else LINE)
    assert facts["blob"] == uki.blob_md5
    assert facts["oops"] == "0"


@pytest.mark.long
@pytest.mark.parametrize("line", ["", MORE], ids=["alone", "with a line"])
@pytest.mark.parametrize("loader", LOADERS)
def test_loader(uki, cloud_kernel, tmp_path, loader, line):
    check(loader, uki, line, cloud_kernel, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("loader", LOADERS)
def test_300_mb(huge, cloud_kernel, tmp_path, loader):
    check(loader, huge, "", cloud_kernel, tmp_path, HUGE_PATIENCE)
