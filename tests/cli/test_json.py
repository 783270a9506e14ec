# SPDX-License-Identifier: GPL-2.0-or-later
"""The keys of `inspect --json` that the contract fixes, and whether they tell the truth."""

import hashlib
import json

import pytest

from support.bzimage import BzImage, Image
from support.elf import Elf
from support.tool import BAD_INPUT

KEYS = {"format", "protocol", "version", "codec", "payload", "content_size", "elf", "relocs",
        "init_size", "pref_address", "kernel_sha256", "problems"}


def inspect(bzforge, path, **options):
    return json.loads(bzforge.output("inspect", "--json", path, **options))


def number(value):
    """Numbers too large for JSON libraries are strings."""
    return int(value, 16) if isinstance(value, str) else value


@pytest.mark.parametrize("name, codec", [("stock", "xz"), ("cloud", "lz4")])
def test_stock_kernel(bzforge, stock_kernels, name, codec):
    report = inspect(bzforge, stock_kernels[name])
    image = BzImage(stock_kernels[name].read_bytes())
    assert KEYS <= report.keys()
    assert report["format"] == "bzImage"
    assert report["protocol"] == "2.15"
    assert report["version"] == image.version
    assert report["codec"] == codec
    assert report["payload"] == {"offset": image.payload_at, "length": image.hdr.payload_length}
    assert report["init_size"] == image.hdr.init_size
    assert report["pref_address"] == image.hdr.pref_address == 0x1000000
    assert report["content_size"] == int.from_bytes(image.payload[-4:], "little")
    assert report["elf"]["entry"] == 0x1000000
    assert report["relocs"]["layout"] == "linux-3"
    # Words behind the ELF, less the three zeros between the lists.
    assert report["relocs"]["count"] == (report["content_size"] - report["elf"]["size"]) // 4 - 3
    assert report["problems"] == []


@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_original_and_repacked_agree(bzforge, make_image, stock_kernels, name):
    old, new = (inspect(bzforge, path) for path in (stock_kernels[name], make_image(name)))
    # How the relocation table is coded is a property of the file, not of the kernel.
    coding = [(r["relocs"].pop("coding"), r["relocs"].pop("coded_size")) for r in (old, new)]
    for key in ("format", "protocol", "version", "elf", "relocs", "pref_address", "kernel_sha256"):
        assert old[key] == new[key], key
    assert new["codec"] == "zstd"
    assert [c[0] for c in coding] == ["words", "compact"]
    assert coding[0][1] == old["relocs"]["size"] > 3 * coding[1][1]
    assert old["content_size"] - new["content_size"] == coding[0][1] - coding[1][1]


def test_elf_and_digest(bzforge, tmp_path, cloud_kernel, make_image, stock_elf):
    """Against the bytes themselves: the digest is over the ELF, then the relocation table."""
    report = inspect(bzforge, make_image("cloud"))
    relocs = tmp_path / "relocs"
    bzforge.run("extract", cloud_kernel, "-o", tmp_path / "elf", "--relocs", relocs)
    data = stock_elf("cloud").read_bytes()
    assert hashlib.sha256(data + relocs.read_bytes()).hexdigest() == report["kernel_sha256"]
    elf = Elf(data)
    assert elf.size == len(data) == report["elf"]["size"]
    assert elf.entry == report["elf"]["entry"]
    assert elf.loads == [tuple(number(s[k]) for k in ("offset", "vaddr", "paddr", "filesz", "memsz"))
                         for s in report["elf"]["segments"]]


def test_our_image(bzforge, high_image):
    image = Image(high_image.read_bytes())
    report = inspect(bzforge, high_image)
    assert KEYS <= report.keys()
    chunks = [tuple(number(c[k]) for k in ("in_offset", "in_size", "out_offset", "out_size", "crc32c",
                                           "ready_after")) for c in report["manifest"]["chunks"]]
    assert chunks == image.chunks


def test_bare_elf(bzforge, test_kernels):
    report = inspect(bzforge, test_kernels["pie"])
    assert KEYS <= report.keys()
    assert report["format"] == "ELF"
    assert report["payload"] is None and report["codec"] is None
    assert report["relocs"]["layout"] == "dynamic"
    assert report["elf"]["size"] == test_kernels["pie"].stat().st_size


def test_problems(bzforge, tmp_path, pie_image):
    image = Image(pie_image.read_bytes())
    image.data[image.manifest_at + 0x25] ^= 1
    (tmp_path / "bad").write_bytes(image.data)
    report = inspect(bzforge, tmp_path / "bad", status=BAD_INPUT)
    assert KEYS <= report.keys()
    assert report["problems"]
    for problem in report["problems"]:
        assert {"offset", "value", "text"} <= problem.keys()
        assert isinstance(problem["text"], str)
    assert "checksum of the manifest is wrong" in report["problems"][0]["text"]


def test_no_image(bzforge, tmp_path):
    (tmp_path / "text").write_text("not a kernel\n")
    report = inspect(bzforge, tmp_path / "text", status=BAD_INPUT)
    assert KEYS <= report.keys()
    assert report["problems"]
