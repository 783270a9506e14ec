# SPDX-License-Identifier: GPL-2.0-or-later
"""What a booted kernel finds under UEFI is what it finds with Linux's own stub on the same machine: every
line of its log, firmware's variables and runtime services, what hangs on boot_params.

Addresses, sizes and times differ; lines about measured time come or not, as the machine is busy or not.
"""

import collections
import re

import pytest

from support import debian, fat, initramfs, ovmf, qemu

TIMEOUT = 120
MEMORY = 512
LINE = "console=ttyS0 panic=-1"
MODULE = "efivarfs.ko"
VARIABLE, VENDOR = "bzforge", "c0ffee00-1234-5678-9abc-def012345678"
VALUE = "5a01ff80"
ATTRIBUTES = "07000000"  # non-volatile, boot services, run time

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
dmesg -n 1
echo
for node in /sys/kernel/boot_params/setup_data/*; do
	echo "NODE $(cat "$node/type") $(md5sum <"$node/data" | cut -d' ' -f1)"
done
for rom in /sys/bus/pci/devices/*/rom; do
	echo 1 >"$rom"
	echo "ROM $rom $(md5sum <"$rom" | cut -d' ' -f1)"
done
echo "LOG BEGIN"
dmesg
echo "LOG END"
if [ -f /efivarfs.ko ]; then
	insmod /efivarfs.ko
	mount -t efivarfs efivarfs /sys/firmware/efi/efivars
	for name in $(ls /sys/firmware/efi/efivars); do
		echo "VARIABLE $name $(hexdump -v -e '1/1 "%02x"' "/sys/firmware/efi/efivars/$name")"
	done
	echo "SIZES $(cat /sys/firmware/efi/fw_platform_size) $(ls /sys/firmware/efi/runtime-map | wc -l)"
fi
echo "LINE $(cat /proc/cmdline)"
reboot -f
"""

# Lines that a busy machine has or has not, or has with other words: they say how time was measured.
MEASURED = re.compile(r"tsc[: ]|clocksource|sched_clock|BogoMIPS|APIC (calibration|delta|timer)|PM-Timer"
                      r"|deferred pages|rtc_cmos .*system clock|audit: type=2000|Calibrating"
                      r"|random: (crng|fast) init|smpboot: Total|hrtimer: interrupt took|hpet: Lost"
                      r"|calibrate_delay_direct|Probably due to long platform interrupts")
# One line a piece of memory: how many there are depends on where things lie.
PIECES = re.compile(r"^(e820: (update|remove|reserve RAM buffer)|reserve setup_data:|efi: mem\d+"
                    r"|BIOS-e820:|PM: hibernation: Registered nosave memory|  node   \d+: \[mem"
                    r"|Early memory node|NODE_DATA|    \w+ *\[mem|On node \d|  DMA|\[mem #)")
BAD = re.compile(r"firmware bug|W\+X|WARNING|BUG|Oops|corrupt|invalid|error|fail", re.I)


def normal(line):
    """Without the time in front, and with one sign for every number."""
    line = re.sub(r"^\[ *\d+\.\d+\] ", "", line)
    line = re.sub(r" INITRD=0x\w+", "", line)  # Linux's stub has a table for it, ours boot_params
    line = re.sub(r"\b(0x)?[0-9a-f]{5,16}\b", "#", line)
    return re.sub(r"\d+", "#", line).rstrip()


def log_lines(serial):
    log = serial.split("\nLOG BEGIN\n", 1)[1].split("\nLOG END", 1)[0]
    lines = [re.sub(r"^\[ *\d+\.\d+\] ", "", line) for line in log.splitlines()]
    return [line for line in lines if not MEASURED.search(line) and not PIECES.search(line)]


def boot(kernel, initrd, folder, firmware="uefi", append=LINE, cpus=1):
    arguments = ["-kernel", kernel, "-initrd", initrd, "-append", append, *ovmf.arguments(firmware, folder),
                 "-device", "virtio-net-pci"]  # a card with an option ROM, besides the graphics card
    serial, status = qemu.run(arguments, memory=MEMORY, cpus=cpus, machine=ovmf.machine(firmware),
                              timeout=TIMEOUT)
    assert status == 0 and "LOG END" in serial, serial
    return serial


def check_same(ours, linux):
    got, want = (collections.Counter(map(normal, log_lines(serial))) for serial in (ours, linux))
    assert not got - want and not want - got, "\n".join(
        [f"+{line}" for line in got - want] + [f"-{line}" for line in want - got])
    assert len(got) > 200
    bad = [[line for line in map(normal, log_lines(serial)) if BAD.search(line)] for serial in (ours, linux)]
    assert sorted(bad[0]) == sorted(bad[1])
    nodes = [sorted(re.findall(r"^(?:NODE|ROM) .*", serial, re.M)) for serial in (ours, linux)]
    assert nodes[0] == nodes[1]
    return nodes[0]


@pytest.fixture(scope="module")
def initrd(tmp_path_factory):
    path = tmp_path_factory.mktemp("like") / "initrd"
    path.write_bytes(initramfs.build(INIT))
    return path


def test_log(make_image, cloud_kernel, initrd, tmp_path):
    nodes = check_same(boot(make_image("cloud", "-c", "lz4:3"), initrd, tmp_path),
                       boot(cloud_kernel, initrd, tmp_path))
    assert len([node for node in nodes if node.startswith("NODE 0x3 ")]) == 2  # SETUP_PCI


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["uefi", "uefi32"])
def test_log_of_the_large_kernel(make_image, stock_kernel, initrd, tmp_path, firmware):
    check_same(boot(make_image("stock", "-c", "zstd:3"), initrd, tmp_path, firmware),
               boot(stock_kernel, initrd, tmp_path, firmware))


@pytest.mark.long
def test_log_of_several_processors(make_image, cloud_kernel, initrd, tmp_path):
    """All have decoded; Linux's stub does not know the word."""
    line = f"{LINE} no_timer_check bzforge.smp=4"  # the check fails on busy machines
    check_same(boot(make_image("cloud", "-c", "lz4:3"), initrd, tmp_path, append=line, cpus=4),
               boot(cloud_kernel, initrd, tmp_path, append=line, cpus=4))


# --- variables, and an application's own options: \EFI\BOOT\BOOTX64.EFI started by the shell ---

def module_of(kernel):
    """The kernel's efivarfs, which Debian does not build in."""
    version = kernel.name.removeprefix("vmlinuz-")
    folder = debian.unpacked(f"linux-image-{version}", only=f"*/{MODULE}")
    return next(folder.rglob(MODULE)).read_bytes()


class WithModule(initramfs.Cpio):
    """initramfs.build() makes the archive; a second one behind it has the module."""

    @classmethod
    def build(cls, module):
        archive = cls()
        archive.add(MODULE, 0o100644, module)
        return initramfs.build(INIT) + archive.finish()


@pytest.mark.long
@pytest.mark.parametrize("name", ["cloud", "stock"])
def test_shell_and_variables(make_image, stock_kernels, tmp_path, name):
    options = f"{LINE} initrd=\\initrd.img"
    script = f"""setvar {VARIABLE} -guid {VENDOR} -bs -rt -nv ={VALUE}\r
connect -r\r
map -r\r
fs1:\\EFI\\BOOT\\BOOTX64.EFI {options}\r
"""
    first = fat.make(tmp_path / "first.img", {"startup.nsh": script.encode()})
    found = []
    for kernel in (make_image(name, "-c", "lz4:3"), stock_kernels[name]):
        disk = fat.make(tmp_path / "disk.img", {
            "EFI/BOOT/BOOTX64.EFI": kernel, "initrd.img": WithModule.build(module_of(stock_kernels[name]))})
        # Firmware boots from what has an index only, which has no BOOTX64.EFI, and so comes to the shell.
        arguments = [*ovmf.arguments("uefi", tmp_path), *fat.drive(first, 0),
                     "-drive", f"if=virtio,format=raw,file={disk}"]
        serial, status = qemu.run(arguments, memory=MEMORY, machine=ovmf.machine("uefi"), timeout=TIMEOUT)
        assert status == 0 and "LOG END" in serial, serial
        assert re.search(r"^LINE (.*)", serial, re.M)[1].endswith(f"\\BOOTX64.EFI {options}")
        variables = dict(re.findall(r"^VARIABLE (\S+) ([0-9a-f]*)$", serial, re.M))
        assert variables[f"{VARIABLE}-{VENDOR}"] == ATTRIBUTES + VALUE
        width, regions = re.search(r"^SIZES (\d+) (\d+)$", serial, re.M).groups()
        assert width == "64" and int(regions) > 5
        found.append(set(variables))
    assert found[0] == found[1]
