# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel files of other machines, made in front of the test: headers typed from their specifications, and
what carries them made by the tools that users make it with."""

import struct
import subprocess
import zlib

BANNER = b"Linux version 9.8.7-test (somebody@somewhere) (cc 1) #1 SMP\n\0"

COMPRESS = {
    "gzip": ["gzip", "-9nc"], "bzip2": ["bzip2", "-9c"], "lzma": ["xz", "--format=lzma", "-9c"],
    "xz": ["xz", "--check=crc32", "-c"], "lzo": ["lzop", "-9c"], "lz4": ["lz4", "-lc9"],
    "lz4 frame": ["lz4", "-c9"], "zstd": ["zstd", "-19qc"],
}


def compress(how, data):
    return subprocess.run(COMPRESS[how], input=data, stdout=subprocess.PIPE, check=True).stdout


def body(size=200_000):
    """Something that compresses, but not to nothing, with a kernel's banner in it."""
    words = b"".join(struct.pack("<II", i * 2654435761 & 0xFFFFFFFF, i) for i in range(size // 16))
    return words[:len(words) // 2] + BANNER + words[len(words) // 2:]


def arm64_image(data=None):
    data = data or body()
    return struct.pack("<IIQQQ24x4sI", 0x14000000, 0, 0, 0x100000, 0b1010, b"ARM\x64", 0) + data


def riscv_image(data=None):
    data = data or body()
    return struct.pack("<IIQQQIIQ8s4sI", 0x6F, 0, 0x200000, 0x300000, 0, 2, 0, 0, b"RISCV\0\0\0",
                       b"RSC\x05", 0) + data


def zboot(codec, how, content):
    """What drivers/firmware/efi/libstub/Makefile.zboot makes, less the PE code."""
    stream = compress(how, content)
    pe = bytearray(0x200)
    struct.pack_into("<H2s4sII", pe, 0, 0x5A4D, b"\0\0", b"zimg", len(pe), len(stream))
    pe[24:24 + len(codec)] = codec.encode()
    struct.pack_into("<II", pe, 0x38, 0x818223CD, 0x40)
    # PE32+ for arm64, one section with all of it
    size = (len(stream) + 4 + 0x1FF) // 0x200 * 0x200
    struct.pack_into("<IHHIIIHH", pe, 0x40, 0x4550, 0xAA64, 1, 0, 0, 0, 0xA0, 0x206)
    struct.pack_into("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", pe, 0x58, 0x20B, 2, 0x14, size, 0, 0, 0x200,
                     0x200, 0, 0x200, 0x200, 0, 0, 1, 0, 0, 0, 0, 0x200 + size, 0x200, 0, 10, 0, 0, 0,
                     0, 0, 0, 6)
    struct.pack_into("<8sIIIIIIHHI", pe, 0xF8, b".text", size, 0x200, size, 0x200, 0, 0, 0, 0,
                     0x60000020)
    tail = stream if how == "gzip" else stream + struct.pack("<I", len(content))
    return bytes(pe) + tail.ljust(size, b"\0")


def arm_zimage(how, content, table=True):
    """Code, header at 0x24, the payload somewhere, its size behind it unless it is gzip."""
    stream = compress(how, content)
    payload = stream if how == "gzip" else stream + struct.pack("<I", len(content))
    code = bytes(range(256)) * 16
    start = 0x40 + len(code)
    tags = struct.pack("<IIIII", 4, 0x5A534C4B, start + len(payload) - 4, 0x1000, 0) if table else b""
    total = start + len(payload) + len(tags)
    head = bytearray(0x40)
    struct.pack_into("<IIII", head, 0x24, 0x016F2818, 0, total, 0x04030201)
    if table:
        struct.pack_into("<II", head, 0x34, 0x45454545, start + len(payload))
    return bytes(head) + code + payload + tags


def x86_old(content, protocol, loaded_high):
    """A (b)zImage of before protocol 2.08: nothing says where the payload is. protocol None: no header."""
    setup = bytearray(5 * 512)
    setup[0x1F1] = 4
    struct.pack_into("<H", setup, 0x1FE, 0xAA55)
    code = bytes(range(1, 256)) * 20
    payload = compress("gzip", content)
    if protocol:
        struct.pack_into("<BB4sH", setup, 0x200, 0xEB, 0x2E, b"HdrS", protocol)
        setup[0x211] = 1 if loaded_high else 0
        struct.pack_into("<I", setup, 0x214, 0x100000 if loaded_high else 0x1000)
    return bytes(setup) + code + payload + bytes(1000)


def elf(machine, bits, order, data):
    """One segment, no sections."""
    e = "<" if order == "little" else ">"
    ident = b"\x7fELF" + bytes([1 if bits == 32 else 2, 1 if order == "little" else 2, 1]) + bytes(9)
    if bits == 32:
        head = struct.pack(e + "HHIIIIIHHHHHH", 2, machine, 1, 0x1000, 52, 0, 0, 52, 32, 1, 40, 0, 0)
        segment = struct.pack(e + "IIIIIIII", 1, 84, 0x1000, 0x1000, len(data), len(data) + 64, 5, 4)
    else:
        head = struct.pack(e + "HHIQQQIHHHHHH", 2, machine, 1, 0x1000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        segment = struct.pack(e + "IIQQQQQQ", 1, 5, 120, 0x1000, 0x1000, len(data), len(data) + 64, 4)
    return ident + head + segment + data


def s390_bzimage(payload):
    """Boot sectors and the decompressor, all zeros but for the words at the entry; then what it decompresses."""
    head = bytearray(0x10800)
    head[0x10008:0x1000E] = b"S390EP"
    return bytes(head) + payload + bytes(100)


def uimage(data, kind=2, codec=0):
    """A legacy image, as a second opinion on mkimage's."""
    head = struct.pack(">IIIIIIIBBBB32s", 0x27051956, 0, 0, len(data), 0x8000, 0x8000, zlib.crc32(data), 5,
                       2, kind, codec, b"test")
    return struct.pack(">II", 0x27051956, zlib.crc32(head)) + head[8:] + data
