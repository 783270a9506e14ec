# SPDX-License-Identifier: GPL-2.0-or-later
"""One processor or more: what is found, said and written is the same. A kernel of stock size, so that it is
digested on a thread where there are two processors (lib/kernel_digest.c)."""

import os

import pytest

from support.bzimage import MANIFEST_SHA256, Image
from support.tool import BAD_INPUT, DONE

CODECS = ("zstd:1", "lz4:1", "gzip:1")


def flip(image, offset):
    image.data[offset] ^= 0x55
    return image


def another_digest(image):
    flip(image, image.manifest_at + MANIFEST_SHA256 + 31).seal()


def longer_elf(image):
    """What the thread takes for the ELF is more than it is."""
    image.manifest.elf_size += 4096
    image.seal()


def shorter_elf(image):
    image.manifest.elf_size = 4096
    image.seal()


def in_payload(part):
    return lambda image: flip(image, image.payload_at + int(image.hdr.payload_length * part))


def cut(part):
    def change(image):
        del image.data[image.payload_at + int(image.hdr.payload_length * part):]

    return change


# What is done to the image, and what is said of it by whoever decodes.
CASES = {
    "whole": (lambda image: None, None),
    "another digest": (another_digest, "kernel_sha256"),
    "a longer ELF": (longer_elf, "elf_size"),
    "a shorter ELF": (shorter_elf, "elf_size"),
    "a byte near the start": (in_payload(0.01), "checksum of the image"),
    "a byte in the middle": (in_payload(0.5), "checksum of the image"),
    "a byte near the end": (in_payload(0.97), "checksum of the image"),
    "cut in the middle": (cut(0.5), ""),
    "cut near the end": (cut(0.99), ""),
}


@pytest.fixture(scope="session", params=CODECS)
def image(make_image, request):
    return make_image("cloud", "-c", request.param).read_bytes()


def on(processors):
    return lambda: os.sched_setaffinity(0, processors)


@pytest.mark.parametrize("case", CASES)
def test_same_words(bzforge, tmp_path, image, case):
    change, words = CASES[case]
    changed = Image(image)
    change(changed)
    (tmp_path / "in").write_bytes(changed.data)
    all_of_them = os.sched_getaffinity(0)
    assert len(all_of_them) > 1, "this compares one processor with two"
    seen = []
    for processors in ({min(all_of_them)}, all_of_them):
        for command in (("extract", "-o", "out", "--relocs", "relocs"), ("extract", "-o", "-"), ("verify",)):
            done = bzforge.run(command[0], "in", *command[1:], cwd=tmp_path, preexec_fn=on(processors),
                               status=DONE if words is None else BAD_INPUT)
            left = {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir())}
            seen.append((done.stdout, done.stderr, left))
            for name in ("out", "relocs"):
                (tmp_path / name).unlink(missing_ok=True)
            if words is None:
                continue
            assert words in done.stderr.decode()
            assert list(left) == ["in"] and (command[0] == "verify" or not done.stdout)
    assert seen[:3] == seen[3:]
    if words is None:
        assert seen[0][2]["out"] == seen[1][0], "a file and standard output get the same kernel"
