# SPDX-License-Identifier: GPL-2.0-or-later
"""Which functions of a boot stub do the instructions go to?

    bench/blockprofile.py [--kaslr] [--files] [--top N] STUB.elf IMAGE

Boots IMAGE in QEMU as `bzforge bench` does when it counts instructions, and lists the functions of
STUB.elf, the stub with its symbols, by the instructions that they took; with --files the source
files that STUB.elf's debug information names, libraries having none. Exit status: 0 done, 1 the image
did not reach its kernel.

The plugin icount lists the blocks of code that ran: address, instructions, executions, bytes. A
stub moves itself, once or twice, to places that only it knows. So each block is looked up by its
bytes in the stub's ELF file; blocks that occur once there tell how far the stub was moved, and the
others are placed by that.
"""
import argparse
import bisect
import collections
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from kernelimage import BadImage, Image, elf_entry, entry_code

PLUGIN = Path(__file__).resolve().parent.parent / "build/bench/icount.so"
TIMEOUT = 600
ENTRY_BYTES = 32  # enough of the code at an entry to know it again
# as host/qemu.c has it; -cx16: QEMU 7.2's TCG damages the flags around cmpxchg16b
QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,-cx16", "-smp", "1", "-m", "1024",
        "-display", "none", "-serial", "none", "-monitor", "none", "-nic", "none", "-no-reboot"]
ELSEWHERE = "(elsewhere)"
LIBRARY = "(library)"


class Profile:
    """Instructions by function, from a profile file of the plugin and the stub's ELF."""

    def __init__(self, profile_path, elf_path, by_file=False):
        self.symbols = read_symbols(elf_path)
        self.starts = [address for address, _ in self.symbols]
        sections = read_code(elf_path)
        blocks = list(read_blocks(profile_path))
        moves = collections.Counter()
        for address, weight, code in blocks:
            places = find_all(sections, code, 2)
            if len(places) == 1:
                moves[address - places[0]] += weight + 1
        linked = [linked_address(address, code, moves, sections) for address, _, code in blocks]
        files = source_files(elf_path, sorted({a for a in linked if a is not None})) if by_file else {}
        self.counts = collections.Counter()
        for address, (_, weight, _) in zip(linked, blocks):
            if address is None:
                self.counts[ELSEWHERE] += weight
            else:
                self.counts[files[address] if by_file else self.function(address)] += weight

    def function(self, address):
        """The function that a linked address belongs to."""
        i = bisect.bisect_right(self.starts, address) - 1
        return self.symbols[i][1] if i >= 0 else ELSEWHERE

    def table(self, top):
        """The functions with most instructions, as text."""
        total = sum(self.counts.values()) or 1
        lines = [f"{n:>15,} {n / total:6.1%}  {name}" for name, n in self.counts.most_common(top)]
        return "\n".join(lines + [f"{total:>15,} total"])


def linked_address(address, code, moves, sections):
    """Where in the ELF a block lies that ran at address; None if it is not in there."""
    for move, _ in moves.most_common(8):
        if code_at(sections, address - move, len(code)) == code:
            return address - move
    return None


def source_files(elf_path, addresses):
    """{address: source file}; of code that was inlined, the file that it was inlined into."""
    out = subprocess.run(["addr2line", "-a", "-i", "-e", elf_path], check=True, capture_output=True,
                         text=True, input="".join(f"{a:#x}\n" for a in addresses)).stdout
    files = {}
    for line in out.splitlines():
        if line.startswith("0x"):
            address = int(line, 16)
        else:  # the innermost first
            _, in_tree, name = line.rpartition(":")[0].rpartition("../")
            files[address] = name if in_tree else LIBRARY
    return files


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


def run(path, kaslr, out, profile):
    """One boot with the plugin, which writes to out and profile. Raises BadImage."""
    image = Image(path)
    content = image.content()
    entry = image.data[image.setup_size:image.setup_size + ENTRY_BYTES]
    kernel = entry_code(content, ENTRY_BYTES)
    plugin = [os.environ.get("BENCH_PLUGIN", PLUGIN), f"entry={image.code32_start:#x}:{entry.hex()}",
              f"kernel={elf_entry(content)[0] & 0xFFF:#x}:{kernel.hex()}", f"out={out}",
              f"profile={profile}"]
    command = shlex.split(os.environ.get("BENCH_PREFIX", "")) + [
        "timeout", "-k", "5", str(TIMEOUT), *QEMU, "-kernel", path,
        "-append", "quiet" if kaslr else "quiet nokaslr", "-plugin", ",".join(map(str, plugin))]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if not out.exists() or "kernel_seen 1\n" not in out.read_text(encoding="ascii"):
        raise BadImage(f"{path}: its kernel was not reached")


def main():
    """Boot the image that the command line names, print the table."""
    parser = argparse.ArgumentParser(description="Count a stub's instructions by function.")
    parser.add_argument("stub", metavar="STUB.elf", help="the image's stub, with symbols")
    parser.add_argument("image", metavar="IMAGE")
    parser.add_argument("--kaslr", action="store_true", help="randomise (default: nokaslr)")
    parser.add_argument("--files", action="store_true", help="by source file, not by function")
    parser.add_argument("--top", type=int, default=20, metavar="N", help="functions to show")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder, "profile")
        try:
            run(options.image, options.kaslr, Path(folder, "out"), profile)
        except (BadImage, OSError) as problem:
            print(f"blockprofile.py: {problem}", file=sys.stderr)
            return 1
        print(Profile(profile, options.stub, options.files).table(options.top))
    return 0


if __name__ == "__main__":
    sys.exit(main())
