# SPDX-License-Identifier: GPL-2.0-or-later
"""A memory map of more entries than boot_params has room for: the kernel gets all of it. Firmware's is made so
by tests/boot/efi/fragment.c, on the same machine for our image and for Linux's own stub."""

import re

import pytest

from support import fat, initramfs, ovmf, qemu

TIMEOUT = 120
MEMORY = 512
LINE = "console=ttyS0 panic=-1"
E820_MAX = 128  # zero-page.rst: entries in boot_params
SETUP_E820_EXT = 1  # boot.rst setup_data
ENTRY = 20
HOLES, PAGE = 300, 4096

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
dmesg -n 1
echo
for node in /sys/kernel/boot_params/setup_data/*; do
	echo "NODE $(cat "$node/type") $(wc -c <"$node/data")"
done
echo "PARAMS $(hexdump -v -s 488 -n 1 -e '1/1 "%u"' /sys/kernel/boot_params/data)"
for entry in /sys/firmware/memmap/*; do
	echo "ENTRY $(cat "$entry/start") $(cat "$entry/end") $(cat "$entry/type")"
done
echo "TOTAL $(awk '/^MemTotal/ { print $2 }' /proc/meminfo)"
reboot -f
"""


class Machine:
    """What a booted kernel says of its memory map."""

    def __init__(self, serial):
        self.nodes = {int(kind, 16): int(size) for kind, size in re.findall(r"^NODE (\w+) (\d+)$", serial, re.M)}
        self.in_params = int(re.search(r"^PARAMS (\d+)$", serial, re.M)[1])
        self.entries = [(int(start, 16), int(end, 16) + 1, kind) for start, end, kind in
                        re.findall(r"^ENTRY (\w+) (\w+) (.+)$", serial, re.M)]
        self.total_kb = int(re.search(r"^TOTAL (\d+)$", serial, re.M)[1])

    def bytes_of(self, kind):
        return sum(end - start for start, end, name in self.entries if name == kind)

    @property
    def holes(self):
        """Reserved pages by themselves."""
        return [start for start, end, kind in self.entries if kind == "Reserved" and end - start == PAGE]


@pytest.fixture
def boot(build_folder, tmp_path):
    def run(kernel):
        disk = fat.make(tmp_path / "disk.img", {
            "fragment.efi": build_folder / "tests/boot/efi/fragment.efi", "kernel.efi": kernel,
            "initrd.img": initramfs.build(INIT),
            "startup.nsh": f"fs0:\r\nfragment.efi\r\nkernel.efi {LINE} initrd=\\initrd.img\r\n".encode()})
        serial, status = qemu.run([*ovmf.arguments("uefi", tmp_path), *fat.drive(disk, 0)],
                                  machine=ovmf.machine("uefi"), memory=MEMORY, timeout=TIMEOUT)
        assert status == 0 and "FRAGMENT done" in serial and "\nTOTAL " in serial, serial
        return Machine(serial)

    return run


@pytest.mark.long
def test_long_memory_map(boot, make_image, cloud_kernel):
    ours, linux = boot(make_image("cloud", "-c", "lz4:3")), boot(cloud_kernel)
    for machine in (ours, linux):
        assert machine.in_params == E820_MAX
        assert len(machine.holes) >= HOLES
    assert ours.nodes[SETUP_E820_EXT] % ENTRY == 0
    assert ours.in_params + ours.nodes[SETUP_E820_EXT] // ENTRY == len(ours.entries)
    # Nothing overlaps, and it is in order.
    entries = sorted(ours.entries)
    assert all(before[1] <= behind[0] for before, behind in zip(entries, entries[1:]))
    # Linux's stub keeps a copy of firmware's map in memory of the type that ACPI's tables have.
    assert (ours.bytes_of("System RAM") + ours.bytes_of("ACPI Tables")
            == linux.bytes_of("System RAM") + linux.bytes_of("ACPI Tables"))
    assert ours.bytes_of("Reserved") == linux.bytes_of("Reserved")
    assert abs(ours.total_kb - linux.total_kb) < 1024  # what each leaves allocated to itself
