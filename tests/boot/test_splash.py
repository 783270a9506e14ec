# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture of a UKI on the screen of a machine whose firmware starts it. xz decodes slowly enough here for a look."""

import struct
import time

import pytest

from support import fat, ovmf, qemu

WIDTH, HEIGHT = 61, 40
PATIENCE = 120


def colour(x, y):
    """Red, green, blue: another one in each pixel."""
    return 40 + 3 * x, 200 - 4 * y, (x * y) & 0xFF


def bmp(depth):
    rows = b""
    for y in reversed(range(HEIGHT)):
        row = b"".join(bytes(reversed(colour(x, y))) + bytes(depth // 8 - 3) for x in range(WIDTH))
        rows += row + bytes(-len(row) % 4)
    head = struct.pack("<IiiHHIIIIII", 40, WIDTH, HEIGHT, 1, depth, 0, len(rows), 0, 0, 0, 0)
    return struct.pack("<2sIII", b"BM", 54 + len(rows), 0, 54) + head + rows


def read_ppm(path):
    """(width, height, rows of bytes)."""
    magic, size, depth, pixels = path.read_bytes().split(b"\n", 3)
    assert (magic, depth) == (b"P6", b"255")
    width, height = map(int, size.split())
    return width, height, [pixels[3 * width * y:3 * width * (y + 1)] for y in range(height)]


def shown(path):
    """Is the picture in the middle, with black left and right of it?"""
    width, height, rows = read_ppm(path)
    left, top = (width - WIDTH) // 2, (height - HEIGHT) // 2
    wanted = [b"".join(bytes(colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT)]
    return width > WIDTH and all(
        rows[top + y] == bytes(3 * left) + wanted[y] + bytes(3 * (width - left - WIDTH)) for y in range(HEIGHT))


@pytest.mark.parametrize("depth", [24, pytest.param(32, marks=pytest.mark.long)])
def test_picture(bzforge, make_image, tmp_path, depth):
    (tmp_path / "splash").write_bytes(bmp(depth))
    bzforge.run("uki", make_image("cloud", "-c", "xz:1"), "-o", tmp_path / "uki", "--cmdline", "console=ttyS0 quiet",
                "--splash", tmp_path / "splash")
    drive = fat.drive(fat.make(tmp_path / "disk.img", {"EFI/BOOT/BOOTX64.EFI": tmp_path / "uki"}), 0)
    screen = tmp_path / "screen.ppm"
    with qemu.Qemu([*ovmf.arguments("uefi", tmp_path), *drive], machine=ovmf.machine("uefi"), memory=512,
                   timeout=PATIENCE, monitor=tmp_path / "monitor") as machine:
        limit = time.monotonic() + PATIENCE + qemu.WRAPPER_PATIENCE
        while not (screen.exists() and shown(screen)):
            assert machine.process.poll() is None and time.monotonic() < limit, machine.serial
            time.sleep(0.3)
            if machine.monitor.exists():
                machine.hmp(f"screendump {screen}")
