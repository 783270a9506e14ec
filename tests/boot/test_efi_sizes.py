# SPDX-License-Identifier: GPL-2.0-or-later
"""Under UEFI, by what starts an image there: in little memory, and with an initrd as large as those of live
systems in some and in much memory. What is said of each way to boot otherwise is in test_loaders.py,
test_efi_loaders.py and test_uki.py."""

import pytest

from support import initramfs

LINE = "console=ttyS0 panic=-1 reboot=t"
MIB = 1 << 20
SIZES = {  # name -> bytes of the blob in the initrd, MiB of memory
    "1 MB in 256 MB": (1 * MIB, 256),
    "300 MB in 2 GB": (300 * MIB, 2048),
    "300 MB in 6 GB": (300 * MIB, 6144),
}
PATIENCE = 300
FIRST_WAY = "efi_shell"
# In 256 MB none of them but the shell has room for the larger kernel: GRUB says so, in either wrapper.
OTHER_WAYS = ("qemu_ovmf", "systemd_boot", "systemd_boot_type_2", "grub_handover", "grub_load_file2")
# At the fastest levels: what is tried here is memory.
CODECS = ("gzip:1", "bzip2:1", "lzma:1", "xz:1", "lzo:1", "lz4:3", "zstd:3", "none")


@pytest.fixture(scope="module", name="initrds")
def _initrds(tmp_path_factory):
    """bytes of the blob -> path"""
    folder = tmp_path_factory.mktemp("sizes")
    paths = {blob: folder / f"{blob}.cpio" for blob, _ in SIZES.values()}
    for blob, path in paths.items():
        path.write_bytes(initramfs.build(blob_size=blob))
    yield paths
    for path in paths.values():
        path.unlink()


@pytest.fixture(name="room")
def _room(tmp_path):
    """The test's folder, empty again afterwards."""
    yield tmp_path
    for path in tmp_path.iterdir():
        if path.is_file():
            path.unlink()


def check(serial, status, blob):
    assert status == 0, serial
    facts = initramfs.facts(serial)
    assert facts["blob"] == initramfs.blob_md5(blob)
    assert LINE in facts["cmdline"]
    assert (facts["efi"], facts["oops"]) == ("64", "0")


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("codec", CODECS)
def test_codecs(load, make_image, initrds, room, codec, size):
    blob, memory = SIZES[size]
    image = make_image("stock", "-c", codec)
    check(*load(FIRST_WAY, image, initrds[blob], LINE, memory=memory, timeout=PATIENCE), blob)


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", OTHER_WAYS)
def test_ways(load, bzforge, make_image, initrds, room, way, size):
    blob, memory = SIZES[size]
    image = make_image("cloud", "-c", "zstd:3")
    if way == "systemd_boot_type_2":
        uki = room / "uki.efi"
        bzforge.run("uki", image, "-o", uki, "--cmdline", LINE, "--initrd", initrds[blob])
        image = uki
    check(*load(way, image, initrds[blob], LINE, memory=memory, timeout=PATIENCE), blob)
