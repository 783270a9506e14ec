# SPDX-License-Identifier: GPL-2.0-or-later
"""Under UEFI: an initrd as large as those of live systems."""

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
