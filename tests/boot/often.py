#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot an image under UEFI many times in a row, with as many processors as are named, in turn: each boot
must have had others decode, and each processor must be up in the kernel. For what goes wrong once in a
hundred times, by hand: the test run has test_efi_processors.py.

    tests/boot/often.py IMAGE TIMES CPUS...        tests/boot/often.py new.img 40 2 4 8
"""

import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import test_efi_processors  # noqa: E402
from support import initramfs  # noqa: E402


def boot_once(image, initrd, cpus):
    """What was wrong, or None."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            serial = test_efi_processors.boot(image, initrd, Path(folder), cpus=cpus, more="bzforge.smp=16")
        except AssertionError as e:
            return str(e)
    others = re.search(r"^bzforge: firmware lends (\d+) of ", serial, re.M)
    online = f"ONLINE 0-{cpus - 1}\n" in serial
    back = re.search(test_efi_processors.BACK, serial, re.M)
    return None if others and online and back else serial


def main(image, times, *cpus):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        initrd = Path(folder) / "initrd"
        initrd.write_bytes(initramfs.build(test_efi_processors.INIT))
        for i in range(int(times)):
            count, start = int(cpus[i % len(cpus)]), time.monotonic()
            wrong = boot_once(image, initrd, count)
            print(f"{i + 1}: {count} processors, {time.monotonic() - start:.0f} s:", wrong or "fine", flush=True)
            failed += wrong is not None
    print(f"{failed} of {times} failed")
    return failed != 0


if __name__ == "__main__":
    if len(sys.argv) < 4 or "1" in sys.argv[3:]:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
