# SPDX-License-Identifier: GPL-2.0-or-later
"""efi=disable_early_pci_dma: the kernel finds PCI bridges shut, as behind Linux's own stub. A device behind one
has no driver in the kernel, so that nobody opens the bridge again."""

import re

import pytest

from support import initramfs, ovmf, qemu

LINE = "console=ttyS0 panic=-1"
PATIENCE = 120
SLOT = "10.0"
MACHINE = ["-device", f"pci-bridge,id=bridge,chassis_nr=1,shpc=off,addr={SLOT}",
           "-device", "e1000,bus=bridge,addr=1,romfile="]
MASTER = 4  # of the command register [PCI 3.0 6.2.2]

INIT = r"""#!/bin/busybox sh
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox echo
for d in /sys/bus/pci/devices/*; do
	/bin/busybox echo "DEVICE ${d##*/} $(/bin/busybox cat $d/class) $(/bin/busybox hexdump -s 4 -n 2 -e '1/2 "%04x"' $d/config)"
done
/bin/busybox echo "DEVICES END"
/bin/busybox reboot -f
"""


@pytest.fixture(name="initrd")
def _initrd(tmp_path):
    path = tmp_path / "initrd"
    path.write_bytes(initramfs.build(INIT))
    return path


def bridge_command(image, initrd, folder, options):
    """The command register of the bridge, as the booted kernel has it."""
    serial, status = qemu.run(
        [*ovmf.arguments("uefi", folder), *MACHINE, "-kernel", image, "-initrd", initrd, "-append",
         f"{LINE}{options}"], machine=ovmf.machine("uefi"), timeout=PATIENCE)
    assert status == 0 and "DEVICES END" in serial, serial
    assert len(re.findall(r"^DEVICE 0000:01:01.0 0x020000 ", serial, re.M)) == 1, serial
    return int(re.search(rf"^DEVICE 0000:00:{SLOT} 0x060400 (\w+)$", serial, re.M)[1], 16)


def test_bridge_is_shut(make_image, initrd, tmp_path):
    image = make_image("cloud", "-c", "lz4:3")
    assert bridge_command(image, initrd, tmp_path, "") & MASTER
    assert not bridge_command(image, initrd, tmp_path, " efi=disable_early_pci_dma") & MASTER


@pytest.mark.long
def test_bridge_is_shut_as_by_linux(make_image, cloud_kernel, initrd, tmp_path):
    image = make_image("cloud", "-c", "lz4:3")
    for options in ("", " efi=disable_early_pci_dma", " efi=disable_early_pci_dma,no_disable_early_pci_dma"):
        assert bridge_command(image, initrd, tmp_path, options) == \
            bridge_command(cloud_kernel, initrd, tmp_path, options), options
