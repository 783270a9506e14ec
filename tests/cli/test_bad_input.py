# SPDX-License-Identifier: GPL-2.0-or-later
"""Input that is not what it should be: exit status 1 and a message that names file, defect and place;
input that is not there: exit status 3. Never an output file."""

import re
import struct

import pytest

from support.bzimage import BzImage, Image
from support.tool import BAD_INPUT, ENVIRONMENT

# Every command that reads an image, with what it needs besides.
READERS = {
    "inspect": [],
    "verify": [],
    "extract": ["-o", "out"],
    "repack": ["-o", "out", "-c", "zstd:1"],
}
reader = pytest.mark.parametrize("command", READERS)

PLACE = r"\(offset 0x[0-9a-f]+, value (\d+|0x[0-9a-f]+)\)"


def refuse(bzforge, command, folder, data):
    """Give the data to a command, as a file; its message."""
    (folder / "bad").write_bytes(data)
    done = bzforge.run(command, "bad", *READERS[command], status=BAD_INPUT, cwd=folder)
    assert sorted(p.name for p in folder.iterdir()) == ["bad"], "no output may be left"
    if command == "inspect":
        return done.stdout.decode() + done.stderr.decode()
    message = done.stderr.decode()
    assert message.startswith("bzforge: bad: "), message
    return message


@reader
@pytest.mark.parametrize("data", [b"", b"x", b"MZ" + bytes(5000), b"\x7fELF" + bytes(60)],
                         ids=["empty", "byte", "zeros", "elf header of zeros"])
def test_not_an_image(bzforge, tmp_path, command, data):
    refuse(bzforge, command, tmp_path, data)


@reader
def test_wrong_magic(bzforge, tmp_path, pie_image, command):
    image = BzImage(pie_image.read_bytes())
    image.hdr.header = 0x53726449
    message = refuse(bzforge, command, tmp_path, image.data)
    assert "not a bzImage" in message or "no kernel image" in message


# The ends of the header's parts, and of the image's.
HEADER_ENDS = [0x100, 0x1F0, 0x1F1, 0x1FE, 0x1FF, 0x200, 0x201, 0x202, 0x205, 0x206, 0x208, 0x20E,
               0x210, 0x22C, 0x24C, 0x260, 0x268, 0x26B, 0x26C, 0x270]


@pytest.mark.parametrize("length", HEADER_ENDS, ids=hex)
@reader
def test_truncated_header(bzforge, tmp_path, pie_image, command, length):
    refuse(bzforge, command, tmp_path, pie_image.read_bytes()[:length])


@pytest.mark.parametrize("part", ["setup", "stub", "kernel_info", "manifest", "chunk table", "payload",
                                  "trailer", "end"])
@reader
def test_truncated_image(bzforge, tmp_path, pie_image, command, part):
    image = Image(pie_image.read_bytes())
    length = {
        "setup": image.setup_size - 1,
        "stub": image.setup_size + 0x200,
        "kernel_info": image.setup_size + image.hdr.kernel_info_offset + 8,
        "manifest": image.manifest_at + 0x40,
        "chunk table": image.manifest_at + 0x80 + 12,
        "payload": image.payload_at + image.hdr.payload_length // 2,
        "trailer": image.payload_at + image.hdr.payload_length - 2,
        "end": len(image.data) - 1,
    }[part]
    message = refuse(bzforge, command, tmp_path, image.data[:length])
    assert re.search(PLACE, message), message


@pytest.mark.parametrize("field, value", [
    ("version", 0x01FF),
    ("payload_offset", 0xFFFFFFF0),
    ("payload_length", 0x7FFFFFFF),
    ("kernel_info_offset", 0xFFFFFFFC),
    ("setup_sects", 255),
])
@reader
def test_header_contradicts_itself(bzforge, tmp_path, pie_image, command, field, value):
    image = BzImage(pie_image.read_bytes())
    setattr(image.hdr, field, value)
    message = refuse(bzforge, command, tmp_path, image.data)
    assert re.search(PLACE, message), message


def test_message_names_offset_and_value(bzforge, tmp_path, pie_image):
    """The form that the contract gives, to the letter."""
    image = BzImage(pie_image.read_bytes())
    image.hdr.version = 0x01FF
    message = refuse(bzforge, "verify", tmp_path, image.data)
    assert re.search(r"\(offset 0x206, value 511\)$", message.splitlines()[0]), message


@pytest.mark.parametrize("at", ["payload", "manifest", "stub", "last"])
def test_verify_sees_a_flipped_byte(bzforge, tmp_path, pie_image, at):
    image = Image(pie_image.read_bytes())
    offset = {"payload": image.payload_at + 1000, "manifest": image.manifest_at + 0x61,
              "stub": image.setup_size + 0x300, "last": len(image.data) - 1}[at]
    image.data[offset] ^= 0x40
    refuse(bzforge, "verify", tmp_path, image.data)


def test_verify_sees_another_kernel_under_the_same_manifest(bzforge, tmp_path, pie_image, test_kernels):
    image = Image(pie_image.read_bytes())
    content = bytearray(test_kernels["pie"].read_bytes())
    content[0x2000] ^= 1
    image.set_content(bytes(content))
    message = refuse(bzforge, "verify", tmp_path, image.data)
    assert "kernel_sha256" in message


def test_verify_sees_a_wrong_image_checksum(bzforge, tmp_path, pie_image):
    image = BzImage(pie_image.read_bytes())
    struct.pack_into("<H", image.data, 0x1FA, 0x0F04)  # vid_mode: harmless but for the checksum
    message = refuse(bzforge, "verify", tmp_path, image.data)
    assert "checksum of the image is wrong" in message


@reader
def test_missing_file(bzforge, tmp_path, command):
    message = bzforge.message(command, "missing", *READERS[command], status=ENVIRONMENT, cwd=tmp_path)
    assert message.startswith("bzforge: missing: cannot open")


@reader
def test_directory(bzforge, tmp_path, command):
    message = bzforge.message(command, ".", *READERS[command], status=ENVIRONMENT, cwd=tmp_path)
    assert message.startswith("bzforge: .: ")
