# SPDX-License-Identifier: GPL-2.0-or-later
"""Which functions of a boot stub do the instructions go to?

The plugin icount lists the blocks of code that ran: address, instructions, executions, bytes. A
stub moves itself, once or twice, to places that only it knows. So each block is looked up by its
bytes in the stub's ELF file; blocks that occur once there tell how far the stub was moved, and the
others are placed by that.
"""
import bisect
import collections
import subprocess

ELSEWHERE = "(elsewhere)"


class Profile:
    """Instructions by function, from a profile file of the plugin and the stub's ELF."""

    def __init__(self, profile_path, elf_path):
        self.symbols = read_symbols(elf_path)
        self.starts = [address for address, _ in self.symbols]
        sections = read_code(elf_path)
        blocks = list(read_blocks(profile_path))
        moves = collections.Counter()
        for address, weight, code in blocks:
            places = find_all(sections, code, 2)
            if len(places) == 1:
                moves[address - places[0]] += weight + 1
        self.counts = collections.Counter()
        for address, weight, code in blocks:
            self.counts[self.function(address, code, moves, sections)] += weight

    def function(self, address, code, moves, sections):
        """The function that a block belongs to."""
        for move, _ in moves.most_common(8):
            if code_at(sections, address - move, len(code)) == code:
                i = bisect.bisect_right(self.starts, address - move) - 1
                return self.symbols[i][1] if i >= 0 else ELSEWHERE
        return ELSEWHERE

    def table(self, top):
        """The functions with most instructions, as text."""
        total = sum(self.counts.values()) or 1
        lines = [f"{n:>15,} {n / total:6.1%}  {name}" for name, n in self.counts.most_common(top)]
        return "\n".join(lines + [f"{total:>15,} total"])


def read_blocks(path):
    """Yield (address, instructions executed, bytes)."""
    with open(path, encoding="ascii") as f:
        for line in f:
            address, insns, runs, code = line.split()
            yield int(address, 16), int(insns) * int(runs), bytes.fromhex(code)


def read_symbols(elf_path):
    """Code symbols as a sorted list of (address, name)."""
    out = subprocess.run(["nm", elf_path], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in out.splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1] in "tTwW":
            found.add((int(fields[0], 16), fields[2]))
    return sorted(found)


def read_code(elf_path):
    """Sections with code as a list of (address, bytes)."""
    out = subprocess.run(["readelf", "-SW", elf_path], check=True, capture_output=True,
                         text=True).stdout
    with open(elf_path, "rb") as f:
        data = f.read()
    sections = []
    for line in out.splitlines():
        fields = line.partition("]")[2].split()
        if len(fields) > 6 and fields[1] == "PROGBITS" and "X" in fields[6]:
            address, offset, size = (int(x, 16) for x in fields[2:5])
            sections.append((address, data[offset:offset + size]))
    return sections


def find_all(sections, code, limit):
    """Addresses at which code occurs, at most limit of them."""
    places = []
    for address, data in sections:
        at = data.find(code)
        while at >= 0 and len(places) < limit:
            places.append(address + at)
            at = data.find(code, at + 1)
    return places


def code_at(sections, address, size):
    """size bytes of code at address; fewer, or none, outside the sections."""
    for start, data in sections:
        if start <= address < start + len(data):
            return data[address - start:address - start + size]
    return b""
