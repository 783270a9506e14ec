# SPDX-License-Identifier: GPL-2.0-or-later
"""What the stub left in memory, by the list of pages that are not all zeros (tk.dirt, the test kernel)."""

import re

from support.elf import Elf
from support.loader import BOOT_PARAMS, COMMAND_LINE

PAGE = 4096
LOW_PAGES = {0x7, 0x8, *range(0x10, 0x90), BOOT_PARAMS // PAGE, COMMAND_LINE // PAGE}  # the loader's
TABLES = 0x20  # pages of the stub's pool


def dirty_pages(serial):
    """Numbers of the pages that are not all zeros."""
    pages = set()
    for start, end in re.findall(r"^TK dirt 0x([0-9a-f]+) 0x([0-9a-f]+)$", serial, re.M):
        pages |= set(range(int(start, 16) // PAGE, int(end, 16) // PAGE))
    assert pages
    return pages


def pages_of(start, size):
    return set(range(start // PAGE, (start + size + PAGE - 1) // PAGE))


def left_by_stub(serial, report, elf_bytes):
    """Dirty pages that are neither the kernel's nor what the kernel was given."""
    elf = Elf(elf_bytes)
    size = max(p + m for _, _, p, _, m in elf.loads) - min(p for _, _, p, _, m in elf.loads)
    line_at = report.field(0x228, "I") | report.field(0xC8, "I") << 32
    known = pages_of(report.physical, size) | LOW_PAGES | pages_of(line_at, len(report.command_line) + 1)
    if report.field(0x250, "Q"):  # setup_data: the timeline
        known |= pages_of(report.field(0x250, "Q"), 1)
    return dirty_pages(serial) - known


def check_left(serial, report, elf_bytes, loaders=frozenset()):
    """Nothing but the stub's head and the page tables in use; loaders: more pages of the loader's."""
    left = left_by_stub(serial, report, elf_bytes) - loaders
    head = report.gdt_base // PAGE
    tables = {page for page in left if abs(page - report.cr3 // PAGE) < TABLES}
    assert head in left and report.cr3 // PAGE in tables
    assert len(tables) < TABLES
    assert left - tables - {head} == set(), [hex(page * PAGE) for page in sorted(left)]
