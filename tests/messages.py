#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is every message in docs/messages.md, and nothing else?

    tests/messages.py

Checked: each number of ERR_LIST (core/err.h) has one heading "### E43 WORDS" with those words, in
order, and there is no other such heading; each text that the host tool, the complain() and warn()
of stub and EFI stub, and setup's die() and say() print stands in the document. In a text with %s and the like,
something else stands for those. Prints what is wrong; exit status 1 if anything is.
"""
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DOCUMENT = TOP / "docs/messages.md"
LITERAL = r'"(?:[^"\\]|\\.)*"'
TEXT = rf"({LITERAL}(?:\s*(?:PRI\w+\s*)?{LITERAL})*)"
# function, and how many arguments stand before the text
CALLS = (
    ("host/*.c", r"\breport\((?:[^,()]|\([^()]*\)|->)*,\s*"),
    ("host/*.c", r"\breport_errno\((?:[^,()]|\([^()]*\))*,\s*"),
    ("host/*.c", r"\bargp_error\(state,\s*"),
    ("boot/stub/*.c", r"\b(?:complain|warn)\(\s*"),
    ("boot/efi/*.c", r"\b(?:complain|warn)\(\s*"),
    ("boot/setup/*.c", r"\bdie\(\w+,\s*"),
    ("boot/setup/*.c", r"\bsay\((?=\"(?:\\n)?bzforge: )"),
    ("boot/loader/main.c", r"\bsay\((?=\"(?:\\n)?bzforge: )"),
)
# what only carries other texts
CARRIERS = {
    "%s", "%s%s", "%8.3f s  %s", "%s: %s", "E%d %s", "E%d %s%s%s",
    "E%d %s: %s (offset 0x%lx, value 0x%lx)",
}
CONVERSION = re.compile(r"%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j)?[a-zA-Z]")


def err_list():
    """(number, words) of ERR_LIST, in order."""
    text = (TOP / "core/err.h").read_text(encoding="utf-8")
    found = re.findall(r'^\tX\(\w+, (\d+), "([^"]*)"\)', text, re.MULTILINE)
    return [(int(number), words) for number, words in found]


def headings(document):
    """(number, words) of the headings in the document, in order."""
    found = re.findall(r"^### E(\d+) (.*)$", document, re.MULTILINE)
    return [(int(number), words) for number, words in found]


def literal_text(source):
    """The value of one or more adjacent string literals."""
    source = re.sub(r'"\s*PRI\w+\s*"', "x", source)
    text = "".join(literal[1:-1] for literal in re.findall(LITERAL, source))
    return text.replace('\\"', '"').replace("\\n", "")


def messages():
    """Yield (file, text) of each message in the sources."""
    for pattern, call in CALLS:
        for path in sorted(TOP.glob(pattern)):
            source = path.read_text(encoding="utf-8")
            for match in re.finditer(call + TEXT, source):
                text = literal_text(match.group(1)).strip()
                text = text.removeprefix("bzforge: ")
                if text not in CARRIERS:
                    yield path.relative_to(TOP), text


def is_documented(text, document):
    """Does text, with anything for its conversions, stand in a line of document?"""
    fixed = CONVERSION.split(text)
    return re.search(r"[^\n]+?".join(re.escape(part) for part in fixed), document) is not None


def main():
    """Compare, complain."""
    document = DOCUMENT.read_text(encoding="utf-8")
    wrong = []
    listed, described = err_list(), headings(document)
    if not listed:
        wrong.append("core/err.h: no ERR_LIST found")
    for number, words in listed:
        if (number, words) not in described:
            wrong.append(f"E{number} {words}: in core/err.h, not in docs/messages.md")
    for number, words in described:
        if (number, words) not in listed:
            wrong.append(f"E{number} {words}: in docs/messages.md, not in core/err.h")
    if not wrong and listed != described:
        wrong.append("docs/messages.md: numbers are not in the order of core/err.h, or twice")
    for path, text in messages():
        if not is_documented(text, document):
            wrong.append(f"{path}: not in docs/messages.md: {text}")
    for line in wrong:
        print(f"messages.py: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
