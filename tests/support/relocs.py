# SPDX-License-Identifier: GPL-2.0-or-later
"""bzforge's compact relocation table back to Linux's (docs/image-format.md, "Relocation table")."""
import struct

LISTS = {1: 3, 2: 2}  # reloc_layout -> number of lists; the first is that of 64-bit places


def expand(table, layout):
    """The table in Linux's words. A table that is damaged raises IndexError or struct.error."""
    sizes = struct.unpack_from(f"<{LISTS[layout]}I", table)
    at = 4 * len(sizes)
    words = []
    for number, size in enumerate(sizes):
        unit = 1 if number else 8
        place, end = 0x80000000, at + size
        words.append(0)
        while at < end:
            code = table[at]
            if code < 224:
                place, at = place + code * unit, at + 1
            elif code < 255:
                place, at = place + (224 + (code - 224) * 256 + table[at + 1]) * unit, at + 2
            else:
                place, at = place + struct.unpack_from("<I", table, at + 1)[0], at + 5
            words.append(place)
    return struct.pack(f"<{len(words)}I", *words)


def linux_content(image, content):
    """What an image of bzforge's decodes to, with the table as Linux has it."""
    manifest = image.manifest
    if manifest.reloc_coding == 0:
        return content
    return content[:manifest.elf_size] + expand(content[manifest.elf_size:], manifest.reloc_layout)
