#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One table: the same kernel in several wrappers, and how ours compares with Linux's own.

    bench/compare.py [--boots N] [--json] NAME=IMAGE...

The last image is the one that is judged; the one named "linux-CODEC" with the same codec is what it
is judged by. Sizes are bytes; instructions are counted from the 32-bit entry to the kernel's first
instruction, with nokaslr and with KASLR (the median of N boots). Exit status as instructions.py.
"""
import argparse
import json
import statistics
import sys

from instructions import count_options, measure
from kernelimage import BadImage

COLUMNS = (
    ("size", "image"), ("wrapper", "wrapper"), ("init_size", "init_size"),
    ("instructions", "instructions"), ("instructions_kaslr", "with KASLR"),
)


def measure_both(name, path, boots):
    """A row: measure() with nokaslr, and the KASLR figures added."""
    row = measure(path, count_options(boots=1, kaslr=False))
    random = measure(path, count_options(boots=boots, kaslr=True))
    return {
        "name": name, "image": row["image"], "codec": row["codec"], "size": row["size"],
        "wrapper": row["wrapper"], "init_size": row["init_size"],
        "instructions": row["instructions"][0],
        "instructions_kaslr": int(statistics.median(random["instructions"])),
        "instructions_kaslr_all": random["instructions"], "kernel_at": random["kernel_at"],
    }


def ratios(rows):
    """The last row's figures divided by those of Linux's wrapper with the same codec, or None."""
    ours = rows[-1]
    for row in rows[:-1]:
        if row["name"] == "linux-" + ours["codec"]:
            return {key: ours[key] / row[key] for key, _ in COLUMNS}
    return None


def table(rows, ratio):
    """Rows and ratios as text."""
    head = f"{'':16} {'codec':6}" + "".join(f"{title:>15}" for _, title in COLUMNS)
    lines = [head]
    for row in rows:
        lines.append(f"{row['name']:16} {row['codec']:6}" +
                     "".join(f"{row[key]:>15,}" for key, _ in COLUMNS))
    if ratio:
        title = f"{rows[-1]['name']} / linux-{rows[-1]['codec']}"
        lines.append(f"{title:23}" + "".join(f"{ratio[key]:>15.4f}" for key, _ in COLUMNS))
    return "\n".join(lines)


def main():
    """Measure, print."""
    parser = argparse.ArgumentParser(description="Compare wrappers around one kernel.")
    parser.add_argument("images", nargs="+", metavar="NAME=IMAGE")
    parser.add_argument("--boots", type=int, default=3, metavar="N", help="boots with KASLR")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for argument in options.images:
        name, _, path = argument.partition("=")
        print(f"compare.py: measuring {name}", file=sys.stderr)
        try:
            rows.append(measure_both(name, path, options.boots))
        except (BadImage, OSError) as problem:
            print(f"compare.py: {problem}", file=sys.stderr)
            return 1
    ratio = ratios(rows)
    if options.json:
        json.dump({"images": rows, "ratios": ratio}, sys.stdout, indent=1)
        print()
    else:
        print(table(rows, ratio))
    return 0


if __name__ == "__main__":
    sys.exit(main())
