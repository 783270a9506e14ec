# SPDX-License-Identifier: GPL-2.0-or-later
"""A built image at literal offsets, typed again from Linux Documentation/x86/boot.rst."""

import struct
import subprocess
import zlib

import pytest

from support.bzimage import BzImage, Image
from support.elf import Elf

IMAGES = ("stock", "cloud", "fixed", "high", "pie")
STOCK = ("stock", "cloud")

# The most an image may be larger than the one that Linux's wrapper makes of the same kernel with
# zstd -22, and init_size than Linux's for it.
LINUX_ZSTD_SIZE = 9851392
LINUX_ZSTD_KERNEL_SIZE = 65906612  # of that very kernel's content
SIZE_LIMIT = 1.015
LINUX_INIT_SIZE_EXTRA = 1 << 20


@pytest.fixture(scope="module", params=IMAGES)
def image(request, make_image):
    return Image(make_image(request.param).read_bytes())


@pytest.fixture(scope="module", params=STOCK)
def pair(request, make_image, stock_kernels):
    """(original, repacked)"""
    return (BzImage(stock_kernels[request.param].read_bytes()),
            Image(make_image(request.param).read_bytes()))


def test_magic_numbers(image):
    data = image.data
    assert data[0x1FE:0x200] == b"\x55\xaa"
    assert data[0x202:0x206] == b"HdrS"
    assert data[0x206:0x208] == b"\x0f\x02"  # protocol 2.15
    assert data[0x200] == 0xEB  # short jump; its offset byte gives the header's end
    assert 0x202 + data[0x201] == 0x26C
    assert data[0x1EF] != 0  # sentinel: a loader that copies too much shows


def test_setup_part(image):
    assert image.setup_size % 4096 == 0
    assert image.hdr.setup_sects <= 64
    # e_lfanew points behind the setup header; test_pe.py looks at what is there.
    e_lfanew = struct.unpack_from("<I", image.data, 0x3C)[0]
    assert 0x26C <= e_lfanew and e_lfanew % 8 == 0


def test_load_flags(image):
    hdr = image.hdr
    assert hdr.loadflags & 1, "LOADED_HIGH"
    assert not hdr.loadflags & 2, "KASLR_FLAG is the boot code's"
    assert not hdr.loadflags & 0x20, "QUIET_FLAG is the loader's"
    assert hdr.code32_start == 0x100000
    assert hdr.type_of_loader == 0 and hdr.ramdisk_image == 0 and hdr.ramdisk_size == 0
    assert hdr.cmd_line_ptr == 0 and hdr.setup_data == 0
    assert hdr.xloadflags & 1, "XLF_KERNEL_64"
    assert hdr.xloadflags & 0x20, "XLF_5LEVEL: the stub can be entered with it, whatever the kernel can"
    assert hdr.handover_offset and hdr.xloadflags & 0b1100 == 0b1100


def test_sizes(image):
    hdr = image.hdr
    body = len(image.data) - image.setup_size
    assert hdr.syssize * 16 == body == image.info.image_size
    assert hdr.payload_offset + hdr.payload_length <= body
    assert hdr.init_size % 4096 == 0
    # init_size covers the kernel's memory, the part of the file that loaders put into it, and what
    # the stub needs besides.
    assert hdr.init_size >= image.manifest.mem_size
    assert hdr.init_size >= body + image.info.work_size


def test_alignment(image):
    hdr = image.hdr
    assert hdr.kernel_alignment & hdr.kernel_alignment - 1 == 0
    assert 1 << hdr.min_alignment <= hdr.kernel_alignment
    if hdr.relocatable_kernel:
        assert hdr.pref_address % hdr.kernel_alignment == 0
    assert hdr.initrd_addr_max == 0x7FFFFFFF
    assert hdr.cmdline_size >= 255


def test_payload(image):
    """A standard stream, and the size of what is in it, as a 32-bit number."""
    payload = image.payload
    assert payload[:4] == b"\x28\xb5\x2f\xfd"
    content_size = struct.unpack("<I", payload[-4:])[0]
    assert content_size == image.manifest.content_size
    tested = subprocess.run(["zstd", "-t"], input=payload[:-4], stderr=subprocess.PIPE, check=False)
    assert tested.returncode == 0, tested.stderr
    content = subprocess.run(["zstd", "-dc"], input=payload[:-4], stdout=subprocess.PIPE,
                             check=True).stdout
    assert len(content) == content_size
    assert Elf(content).loads


def test_kernel_info(image):
    """boot.rst "The Kernel Info": "LToP", size, size_total, setup_type_max."""
    at = image.setup_size + image.hdr.kernel_info_offset
    magic, size, total, type_max = struct.unpack_from("<4sIII", image.data, at)
    assert magic == b"LToP"
    assert size == 16 <= total
    assert at + total <= len(image.data)
    assert type_max & 0x80000000, "SETUP_INDIRECT"
    # The manifest is the first variable item.
    item, item_size = struct.unpack_from("<4sI", image.data, at + size)
    assert item == b"bzfM"
    assert image.manifest_at == at + size
    assert item_size == image.manifest.size and size + item_size <= total


def test_image_checksum(image):
    """boot.rst "The Image Checksum": CRC-32 over the file leaves 0."""
    assert image.image_crc == 0
    assert zlib.crc32(image.data) ^ 0xFFFFFFFF == 0


def test_manifest_chunks_cover_the_content(image):
    at_in = at_out = 0
    for in_off, in_size, out_off, out_size, _, ready in image.chunks:
        assert (in_off, out_off) == (at_in, at_out)
        assert in_size > 0 and out_size > 0
        at_in, at_out = in_off + in_size, out_off + out_size
    assert at_in == image.manifest.payload_size
    assert at_out == image.manifest.content_size
    assert all(chunk[5] <= number for number, chunk in enumerate(image.chunks))


@pytest.mark.parametrize("name", STOCK)
def test_file_names_it(make_image, stock_kernels, name):
    version = BzImage(stock_kernels[name].read_bytes()).version
    said = subprocess.run(["file", "-b", make_image(name)], stdout=subprocess.PIPE,
                          check=True).stdout.decode()
    assert said.startswith("Linux kernel x86 boot executable bzImage")
    assert f"version {version}" in said


def test_repack_carries_over(pair):
    old, new = pair
    for name in ("root_flags", "root_dev", "vid_mode", "cmdline_size", "initrd_addr_max",
                 "kernel_alignment", "min_alignment", "pref_address", "relocatable_kernel"):
        assert getattr(new.hdr, name) == getattr(old.hdr, name), name
    # KERNEL_64, CAN_BE_LOADED_ABOVE_4G, 5LEVEL, 5LEVEL_ENABLED
    assert new.hdr.xloadflags & 0x63 == old.hdr.xloadflags & 0x63
    assert new.version == old.version
    types = [struct.unpack_from("<I", i.data, i.setup_size + i.hdr.kernel_info_offset + 12)[0]
             for i in pair]
    assert types[0] == types[1]


def test_repack_init_size(pair):
    old, new = pair
    assert new.hdr.init_size <= old.hdr.init_size + LINUX_INIT_SIZE_EXTRA


def test_repack_size(make_image):
    """Against Linux's own zstd image of this kernel; for another kernel, in proportion."""
    image = Image(make_image("stock").read_bytes())
    limit = LINUX_ZSTD_SIZE * image.manifest.content_size / LINUX_ZSTD_KERNEL_SIZE
    assert len(image.data) <= limit * SIZE_LIMIT
