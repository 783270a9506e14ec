# SPDX-License-Identifier: GPL-2.0-or-later
"""`bzforge disk` straight to a drive: whom it asks, what it refuses. These need root, and loop devices."""

import os
import pty
import subprocess

import pytest

from support.made_disk import MadeDisk, run
from support.tool import ENVIRONMENT, USAGE

LINE = "console=ttyS0 root=LABEL=x"  # as in conftest.py


class Drive:
    """A loop device of that many MiB, full of old bytes."""

    def __init__(self, folder, size_mib):
        self.file = folder / "drive"
        self.file.write_bytes(b"\xff" * (size_mib << 20))
        self.path = run("losetup", "-f", "--show", self.file).strip()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        run("losetup", "-d", self.path)


@pytest.mark.long
def test_drive(bzforge, disk, kernel, small_initrd, release, tmp_path):
    """The same files; the second GPT at the drive's end; what was there before is gone. Then an update."""
    arguments = [kernel, "--initrd", small_initrd.path, "--cmdline", LINE]
    with Drive(tmp_path, 200) as drive:
        bzforge.run("disk", *arguments, "-o", drive.path, "--yes")
        made = MadeDisk(drive.path)
        made.check(tmp_path)
        assert made.names == disk.names and made.guid == disk.guid
        assert made.partitions == disk.partitions
        assert made.sectors(200 * 2048 - 1, 1)[:8] == b"EFI PART"
        bzforge.run("disk", "--update", kernel, "-o", drive.path, "--yes", "--cmdline", "a=2")
        assert made.text(f"/loader/entries/{release}.conf").endswith("options a=2\n")
        bzforge.run("disk", *arguments, "-o", drive.path, "--yes", "--iso")
        assert MadeDisk(drive.path).names == disk.names


@pytest.mark.long
def test_drive_in_use(bzforge, pie_image, tmp_path):
    """Whoever mounts a drive claims it so [open(2), O_EXCL]."""
    with Drive(tmp_path, 40) as drive:
        held = os.open(drive.path, os.O_RDWR | os.O_EXCL)
        try:
            for options in ([], ["--update"]):
                message = bzforge.message("disk", pie_image, "-o", drive.path, "--yes", *options,
                                          status=ENVIRONMENT)
                assert "is mounted or in use" in message
            assert drive.file.read_bytes() == b"\xff" * (40 << 20)
        finally:
            os.close(held)


@pytest.mark.long
def test_drive_too_small(bzforge, pie_image, tmp_path):
    with Drive(tmp_path, 30) as drive:
        for options in ([], ["--iso"]):
            assert "is too small: it has 30 MiB" in bzforge.message(
                "disk", pie_image, "-o", drive.path, "--yes", *options, status=ENVIRONMENT)
        assert drive.file.read_bytes() == b"\xff" * (30 << 20)


@pytest.mark.long
@pytest.mark.parametrize("answer, status", [(b"yes\n", 0), (b"no\n", USAGE), (b"y\n", USAGE), (b"\x04", USAGE)])
def test_drive_asks(bzforge, pie_image, tmp_path, answer, status):
    """On a terminal; without one it does not write."""
    with Drive(tmp_path, 40) as drive:
        assert "say --yes" in bzforge.message("disk", pie_image, "-o", drive.path, status=USAGE)
        ours, theirs = pty.openpty()
        with subprocess.Popen([bzforge.path, "disk", pie_image, "-o", drive.path], stdin=theirs,
                              stderr=theirs) as process:
            said = b""
            while b"[yes/no]" not in said:
                said += os.read(ours, 1000)
            os.write(ours, answer)
            assert process.wait(60) == status
        assert b"everything on it will be lost" in said
        assert (drive.file.read_bytes()[:440] != b"\xff" * 440) == (status == 0)
        os.close(ours)
        os.close(theirs)
