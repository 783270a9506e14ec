# SPDX-License-Identifier: GPL-2.0-or-later
"""Under UEFI: an initrd as large as those of live systems, and an image that firmware cannot load."""

import pytest

from support import initramfs, ovmf, qemu

LINE = "console=ttyS0 panic=-1"
HUGE = 300 << 20
PATIENCE = 300


@pytest.fixture(scope="module")
def huge_initrd(tmp_path_factory):
    path = tmp_path_factory.mktemp("huge") / "initrd"
    path.write_bytes(initramfs.build(blob_size=HUGE))
    yield path
    path.unlink()


@pytest.mark.long
@pytest.mark.parametrize("memory", [2048, 6144])
def test_300_mb_initrd(make_image, huge_initrd, tmp_path, memory):
    serial, status = qemu.run(
        ["-kernel", make_image("cloud", "-c", "lz4:3"), "-initrd", huge_initrd, "-append", LINE,
         *ovmf.arguments("uefi", tmp_path)], memory=memory, machine=ovmf.machine("uefi"), timeout=PATIENCE)
    assert status == 0, serial
    facts = initramfs.facts(serial)
    assert facts["blob"] == initramfs.blob_md5(HUGE)
    assert (facts["efi"], facts["oops"]) == ("64", "0")


@pytest.mark.long
@pytest.mark.parametrize("image", ["ours", "zeros behind Linux's"])
def test_65_mb_file_in_256_mb(make_image, stock_kernel, tmp_path, image):
    """Without compression the image has 65 MB, of which OVMF's -kernel needs two copies at least: in 256 MB
    it does not come to us, and firmware goes on to its other boot options. Nor does a file of that size
    around Linux's own stub start."""
    ours = make_image("stock", "-c", "none")
    path = ours
    if image != "ours":
        path = tmp_path / "padded"
        path.write_bytes(stock_kernel.read_bytes().ljust(ours.stat().st_size, b"\0"))
    arguments = ["-kernel", path, "-append", f"{LINE} earlyprintk=serial", *ovmf.arguments("uefi", tmp_path)]
    with qemu.Qemu(arguments, memory=256, machine=ovmf.machine("uefi"), timeout=120) as machine:
        machine.expect(r"BdsDxe: (loading|failed to load|No bootable)|UEFI Interactive Shell")
        assert "Linux version" not in machine.serial and "bzforge" not in machine.serial
