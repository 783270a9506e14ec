# SPDX-License-Identifier: GPL-2.0-or-later
"""bzforge kaslr: places, reasons, pictures and simulated boots, from maps good and bad."""

import json
import math
import subprocess
import xml.etree.ElementTree

import pytest

from conftest import TOP

MAPS = TOP / "tests/data/maps"
NAMES = sorted(path.stem for path in MAPS.glob("*.txt"))
ALIGN = 0x200000


@pytest.fixture
def kaslr(bzforge, make_image):
    """kaslr(map, *options): the report as JSON."""

    def run(map_path, *options, image="pie"):
        return json.loads(bzforge.output("kaslr", make_image(image), "--memory-map", map_path, "--json",
                                         *options))

    return run


@pytest.mark.parametrize("name", NAMES)
def test_every_map(kaslr, name):
    """Counts of slots typed again: multiples of 2 MiB in the areas, below which nothing is left out."""
    report = kaslr(MAPS / f"{name}.txt", "--boots", 100000)
    physical, bounds = report["physical"], report["bounds"]
    slots = 0
    for area in physical["areas"]:
        start = -(-max(area["start"], bounds["min"]) // ALIGN) * ALIGN
        assert area["first"] == start
        assert area["slots"] == (area["end"] - bounds["size"] - start) // ALIGN + 1
        slots += area["slots"]
        for hole in report["avoided"]:
            assert hole["end"] <= area["start"] or area["end"] <= hole["start"]
    assert physical["slots"] == slots
    assert physical["bits"] == pytest.approx(math.log2(slots))
    simulation = report["simulation"]
    assert simulation["boots"] == 100000 and simulation["wrong"] == 0
    assert simulation["physical"]["p"] > 0.001
    assert simulation["physical"]["lowest"] >= bounds["min"]
    assert simulation["virtual"] is None  # this kernel moves physically only


def test_virtual_and_physical(kaslr):
    report = kaslr(MAPS / "seabios-pc-6g.txt", "--boots", 200000, image="high")
    simulation = report["simulation"]
    assert report["virtual"]["slots"] > 400 and simulation["virtual"]["p"] > 0.001
    assert abs(simulation["correlation"]) < 0.01 and simulation["correlation_p"] > 0.001
    assert simulation["physical"]["highest"] > 4 << 30
    again = kaslr(MAPS / "seabios-pc-6g.txt", "--boots", 200000, image="high")
    other = kaslr(MAPS / "seabios-pc-6g.txt", "--boots", 200000, "--seed", 7, image="high")
    assert again == report and other["simulation"] != simulation


def test_the_command_line_counts(kaslr):
    def slots(line):
        return kaslr(MAPS / "seabios-pc-6g.txt", "--cmdline", line)

    everything = slots("")["physical"]["slots"]
    assert slots("mem=1G")["physical"]["slots"] < everything / 4
    pages = slots("hugepagesz=1G hugepages=2")
    assert pages["gib_pages"] == 2
    kept = [(a["start"], a["end"]) for a in pages["avoided"] if a["reason"] == "hugepages=: 1 GiB pages"]
    assert kept == [(1 << 30, 2 << 30), (4 << 30, 5 << 30)]  # the third GiB is not all RAM
    nothing = slots("mem=16M")["physical"]
    assert nothing["slots"] == 0 and nothing["default"] == 0x1000000 and nothing["default_free"]
    assert slots("nokaslr")["nokaslr"] and not slots("")["nokaslr"]


def test_efi_map(kaslr):
    report = kaslr(MAPS / "ovmf-q35-1g.txt")
    assert report["efi_map"]
    assert any(a["reason"] == "in use or set aside by EFI" for a in report["avoided"])


def test_text_and_picture(bzforge, make_image, tmp_path):
    svg = tmp_path / "map.svg"
    text = bzforge.output("kaslr", make_image("high"), "--memory-map", MAPS / "laptop.txt", "--svg", svg,
                          "--boots", 1000)
    for part in ("avoided RAM", "areas with slots", "image and work area", "first MiB", "not RAM",
                 "bits", "# slots", "1000 boots simulated", "chi-square", "correlation"):
        assert part in text, text
    rows = [line for line in text.splitlines() if line.endswith("|") and "|" in line[:20]]
    assert rows and all(len(line.split("|")[1]) == 64 for line in rows)
    root = xml.etree.ElementTree.parse(svg).getroot()
    assert root.tag.endswith("svg") and len(root.findall("{*}rect")) > 20


def test_map_from_standard_input(bzforge, make_image):
    with open(MAPS / "seabios-pc-1g.txt", "rb") as f:
        done = subprocess.run([bzforge.path, "kaslr", make_image("pie"), "--memory-map", "-"], stdin=f,
                              stdout=subprocess.PIPE, check=True)
    assert b"physical " in done.stdout


@pytest.mark.parametrize("text, words", [
    ("", "there is no memory map: not one line of a memory map"),
    ("hello\n", "there is no memory map"),
    ("x\nBIOS-e820: [mem 0x2000-0x0fff] usable\n",
     "line 2: memory map is damaged: range ends below its start (offset 0x1f, value 4095)"),
    ("BIOS-e820: [mem 0x2000-", "line 1: memory map is damaged: no address (offset 0x17, value 0)"),
    ("00000000-00000000 : System RAM\n", "addresses are hidden: read /proc/iomem as root"),
    ("00001000-00001fff : System RAM\n" * 5000, "line 4097: does not fit: too many lines"),
    ("BIOS-e820: [mem 0x0-0xfffff123456789abcdef] usable", "address of more than 64 bits"),
], ids=["empty", "no-map", "below-start", "cut-off", "hidden", "too-many", "too-large"])
def test_bad_maps(bzforge, make_image, tmp_path, text, words):
    path = tmp_path / "map"
    path.write_text(text)
    done = subprocess.run([bzforge.path, "kaslr", make_image("pie"), "--memory-map", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().startswith(f"bzforge: {path}: ") and words in done.stderr.decode()


@pytest.mark.parametrize("options, status, words", [
    ([], 2, "no --memory-map FILE"),
    (["--memory-map", MAPS / "none.txt", "--boots", "0"], 2, "'0' is not a number of boots"),
    (["--memory-map", MAPS / "none.txt", "--load", "1Q"], 2, "'1Q' is not an address"),
    (["--memory-map", "/nonexistent"], 3, "cannot open"),
    (["--memory-map", MAPS / "none.txt", "--svg", "/nonexistent/map.svg"], 3, "cannot create"),
])
def test_usage(bzforge, make_image, options, status, words):
    done = subprocess.run([bzforge.path, "kaslr", make_image("pie"), *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    assert done.returncode == status, done.stderr
    assert words in done.stderr.decode()


def test_other_images(bzforge, cloud_kernel):
    done = subprocess.run([bzforge.path, "kaslr", cloud_kernel, "--memory-map", MAPS / "none.txt"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1 and b"use 'bzforge repack' first" in done.stderr


@pytest.mark.long
def test_ten_million_random_machines(build_folder):
    """A minute: tests/unit/test_slots.c against its oracle, with the stub's objects."""
    program = build_folder / "tests/unit/test-slots-boot64"
    subprocess.run(["ninja", "-C", build_folder, "tests/unit/test-slots-boot64"], check=True)
    subprocess.run([program, "--long"], check=True, timeout=1200)
