# SPDX-License-Identifier: GPL-2.0-or-later
"""Every link in the documents leads to something that is in the tree."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(path):
    return [target for target in LINK.findall(path.read_text(encoding="utf-8"))
            if not re.match(r"[a-z]+:", target) and not target.startswith("#")]


def missing(path):
    return [target for target in links(path) if not (path.parent / target.split("#")[0]).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_links(path):
    assert not missing(path)


def test_a_boot_is_linked_step_by_step():
    """docs/how-a-pc-boots.md names the file of each stage that it tells of, each in the order of the boot."""
    path = TOP / "docs/how-a-pc-boots.md"
    order = ["../boot/sector/sector.S", "../boot/loader/head.S", "../boot/setup/main.c", "../boot/setup/pmjump.S",
             "../boot/stub/head.S", "../boot/stub/entry64.S", "../boot/stub/main.c", "../boot/stub/stage2.c",
             "../boot/stub/jump.S"]
    found = links(path)
    assert [target for target in found if target in order] == order


def test_a_missing_file_is_found(tmp_path):
    document = tmp_path / "a.md"
    document.write_text("[here](a.md#part) [there](b.c) [far](https://example.org/x)\n")
    assert missing(document) == ["b.c"]
