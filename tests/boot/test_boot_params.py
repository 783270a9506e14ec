# SPDX-License-Identifier: GPL-2.0-or-later
"""Our setup part against Linux's own: on the same machine both must leave the same boot_params, all
4096 bytes of it, and the CPU in the state that boot.rst asks for.

Both images get tests/boot/bp_dump.S as their protected-mode part; it writes what it finds to QEMU's
debug console.
"""

import struct

import pytest

from support.bzimage import BzImage, HEADER
from support.setup_part import BP_SIZE, LOAD_ADDRESS, make_disks, with_dumper
from support.setup_part import boot as boot_setup

# Fields of the setup header that describe the image, not the machine.
OF_THE_IMAGE = ("setup_sects", "syssize", "jump", "version", "kernel_version", "xloadflags",
                "cmdline_size", "payload_offset", "payload_length", "init_size", "handover_offset",
                "kernel_info_offset")

# Under "quiet" neither setup part writes to the screen, so the cursor stays where it was.
QUIET = "quiet"

# name -> (machine, memory in MiB, QEMU arguments or "disks N", command line, keys to press)
CASES = {
    "pc": ("pc", 512, [], "", ""),
    "pc-128m": ("pc", 128, [], "", ""),
    "pc-6g": ("pc", 6144, [], "", ""),
    "q35": ("q35", 512, [], "", ""),
    "q35-4g": ("q35", 4096, [], "", ""),
    "isapc": ("isapc", 64, [], "", ""),
    "microvm": ("microvm", 512, [], "", ""),
    "microvm-qboot": ("microvm", 512, ["-bios", "qboot.rom"], "", ""),
    "no-vga": ("pc", 512, ["-vga", "none"], "", ""),
    "cirrus": ("pc", 512, ["-vga", "cirrus"], "", ""),
    "qxl": ("q35", 512, ["-vga", "qxl"], "", ""),
    "vmware-svga": ("pc", 512, ["-vga", "vmware"], "", ""),
    "one-disk": ("pc", 512, "disks 1", "", ""),
    "eight-disks": ("q35", 512, "disks 8", "", ""),
    "edd-off": ("pc", 512, "disks 1", "edd=off", ""),
    "edd-skipmbr": ("pc", 512, "disks 2", "edd=skipmbr", ""),
    "edd-skip": ("pc", 512, "disks 2", "edd=skip", ""),
    "vga-ext": ("pc", 512, [], "vga=ext", ""),
    "vga-ask-space": ("pc", 512, [], "vga=ask", "spc"),
    "vga-ask-menu": ("pc", 512, [], "vga=ask", "ret f 0 2 ret"),
    "vga-ask-vesa": ("pc", 512, [], "vga=ask", "ret 3 1 7 ret"),
    "vga-current": ("pc", 512, [], "vga=0xf04", ""),
    "vga-80x43": ("pc", 512, [], "vga=0xf02", ""),
    "vga-80x28": ("pc", 512, [], "vga=0xf03", ""),
    "vga-80x30": ("pc", 512, [], "vga=0xf05", ""),
    "vga-80x34": ("pc", 512, [], "vga=0xf06", ""),
    "vga-80x60": ("pc", 512, [], "vga=0xf07", ""),
    "vga-by-size": ("pc", 512, [], "vga=0x3250", ""),
    "vga-by-place": ("pc", 512, [], "vga=3", ""),
    "vga-bios-mode": ("pc", 512, [], "vga=0x101", ""),
    "vga-recalculate": ("pc", 512, [], "vga=0x8f01", ""),
    "vga-791": ("pc", 512, [], "vga=791", ""),
    "vga-0x317": ("q35", 512, [], "vga=0x317", ""),
    "vga-8bpp": ("pc", 512, [], "vga=0x305", ""),
    "vga-cirrus": ("pc", 512, ["-vga", "cirrus"], "vga=0x311", ""),
    "vga-graphics-by-size": ("pc", 512, [], "vga=0x5a80", "spc"),
}


@pytest.fixture(scope="module")
def images(tmp_path_factory, stock_kernel, make_image):
    """(Linux's setup part, ours), both with the dumper."""
    folder = tmp_path_factory.mktemp("setup")
    paths = []
    for name, image in (("linux", stock_kernel), ("ours", make_image("stock"))):
        paths.append(folder / name)
        paths[-1].write_bytes(with_dumper(image.read_bytes(), folder))
    return tuple(paths)


def boot(image, folder, case):
    """Boot an image with the dumper: (state, boot_params)."""
    kind, memory, arguments, cmdline, keys = case
    if isinstance(arguments, str):
        arguments = make_disks(folder, int(arguments.split()[1]))
    if keys:
        cmdline += " earlyprintk=serial,ttyS0,115200"  # to see when the menu waits for them
    _, state, params = boot_setup(image.read_bytes(), folder, f"{QUIET} {cmdline}".strip(),
                                  arguments=arguments, keys=keys, machine=kind, memory=memory, timeout=60)
    return state, params


def differences(ours, linux):
    """Where two boot_params differ, but for what describes the image: [(offset, ours, Linux's)]."""
    skip = set()
    for name in OF_THE_IMAGE:
        offset, code = HEADER[name]
        skip.update(range(offset, offset + struct.calcsize(code)))
    return [(hex(i), hex(ours[i]), hex(linux[i]))
            for i in range(BP_SIZE) if ours[i] != linux[i] and i not in skip]


@pytest.mark.parametrize("name", CASES)
def test_boot_params_are_those_of_linux(name, images, tmp_path):
    linux_image, our_image = images
    _, linux = boot(linux_image, tmp_path, CASES[name])
    _, ours = boot(our_image, tmp_path, CASES[name])
    assert differences(ours, linux) == []


@pytest.mark.parametrize("name", ["eight-disks", "vga-ask-vesa"])
@pytest.mark.parametrize("version", [0x201, 0x200])
def test_boot_params_are_those_of_linux_for_old_loaders(version, name, images, tmp_path):
    """QEMU loads an image that says so as loaders of that protocol did: at 0x90000, the command line by
    magic and offset, and before 2.01 without a heap."""
    left = []
    for path in images:
        old = BzImage(path.read_bytes())
        old.hdr.version = version
        (tmp_path / path.name).write_bytes(old.data)
        left.append(boot(tmp_path / path.name, tmp_path, CASES[name]))
    (_, linux), (state, ours) = left
    assert state["esi"] & ~0xFFFF == 0x90000
    found = differences(ours, linux)
    if version == 0x200:
        # Linux complains of such a loader on the screen, and that moves the cursor; and nobody has written
        # heap_end_ptr.
        found = [one for one in found if one[0] not in ("0x0", "0x1", "0x224", "0x225")]
    assert found == []


def test_state_is_what_boot_protocol_asks_for(images, tmp_path):
    """boot.rst, "32-bit Boot Protocol"."""
    state, params = boot(images[1], tmp_path, CASES["pc"])
    assert state["eax"] == LOAD_ADDRESS  # how we were called; the rest is fixed
    for name in ("ebx", "ecx", "edx", "edi", "ebp"):
        assert state[name] == 0, name
    assert params[0x202:0x206] == b"HdrS"
    assert state["cr0"] & 0x80000001 == 0x00000001  # protected mode, no paging
    assert state["if"] == 0
    assert state["cs"] == 0x10
    for name in ("ds", "es", "fs", "gs", "ss"):
        assert state[name] == 0x18, name
    assert (state["tr"], state["ldtr"]) == (0x20, 0)
    assert (state["pic1"], state["pic2"]) == (0xFB, 0xFF)
    code, data = struct.unpack_from("<QQ", state["gdt"], 0x10)
    assert code == 0x00CF9B000000FFFF
    assert data == 0x00CF93000000FFFF
    assert state["gdt_base"] % 8 == 0
