# SPDX-License-Identifier: GPL-2.0-or-later
"""What the stub leaves in memory, seen from inside: the test kernel lists every page of RAM that is not
all zeros (QEMU's memory is, to begin with), so what is not the kernel's or the loader's is the stub's."""

import re
import zlib
from dataclasses import dataclass

import pytest

from support import qemu
from support.bzimage import Image
from support.left import PAGE, check_left, left_by_stub
from support.loader import Entry, MIB, RAM
from support.testkernel import EXIT_STATUS, Report

LINE = "console=ttyS0 panic=-1 earlyprintk=serial,ttyS0,115200 tk.dirt"
MEMORY = 160
HEAD = 0x400  # what of the stub may stay: GDT, and the code that clears


@dataclass
class Case:
    name: str
    image: str
    entry: Entry
    append: str = ""
    options: tuple = ()
    moves: bool = None  # must the stub move out of the way, or must it not? None: no matter
    memory: int = MEMORY


CASES = [
    Case("where it was loaded", "high", Entry(64, load=0x3000000), "nokaslr"),
    Case("out of the way", "high", Entry(64, load=0x1800000), "nokaslr", moves=True),
    Case("32-bit entry", "high", Entry(32), "nokaslr"),
    Case("KASLR", "high", Entry(64), moves=False),
    Case("tight", "high", Entry(64, load=0x1000000, e820=[(0, 0x9F000, RAM), (MIB, 0x2A00000, RAM)]),
         "nokaslr", moves=True),
    Case("decoded apart", "fixed", Entry(32)),
    Case("decoded apart, over the image", "fixed", Entry(32, load=0x2000000), moves=True),
    Case("larger heap", "high", Entry(64, load=0x1800000), "nokaslr", ("-c", "lzma:1"), moves=True),
    Case("larger heap, KASLR", "high", Entry(64), "", ("-c", "lzma:1")),
    Case("to 5 levels", "high", Entry(64), "", ("--5level",)),
    Case("to 4 levels", "high", Entry(64, la57=True), "", ("--5level",)),
    Case("embedded command line", "high", Entry(32), "nokaslr", ("--cmdline", "own=words")),
    Case("timeline", "high", Entry(64, load=0x1800000), "nokaslr bzforge.debug=time", moves=True),
    Case("above 4 GiB", "pie", Entry(64, load=0x140000000), memory=5632),
]


def boot(case, make_image, loader_bin, folder, more=""):
    """(image, serial output, report)"""
    image = Image(make_image(case.image, *case.options).read_bytes())
    line = f"{LINE} {case.append} {more}".strip()
    case.entry.dirty = False
    arguments = case.entry.arguments(loader_bin, image, line, folder, case.memory)
    serial, status = qemu.run(arguments, memory=case.memory, timeout=120)
    assert status == EXIT_STATUS, serial
    report = Report(serial)
    report.check_hand_over()
    return image, serial, report


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_only_head_and_tables_stay(case, make_image, test_kernels, loader_bin, tmp_path):
    _, serial, report = boot(case, make_image, loader_bin, tmp_path)
    if case.moves is not None:
        assert ("moving stub to" in serial) == case.moves
    assert re.search("^bzforge: clearing 0x[0-9a-f]+ bytes of memory$", serial, re.M)
    check_left(serial, report, test_kernels[case.image].read_bytes())


def test_the_rest_of_the_heads_page_is_clear(make_image, loader_bin, tmp_path):
    case = Case("", "high", Entry(32), "nokaslr")
    rest = MIB + HEAD
    _, _, report = boot(case, make_image, loader_bin, tmp_path, f"tk.crc={rest:#x},{PAGE - HEAD:#x}")
    assert MIB <= report.gdt_base < rest
    assert report.crc == zlib.crc32(bytes(PAGE - HEAD))


@pytest.mark.parametrize("load", [MIB, 0x1800000])
def test_wipe_off(load, make_image, test_kernels, loader_bin, tmp_path):
    """Then all of it is there, so the cases above find something to miss."""
    case = Case("", "high", Entry(64, load=load), "nokaslr", ("-c", "none"))
    image, serial, report = boot(case, make_image, loader_bin, tmp_path, "bzforge.wipe=off")
    assert "bzforge: memory is not cleared: bzforge.wipe=off" in serial
    left = left_by_stub(serial, report, test_kernels["high"].read_bytes())
    assert len(left) * PAGE > image.manifest.payload_size * 3 // 4
