#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does the table in docs/loaders.md say what tests/boot/loaders.toml says?

    tests/loaders.py            prints what differs; exit status 1 if anything does
    tests/loaders.py --write    puts the table of the data into the document
"""
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DATA = TOP / "tests/boot/loaders.toml"
DOCUMENT = TOP / "docs/loaders.md"
BEGIN, END = "<!-- table: tests/loaders.py -->\n", "<!-- end of the table -->\n"
HEAD = ("| loader | version | under | entry | boots | peculiarities |\n"
        "|---|---|---|---|---|---|\n")


def upstream(version):
    """Debian's version without epoch."""
    return version.split(":")[-1]


def peculiarities(loader):
    words = []
    for where in ("front", "behind"):
        if where in loader:
            words.append(f"{'In front of' if where == 'front' else 'Behind'} the command line: "
                         f"`{loader[where]}`.")
    if "note" in loader:
        words.append(loader["note"])
    return " ".join(words)


def row(loader):
    firmware = loader["firmware"]
    if "fails" in loader:
        cells = ("-", "no stock kernel", loader["fails"])
    else:
        cells = (loader["entry"], "yes", peculiarities(loader))
    return f"| {' | '.join((loader['loader'], upstream(loader['version']), firmware, *cells))} |\n"


def main():
    with open(DATA, "rb") as f:
        table = HEAD + "".join(row(loader) for loader in tomllib.load(f)["loader"])
    text = DOCUMENT.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(text[:start] + table + text[end:], encoding="utf-8")
        return 0
    have, want = text[start:end].splitlines(), table.splitlines()
    for line in have:
        if line not in want:
            print(f"only in docs/loaders.md: {line}")
    for line in want:
        if line not in have:
            print(f"only in tests/boot/loaders.toml: {line}")
    if have != want:
        print("docs/loaders.md differs from tests/boot/loaders.toml: tests/loaders.py --write")
    return int(have != want)


if __name__ == "__main__":
    sys.exit(main())
