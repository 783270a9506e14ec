# SPDX-License-Identifier: GPL-2.0-or-later
"""A setup part on its own: what it leaves is read by tests/boot/bp_dump.S, which takes the place of the
protected-mode part and writes to QEMU's debug console."""

import struct
import subprocess
import threading
import time
from pathlib import Path

from support import qemu
from support.bzimage import BzImage

BOOT = Path(__file__).resolve().parent.parent / "boot"
LOAD_ADDRESS = 0x100000
EXIT_STATUS = 1  # isa-debug-exit with 0
JUMP_AT = 0x26C
PROGRAM_AT = 0x270
PROGRAM_ROOM = 0x738 - PROGRAM_AT

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


def with_program(image, source, folder, *defines):
    """An image with a program that runs before the 16-bit entry, in the room for PE headers (the image is
    for BIOSes only then), to which the jump in front of them leads."""
    code = assemble(source, 0, folder / "program.bin", *defines)
    assert len(code) <= PROGRAM_ROOM
    data = bytearray(image)
    data[PROGRAM_AT:PROGRAM_AT + len(code)] = code
    struct.pack_into("<BH", data, JUMP_AT, 0xE9, PROGRAM_AT - (JUMP_AT + 3))
    return bytes(data)


def read_dump(path):
    """(state by name, boot_params) from what the dumper wrote."""
    data = path.read_bytes()
    assert len(data) == STATE.size + BP_SIZE
    return dict(zip(STATE_NAMES, STATE.unpack_from(data))), data[STATE.size:]


def make_disks(folder, count):
    """Disks of different sizes, all but the third with a master boot record."""
    arguments = []
    for i in range(count):
        path = folder / f"disk{i}"
        sector = bytearray(512)
        struct.pack_into("<I", sector, 440, 0xD15C0000 + i)
        if i != 2:
            struct.pack_into("<H", sector, 510, 0xAA55)
        path.write_bytes(sector)
        with path.open("r+b") as f:
            f.truncate((i + 4) << 20)
        arguments += ["-drive", f"file={path},format=raw,if=none,id=d{i}",
                      "-device", f"virtio-blk-pci,drive=d{i}"]
    return arguments


def press(keys, running):
    """The keys, one after the other, as soon as somebody can read them."""
    for key in keys.split():
        time.sleep(0.4)
        if running.process.poll() is not None:
            return
        try:
            running.hmp(f"sendkey {key} 20")
        except OSError:
            return


def boot(data, folder, cmdline, *, arguments=(), keys="", **options):
    """Boot bytes that with_dumper made: (serial output, state, boot_params). keys: for the menu of video
    modes, whose prompt must come on the serial port."""
    image, out = folder / "image", folder / "dump"
    image.write_bytes(data)
    monitor = folder / "monitor" if keys else None
    with qemu.Qemu(["-kernel", image, "-append", cmdline, "-debugcon", f"file:{out}", *arguments],
                   monitor=monitor, **options) as running:
        if keys:
            running.expect("ENTER")
            threading.Thread(target=press, args=(keys, running), daemon=True).start()
        status = running.wait()
        assert status == EXIT_STATUS, running.serial
        return running.serial, *read_dump(out)
