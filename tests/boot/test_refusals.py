# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots that must end in a message of ours and the documented way out: below 0, panic= restarts at
once; above 0, after that many seconds; else a key or a byte on the serial port does."""

import re
import tomllib
from pathlib import Path

import pytest

from support import qemu
from support.bzimage import Image
from support.loader import Entry

with open(Path(__file__).with_name("cases.toml"), "rb") as f:
    REFUSALS = tomllib.load(f)["refusal"]

KEYS = {"name", "image", "entry", "memory", "cpu", "append", "e820", "error", "way_out"}
TIMEOUT = 40
LINE = "console=ttyS0 panic=-1"
WAITS = 3.0  # seconds that a machine which waits for a key must wait at least
KEY_PROMPT = "press a key to restart"


def test_refusals_are_well_formed():
    names = [case["name"] for case in REFUSALS]
    assert len(set(names)) == len(names)
    for case in REFUSALS:
        assert not case.keys() - KEYS, case["name"]


def waits_for_key(machine, press):
    """It waits, and goes on when somebody presses."""
    machine.expect(KEY_PROMPT)
    assert machine.stays_up(WAITS), f"did not wait\n{machine.serial}"
    press()
    assert machine.wait() == 0, machine.serial


@pytest.mark.parametrize("case", REFUSALS, ids=[case["name"] for case in REFUSALS])
def test_refusal(case, make_image, loader_bin, tmp_path):
    image_path = make_image(case["image"])
    line = f"{LINE} {case.get('append', '')}".strip()
    if case["entry"] == 16:
        arguments = ["-kernel", image_path, "-append", line]
    else:
        entry = Entry(case["entry"], e820=case.get("e820"))
        arguments = entry.arguments(loader_bin, Image(image_path.read_bytes()), line, tmp_path,
                                    case["memory"])
    with qemu.Qemu(arguments, memory=case["memory"], cpu=case.get("cpu", qemu.CPU),
                   timeout=TIMEOUT) as machine:
        machine.expect(f"^bzforge: {case['error']}")
        if case["way_out"] == "key":
            waits_for_key(machine, lambda: machine.send(b"\r"))
        else:
            assert machine.wait() == 0, machine.serial
            assert KEY_PROMPT not in machine.serial
        assert len(re.findall(r"bzforge: E\d+ ", machine.serial)) == 1, machine.serial


# --- the ways out, from the setup part (no 64-bit CPU) and from the stub (a damaged chunk) ---


@pytest.fixture(scope="module", params=["setup", "stub"])
def refused(request, make_image, tmp_path_factory):
    """(QEMU arguments without command line, options, code) of an image that is refused."""
    path = make_image("pie")
    if request.param == "setup":
        return ["-kernel", path], {"cpu": "pentium3"}, "E70"
    image = Image(path.read_bytes())
    at, size = image.chunk_input(0)
    image.data[at + size // 2] ^= 1
    damaged = tmp_path_factory.mktemp("refused") / "damaged.img"
    damaged.write_bytes(image.data)
    return ["-kernel", damaged], {}, "E43"


def test_panic_below_zero_restarts_at_once(refused):
    arguments, options, code = refused
    serial, status = qemu.run([*arguments, "-append", "console=ttyS0 panic=-1"], memory=128,
                              timeout=TIMEOUT, **options)
    assert status == 0
    assert f"bzforge: {code} " in serial


def test_panic_above_zero_restarts_after_seconds(refused):
    arguments, options, code = refused
    with qemu.Qemu([*arguments, "-append", "console=ttyS0 panic=4"], memory=128, timeout=TIMEOUT,
                   **options) as machine:
        machine.expect(f"^bzforge: {code} ")
        machine.expect("restarting in 4 s")
        assert machine.stays_up(2), machine.serial
        assert machine.wait() == 0


@pytest.mark.parametrize("line", ["console=ttyS0", "console=ttyS0 panic=0", "quiet"])
def test_without_panic_a_serial_byte_restarts(refused, line):
    arguments, options, code = refused
    with qemu.Qemu([*arguments, "-append", line], memory=128, timeout=TIMEOUT, **options) as machine:
        machine.expect(f"^bzforge: {code} ")
        waits_for_key(machine, lambda: machine.send(b" "))


def test_a_key_restarts_and_the_screen_says_why(refused, tmp_path):
    arguments, options, code = refused
    with qemu.Qemu([*arguments, "-append", ""], memory=128, timeout=TIMEOUT,
                   monitor=tmp_path / "monitor", **options) as machine:
        machine.expect(KEY_PROMPT)
        screen = machine.screen_with(KEY_PROMPT, tmp_path)
        assert f"bzforge: {code} " in screen, screen
        waits_for_key(machine, lambda: machine.hmp("sendkey ret"))


def test_an_image_started_as_a_disk_says_what_to_use(make_image, tmp_path):
    """Nothing on the serial port there: only the BIOS's screen."""
    disk = tmp_path / "disk.img"
    data = make_image("pie").read_bytes()
    disk.write_bytes(data + bytes(-len(data) % (1 << 20)))
    with qemu.Qemu(["-drive", f"file={disk},format=raw"], memory=64, timeout=TIMEOUT,
                   monitor=tmp_path / "monitor") as machine:
        screen = machine.screen_with("Press a key", tmp_path)
        assert "Use a boot loader" in screen, screen
