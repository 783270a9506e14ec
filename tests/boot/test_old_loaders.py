# SPDX-License-Identifier: GPL-2.0-or-later
"""Loaders of old protocols, from the 16-bit entry to a test kernel that prints what it was given. (Whole
kernels: loaders.toml, "of protocol 2.01". The setup part by itself: test_boot_params.py.)"""

import zlib
from pathlib import Path

import pytest

from support import qemu, setup_part
from support.bzimage import BzImage
from support.testkernel import EXIT_STATUS, Report

MIB = 1 << 20
MEMORY = 512
FAULTS = Path(__file__).with_name("bios_fault.S")
INITRD = b"an old loader's initrd " * 1000
TYPE_QEMU, TYPE_UNDEFINED = 0xB0, 0xFF


@pytest.fixture
def enter(tmp_path):
    """enter(image, line): the test kernel's report; with INITRD."""

    def run(data, line):
        image, initrd = tmp_path / "image", tmp_path / "initrd"
        image.write_bytes(data)
        initrd.write_bytes(INITRD)
        serial, status = qemu.run(["-kernel", image, "-append", line, "-initrd", initrd], memory=MEMORY)
        assert status == EXIT_STATUS, serial
        report = Report(serial)
        report.check_hand_over()
        assert report.command_line == line
        assert report.initrd_crc == zlib.crc32(INITRD)
        return report

    return run


def of_protocol(image, version):
    old = BzImage(image.read_bytes())
    old.hdr.version = version
    return bytes(old.data)


@pytest.mark.parametrize("version", [0x201, *(pytest.param(version, marks=pytest.mark.long)
                                              for version in (0x20F, 0x205, 0x203, 0x202, 0x200))])
def test_mem_is_obeyed_whatever_the_protocol(version, enter, make_image):
    """mem= is found where the loader of that time leaves the command line; the map stays the BIOS's."""
    report = enter(of_protocol(make_image("high"), version), "console=ttyS0 mem=128M")
    assert report.physical + 24 * MIB <= 128 * MIB
    assert max(start + size for start, size, kind in report.e820 if kind == 1) > (MEMORY - 1) * MIB
    assert report.boot_params[0x210] == TYPE_QEMU
    segment = 0x90000 if version < 0x202 else 0x10000
    assert segment <= report.field(0x228, "I") < segment + 0x11000


def test_loader_that_fills_in_the_initrd_only(enter, make_image, tmp_path):
    """Its type stays what the image has there, 0, and the kernel would not look at the initrd."""
    image = setup_part.with_program(make_image("high").read_bytes(), FAULTS, tmp_path, "NAMELESS")
    report = enter(image, "console=ttyS0")
    assert report.boot_params[0x210] == TYPE_UNDEFINED
