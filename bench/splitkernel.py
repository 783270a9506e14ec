#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Take a bzImage's kernel apart into what Linux's build of arch/x86/boot/compressed starts from.

    bench/splitkernel.py IMAGE FOLDER

Writes FOLDER/vmlinux (the ELF, exactly), FOLDER/vmlinux.relocs (the table behind it) and
FOLDER/voffset.h (four link-time addresses, which Linux's build reads from symbols that a stock
kernel no longer has, here from the section headers that it does have).
"""
import struct
import sys
from pathlib import Path

from kernelimage import BadImage, Image, elf_size


def sections(elf):
    """Section headers by name: (virtual address, size)."""
    shoff = struct.unpack_from("<Q", elf, 0x28)[0]
    shentsize, shnum, shstrndx = struct.unpack_from("<HHH", elf, 0x3A)
    headers = [struct.unpack_from("<II8xQQQ", elf, shoff + i * shentsize) for i in range(shnum)]
    names = headers[shstrndx][3]
    found = {}
    for name, _, address, _, size in headers:
        start = names + name
        found[elf[start:elf.index(b"\0", start)].decode()] = (address, size)
    return found


def image_end(elf):
    """Virtual address behind the last PT_LOAD."""
    phoff = struct.unpack_from("<Q", elf, 0x20)[0]
    phentsize, phnum = struct.unpack_from("<HH", elf, 0x36)
    end = 0
    for i in range(phnum):
        kind, vaddr, memsz = struct.unpack_from("<I12xQ16xQ", elf, phoff + i * phentsize)
        if kind == 1:
            end = max(end, vaddr + memsz)
    return end


def main():
    """Split the image that the command line names."""
    if len(sys.argv) != 3:
        print(__doc__.splitlines()[2].strip(), file=sys.stderr)
        return 2
    folder = Path(sys.argv[2])
    try:
        content = Image(sys.argv[1]).content()
        elf = content[:elf_size(content)]
        named = sections(elf)
        offsets = {
            "_text": named[".text"][0],
            "__start_rodata": named[".rodata"][0],
            "__bss_start": named[".bss"][0],
            "_end": image_end(elf),
        }
    except (BadImage, OSError, KeyError, struct.error) as problem:
        print(f"splitkernel.py: {problem}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vmlinux").write_bytes(elf)
    (folder / "vmlinux.relocs").write_bytes(content[len(elf):])
    (folder / "voffset.h").write_text(
        "".join(f"#define VO_{name} _AC({value:#x},UL)\n" for name, value in offsets.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
