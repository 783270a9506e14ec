#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Put the loader together, and say how much is left: finish.py FIRST BODY OUTPUT.

The first part as it is, filled up to 2 KiB; the body packed as unpack.c unpacks it; zeros up to whole sectors of
a CD; size and checksum in the header.
"""
import lzma
import sys

SIZE_MAX = 24 * 1024
EARLY_SIZE = 2048
SECTS_AT = 0x46
CRC_AT = 0x48
CRC_FROM = 0x50
CALL = 0xE8
LZMA = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 3, "lp": 0, "pb": 0}]  # unpack.h


def crc32c(data):
    """CRC-32C, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def count_calls_from_start(body):
    """Wherever a call may be (0xe8), its target counted from the body's start, not from there."""
    body, at = bytearray(body), 0
    while at + 5 <= len(body):
        if body[at] == CALL:
            target = int.from_bytes(body[at + 1:at + 5], "little") + at & 0xFFFFFFFF
            body[at + 1:at + 5] = target.to_bytes(4, "little")
            at += 4
        at += 1
    return bytes(body)


def pack(body):
    return lzma.compress(count_calls_from_start(body), format=lzma.FORMAT_RAW, filters=LZMA)


def main():
    first_name, body_name, target = sys.argv[1:]
    with open(first_name, "rb") as f:
        first = f.read()
    with open(body_name, "rb") as f:
        body = f.read()
    packed = pack(body)
    if len(first) > EARLY_SIZE:
        sys.exit(f"loader: the first part has {len(first)} bytes")
    data = bytearray(first.ljust(EARLY_SIZE, b"\0") + packed)
    used = len(data)
    data += bytes(-used % EARLY_SIZE)
    if used > SIZE_MAX:
        sys.exit(f"loader: {used} bytes are too many, {SIZE_MAX} may be")
    data[SECTS_AT:SECTS_AT + 2] = (len(data) // 512).to_bytes(2, "little")
    data[CRC_AT:CRC_AT + 4] = crc32c(data[CRC_FROM:]).to_bytes(4, "little")
    print(f"loader: {used} bytes ({len(first)} first, {len(body)} packed to {len(packed)}), "
          f"{SIZE_MAX - used} of {SIZE_MAX} left")
    with open(target, "wb") as f:
        f.write(data)


main()
