#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench/processors.py IMAGE [--cpus 1,2,4] [--rounds N]

Boot a repacked stock kernel in QEMU under BIOS, N times with each number of CPUs in turn, each CPU in a
thread of its own. Prints for each number the shortest and the middle time from the stub's first line to
its last one, and the shortest against that of one CPU. Every boot must find the other CPUs, send them
back, and end with all of them online in the kernel; the first that does not ends it all, with what it
said. `--rounds 20` with three numbers makes 60 boots in a row.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support import initramfs, qemu  # pylint: disable=wrong-import-position

LINE = "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1"
FIRST = r"^bzforge: image at "
LAST = r"^bzforge: entering the kernel at "
LIMIT_S = 120


class Failed(Exception):
    """A boot that was not as it should be."""


def boot(image, initrd, cpus, append, memory):
    """Seconds from the stub's first to its last line."""
    arguments = ["-kernel", image, "-initrd", initrd, "-append", f"{LINE} {append}".strip()]
    with qemu.Qemu(arguments, memory=memory, cpus=cpus, timeout=LIMIT_S) as machine:
        machine.expect(FIRST)
        started = time.monotonic()
        machine.expect(LAST)
        seconds = time.monotonic() - started
        status = machine.wait()
        serial = machine.serial
    if status:
        raise Failed(f"ended with {status}\n{serial}")
    facts = initramfs.facts(serial)
    if int(facts["nproc"]) != cpus or int(facts["oops"]):
        raise Failed(f"{facts['nproc']} CPUs instead of {cpus}, {facts['oops']} complaints\n{serial}")
    if cpus > 1 and "bzforge.smp" not in append and \
            f"bzforge: {cpus - 1} of {cpus - 1} other processors took part" not in serial:
        raise Failed(f"not all took part\n{serial}")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[2])
    parser.add_argument("image", type=Path)
    parser.add_argument("--cpus", default="1,2,4")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=512)
    parser.add_argument("--append", default="")
    options = parser.parse_args()
    numbers = [int(n) for n in options.cpus.split(",")]
    seconds = {n: [] for n in numbers}
    with tempfile.TemporaryDirectory() as folder:
        initrd = Path(folder) / "initrd"
        initrd.write_bytes(initramfs.build())
        for number in range(options.rounds):
            for cpus in numbers:
                try:
                    seconds[cpus].append(boot(options.image, initrd, cpus, options.append, options.memory))
                except (Failed, AssertionError) as error:
                    sys.exit(f"round {number + 1}, {cpus} CPUs: {error}")
    base = min(seconds[numbers[0]])
    print(f"{options.rounds * len(numbers)} boots, all as they should be\nCPUs  shortest  middle  "
          f"shortest against {numbers[0]}")
    for cpus, times in seconds.items():
        print(f"{cpus:4}  {min(times):7.3f}s {statistics.median(times):6.3f}s  {min(times) / base:.3f}")


if __name__ == "__main__":
    main()
