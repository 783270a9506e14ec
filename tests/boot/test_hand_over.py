# SPDX-License-Identifier: GPL-2.0-or-later
"""What reaches the kernel in boot_params beyond the plain cases: careless loaders, setup_data,
embedded command lines and initrds."""

import struct
import zlib

import pytest

from support import qemu
from support.bzimage import Image
from support.loader import Entry, E820_ENTRIES, E820_TABLE, MIB, SENTINEL, ram_map
from support.testkernel import EXIT_STATUS, Report

LINE = "console=ttyS0 panic=-1"
MEMORY = 256
SETUP_DATA = 0x250  # field of the setup header
SETUP_E820_EXT = 1
SETUP_RNG_SEED = 9
SETUP_INDIRECT = 0x80000000


@pytest.fixture
def enter(loader_bin, tmp_path):
    """enter(image path, Entry, line): the test kernel's report."""

    def run(path, entry, line=LINE, memory=MEMORY, cpu=qemu.CPU):
        image = Image(path.read_bytes())
        arguments = entry.arguments(loader_bin, image, line, tmp_path, memory)
        serial, status = qemu.run(arguments, memory=memory, cpu=cpu)
        assert status == EXIT_STATUS, serial
        report = Report(serial)
        report.check_hand_over()
        return report

    return run


@pytest.mark.parametrize("bits", [32, 64])
def test_sentinel_set_clears_what_the_loader_did_not_fill(enter, make_image, bits):
    """zero-page.rst: a loader that copied too much leaves the sentinel, and dirt in the ext_ fields."""
    dirt = b"\xee" * 12
    report = enter(make_image("pie"), Entry(bits, patches=[(SENTINEL, b"\xff"), (0xC0, dirt)]))
    assert report.boot_params[0xC0:0xCC] == bytes(12)
    assert report.command_line == LINE


def test_sentinel_clear_keeps_everything(enter, make_image):
    report = enter(make_image("pie"), Entry(64, patches=[(0xB0, b"olpc"), (0x70, b"rsdprsdp")]))
    assert report.boot_params[0xB0:0xB4] == b"olpc"
    assert report.boot_params[0x70:0x78] == b"rsdprsdp"


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("initrd, name", [(b"", 0), (b"a loader's initrd", 0xFF)])
def test_initrd_of_a_loader_that_has_no_name(enter, make_image, bits, initrd, name):
    """Linux takes no initrd from a loader that leaves type_of_loader 0."""
    entry = Entry(bits, initrd=initrd, initrd_at=0x8000000 if initrd else 0, patches=[(0x210, b"\0")])
    report = enter(make_image("pie"), entry)
    assert report.boot_params[0x210] == name


def node(next_pa, kind, data):
    return struct.pack("<QII", next_pa, kind, len(data)) + data


def test_setup_data_is_kept(enter, make_image):
    """Each piece of the list lies in the lowest place that those before it leave to the kernel (24 MB
    from 0x1000000 on): whichever is overlooked, the kernel lands on it."""
    first, second, pointee, size = 0x1100000, 0x1F00000, 0x2800000, 0x200000
    indirect = struct.pack("<IIQQ", SETUP_RNG_SEED, 0, size, pointee)
    pieces = [(first, node(second, SETUP_RNG_SEED, b"seed" * 16)),
              (second, node(0, SETUP_INDIRECT, indirect)),
              (pointee, b"\x77" * size)]
    entry = Entry(64, extra=pieces, dirty=False, patches=[(SETUP_DATA, struct.pack("<Q", first))])
    report = enter(make_image("high"), entry, f"{LINE} nokaslr")
    assert report.field(SETUP_DATA, "Q") == first
    assert report.physical >= pointee + size


def test_e820_ext(enter, make_image):
    """More than 128 entries: the rest comes in a setup_data node. Only there is memory that is large
    enough for the kernel."""
    place = 0x7000000
    table = [(0, 0x9F000, 1), (MIB, 0xF00000, 1)]
    more = struct.pack("<QQI", 0x2000000, 0x3000000, 1)
    entry = Entry(32, e820=table, dirty=False, extra=[(place, node(0, SETUP_E820_EXT, more))],
                  patches=[(SETUP_DATA, struct.pack("<Q", place))])
    report = enter(make_image("high", "-c", "zstd:3"), entry)
    assert 0x2000000 <= report.physical < 0x5000000


def test_overlapping_and_unsorted_map(enter, make_image):
    """The worst map that is still right: what is reserved anywhere is not used."""
    table = [(0x4000000, 0xC000000, 1), (0x100000, 0x8000000, 1), (0x2000000, 0x1000000, 2),
             (0, 0x9F000, 1), (0x8000000, 0, 2), (0xFFFFFFFFFFFF0000, 0x20000, 2)]
    report = enter(make_image("high"), Entry(64, e820=table, dirty=False))
    assert report.boot_params[E820_ENTRIES] == len(table)
    kept = [struct.unpack_from("<QQI", report.boot_params, E820_TABLE + 20 * i) for i in range(len(table))]
    assert kept == table
    assert report.physical + 0x1700000 <= 0x2000000 or report.physical >= 0x3000000


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("append", ["", "nokaslr"])
def test_embedded_command_line_and_initrd(enter, make_image, tmp_path, bits, append):
    """The embedded parts come first, the loader's behind them."""
    own = b"own initrd " * 1001
    loaders = b"loader's initrd " * 777
    path = tmp_path / "own.cpio"
    path.write_bytes(own)
    image = make_image("high", "--cmdline", "embedded=first also", "--initrd", path)
    entry = Entry(bits, initrd=loaders, initrd_at=0x8000000)
    line = f"{LINE} {append}".strip()
    report = enter(image, entry, line)
    assert report.command_line == f"embedded=first also {line}"
    size = report.field(0x21C, "I")
    padding = size - len(own) - len(loaders)
    assert 0 <= padding < 4096
    assert report.initrd_crc == zlib.crc32(own + bytes(padding) + loaders)
    assert report.field(0x218, "I") % 4096 == 0


def test_embedded_command_line_of_qemu(make_image):
    """From the 16-bit entry, with nothing from the loader."""
    image = make_image("high", "--cmdline", "console=ttyS0 only=embedded")
    serial, status = qemu.run(["-kernel", image], memory=MEMORY)
    assert status == EXIT_STATUS, serial
    assert Report(serial).command_line == "console=ttyS0 only=embedded"


def test_embedded_initrd_is_damaged(make_image, tmp_path):
    path = tmp_path / "own.cpio"
    path.write_bytes(b"initrd " * 5000)
    image = Image(make_image("pie", "--initrd", path).read_bytes())
    image.data[image.setup_size + image.manifest.initrd_off + 100] ^= 1
    bad = tmp_path / "bad.img"
    bad.write_bytes(image.data)
    serial, status = qemu.run(["-kernel", bad, "-append", LINE], memory=MEMORY)
    assert status == 0
    assert "bzforge: E50 checksum of the embedded initrd is wrong" in serial


def test_memory_map_is_the_loaders(enter, make_image):
    report = enter(make_image("pie"), Entry(32))
    assert report.e820 == ram_map(MEMORY)
