# SPDX-License-Identifier: GPL-2.0-or-later
"""Under UEFI: firmware lends its other processors for decoding, and has all of them back before the
kernel starts. Every one comes up in the kernel, whose log is the same as with Linux's own stub
(test_efi_like_linux.py); a boot that fails leaves firmware able to boot the next one."""

import re

import pytest

from support import initramfs, ovmf, qemu
from support.bzimage import Image

TIMEOUT = 240
# QEMU with more processors than the machine has: timer interrupts come so late that kernels, stock ones too,
# now and then find none and give up, hence no_timer_check.
LINE = "console=ttyS0 earlyprintk=serial panic=-1 no_timer_check bzforge.debug"
BACK = r"^bzforge: processors are back after \d+ us$"
INIT = r"""#!/bin/busybox sh
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox dmesg -n 1
echo
echo "ONLINE $(/bin/busybox cat /sys/devices/system/cpu/online)"
/bin/busybox reboot -f
"""


@pytest.fixture(scope="module")
def initrd(tmp_path_factory):
    path = tmp_path_factory.mktemp("processors") / "initrd"
    path.write_bytes(initramfs.build(INIT))
    return path


def boot(image, initrd, folder, *, cpus, more="", firmware="uefi"):
    serial, status = qemu.run(
        ["-kernel", image, "-initrd", initrd, "-append", f"{LINE} {more}",
         *ovmf.arguments(firmware, folder)],
        memory=1024, cpus=cpus, machine=ovmf.machine(firmware), timeout=TIMEOUT)
    assert status == 0, serial
    return serial


def check(serial, online, lent):
    """online: the kernel's CPUs; lent: the words about who decoded, or None: nobody else did."""
    assert re.search(r"^ONLINE (.*)$", serial, re.M)[1] == online, serial
    found = re.search(r"^bzforge: firmware lends (.*)$", serial, re.M)
    assert (found and found[1]) == lent, serial
    assert bool(re.search(BACK, serial, re.M)) == (lent is not None and not lent.startswith("no ")), serial


def test_four(make_image, initrd, tmp_path):
    serial = boot(make_image("cloud", "-c", "lz4:3"), initrd, tmp_path, cpus=4, more="bzforge.smp=4")
    check(serial, "0-3", "3 of 3 other processors")


def test_not_worth_it(make_image, initrd, tmp_path):
    check(boot(make_image("cloud", "-c", "lz4:3"), initrd, tmp_path, cpus=2), "0-1", None)


@pytest.mark.long
@pytest.mark.parametrize("codec", ["gzip", "bzip2", "lzma", "xz", "lzo", "zstd"])
def test_codecs(make_image, initrd, tmp_path, codec):
    serial = boot(make_image("stock", "-c", f"{codec}:1"), initrd, tmp_path, cpus=2,
                  more="" if codec in ("bzip2", "lzma", "xz") else "bzforge.smp=2")
    # one stream of lzma is for one processor
    check(serial, "0-1", None if codec == "lzma" else "1 of 1 other processors")


@pytest.mark.long
@pytest.mark.parametrize("cpus,online,lent", [
    ("1", "0", None),
    ("2", "0-1", "1 of 1 other processors"),
    ("8", "0-7", "7 of 7 other processors"),
    ("2,maxcpus=8", "0-1", "1 of 1 other processors"),
    ("4,sockets=2,cores=1,threads=2", "0-3", "3 of 3 other processors"),
])
def test_machines(make_image, initrd, tmp_path, cpus, online, lent):
    serial = boot(make_image("stock", "-c", "zstd:3"), initrd, tmp_path, cpus=cpus, more="bzforge.smp=16")
    check(serial, online, lent)


@pytest.mark.long
@pytest.mark.parametrize("more,lent", [
    ("bzforge.smp=3", "2 of 3 other processors"),
    ("bzforge.smp=1", None),
    ("bzforge.smp=off", None),
    ("maxcpus=1 bzforge.smp=4", "3 of 3 other processors"),
])
def test_command_lines(make_image, initrd, tmp_path, more, lent):
    serial = boot(make_image("cloud", "-c", "lz4:3"), initrd, tmp_path, cpus=4, more=more)
    check(serial, "0" if "maxcpus" in more else "0-3", lent)


@pytest.mark.long
@pytest.mark.parametrize("firmware,lent", [
    ("uefi32", None),
    ("uefi-smm", "1 of 1 other processors"),
])
def test_other_firmware(make_image, initrd, tmp_path, firmware, lent):
    serial = boot(make_image("cloud", "-c", "lz4:3"), initrd, tmp_path, cpus=2, more="bzforge.smp=2",
                  firmware=firmware)
    check(serial, "0-1", lent)


def damaged(path, number):
    image = Image(path.read_bytes())
    at, size = image.chunk_input(number)
    image.data[at + size // 2] ^= 1
    return bytes(image.data)


@pytest.mark.long
def test_damaged_chunks(make_image, initrd, tmp_path):
    """Whoever finds it: the message names the chunk, and the next image boots, with all processors."""
    good = make_image("cloud", "-c", "lz4:3")
    count = len(Image(good.read_bytes()).chunks)
    volume = tmp_path / "volume"
    volume.mkdir()
    script = ["@echo -off", "fs0:"]
    for number in range(1, count):
        (volume / f"bad{number}.efi").write_bytes(damaged(good, number))
        script += [f"bad{number}.efi {LINE} bzforge.smp=4", f"echo STATUS {number} %lasterror%"]
    (volume / "good.efi").write_bytes(good.read_bytes())
    (volume / "initrd.img").write_bytes(initrd.read_bytes())
    script.append(f"good.efi {LINE} bzforge.smp=4 initrd=\\initrd.img")
    (volume / "startup.nsh").write_text("\r\n".join(script) + "\r\n")
    serial, status = qemu.run(
        ["-drive", f"if=virtio,format=raw,file=fat:rw:{volume}", *ovmf.arguments("uefi", tmp_path)],
        memory=1024, cpus=4, machine=ovmf.machine("uefi"), timeout=TIMEOUT)
    assert status == 0, serial
    for number in range(1, count):
        assert f"chunk {number} of {count}, counted from 0:" in serial, serial
        assert re.search(rf"^STATUS {number} 0x1\b|^STATUS {number} 0x8000000000000001", serial, re.M), serial
    assert serial.count("bzforge: E43 checksum of a chunk is wrong") == count - 1
    assert re.search(r"^ONLINE 0-3$", serial, re.M), serial
