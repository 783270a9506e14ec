# SPDX-License-Identifier: GPL-2.0-or-later
"""The codecs that images are written with: a quick level of each, and who else reads it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Codec:
    option: str  # for -c: quick, not small
    tool: tuple  # the format's own tool: decodes standard input to standard output
    magic: bytes  # what extract-vmlinux looks for
    trailer: int = 4  # bytes of the size field behind the stream


CODECS = {
    "none": Codec("none", ("cat",), b"\x7fELF"),
    "gzip": Codec("gzip:1", ("gzip", "-dc"), b"\x1f\x8b\x08", 0),  # it ends with the size by itself
    "bzip2": Codec("bzip2:1", ("bzip2", "-dc"), b"BZh"),
    "lzma": Codec("lzma:0", ("xz", "--format=lzma", "-dc"), b"\x5d\0\0\0"),
    "xz": Codec("xz:0", ("xz", "-dc"), b"\xfd7zXZ\0"),
    "lzo": Codec("lzo:1", ("lzop", "-dc"), b"\x89LZO\0\r\n"),
    "lz4": Codec("lz4:1", ("lz4", "-dc"), b"\x02\x21\x4c\x18"),
    "zstd": Codec("zstd:1", ("zstd", "-dc"), b"\x28\xb5\x2f\xfd"),
}


def stream(codec, image):
    """The compressed stream in an image, without the size behind it."""
    payload = image.payload
    return payload[:len(payload) - CODECS[codec].trailer]
