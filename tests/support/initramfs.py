#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A busybox userspace as an initramfs: an archive in cpio's "newc" format, written directly, so that it
is the same bytes every time and needs no root for its device nodes.

As a module: build(init, blob_size). As a program: initramfs.py OUT --shell makes one that ends in a
shell on the serial port (script/demo).

The format: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import argparse
import hashlib
import stat
from pathlib import Path

BUSYBOX = Path("/bin/busybox")

# The first process of a test boot. Prints "FACT name=value" lines and ends the machine by a reset,
# which works without ACPI too (QEMU runs with -no-reboot).
FACTS_INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
dmesg -n 1
echo 0 >/proc/sys/kernel/kptr_restrict
fact() { echo "FACT $1=$2"; }
echo
echo "FACTS BEGIN"
fact cmdline "$(cat /proc/cmdline)"
fact release "$(uname -r)"
fact blob "$(md5sum </blob | cut -d' ' -f1)"
grep -E 'Kernel (code|rodata|data|bss)' /proc/iomem | while read -r line; do fact iomem "$line"; done
fact text "$(grep -m1 -E ' _text$' /proc/kallsyms | cut -d' ' -f1)"
fact nproc "$(grep -c '^processor' /proc/cpuinfo)"
fact memtotal "$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)"
fact la57 "$(grep -m1 -cw la57 /proc/cpuinfo)"
fact efi "$(cat /sys/firmware/efi/fw_platform_size 2>/dev/null)"
fact efi_runtime "$(ls /sys/firmware/efi/runtime-map 2>/dev/null | wc -l)"
fact oops "$(dmesg | grep -c -E 'WARNING:|BUG:|Oops')"
fact boot_params "$(hexdump -v -e '1/1 "%02x"' /sys/kernel/boot_params/data)"
echo "FACTS END"
reboot -f
"""

SHELL_INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
dmesg -n 1
echo
echo "Linux $(uname -r): busybox userspace is up"
if grep -qw bzforge.demo /proc/cmdline; then
	reboot -f
fi
echo "Type 'poweroff -f' to leave."
exec setsid cttyhack sh
"""


class Cpio:
    """An archive under construction."""

    def __init__(self):
        self.pieces = []
        self.inode = 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        """One member; directories must come before what is in them."""
        self.inode += 1
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.inode, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        header = b"070701" + b"".join(b"%08X" % f for f in fields) + name.encode() + b"\0"
        for piece in (header, data):
            self.pieces += [piece, bytes(-len(piece) % 4)]

    def finish(self):
        self.add("TRAILER!!!", 0)
        return b"".join(self.pieces)


def blob(size):
    """Bytes that do not compress and are the same every time."""
    return hashlib.shake_128(b"bzforge initramfs blob").digest(size)


def build(init=FACTS_INIT, blob_size=0x10000):
    archive = Cpio()
    for folder in ("bin", "dev", "proc", "sys"):
        archive.add(folder, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("dev/null", stat.S_IFCHR | 0o666, device=(1, 3))
    archive.add("bin/busybox", stat.S_IFREG | 0o755, BUSYBOX.read_bytes())
    archive.add("init", stat.S_IFREG | 0o755, init.encode())
    archive.add("blob", stat.S_IFREG | 0o644, blob(blob_size))
    return archive.finish()


def blob_md5(blob_size):
    return hashlib.md5(blob(blob_size)).hexdigest()


def facts(serial):
    """The facts of a boot: name -> value; iomem: name -> (start, end)."""
    begin, end = serial.rfind("FACTS BEGIN"), serial.rfind("FACTS END")
    assert 0 <= begin < end, f"userspace was not reached\n{serial}"
    found = {"iomem": {}}
    for line in serial[begin:end].splitlines():
        if not line.startswith("FACT "):
            continue
        name, value = line[5:].split("=", 1)
        if name == "iomem":
            span, what = value.split(" : ")
            first, last = (int(x, 16) for x in span.split("-"))
            found["iomem"][what] = (first, last + 1)
        else:
            found[name] = value
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--shell", action="store_true", help="end in a shell")
    options = parser.parse_args()
    options.out.write_bytes(build(SHELL_INIT if options.shell else FACTS_INIT))


if __name__ == "__main__":
    main()
