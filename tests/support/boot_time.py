#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""boot_time.py IMAGE INITRD: boot an image in QEMU to the demo's userspace; print the seconds from
QEMU's start to the kernel's first line on the serial port, and to userspace."""

import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import qemu  # pylint: disable=wrong-import-position

KERNEL = r"Linux version \S+"
USERSPACE = r"busybox userspace is up"
LINE = "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1 bzforge.demo"
MEMORY_MIB = 1024
LIMIT_S = 120


def main():
    image, initrd = sys.argv[1:]
    started = time.monotonic()
    arguments = ["-kernel", image, "-initrd", initrd, "-append", LINE]
    with qemu.Qemu(arguments, memory=MEMORY_MIB, timeout=LIMIT_S) as machine:
        try:
            for pattern in (KERNEL, USERSPACE):
                machine.expect(pattern)
                print(f"{time.monotonic() - started:.2f}", flush=True)
            status = machine.wait()
        except qemu.QemuError as error:
            sys.exit(f"{image} did not boot:\n{error}")
    if status or not re.search(USERSPACE, machine.serial):
        sys.exit(f"{image} ended with {status}:\n{machine.serial}")


if __name__ == "__main__":
    main()
