#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the assembly file that embeds boot code: gen_blobs.py OUTPUT NAME=FILE...

The table's layout is struct blob in blobs.c.
"""
import sys

NAME_SIZE = 16


def main():
    output, *blobs = sys.argv[1:]
    text = ["/* Made by host/gen_blobs.py. */", "\t.section .rodata"]
    table = []
    for number, blob in enumerate(blobs):
        name, path = blob.split("=", 1)
        if len(name) >= NAME_SIZE:
            sys.exit(f"gen_blobs.py: {name}: name is too long")
        text += ["\t.balign 16", f".Lblob{number}:", f'\t.incbin "{path}"', f".Lblob{number}_end:"]
        table += [f'\t.ascii "{name}"', f"\t.zero {NAME_SIZE - len(name)}",
                  f"\t.quad .Lblob{number}", f"\t.quad .Lblob{number}_end - .Lblob{number}"]
    text += ["\t.section .data.rel.ro, \"aw\"", "\t.balign 16", "\t.globl blob_table", "blob_table:"]
    text += table
    text += ["\t.globl blob_count", "blob_count:", f"\t.quad {len(blobs)}",
             '\t.section .note.GNU-stack, "", @progbits', ""]
    with open(output, "w", encoding="ascii") as f:
        f.write("\n".join(text))


main()
