# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/boot-protocol.md has a row for each field of the setup header, and what it says of the values in an
image is so."""

import re
from pathlib import Path

from support.bzimage import HEADER, BzImage

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs/boot-protocol.md"
ROW = re.compile(r"^\| (0x[0-9a-f]{3}) \| (\w+) \| ([^|]+) \|", re.M)
NUMBER = re.compile(r"(0x[0-9a-f]+|\d+)(?!\S)")


def rows():
    """[(offset, field, value in the image)]"""
    return [(int(offset, 16), field, value.strip())
            for offset, field, value in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))]


def test_every_field_has_its_row():
    assert [(offset, field) for offset, field, _ in rows()] == \
        [(offset, field) for field, (offset, _) in HEADER.items()]


def test_values_are_those_of_an_image(make_image, stock_kernel):
    ours = BzImage(make_image("stock").read_bytes())
    linux = BzImage(stock_kernel.read_bytes())
    checked = {"number": 0, "carried": 0}
    for _, field, value in rows():
        if NUMBER.fullmatch(value):
            assert getattr(ours.hdr, field) == int(value, 0), field
            checked["number"] += 1
        if value == "carried":
            assert getattr(ours.hdr, field) == getattr(linux.hdr, field), field
            checked["carried"] += 1
    assert checked == {"number": 17, "carried": 8}
