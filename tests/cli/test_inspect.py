# SPDX-License-Identifier: GPL-2.0-or-later
"""What inspect says of files beyond the contract's keys, against other witnesses: readelf, the PE header, the
file's own bytes; and that its JSON is what the published schema says."""

import gzip
import json
import os
import pty
import re
import struct
import subprocess
import xml.etree.ElementTree

import jsonschema
import pytest

from conftest import TOP
from support.bzimage import BzImage
from support.elf import Elf
from support.tool import BAD_INPUT

SCHEMA = json.loads((TOP / "docs/inspect.schema.json").read_text())
STOCK = ("stock", "cloud")


@pytest.fixture(scope="module")
def inspect(bzforge):
    """inspect(path): the report, valid by the schema, with a layout that covers the file."""

    def run(path, **options):
        report = json.loads(bzforge.output("inspect", "--json", path, **options))
        jsonschema.Draft7Validator(SCHEMA).validate(report)
        end = 0
        for region in report["layout"]:
            assert region["offset"] == end and region["size"] > 0
            end += region["size"]
        return report

    return run


def readelf(*arguments):
    done = subprocess.run(["readelf", "-W", *arguments], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})
    return done.stdout.decode(errors="replace")


def test_schema_is_one():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_schema_refuses_what_is_wrong(inspect, pie_image):
    """A schema that takes everything would prove nothing."""
    validator, report = jsonschema.Draft7Validator(SCHEMA), inspect(pie_image)
    for change in ({"init_size": "large"}, {"problems": [{"text": "no offset"}]}, {"surprise": 1},
                   {"kaslr": None}, {"kernel_sha256": "abc"}):
        assert not validator.is_valid({**report, **change})
    for key in SCHEMA["required"]:
        assert not validator.is_valid({k: v for k, v in report.items() if k != key}), key


@pytest.mark.parametrize("name", STOCK)
def test_stock(inspect, stock_kernels, name):
    report = inspect(stock_kernels[name])
    assert report["kaslr"]["physical"] is True and report["kaslr"]["virtual"] is True
    assert report["loadflags"] == ["loaded_high"]
    assert "kernel_64" in report["xloadflags"]
    assert report["entries"]["entry_64"] == report["entries"]["entry_32"] + 0x200 == report["setup_size"] + 0x200
    assert any("payload" == region["name"] for region in report["layout"])


@pytest.mark.parametrize("name", STOCK)
def test_init_size_of_stock(inspect, stock_kernels, name):
    """The one term that stands nowhere, the wrapper's bss, has a second witness: .data of the PE header is
    larger in memory than in the file by just as much."""
    report = inspect(stock_kernels[name])
    why = report["init_size_why"]
    parts = sum(part["bytes"] for part in why["parts"] if part["decides"])
    assert why["explained"] and parts + (why["besides"] or 0) == report["init_size"]
    data = next(s for s in report["sections"] if s["name"] == ".data")
    assert why["besides"] == data["size"] - data["file_size"] > 0


@pytest.mark.parametrize("name, options", [("cloud", ("-c", "lz4:1")), ("cloud", ("-c", "none")),
                                           ("pie", ("-c", "zstd:3")), ("high", ("-c", "zstd:3"))])
def test_init_size_of_ours(inspect, make_image, name, options):
    report = inspect(make_image(name, *options))
    why = report["init_size_why"]
    largest = max(part["bytes"] for part in why["parts"])
    assert [part["bytes"] for part in why["parts"] if part["decides"]] == [largest]
    assert why["explained"] and largest + (why["besides"] or 0) == report["init_size"]


@pytest.mark.parametrize("name, physical, virtual", [("pie", True, False), ("high", True, True),
                                                     ("fixed", False, False)])
def test_kaslr_of_ours(inspect, make_image, name, physical, virtual):
    kaslr = inspect(make_image(name, "-c", "zstd:3"))["kaslr"]
    assert (kaslr["physical"], kaslr["virtual"]) == (physical, virtual)
    assert kaslr["physical_why"] and kaslr["virtual_why"]


def test_kaslr_without_relocations(inspect, bzforge, tmp_path, test_kernels):
    bzforge.run("build", test_kernels["high"], "--relocs", "none", "-c", "none", "-o", tmp_path / "out")
    assert inspect(tmp_path / "out")["kaslr"]["virtual_why"] == "no relocation table"


def test_sections_are_readelfs(inspect, stock_kernels, stock_elf):
    ours = {(s["number"], s["name"], int(s["address"], 16), s["offset"], s["size"])
            for s in inspect(stock_kernels["cloud"])["elf"]["sections"]}
    theirs = set()
    for line in readelf("-S", stock_elf("cloud")).splitlines():
        found = re.match(r"\s*\[\s*(\d+)\] (\S+)\s+\w+\s+([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+)", line)
        if found and found[2] != "NULL":
            theirs.add((int(found[1]), found[2], *(int(v, 16) for v in found.groups()[2:])))
    assert ours == theirs and len(ours) > 20


def test_notes_are_readelfs(inspect, stock_kernels, stock_elf):
    elf = inspect(stock_kernels["cloud"])
    text = readelf("-n", stock_elf("cloud"))
    assert elf["build_id"] == re.search(r"Build ID: ([0-9a-f]+)", text)[1]
    sizes = [int(v, 16) for v in re.findall(r"^  \w+\s+(0x[0-9a-f]{8})\s", text, re.M)]
    assert [n["size"] for n in elf["elf"]["notes"]] == sizes and len(sizes) > 3


def test_footprint_is_all_memory(inspect, stock_kernels, stock_elf):
    """Parts of it add up to what is loaded, by section headers that readelf reads."""
    footprint = inspect(stock_kernels["cloud"])["elf"]["footprint"]
    total = 0
    for line in readelf("-S", stock_elf("cloud")).splitlines():
        found = re.match(r"\s*\[\s*\d+\] \S+\s+\w+\s+[0-9a-f]{16} [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+\s+(\w*A\w*)\s", line)
        total += int(found[1], 16) if found else 0
    assert sum(footprint.values()) == total > 30 << 20
    assert all(footprint.values())


def test_configuration_is_found(inspect, tmp_path, test_kernels):
    inside = b"IKCFG_ST" + gzip.compress(b"CONFIG_TEST=y\n" * 20) + b"IKCFG_ED"
    (tmp_path / "config").write_bytes(inside)
    subprocess.run(["objcopy", "--add-section", f".ikconfig={tmp_path / 'config'}", test_kernels["pie"],
                    tmp_path / "kernel"], check=True)
    found = inspect(tmp_path / "kernel")["ikconfig"]
    data = (tmp_path / "kernel").read_bytes()
    assert gzip.decompress(data[found["offset"]:found["offset"] + found["size"]]) == b"CONFIG_TEST=y\n" * 20
    assert inspect(test_kernels["pie"])["ikconfig"] is None


def test_signer_of_stock(inspect, bzforge, stock_kernel, tmp_path):
    signatures = inspect(stock_kernel)["signatures"]
    assert len(signatures) == 1 and signatures[0]["holds"] and "Debian" in signatures[0]["signer"]
    data = bytearray(stock_kernel.read_bytes())
    data[0x3000] ^= 1
    (tmp_path / "changed").write_bytes(data)
    assert "does not hold" in bzforge.output("inspect", tmp_path / "changed")


FIELDS = {  # a change that no checksum of a stock kernel notices -> words
    "min_alignment is above kernel_alignment": (0x235, "B", 22),
    "pref_address is not aligned": (0x258, "Q", 0x1000800),
    "handover_offset is behind the image": (0x264, "I", 0x7fffffff),
    "5-level paging enabled, but unknown": (0x236, "H", 0x5f),
    "above 4 GiB, but no 64-bit entry": (0x236, "H", 0x7e),
    "init_size is less than the kernel takes": (0x260, "I", 0x100000),
}


@pytest.mark.parametrize("words", FIELDS)
def test_contradictions(inspect, bzforge, tmp_path, cloud_kernel, words):
    at, form, value = FIELDS[words]
    data = bytearray(cloud_kernel.read_bytes())
    struct.pack_into("<" + form, data, at, value)
    (tmp_path / "image").write_bytes(data)
    report = inspect(tmp_path / "image", status=BAD_INPUT)
    found = [p for p in report["problems"] if words in p["text"]]
    assert [(p["offset"], p["value"]) for p in found] == [(at, value)], report["problems"]
    assert f"offset {at:#x}" in bzforge.message("verify", tmp_path / "image", status=BAD_INPUT)


def test_copies_in_the_stub(inspect, tmp_path, pie_image):
    data = bytearray(pie_image.read_bytes())
    image = BzImage(bytes(data))
    at = image.setup_size + 0x10 + 0x1c
    assert struct.unpack_from("<I", data, at)[0] == image.hdr.init_size
    struct.pack_into("<I", data, at, image.hdr.init_size + 0x1000)
    (tmp_path / "image").write_bytes(data)
    report = inspect(tmp_path / "image", status=BAD_INPUT)
    assert [p["offset"] for p in report["problems"] if "stub_info's init_size" in p["text"]] == [at]


def test_a_files_words_do_not_reach_the_terminal(bzforge, tmp_path, cloud_kernel):
    """Version string with an escape sequence, a new line, and bytes that are no UTF-8."""
    data = bytearray(cloud_kernel.read_bytes())
    at = 0x200 + struct.unpack_from("<H", data, 0x20e)[0]
    data[at:at + 12] = b"\x1b[2J\n\x9b31m\xff\\x"
    (tmp_path / "image").write_bytes(data)
    done = bzforge.run("inspect", "--deep", tmp_path / "image")
    assert b"\\x1b[2J\\x0a\\x9b31m\\xff\\x5cx" in done.stdout
    assert all(byte in b"\n" or 32 <= byte < 127 for byte in done.stdout)
    assert b"\x1b" not in bzforge.run("inspect", "--json", tmp_path / "image").stdout


def on_a_terminal(bzforge, path, **env):
    master, slave = pty.openpty()
    bzforge.run("inspect", path, stdout=slave, env=env)
    os.close(slave)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        text += part
    os.close(master)
    return text


def test_colours(bzforge, test_kernels):
    kernel = test_kernels["pie"]
    assert b"\x1b[7;" in on_a_terminal(bzforge, kernel, NO_COLOR="")
    assert b"\x1b" not in on_a_terminal(bzforge, kernel, NO_COLOR="1")
    assert "\x1b" not in bzforge.output("inspect", kernel)


def test_picture_in_the_terminal(bzforge, high_image):
    """Each column of the bar is the letter of a region, in their order."""
    text = bzforge.output("inspect", high_image)
    bar = re.search(r"^  \[(\w{64})\]$", text, re.M)[1]
    regions = re.findall(r"^  (\w) 0x([0-9a-f]+) +(\d+) (.*)$", text, re.M)
    assert "".join(sorted(bar)) == bar and set(bar) <= {r[0] for r in regions}
    sizes = {letter: int(size) for letter, _, size, _ in regions}
    assert sum(sizes.values()) == high_image.stat().st_size
    assert bar.count(max(sizes, key=sizes.get)) == pytest.approx(
        64 * max(sizes.values()) / sum(sizes.values()), abs=2)


@pytest.mark.parametrize("name", ["stock", "high"])
def test_drawing(bzforge, tmp_path, stock_kernels, high_image, name):
    source = stock_kernels[name] if name in stock_kernels else high_image
    svg = tmp_path / "a<b>&.svg"
    bzforge.run("inspect", source, "--svg", svg)
    root = xml.etree.ElementTree.parse(svg).getroot()
    texts = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(t.startswith("payload, ") for t in texts) and any(t.startswith("segment 0 r-x") for t in texts)
    assert root.find(".//{http://www.w3.org/2000/svg}rect") is not None


def test_headers_only_decode_nothing(bzforge, tmp_path, cloud_kernel):
    """A payload of zeros: without --deep nobody looks at it."""
    image = BzImage(cloud_kernel.read_bytes())
    data = bytearray(cloud_kernel.read_bytes())
    start = image.payload_at + 64
    data[start:start + (1 << 20)] = bytes(1 << 20)
    (tmp_path / "image").write_bytes(data)
    assert "headers tell" in bzforge.output("inspect", tmp_path / "image")
    bzforge.run("inspect", "--deep", tmp_path / "image", status=BAD_INPUT)


def test_our_kernels(inspect, test_kernels, make_image):
    for name, path in test_kernels.items():
        elf = Elf(path.read_bytes())
        for report in (inspect(path), inspect(make_image(name, "-c", "zstd:3"))):
            assert report["elf"]["entry"] == elf.entry
            loads = [tuple(int(v, 16) if isinstance(v := s[k], str) else v
                           for k in ("offset", "vaddr", "paddr", "filesz", "memsz"))
                     for s in report["elf"]["segments"]]
            assert loads == elf.loads
