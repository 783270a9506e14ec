# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels besides the stock ones of Debian 12: each release's, old and new, preemptible in real time too,
in our image under BIOS and UEFI. They are the same kernels as before, and come up with both processors."""

import pytest

from support import debian, initramfs, ovmf, qemu

LINE = "console=ttyS0 panic=-1 no_timer_check"
VMLINUZ = r"\./(boot|usr/lib/modules/[^/]*)/vmlinuz.*"
# suite, package
KERNELS = {
    "5.10": ("bullseye", r"linux-image-5\.10\.0-[0-9]+-amd64"),
    "6.1-rt": ("bookworm", r"linux-image-6\.1\.0-[0-9]+-rt-amd64"),
    "6.12-rt": ("trixie", r"linux-image-6\.12\.[0-9]+\+deb13-rt-amd64"),
    "newest of the backports": ("trixie-backports", r"linux-binary-[0-9.]+\+deb13-amd64"),
    "newest": ("sid", r"linux-binary-[0-9.]+\+deb[0-9]+-cloud-amd64"),
}


@pytest.mark.long
@pytest.mark.parametrize("kernel", KERNELS)
def test_other_kernels(kernel, bzforge, small_initrd, tmp_path):
    suite, pattern = KERNELS[kernel]
    deb, name = debian.package(suite, "amd64", pattern)
    original = debian.member(deb, VMLINUZ)[0]
    image = tmp_path / "image"
    bzforge.run("repack", original, "-c", "zstd:3", "-o", image)
    bzforge.run("verify", "--against", original, image)
    for firmware in ("bios", "uefi"):
        arguments = ovmf.arguments(firmware, tmp_path) if firmware == "uefi" else []
        machine = ovmf.machine(firmware) if firmware == "uefi" else "pc"
        serial, status = qemu.run(
            [*arguments, "-kernel", image, "-initrd", small_initrd.path, "-append", LINE],
            memory=1024, cpus=2, machine=machine, timeout=120)
        assert status == 0, serial
        facts = initramfs.facts(serial)
        assert name.endswith(f"-{facts['release']}") and facts["cmdline"].startswith(LINE)
        assert facts["oops"] == "0" and facts["nproc"] == "2"
        assert facts["blob"] == small_initrd.blob_md5
