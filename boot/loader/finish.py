#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Put the loader together, and say how much is left: finish.py FIRST BODY OUTPUT.

The first part as it is, filled up to 2 KiB; the body packed, in blocks of dynamic codes, which is all that
inflate.c knows; zeros up to whole sectors of a CD; size and checksum in the header.
"""
import sys
import zlib

SIZE_MAX = 24 * 1024
EARLY_SIZE = 2048
SECTS_AT = 0x46
CRC_AT = 0x48
CRC_FROM = 0x50


def crc32c(data):
    """CRC-32C, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Unpacker:
    """What inflate.c does, to prove that it can: deflate [RFC 1951], dynamic codes only."""

    def __init__(self, data):
        self.bits = int.from_bytes(data, "little")
        self.out = bytearray()

    def take(self, count):
        value = self.bits & (1 << count) - 1
        self.bits >>= count
        return value

    @staticmethod
    def code(lengths):
        """(length, code) -> symbol."""
        table, code = {}, 0
        for length in range(1, 16):
            for symbol, wanted in enumerate(lengths):
                if wanted == length:
                    table[length, code] = symbol
                    code += 1
            code <<= 1
        return table

    def decode(self, table):
        code = 0
        for length in range(1, 16):
            code = code << 1 | self.take(1)
            if (length, code) in table:
                return table[length, code]
        raise ValueError("a code that is none")

    def base_and_extra(self, symbol, shift):
        group = symbol >> shift
        if not group:
            return symbol
        extra = group - 1
        return ((1 << shift) + symbol % (1 << shift) << extra) + self.take(extra)

    def block(self):
        literals, distances, codes = self.take(5) + 257, self.take(5) + 1, self.take(4) + 4
        lengths = [0] * 19
        for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)[:codes]:
            lengths[symbol] = self.take(3)
        table, lengths = self.code(lengths), []
        while len(lengths) < literals + distances:
            symbol = self.decode(table)
            if symbol < 16:
                lengths.append(symbol)
            elif symbol == 16:
                lengths += lengths[-1:] * (3 + self.take(2))
            else:
                lengths += [0] * (3 + self.take(3) if symbol == 17 else 11 + self.take(7))
        literal, distance = self.code(lengths[:literals]), self.code(lengths[literals:])
        while (symbol := self.decode(literal)) != 256:
            if symbol < 256:
                self.out.append(symbol)
                continue
            length = 258 if symbol == 285 else 3 + self.base_and_extra(symbol - 257, 2)
            back = 1 + self.base_and_extra(self.decode(distance), 1)
            for _ in range(length):
                self.out.append(self.out[-back])

    def run(self):
        last = 0
        while not last:
            last = self.take(1)
            if self.take(2) != 2:
                raise ValueError("a block without dynamic codes")
            self.block()
        return bytes(self.out)


def pack(body):
    """The body as a raw deflate stream, the shortest of what zlib makes with blocks of different sizes and
    inflate.c can unpack."""
    streams = []
    for memory in range(1, 10):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, memory)
        streams.append(packer.compress(body) + packer.flush())
    for stream in sorted(streams, key=len):
        try:
            if Unpacker(stream).run() == body:
                return stream
        except ValueError:
            continue
    sys.exit("loader: zlib makes no stream that can be unpacked")


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
