# SPDX-License-Identifier: GPL-2.0-or-later
"""The setup part among misbehaving BIOSes and loaders, on CPUs that cannot run the kernel, and where
it was not loaded whole. bios_fault.S makes the faults; where setup gets through, bp_dump.S tells
what it left."""

import re
import struct
from pathlib import Path

import pytest

from support import qemu as machine
from support import setup_part
from support.bzimage import BzImage

FAULTS = Path(__file__).with_name("bios_fault.S")
MEMORY = 512
EARLY = "earlyprintk=serial,ttyS0,115200"
KIB, MIB = 1 << 10, 1 << 20
RAM = 1
# zero-page.rst, in boot_params
LFB_WIDTH = 0x12  # then height and depth
EDDBUF_ENTRIES, EDD_MBR_SIG_ENTRIES = 0x1E9, 0x1EA
LOADFLAGS = 0x211


@pytest.fixture(scope="module")
def image(tmp_path_factory, make_image):
    """Bytes of our setup part with the dumper."""
    return setup_part.with_dumper(make_image("stock").read_bytes(), tmp_path_factory.mktemp("setup"))


def with_fault(image, fault, folder):
    return setup_part.with_program(image, FAULTS, folder, fault)


def boot(data, folder, cmdline=EARLY):
    return setup_part.boot(data, folder, cmdline, memory=MEMORY, timeout=60)


def memory_map(params):
    """[(address, size, type)]"""
    return [struct.unpack_from("<QQI", params, 0x2D0 + 20 * i) for i in range(params[0x1E8])]


def boot_fault(image, fault, folder):
    return boot(with_fault(image, fault, folder), folder)


@pytest.mark.parametrize("fault, way", [
    ("NO_FAULT", "was open"),
    ("A20_CLOSED", "BIOS"),
    ("A20_NO_BIOS", "keyboard controller"),
])
def test_a20_is_opened(fault, way, image, tmp_path):
    serial, _, _ = boot_fault(image, fault, tmp_path)
    assert f"bzforge: setup: A20 gate: {way}; protected mode at 0x00100000\n" in serial


def test_map_from_e801_without_e820(image, tmp_path):
    _, _, params = boot_fault(image, "E820_MISSING", tmp_path)
    high = (MEMORY - 1) * MIB - 128 * KIB  # SeaBIOS keeps the last 128 KiB
    assert memory_map(params) == [(0, 639 * KIB, RAM), (MIB, high, RAM)]


def test_map_from_88h_without_e801(image, tmp_path):
    _, _, params = boot_fault(image, "E820_E801_MISSING", tmp_path)
    assert memory_map(params) == [(0, 639 * KIB, RAM), (MIB, 63 * MIB, RAM)]


def test_map_without_smap_is_not_believed(image, tmp_path):
    _, _, params = boot_fault(image, "E820_NO_SMAP", tmp_path)
    assert [entry[0] for entry in memory_map(params)] == [0, MIB]


def test_map_that_stands_still_ends(image, tmp_path):
    _, _, params = boot_fault(image, "E820_STUCK", tmp_path)
    assert memory_map(params) == [(MIB, 4 * KIB, RAM), (2 * MIB, 4 * KIB, RAM)]


def test_endless_map_is_cut(image, tmp_path):
    _, _, params = boot_fault(image, "E820_ENDLESS", tmp_path)
    assert memory_map(params) == [((i + 1) * MIB, 4 * KIB, RAM) for i in range(128)]


def test_attributes_of_acpi_3_are_not_believed(image, tmp_path):
    _, _, right = boot(image, tmp_path)
    _, _, params = boot_fault(image, "E820_24_BYTES", tmp_path)
    assert params == right


@pytest.mark.parametrize("fault, top", [
    ("STACK_ELSEWHERE", "heap"),
    ("STACK_NONE", "bss"),
    ("STACK_ZERO", 0x10000),
    ("HEAP_WRAPS", 0x10000),
])
def test_stack_of_every_loader(fault, top, image, tmp_path):
    """The stack pointer at the end lies a little below the top that was chosen."""
    _, state, params = boot_fault(image, fault, tmp_path)
    offset = state["esp"] - (state["esi"] & ~0xFFFF)
    if top == "heap":
        top = struct.unpack_from("<H", params, 0x224)[0] + 0x200
    elif top == "bss":
        top = struct.unpack_from("<H", image, 0x224)[0] + 0x200
    assert top - 256 <= offset < top


def setup_end(image):
    """Where the heap begins: the header's own heap_end_ptr leaves 2 KiB of stack behind it."""
    return struct.unpack_from("<H", image, 0x224)[0] + 0x200 - 0x800


def test_heap_too_small_for_anything(image, tmp_path):
    """Disks and a mode by its number are there all the same; only boot records need the heap."""
    data = with_fault(image, f"HEAP_END={setup_end(image):#x}", tmp_path)
    _, _, params = setup_part.boot(data, tmp_path, EARLY + " vga=0x317", memory=MEMORY, timeout=60,
                                   arguments=setup_part.make_disks(tmp_path, 2))
    assert params[EDDBUF_ENTRIES] == 2
    assert params[EDD_MBR_SIG_ENTRIES] == 0
    assert struct.unpack_from("<HHH", params, LFB_WIDTH) == (1024, 768, 16)


def test_heap_with_room_for_few_modes(image, tmp_path):
    """The menu shows the first ones, of 8 bytes each; there is none to keep the screen's text."""
    data = with_fault(image, f"HEAP_END={setup_end(image) + 5 * 8 + 7:#x}", tmp_path)
    serial, _, params = setup_part.boot(data, tmp_path, EARLY + " vga=ask", memory=MEMORY, timeout=60,
                                        keys="ret f 0 1 ret")
    listed = re.findall(r"[0-9a-z] ([0-9a-f]{3}) +[0-9]+x[0-9]+", serial)
    assert len(listed) == 7 + 5
    assert [mode[0] for mode in listed].count("f") == 7  # the adapter's own need no room
    assert (params[0x07], params[0x0E]) == (80, 50)


@pytest.mark.parametrize("flags, quiet", [("0x20", True), ("0x40", False)])
def test_flags_of_the_loader(flags, quiet, image, tmp_path):
    """QUIET_FLAG silences progress; KEEP_SEGMENTS means nothing here. The kernel finds both."""
    serial, state, params = boot_fault(image, f"LOADFLAGS={flags}", tmp_path)
    assert (serial == "") == quiet
    assert params[LOADFLAGS] == 0x81 | int(flags, 0)
    assert (state["cs"], state["ds"]) == (0x10, 0x18)


def test_old_command_line(image, tmp_path):
    serial, _, params = boot_fault(image, "OLD_CMDLINE", tmp_path)
    assert struct.unpack_from("<I", params, 0x228)[0] == 0x99000
    assert "bzforge: setup: A20" in serial


def test_loader_hook_that_closes_a20(image, tmp_path):
    _, state, _ = boot_fault(image, "HOOK", tmp_path)
    assert (state["if"], state["ebp"], state["ecx"]) == (0, 0, 0)


def test_loader_hook_in_protected_mode(image, tmp_path):
    _, state, params = boot_fault(image, "CODE32_HOOK", tmp_path)
    assert state["edi"] == 0x64636F68  # the hook's mark
    assert struct.unpack_from("<I", params, 0x214)[0] < 0x100000


def test_quiet_prints_nothing(image, tmp_path):
    serial, _, _ = boot(image, tmp_path, cmdline=EARLY + " quiet")
    assert serial == ""


def test_progress_only_when_asked_for(image, tmp_path):
    serial, _, _ = boot(image, tmp_path, cmdline="console=ttyS0")
    assert serial == ""


@pytest.mark.parametrize("cpu, text", [
    ("pentium3", "E70 this kernel needs a 64-bit CPU: it lacks lm sse2"),
    ("486", "E70 this kernel needs a 64-bit CPU: it lacks lm msr pae cx8 cmov fxsr sse sse2"),
    ("qemu32", "E70 this kernel needs a 64-bit CPU: it lacks lm"),
    ("max,-sse2,-cx16", "E71 this CPU lacks a feature that the kernel needs: sse2"),
])
def test_cpu_that_is_not_good_enough(cpu, text, image, tmp_path):
    path = tmp_path / "image"
    path.write_bytes(image)
    serial, status = machine.run(["-kernel", path, "-append", "panic=1"], cpu=cpu, timeout=60)
    assert serial == f"\nbzforge: {text}\nbzforge: restarting in 1 s (panic=1)\n"
    assert status == 0  # it reset itself


def test_refusal_waits_for_a_byte_without_panic(image, tmp_path):
    path = tmp_path / "image"
    path.write_bytes(image)
    with machine.Qemu(["-kernel", path], cpu="pentium3", timeout=60) as running:
        running.expect("press a key to restart")
        assert running.stays_up(2)
        running.send(b"x")
        assert running.wait() == 0


def test_refusal_is_on_the_screen_too(image, tmp_path):
    path = tmp_path / "image"
    path.write_bytes(image)
    with machine.Qemu(["-kernel", path], cpu="pentium3", timeout=60,
                      monitor=tmp_path / "monitor") as running:
        running.expect("press a key to restart")
        screen = running.screen_with("press a key to restart", tmp_path)
        assert "bzforge: E70 this kernel needs a 64-bit CPU: it lacks lm sse2\n" in screen
        running.hmp("sendkey a 20")
        assert running.wait() == 0


def test_setup_that_was_not_loaded_whole(image, tmp_path):
    data = bytearray(image)
    end = BzImage(image).setup_size
    data[end - 512:end] = bytes(512)
    path = tmp_path / "image"
    path.write_bytes(data)
    with machine.Qemu(["-kernel", path], timeout=60) as running:
        running.expect("bzforge: E74 setup code was loaded incompletely\nbzforge: press a key to restart")
        running.send(b"x")
        assert running.wait() == 0
