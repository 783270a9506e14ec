# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels move from boot to boot, stay where they may be, and do not move under nokaslr."""

import pytest

from support import initramfs, qemu
from support.testkernel import EXIT_STATUS, LINK_VIRTUAL, Report

LINK_PHYSICAL = 0x1000000
ALIGN = 0x200000
BOOTS = 8
MEMORY = 1024  # MiB: some 470 physical places, 490 virtual ones


def places(image, memory, boots):
    found = []
    for _ in range(boots):
        serial, status = qemu.run(["-kernel", image, "-append", "console=ttyS0 panic=-1"], memory=memory)
        assert status == EXIT_STATUS, serial
        report = Report(serial)
        found.append((report.physical, report.virtual))
    return found


def test_test_kernel_moves(make_image):
    """With this many places, eight boots giving fewer than six different ones is no accident."""
    found = places(make_image("high"), MEMORY, BOOTS)
    physical, virtual = ({place[i] for place in found} for i in (0, 1))
    assert len(physical) >= BOOTS - 2 and len(virtual) >= BOOTS - 2, found
    assert all(at % ALIGN == 0 and at >= LINK_PHYSICAL for at in physical), found
    # Not one offset for both.
    assert len({v - LINK_VIRTUAL - p for p, v in found}) > 1, found
    # All over the memory, not just its beginning: the chance that eight miss a half is 1 in 128.
    span = max(physical) - min(physical)
    assert span > MEMORY << 20 >> 3, found


def test_pie_moves_physically(make_image):
    found = places(make_image("pie"), MEMORY, 4)
    assert len({p for p, _ in found}) >= 3, found
    assert all(p == v for p, v in found), found


@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_stock_kernels_move(make_image, small_initrd, name):
    image = make_image(name)
    seen = []
    for _ in range(3):
        serial, status = qemu.run(["-kernel", image, "-initrd", small_initrd.path,
                                   "-append", "console=ttyS0 panic=-1"], memory=MEMORY)
        assert status == 0, serial
        facts = initramfs.facts(serial)
        seen.append((facts["text"], facts["iomem"]["Kernel code"]))
    assert len({text for text, _ in seen}) >= 2, seen
    assert len({code for _, code in seen}) >= 2, seen


def test_nokaslr_does_not_move(make_image):
    for _ in range(2):
        serial, _ = qemu.run(["-kernel", make_image("high"), "-append", "console=ttyS0 nokaslr"],
                             memory=MEMORY)
        report = Report(serial)
        assert report.physical == LINK_PHYSICAL
        assert report.virtual == LINK_VIRTUAL + LINK_PHYSICAL


@pytest.mark.long
@pytest.mark.parametrize("memory", [1024, 6144])
def test_forty_boots(make_image, memory):
    """From the 16-bit entry. Of 40 boots with 6 GB, half of whose places are above 4 GiB, not one going
    there is a chance of 1 in 2^40."""
    found = places(make_image("high"), memory, 40)
    physical, virtual = ({place[i] for place in found} for i in (0, 1))
    assert len(physical) >= 34 and len(virtual) >= 34, found
    assert (max(physical) >= 4 << 30) == (memory > 4096), found
    assert all(at % ALIGN == 0 and at >= LINK_PHYSICAL for at in physical), found


@pytest.mark.long
@pytest.mark.parametrize("memory", [1024, 6144])
def test_nokaslr_often(make_image, memory):
    for _ in range(5):
        serial, _ = qemu.run(["-kernel", make_image("high"), "-append", "console=ttyS0 nokaslr"],
                             memory=memory)
        report = Report(serial)
        assert (report.physical, report.virtual) == (LINK_PHYSICAL, LINK_VIRTUAL + LINK_PHYSICAL)
