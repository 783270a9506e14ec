# SPDX-License-Identifier: GPL-2.0-or-later
"""The handover entry, reached by a boot loader that says little: tests/boot/efi/handover.c. Its initrd counts
although it does not say who it is, and its wish for silence does."""

import pytest

from support import fat, ovmf, qemu
from support.testkernel import EXIT_STATUS, Report

TIMEOUT = 60
LINE = "console=ttyS0 earlyprintk=serial"
LOADFLAG_QUIET = 0x20
NAMELESS = 0xFF  # type_of_loader, boot.rst
INITRD_SIZE = 4096


@pytest.fixture
def boot(build_folder, make_image, tmp_path):
    def run(options):
        disk = fat.make(tmp_path / "disk.img", {
            "handover.efi": build_folder / "tests/boot/efi/handover.efi", "kernel": make_image("pie"),
            "startup.nsh": f"fs0:\r\nhandover.efi {LINE}{options}\r\n".encode()})
        serial, status = qemu.run([*ovmf.arguments("uefi", tmp_path), *fat.drive(disk, 0)],
                                  machine=ovmf.machine("uefi"), memory=384, timeout=TIMEOUT)
        assert status == EXIT_STATUS, serial
        return Report(serial)

    return run


def test_loader_without_a_name(boot):
    report = boot("")
    assert "bzforge: entering the kernel at" in report.before
    assert report.command_line == f"handover.efi {LINE}"
    assert (report.boot_params[0x210], report.field(0x21C, "I")) == (NAMELESS, INITRD_SIZE)
    report.check_hand_over()


def test_loader_that_wants_silence(boot):
    report = boot(" QUIETFLAG")
    assert report.loadflags & LOADFLAG_QUIET
    assert "HANDOVER now" in report.before
    assert "bzforge" not in report.before.split("HANDOVER now", 1)[1]
