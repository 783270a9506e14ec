# SPDX-License-Identifier: GPL-2.0-or-later
"""Whoever could read Linux's images must read ours."""

import subprocess
from pathlib import Path

import pytest

from support import cache
from support.bzimage import Image
from support.codecs import CODECS

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def search_and_decode(data, folder):
    """What scripts/extract-vmlinux of Linux does: look for a compressor's magic number anywhere in the
    file, decode from there on whatever comes behind, and take the result if it is an ELF."""
    result = folder / "result"
    at = data.find(ZSTD_MAGIC)
    while at >= 0:
        with open(result, "wb") as out:
            subprocess.run(["unzstd", "-q", "-c"], input=data[at:], stdout=out,
                           stderr=subprocess.DEVNULL, check=False)
        is_elf = subprocess.run(["readelf", "-h", result], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, check=False)
        if is_elf.returncode == 0:
            return result.read_bytes()
        at = data.find(ZSTD_MAGIC, at + 1)
    return None


@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_a_search_for_the_magic_finds_the_kernel(make_image, stock_elf, tmp_path, name):
    found = search_and_decode(make_image(name).read_bytes(), tmp_path)
    assert found is not None
    elf = stock_elf(name).read_bytes()
    assert found[:len(elf)] == elf


def test_one_frame(make_image, tmp_path):
    """One zstd frame: readers that stop after the first must see all."""
    stream = tmp_path / "payload.zst"
    stream.write_bytes(Image(make_image("stock").read_bytes()).payload[:-4])
    listed = subprocess.run(["zstd", "-l", stream], stdout=subprocess.PIPE, check=True).stdout.decode()
    frames = listed.splitlines()[1].split()[0]
    assert frames == "1", listed


def extract_vmlinux():
    """The real script, from Debian's linux-source-6.1."""
    source = Path("/usr/src/linux-source-6.1.tar.xz")
    member = "linux-source-6.1/scripts/extract-vmlinux"

    def unpack(out):
        with open(out, "wb") as script:
            subprocess.run(["tar", "-xJOf", source, "--occurrence=1", member], stdout=script, check=True)

    return cache.made("extract-vmlinux", cache.digest(source.stat().st_size), unpack)


# It looks for compressed streams: a kernel that is not compressed is none of its business.
@pytest.mark.long
@pytest.mark.parametrize("name, options", [
    ("cloud", ()), *(("stock", ("-c", codec)) for codec in CODECS if codec != "none")],
    ids=lambda v: v if isinstance(v, str) else "".join(v[1:]) or "default")
def test_extract_vmlinux_of_linux(make_image, stock_elf, tmp_path, name, options):
    found = subprocess.run(["sh", extract_vmlinux(), make_image(name, *options)],
                           stdout=subprocess.PIPE, check=True,
                           env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)}).stdout
    elf = stock_elf(name).read_bytes()
    assert found[:len(elf)] == elf
