# SPDX-License-Identifier: GPL-2.0-or-later
"""A setup part on its own: what it leaves is read by tests/boot/bp_dump.S, which takes the place of the
protected-mode part and writes to QEMU's debug console."""

import struct
import subprocess
from pathlib import Path

from support import qemu
from support.bzimage import BzImage

BOOT = Path(__file__).resolve().parent.parent / "boot"
LOAD_ADDRESS = 0x100000
EXIT_STATUS = 1  # isa-debug-exit with 0

# What bp_dump.S writes in front of boot_params.
STATE = struct.Struct("<8I I I 8H 4B HIH 64s")
STATE_NAMES = ("eax ebx ecx edx esi edi ebp esp cr0 if cs ds es fs gs ss tr ldtr "
               "pic1 pic2 pad0 pad1 gdt_limit gdt_base pad2 gdt").split()
BP_SIZE = 4096


def assemble(source, address, out, *defines):
    """A program in assembly as plain bytes, to run at an address."""
    subprocess.run(
        ["cc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none",
         "-Wl,--oformat=binary", f"-Wl,-Ttext={address:#x}", *(f"-D{d}" for d in defines),
         "-o", out, source], check=True)
    return out.read_bytes()


def with_dumper(image, folder):
    """Bytes of an image's setup part with the dumper behind it."""
    dumper = assemble(BOOT / "bp_dump.S", LOAD_ADDRESS, folder / "bp_dump.bin")
    cut = BzImage(image)
    cut.data[cut.setup_size:] = dumper + bytes(-len(dumper) % 16)
    cut.hdr.syssize = (len(cut.data) - cut.setup_size) // 16
    return bytes(cut.data)


def read_dump(path):
    """(state by name, boot_params) from what the dumper wrote."""
    data = path.read_bytes()
    assert len(data) == STATE.size + BP_SIZE
    return dict(zip(STATE_NAMES, STATE.unpack_from(data))), data[STATE.size:]


def boot(data, folder, cmdline, **options):
    """Boot bytes that with_dumper made: (serial output, state, boot_params)."""
    image, out = folder / "image", folder / "dump"
    image.write_bytes(data)
    serial, status = qemu.run(
        ["-kernel", image, "-append", cmdline, "-debugcon", f"file:{out}"], **options)
    assert status == EXIT_STATUS, serial
    return serial, *read_dump(out)
