# SPDX-License-Identifier: GPL-2.0-or-later
"""Images and disks that are quickly made: a small test kernel, compressed a little; a kernel on a disk."""

import struct

import pytest

from support.made_disk import MadeDisk

LINE = "console=ttyS0 root=LABEL=x"


@pytest.fixture(scope="session")
def pie_image(make_image):
    return make_image("pie", "-c", "zstd:3")


@pytest.fixture(scope="session")
def high_image(make_image):
    return make_image("high", "-c", "zstd:3")


@pytest.fixture(scope="session")
def kernel(make_image):
    return make_image("cloud", "-c", "lz4:3")


@pytest.fixture(scope="session")
def release(kernel):
    data = kernel.read_bytes()
    at = struct.unpack_from("<H", data, 0x20E)[0] + 0x200
    return data[at:at + 64].split(b" ")[0].decode()


@pytest.fixture(scope="session")
def disk(bzforge, kernel, small_initrd, tmp_path_factory):
    out = tmp_path_factory.mktemp("disk") / "d.img"
    bzforge.run("disk", kernel, "-o", out, "--initrd", small_initrd.path, "--cmdline", LINE)
    return MadeDisk(out)


@pytest.fixture
def make(bzforge, tmp_path):
    """make(IMAGE..., option...): a disk in a folder of this test."""

    def call(*arguments, name="made.img", **options):
        bzforge.run("disk", *arguments, "-o", tmp_path / name, **options)
        return MadeDisk(tmp_path / name)

    return call


@pytest.fixture(scope="session")
def uki(bzforge, kernel, tmp_path_factory):
    out = tmp_path_factory.mktemp("uki") / "uki.efi"
    bzforge.run("uki", kernel, "-o", out, "--cmdline", "in the uki")
    return out
