# SPDX-License-Identifier: GPL-2.0-or-later
"""The branch filter undone as docs/image-format.md tells it, "The x86 filter"; not from core/."""

import re
import struct

from support.elf import Elf, PT_LOAD

PF_X = 1
BRANCH = re.compile(rb"[\xe8\xe9]")


def code_ranges(content):
    """[(start, end)] of the content: file bytes of executable segments, less the ELF's three tables."""
    elf = Elf(content)
    ranges = []
    for i in range(elf.phnum):
        kind, flags, offset, _, _, size = struct.unpack_from("<2I4Q", content, elf.phoff + i * 56)
        if kind == PT_LOAD and flags & PF_X and size:
            ranges.append((offset, offset + size))
    joined = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    for low, size in ((0, 64), (elf.phoff, elf.phnum * 56), (elf.shoff, elf.shnum * 64)):
        if size:
            joined = [part for start, end in joined
                      for part in ((start, min(end, low)), (max(start, low + size), end))
                      if part[0] < part[1]]
    return joined


def decode(data, position):
    """One range of code."""
    out = bytearray(data)
    found = BRANCH.search(out, 0)
    while found and found.start() + 5 <= len(out):
        i = found.start()
        if out[i + 4] not in (0x00, 0xFF):
            found = BRANCH.search(out, i + 4)
            continue
        value = int.from_bytes(out[i + 1:i + 5], "little") - position - i & 0x1FFFFFF
        if value & 0x1000000:
            value |= 0xFE000000
        out[i + 1:i + 5] = value.to_bytes(4, "little")
        found = BRANCH.search(out, i + 5)
    return bytes(out)


def unfilter(content, chunks):
    """The content that an image's stream decodes to -> what was filtered. chunks: Image.chunks."""
    out = bytearray(content)
    for start, end in code_ranges(content):
        for _, _, offset, size, *_ in chunks:
            low, high = max(start, offset), min(end, offset + size)
            if low < high:
                out[low:high] = decode(out[low:high], low)
    return bytes(out)
