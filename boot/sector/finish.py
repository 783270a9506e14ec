#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Copy the boot sector, and say how many of its 440 bytes are left: finish.py INPUT OUTPUT."""
import sys

CODE_END = 0x1AA  # where the fields begin
FIELDS_END = 0x1B8  # 440: the disk's id and partition table come there


def main():
    source, target = sys.argv[1:]
    with open(source, "rb") as f:
        data = f.read()
    if len(data) != 512 or data[510:] != b"\x55\xaa":
        sys.exit("boot sector: no sector")
    if any(data[FIELDS_END:510]):
        sys.exit("boot sector: code where the partition table will be")
    used = len(data[:CODE_END].rstrip(b"\0"))
    print(f"boot sector: {used} bytes of code, {FIELDS_END - CODE_END} of fields, "
          f"{CODE_END - used} of {FIELDS_END} bytes left")
    with open(target, "wb") as f:
        f.write(data)


main()
