#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Count the guest instructions that a bzImage needs from its 32-bit entry to its kernel.

    bench/instructions.py [--kaslr] [--boots N] [--json] [--profile STUB.elf] IMAGE...

QEMU runs each image with the plugin bench/icount, which starts counting at the image's 32-bit entry
and stops the machine at the kernel's first instruction, wherever the kernel was put.
docs/benchmarks.md says what counts as an instruction. Exit status: 0 done, 1 an image did not reach
its kernel, 3 a program is missing.
"""
import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from blockprofile import Profile
from kernelimage import BadImage, Image, elf_entry, entry_code

HERE = Path(__file__).resolve().parent
ENTRY_BYTES = 32  # enough of the code at an entry to know it again
QEMU = "qemu-system-x86_64"
# -cx16: QEMU 7.2's TCG damages the flags around cmpxchg16b
MACHINE = ["-accel", "tcg", "-cpu", "max,-cx16", "-smp", "1", "-display", "none", "-serial", "none",
           "-monitor", "none", "-net", "none", "-no-reboot"]


def plugin():
    """Path of the plugin; compiled here when there is no build. Raises CalledProcessError."""
    source = HERE / "icount" / "icount.c"
    built = HERE.parent / "build" / "bench" / "icount.so"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        built = cache / "bzforge" / "icount.so"
        if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
            built.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cc", "-std=gnu11", "-O2", "-shared", "-fPIC", "-o", built, source],
                           check=True)
    return built


def count_once(image, kernel, options, work, profile):
    """One boot. kernel is (page offset, first bytes); returns the plugin's values by name."""
    out = work / "out"
    out.unlink(missing_ok=True)
    entry = image.data[image.setup_size:image.setup_size + ENTRY_BYTES]
    arguments = [str(plugin()), f"entry={image.code32_start:#x}:{entry.hex()}",
                 f"kernel={kernel[0]:#x}:{kernel[1].hex()}", f"out={out}"]
    if profile:
        arguments.append(f"profile={work / 'profile'}")
    command = shlex.split(os.environ.get("BENCH_PREFIX", "")) + [
        "timeout", "-k", "5", str(options.timeout), QEMU, *MACHINE, "-m", str(options.memory),
        "-kernel", image.path, "-append", options.append, "-plugin", ",".join(arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode in (124, 137):
        raise BadImage(f"{image.path}: no kernel within {options.timeout} s")
    if not out.exists():
        raise BadImage(f"{image.path}: QEMU did not run")
    values = dict(line.split() for line in out.read_text().splitlines())
    if values["kernel_seen"] != "1":
        entered = values["entry_seen"] == "1"
        where = "stopped before its kernel" if entered else "never reached its entry"
        raise BadImage(f"{image.path}: {where}")
    return int(values["instructions"]), int(values["kernel_va"], 16)


def measure(path, options):
    """All boots of one image; returns a dictionary for JSON. Raises BadImage."""
    image = Image(path)
    content = image.content()
    kernel = (elf_entry(content)[0] & 0xFFF, entry_code(content, ENTRY_BYTES))
    counts, places = [], []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for boot in range(options.boots):
            profile = options.profile and boot == 0
            count, place = count_once(image, kernel, options, work, profile)
            counts.append(count)
            places.append(place)
            if profile:
                functions = Profile(work / "profile", options.profile)
                print(functions.table(options.top), file=sys.stderr)
    return {
        "image": str(path), "codec": image.codec, "size": image.size, "wrapper": image.wrapper_size,
        "init_size": image.init_size, "append": options.append, "instructions": counts,
        "kernel_at": [f"{p:#x}" for p in places],
    }


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Count guest instructions from entry to kernel.")
    parser.add_argument("images", nargs="+", metavar="IMAGE")
    parser.add_argument("--kaslr", action="store_true", help="randomise (default: nokaslr)")
    parser.add_argument("--append", help="the whole command line, instead of --kaslr")
    parser.add_argument("--boots", type=int, default=1, metavar="N", help="boot each image N times")
    parser.add_argument("--memory", type=int, default=1024, metavar="MIB")
    parser.add_argument("--timeout", type=int, default=300, metavar="S", help="per boot")
    parser.add_argument("--profile", metavar="ELF", help="stub with symbols: count by function")
    parser.add_argument("--top", type=int, default=20, metavar="N", help="functions to show")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.append is None:
        options.append = command_line(options.kaslr)
    return options


def command_line(kaslr):
    """What the kernel is given: nothing that makes a stub print."""
    return "quiet" if kaslr else "quiet nokaslr"


def count_options(boots, kaslr):
    """Options for measure() with everything else as by default."""
    return argparse.Namespace(boots=boots, append=command_line(kaslr), memory=1024, timeout=300,
                              profile=None)


def main():
    """Measure each image, print a line or an object each."""
    options = parse_arguments()
    if not shutil.which(QEMU):
        print(f"instructions.py: {QEMU} is not installed", file=sys.stderr)
        return 3
    results, status = [], 0
    for path in options.images:
        try:
            results.append(measure(path, options))
        except (BadImage, OSError) as problem:
            print(f"instructions.py: {problem}", file=sys.stderr)
            status = 1
            continue
        if not options.json:
            counts = results[-1]["instructions"]
            print(f"{path}: " + " ".join(f"{c:,}" for c in counts), flush=True)
    if options.json:
        json.dump(results, sys.stdout, indent=1)
        print()
    return status


if __name__ == "__main__":
    sys.exit(main())
