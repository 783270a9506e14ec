# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots that fail under UEFI: they say why and go back to the firmware, which is none the worse for it.

One machine tries one image after the other from the UEFI shell, with a look at the firmware's memory
map between them; the last one boots. The shell's script is all that happens there.
"""

import re

import pytest

from support import initramfs, ovmf, qemu
from support.bzimage import Image

TIMEOUT = 240
MEMORY = 384
LINE = "console=ttyS0 panic=-1"
TOO_LARGE = 380 << 20  # of 384 MiB

LOAD_ERROR, OUT_OF_RESOURCES = 1, 9  # EFI status codes, UEFI appendix D

# name -> (file, options, what is said, status)
REFUSALS = {
    "payload": ("damaged.efi", "", "E43 checksum of a chunk is wrong", LOAD_ERROR),
    "manifest": ("manifest.efi", "", "E41 checksum of the manifest is wrong", LOAD_ERROR),
    "missing initrd": ("good.efi", "initrd=\\none.img",
                       "E81 initrd cannot be read: initrd= cannot be opened", LOAD_ERROR),
    "one of two initrds missing": ("good.efi", "initrd=\\initrd.img initrd=/none.img",
                                   "E81 initrd cannot be read: initrd= cannot be opened", LOAD_ERROR),
    "initrd too large": ("good.efi", "initrd=\\large.img", "E63 not enough memory: initrd=", OUT_OF_RESOURCES),
    "no place": ("good.efi", "mem=16M", "E63 not enough memory: a place for the kernel",
                 OUT_OF_RESOURCES),
}


def make_volume(folder, good, initrd):
    """The files, and the shell's script that tries all of them."""
    folder.mkdir()
    (folder / "good.efi").write_bytes(good)
    image = Image(good)
    number = len(image.chunks) - 1
    at, size = image.chunk_input(number)
    image.data[at + size // 2] ^= 1
    (folder / "damaged.efi").write_bytes(image.data)
    image = Image(good)
    image.data[image.manifest_at + 0x25] ^= 1
    (folder / "manifest.efi").write_bytes(image.data)
    (folder / "initrd.img").write_bytes(initrd.path.read_bytes())
    with open(folder / "large.img", "wb") as f:
        f.truncate(TOO_LARGE)
    script = ["@echo -off", "fs0:"]
    for number, (name, options, _, _) in enumerate(REFUSALS.values()):
        script += [f"echo TRY {number} BEGIN", "memmap", f"echo TRY {number} RUN",
                   f"{name} {LINE} {options}", f"echo TRY {number} STATUS %lasterror%", "memmap",
                   f"echo TRY {number} END"]
    script.append(f"good.efi {LINE} initrd=\\initrd.img")
    (folder / "startup.nsh").write_text("\r\n".join(script) + "\r\n")


def part(serial, begin, end):
    return serial.split(f"\n{begin}", 1)[1].split(f"\n{end}", 1)[0]


def memory_types(text):
    """Summary of the shell's memmap: type -> pages."""
    return {name: int(pages.replace(",", ""))
            for name, pages in re.findall(r"^\s*(\w+)\s*:\s*([\d,]+) Pages", text, re.M)}


@pytest.fixture(scope="module")
def serial(make_image, small_initrd, tmp_path_factory):
    folder = tmp_path_factory.mktemp("efi")
    make_volume(folder / "volume", make_image("cloud").read_bytes(), small_initrd)
    text, status = qemu.run(
        [*ovmf.arguments("uefi", folder), "-device", "virtio-blk-pci,drive=volume", "-drive",
         f"file=fat:{folder / 'volume'},format=raw,if=none,id=volume,snapshot=on"],
        memory=MEMORY, machine=ovmf.machine("uefi"), timeout=TIMEOUT)
    assert status == 0, text
    return text


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(name, serial):
    number = list(REFUSALS).index(name)
    _, _, words, status = REFUSALS[name]
    said = part(serial, f"TRY {number} RUN", f"TRY {number} STATUS")
    assert [line.split(" (offset")[0] for line in said.splitlines() if line.startswith("bzforge: E")] == \
        [f"bzforge: {words}"] or f"bzforge: {words}: " in said, said
    assert len(re.findall(r"^bzforge: E\d+ ", said, re.M)) == 1, said
    got = part(serial, f"TRY {number} STATUS", f"TRY {number} END").splitlines()[0]
    assert int(got, 16) & 0xFFFF == status, got
    before = memory_types(part(serial, f"TRY {number} BEGIN", f"TRY {number} RUN"))
    after = memory_types(part(serial, f"TRY {number} STATUS", f"TRY {number} END"))
    assert before["LoaderData"] == after["LoaderData"], (before, after)
    assert before["LoaderCode"] == after["LoaderCode"], (before, after)


def test_next_one_boots(serial, small_initrd):
    """After all that."""
    facts = initramfs.facts(serial)
    assert facts["blob"] == small_initrd.blob_md5
    assert facts["cmdline"].endswith(f"{LINE} initrd=\\initrd.img")
    assert facts["efi"] == "64"
