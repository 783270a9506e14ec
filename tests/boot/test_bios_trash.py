# SPDX-License-Identifier: GPL-2.0-or-later
"""The setup part on a BIOS that destroys every register and flag that it may (bios_trash.S): what it finds
out, says and reads from the keyboard must be the same as on a tidy one."""

from pathlib import Path

import pytest

from support import qemu, setup_part
from support.bzimage import BzImage

TRASH = Path(__file__).with_name("bios_trash.S")
SECTOR_TRASH = TRASH.with_name("sector_trash.S")
EARLY = "earlyprintk=serial,ttyS0,115200"
KBD_STATUS = 0x1EB  # zero-page.rst, in boot_params
LOCKS = 0x70  # caps lock, num lock, scroll lock

# name -> (QEMU arguments, command line, keys for the menu of video modes)
CASES = {
    "text": ([], "", ""),
    "disks": ("disks 3", "", ""),
    "80x60": ([], "vga=0xf07", ""),
    "vesa": ([], "vga=0x317", ""),
    "vesa palette": (["-vga", "cirrus"], "vga=0x303", ""),
    "menu": ([], "vga=ask", "ret f 0 2 ret"),
}


@pytest.fixture(scope="module")
def images(tmp_path_factory, make_image):
    """The setup part with the dumper: (as it is, among dirt)"""
    folder = tmp_path_factory.mktemp("trash")
    tidy = setup_part.with_dumper(make_image("stock").read_bytes(), folder)
    return tidy, setup_part.with_program(tidy, TRASH, folder)


@pytest.mark.parametrize("name", CASES)
def test_boot_params_are_the_same(name, images, tmp_path):
    arguments, line, keys = CASES[name]
    if isinstance(arguments, str):
        arguments = setup_part.make_disks(tmp_path, int(arguments.split()[1]))
    left = []
    for data in images:
        serial, state, params = setup_part.boot(data, tmp_path, f"{EARLY} {line}", arguments=arguments,
                                                keys=keys, timeout=60)
        left.append((serial, state, params))
    assert left[0][0] == left[1][0]
    assert left[0][2] == left[1][2]
    assert left[0][1]["if"] == left[1][1]["if"] == 0


def test_shift_state_reaches_the_kernel(images, tmp_path):
    data = setup_part.with_program(images[0], TRASH, tmp_path, "TRASH_KEYS")
    _, _, params = setup_part.boot(data, tmp_path, EARLY, timeout=60)
    assert params[KBD_STATUS] == LOCKS


def test_refusal_is_whole_and_waits_for_a_key(images, tmp_path):
    path, monitor = tmp_path / "image", tmp_path / "monitor"
    path.write_bytes(images[1])
    with qemu.Qemu(["-kernel", path], cpu="pentium3", timeout=60, monitor=monitor) as running:
        running.expect("^bzforge: E70 this kernel needs a 64-bit CPU: it lacks lm sse2\n"
                       "bzforge: press a key to restart\n")
        screen = running.screen_with("press a key to restart", tmp_path)
        assert "bzforge: E70 this kernel needs a 64-bit CPU: it lacks lm sse2\n" in screen
        running.hmp("sendkey a 20")
        assert running.wait() == 0


def test_words_for_incomplete_setup_are_whole(images, tmp_path):
    """entry.S says them by itself."""
    data = bytearray(images[1])
    end = BzImage(data).setup_size
    data[end - 512:end] = bytes(512)
    path, monitor = tmp_path / "image", tmp_path / "monitor"
    path.write_bytes(data)
    with qemu.Qemu(["-kernel", path], timeout=60, monitor=monitor) as running:
        running.expect("^bzforge: E74 setup code was loaded incompletely\nbzforge: press a key to restart\n")
        assert "bzforge: E74 setup code was loaded incompletely\n" in running.screen_with(
            "press a key to restart", tmp_path)
        running.hmp("sendkey a 20")
        assert running.wait() == 0


@pytest.mark.parametrize("bios", ["tidy", "trash"])
def test_image_started_as_a_disk_says_what_it_is(bios, make_image, tmp_path):
    sectors = make_image("stock").read_bytes()[:4096]
    if bios == "trash":
        record = setup_part.assemble(SECTOR_TRASH, 0x600, tmp_path / "record.bin")
        sectors = record.ljust(510, b"\0") + b"\x55\xaa" + sectors
    disk, monitor = tmp_path / "disk", tmp_path / "monitor"
    disk.write_bytes(sectors.ljust(1 << 20, b"\0"))
    with qemu.Qemu(["-drive", f"if=ide,format=raw,file={disk}"], timeout=60, monitor=monitor) as running:
        assert ("This is a kernel image; it cannot be started as a disk.\n"
                "Use a boot loader (GRUB, SYSLINUX, iPXE, ...) to start it.\n"
                "Press a key to go on.") in running.screen_with("to go on.", tmp_path)
        running.hmp("sendkey a 20")
        # int 19h: the next device, which is this disk again.
        assert running.screen_with("Press a key to go on.\nBooting from Hard Disk...", tmp_path)
