# SPDX-License-Identifier: GPL-2.0-or-later
"""Every loader of loaders.toml boots a stock kernel that we wrapped, in its own way, to userspace: with
the command line byte for byte, and an initrd whose checksum is right. Which of the image's entries it
uses is seen by an image that says so and does nothing else."""

import re
import struct
import subprocess
import tomllib
from pathlib import Path

import pytest

from support import initramfs
from support.bzimage import BzImage

with open(Path(__file__).with_name("loaders.toml"), "rb") as f:
    LOADERS = tomllib.load(f)["loader"]
BOOTING = [loader for loader in LOADERS if "fails" not in loader]
FAILING = [loader for loader in LOADERS if "fails" in loader]
# kexec out of an image that only says how it was entered would end there.
PROBED = [loader for loader in BOOTING if "-ours-" not in loader["name"]]

# reboot=t: a machine without a keyboard controller (microvm) ends at once, too.
LINE = "console=ttyS0 panic=-1 reboot=t odd=a,b:c+d%e=f@g/h last=1"
FAST = ("-c", "zstd:3")
TYPE_OF_LOADER = 0x210  # boot.rst, in boot_params
ENTRIES = ("16-bit", "32-bit", "64-bit", "EFI PE", "EFI handover")


def ids(loader):
    return loader["name"]


def check_boot(load, loader, image, kernel, initrd):
    serial, status = load(loader["build"], image, initrd.path, LINE, kernel=kernel)
    assert status == 0, serial
    facts = initramfs.facts(serial)
    given = " ".join(part for part in (loader.get("front"), LINE, loader.get("behind")) if part)
    assert facts["cmdline"] == given
    assert facts["blob"] == initrd.blob_md5
    assert facts["release"] == BzImage(image.read_bytes()).version.split()[0]
    assert facts["efi"] == ("64" if loader["firmware"] == "OVMF" else "")
    assert bytes.fromhex(facts["boot_params"])[TYPE_OF_LOADER] == loader["type"]
    assert facts["oops"] == "0"


@pytest.mark.parametrize("loader", [loader for loader in BOOTING if loader.get("quick")], ids=ids)
def test_boots_a_cloud_kernel(loader, load, make_image, small_initrd):
    check_boot(load, loader, make_image("cloud", *FAST), "cloud", small_initrd)


@pytest.mark.long
@pytest.mark.parametrize("loader", BOOTING, ids=ids)
def test_boots(loader, load, make_image, small_initrd):
    check_boot(load, loader, make_image("stock"), "stock", small_initrd)


def probe(image):
    """(image in which each entry leaves QEMU with a status of its own, status -> name of the entry)"""
    cut = BzImage(image.read_bytes())
    pe = struct.unpack_from("<I", cut.data, 0x3C)[0]
    pe_entry, = struct.unpack_from("<I", cut.data, pe + 24 + 16)  # AddressOfEntryPoint; in file and memory
    places = (0x202 + cut.data[0x201], cut.setup_size, cut.setup_size + 0x200, pe_entry,
              cut.setup_size + cut.hdr.handover_offset + 0x200)
    for number, place in enumerate(places):
        # mov $number, %al; out %al, $0xf4: the same bytes in all modes; not more, as behind the 16-bit
        # entry are the PE headers
        cut.data[place:place + 4] = bytes((0xB0, number + 1, 0xE6, 0xF4))
    return bytes(cut.data), {2 * number + 3: name for number, name in enumerate(ENTRIES)}


@pytest.mark.long
@pytest.mark.parametrize("loader", PROBED, ids=ids)
def test_enters_where_the_table_says(loader, load, make_image, small_initrd, tmp_path):
    data, names = probe(make_image("cloud", *FAST))
    probing = tmp_path / "probe"
    probing.write_bytes(data)
    serial, status = load(loader["build"], probing, small_initrd.path, LINE)
    assert names.get(status) == loader["entry"], serial


@pytest.mark.long
@pytest.mark.parametrize("wrapper", ["stock", "ours"])
@pytest.mark.parametrize("loader", FAILING, ids=ids)
def test_boots_no_stock_kernel(loader, wrapper, load, make_image, stock_kernel, small_initrd):
    """Should it learn to, the table has to change."""
    image = stock_kernel if wrapper == "stock" else make_image("stock")
    serial, _ = load(loader["build"], image, small_initrd.path, LINE, kernel="stock")
    assert re.search(loader["says"] + r"\s*\Z", serial), serial


@pytest.mark.parametrize("loader", LOADERS, ids=ids)
def test_version_is_the_one_of_the_table(loader):
    """A newer loader may do things in another way: try it, and change the table."""
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", loader["package"]], check=True,
                             stdout=subprocess.PIPE).stdout.decode()
    assert version.startswith(loader["version"])


def test_table_is_well_formed():
    names = [loader["name"] for loader in LOADERS]
    assert len(set(names)) == len(names)
    required = {"name", "build", "loader", "version", "package", "firmware"}
    booting = required | {"entry", "type"}
    for loader in LOADERS:
        needed = required | {"fails", "says"} if "fails" in loader else booting
        allowed = needed if "fails" in loader else booting | {"front", "behind", "note", "quick"}
        assert needed <= loader.keys() <= allowed, loader["name"]
