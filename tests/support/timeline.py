# SPDX-License-Identifier: GPL-2.0-or-later
"""The timeline of a boot, read as docs/timeline.md has it, and what holds of any."""

import struct
from collections import Counter
from typing import NamedTuple

TYPE = 0x54667A62
NO_CHUNK = 0xFFFF
WORDS = {1: "setup", 2: "memory", 3: "disks", 4: "video", 5: "protected", 6: "stub", 7: "map", 8: "place",
         9: "move", 10: "payload", 11: "wake", 12: "chunk-start", 13: "chunk-end", 14: "idle",
         15: "decoded", 16: "relocated", 17: "wiped", 18: "printed", 19: "kernel", 32: "efi",
         33: "options", 34: "initrd", 35: "exit"}
OF_CHUNKS = ("chunk-start", "chunk-end")
OF_OTHERS = ("wake", "idle")

END = ["decoded", "relocated", "wiped", "printed"]
STUB = ["stub", "map", "place", "move", "payload", *END, "kernel"]
STAGES = {  # entry -> what the boot processor goes through, but for chunks
    16: ["setup", "memory", "disks", "video", "protected", *STUB],
    32: STUB,
    64: STUB,
    "uefi": ["efi", "options", "initrd", "place", *END, "exit", "kernel"],
}


class Stamp(NamedTuple):
    word: str
    cpu: int
    chunk: int
    ticks: int


def parse(data):
    """The stamps; all bytes are accounted for."""
    magic, version, count, lost, zero = struct.unpack_from("<4sHHII", data)
    assert (magic, version, lost, zero) == (b"bzfT", 1, 0, 0)
    assert len(data) == 16 + 16 * count
    stamps = []
    for at in range(16, len(data), 16):
        stage, cpu, chunk, zero, ticks = struct.unpack_from("<BBHIQ", data, at)
        assert zero == 0
        stamps.append(Stamp(WORDS[stage], cpu, chunk, ticks))
    return stamps


def check(stamps, entry, chunks):
    """Stages in order, each chunk begun and ended once by one processor, time that goes on."""
    assert stamps[0].ticks == 0
    for cpu in {stamp.cpu for stamp in stamps}:
        ticks = [stamp.ticks for stamp in stamps if stamp.cpu == cpu]
        assert ticks == sorted(ticks), stamps
    own = [stamp.word for stamp in stamps
           if stamp.cpu == 0 and stamp.word not in OF_CHUNKS and stamp.word not in OF_OTHERS]
    assert own == STAGES[entry], stamps
    assert all((stamp.chunk == NO_CHUNK) == (stamp.word not in OF_CHUNKS) for stamp in stamps)
    assert all(stamp.word in (*OF_CHUNKS, *OF_OTHERS) for stamp in stamps if stamp.cpu)
    once = Counter({number: 1 for number in range(chunks)})
    began = {stamp.chunk: stamp for stamp in stamps if stamp.word == "chunk-start"}
    for word in OF_CHUNKS:
        assert Counter(stamp.chunk for stamp in stamps if stamp.word == word) == once, stamps
    for stamp in stamps:
        if stamp.word == "chunk-end":
            assert began[stamp.chunk].cpu == stamp.cpu and began[stamp.chunk].ticks <= stamp.ticks
    decoded = next(stamp.ticks for stamp in stamps if stamp.word == "decoded")
    assert all(stamp.ticks <= decoded for stamp in stamps if stamp.word in OF_CHUNKS and stamp.cpu == 0)


def line(stamp):
    """As the boot code prints it."""
    chunk = "" if stamp.chunk == NO_CHUNK else f"  chunk {stamp.chunk}"
    return f"bzforge: time {stamp.ticks:>13}  cpu {stamp.cpu}{chunk}  {stamp.word}"
