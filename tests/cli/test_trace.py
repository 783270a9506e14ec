# SPDX-License-Identifier: GPL-2.0-or-later
"""bzforge boot --trace and --gdb: what is shown of a boot, and what gdb is told."""

import re
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from support import qemu
from support.bzimage import Image
from support.tool import BAD_INPUT, USAGE

WAIT = 120 + qemu.WRAPPER_PATIENCE
QUICK = ["--append", "console=ttyS0 panic=-1"]

ROW = re.compile(r"^  ([a-z]+|chunk \d+) +(?:cpu (\d+) +)?(\d+) +(\d+) +([\d.]+) %$", re.M)
STOP = re.compile(r"^(\S.*), 0x([0-9a-f]+)(?: \((\S+)\))?(: .*)?$", re.M)


@pytest.fixture
def trace(bzforge):
    def run(image, *arguments, status=BAD_INPUT):
        """The kernel has no initrd, so it panics."""
        done = bzforge.run("boot", image, "--trace", "--timeout", "100", *arguments, prefix=qemu.WRAPPER,
                           timeout=WAIT, status=status)
        return done.stdout.decode("latin-1").replace("\r", ""), done.stderr.decode()
    return run


def registers(text):
    """Name of the stop -> (address, what is said of it)."""
    found = list(STOP.finditer(text))
    ends = [m.start() for m in found[1:]] + [len(text)]
    return {m[1]: (int(m[2], 16), text[m.start():end]) for m, end in zip(found, ends)}


def entry_of(serial):
    return int(re.search(r"entering the kernel at 0x([0-9a-f]+)", serial)[1], 16)


def test_trace(trace, make_image, tmp_path):
    """One boot: timeline, registers, drawing, and that a seed is a place."""
    drawing = tmp_path / "boot.svg"
    serial, shown = trace(make_image("cloud", "-c", "lz4:3"), "--seed", "7", "--trace-svg", drawing, *QUICK)
    stops = registers(shown)
    assert list(stops) == ["16-bit entry", "32-bit entry", "64-bit code", "kernel's first instruction"]

    address, said = stops["16-bit entry"]
    assert address == 0x10200 and "CS:IP  1020:00000000  = 0x10200; real mode" in said
    assert "DS     0x1000      base 0x10000, limit 0xffff" in said and "PE 0  PG 0" in said
    address, said = stops["32-bit entry"]
    assert address == 0x100000 and "protected mode, 32-bit code" in said
    assert "PE 1  PG 0" in said and "LME 0  LMA 0" in said
    assert "CS     0x0010      base 0x0, limit 0xffffffff  flat" in said
    boot_params = int(re.search(r"boot_params at 0x([0-9a-f]+)", serial)[1], 16)
    assert re.search(rf"SI     0x{boot_params:x} +boot_params", said)
    address, said = stops["64-bit code"]
    assert "long mode, 64-bit code" in said and "four levels" in said
    address, said = stops["kernel's first instruction"]
    assert address == entry_of(serial) and f"RIP    0x{address:x} " in said
    assert "LME 1  LMA 1" in said and "interrupts off" in said
    assert re.search(rf"SI     0x{boot_params:x} +boot_params", said)

    rows = ROW.findall(shown)
    names = [row[0] for row in rows]
    assert names[0] == "setup" and names[-1] == "wiped"
    assert names.index("stub") < names.index("chunk 0") < names.index("decoded") < names.index("relocated")
    assert "Timeline, in instructions" in shown
    total = int(re.search(r"^  all of it +(\d+)$", shown, re.M)[1])
    assert sum(int(row[3]) for row in rows) == total == int(rows[-1][2])
    assert abs(sum(float(row[4]) for row in rows) - 100) < 0.2
    assert (str(total), "wiped") in re.findall(r"bzforge: time +(\d+)  cpu 0  (\w+)$", serial, re.M)

    tree = ElementTree.parse(drawing).getroot()
    words = [e.text for e in tree.iter("{http://www.w3.org/2000/svg}text")]
    for word in ("cpu 0", "stage 1", "stage 2", "payload", "work area", "kernel", "boot_params"):
        assert word in words
    assert f"0x{entry_of(serial):x}" in words


@pytest.mark.long
def test_a_seed_is_a_boot(trace, make_image):
    image = make_image("cloud", "-c", "lz4:3")
    shown = [trace(image, "--seed", seed, *QUICK) for seed in ("1", "1", "2")]
    tables = [text[1][:text[1].index("all of it")] for text in shown]
    assert tables[0] == tables[1]
    assert entry_of(shown[0][0]) != entry_of(shown[2][0])
    assert "did not come by" not in tables[2]


@pytest.mark.long
def test_a_stub_that_moves(trace, make_image):
    """Uncompressed, the kernel's default place runs over the image."""
    serial, shown = trace(make_image("cloud", "-c", "none"), "--append", "console=ttyS0 panic=-1 nokaslr")
    stops = registers(shown)
    copy = int(re.search(r"moving stub to 0x([0-9a-f]+)", serial)[1], 16)
    assert stops["the stub's copy"][0] > copy
    assert stops["kernel's first instruction"][0] == entry_of(serial) == 0x1000000
    assert "did not come by" not in shown


@pytest.mark.long
def test_more_processors(trace, make_image):
    """The real clock: a place is known beforehand only without KASLR."""
    _, shown = trace(make_image("cloud", "-c", "lz4:3"), "--cpus", "2", "--append", "console=ttyS0 panic=-1 nokaslr")
    assert "Timeline, in ticks" in shown and ROW.findall(shown)


@pytest.mark.long
def test_uefi(trace, make_image):
    _, shown = trace(make_image("cloud", "-c", "lz4:3"), "--firmware", "uefi",
                     "--append", "console=ttyS0 panic=-1 nokaslr")
    stops = registers(shown)
    assert "long mode, 64-bit code" in stops["EFI entry"][1]
    assert "long mode, 64-bit code" in stops["kernel's first instruction"][1]
    assert ROW.findall(shown)[0][0] == "efi"


@pytest.mark.long
def test_the_original(trace, cloud_kernel):
    """Other boot code: entries by the boot protocol, and no timeline."""
    _, shown = trace(cloud_kernel, *QUICK)
    stops = registers(shown)
    assert "real mode" in stops["16-bit entry"][1] and "protected mode" in stops["32-bit entry"][1]
    assert "no timeline" in shown


@pytest.mark.long
def test_a_disk(bzforge, trace, make_image, tmp_path):
    disk = tmp_path / "disk.img"
    bzforge.run("disk", make_image("cloud", "-c", "lz4:3"), "-o", disk, "--cmdline",
                "console=ttyS0 panic=-1 nokaslr earlyprintk=serial bzforge.debug")
    _, shown = trace(disk)
    stops = registers(shown)
    assert list(stops)[:3] == ["boot sector", "loader", "16-bit entry"]
    assert stops["boot sector"][0] == stops["loader"][0] == 0x7c00
    assert "real mode" in stops["loader"][1]
    assert "kernel's first instruction" in stops and "did not come by" not in shown


class Session:
    """bzforge boot --gdb, and a gdb that does what it was told."""

    def __init__(self, bzforge, image, folder, *arguments):
        self.errors = folder / "errors"
        with self.errors.open("wb") as errors, (folder / "serial").open("wb") as serial:
            self.tool = subprocess.Popen(  # pylint: disable=consider-using-with
                [*qemu.WRAPPER, bzforge.path, "boot", image, "--gdb", "--timeout", "100", *arguments],
                stdin=subprocess.DEVNULL, stdout=serial, stderr=errors)
        self.serial = folder / "serial"
        end = time.monotonic() + WAIT
        while b"waits for gdb" not in self.errors.read_bytes():
            assert time.monotonic() < end and self.tool.poll() is None, self.errors.read_text()
            time.sleep(0.1)
        self.lines = "".join(line for line in self.errors.read_text().splitlines(keepends=True)
                             if not line.startswith("bzforge: "))
        self.socket = re.search(r"^target remote (\S+)$", self.lines, re.M)[1]
        subprocess.run(["timeout", "20", "sh", "-c", f"until [ -S {self.socket} ]; do sleep 0.1; done"],
                       check=True)

    def gdb(self, folder, *commands):
        """The printed lines, then commands."""
        script = folder / "script"
        script.write_text(self.lines)
        command = ["timeout", "90", "gdb", "-nx", "-batch", "-x", script]
        for text in commands:
            command += ["-ex", text]
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False).stdout.decode()

    def end(self):
        if self.tool.poll() is None:
            self.tool.wait(WAIT)


def test_gdb(bzforge, make_image, tmp_path):
    """Real gdb lands on each entry, on the kernel's first instruction where KASLR put it, and in the kernel."""
    session = Session(bzforge, make_image("cloud", "-c", "lz4:3"), tmp_path, *QUICK)
    said = session.gdb(tmp_path, "entry16", "entry32", "entry64", "stage2", "kernel",
                       "printf \"at %lx by %lx\\n\", $pc, $moved_by", "kernel_mapped",
                       "hbreak start_kernel", "continue", "info symbol $pc", "printf \"then %lx\\n\", $pc", "kill")
    session.end()
    places = re.findall(r"^(\w+) in section (\S+) of (\S+)$", said, re.M)
    assert [name for name, _, _ in places] == [
        "setup_start", "stub_start", "enter64_from32", "stage2_main", "startup_64", "start_kernel"], said
    assert [file.rpartition("/")[2][:5] for _, _, file in places[:4]] == ["setup", "stub-", "stub-", "stub-"]
    serial = session.serial.read_text(encoding="latin-1")
    kernel, virtual = re.search(r"kernel to 0x([0-9a-f]+), \S+ bytes, virtual \+0x([0-9a-f]+)", serial).groups()
    assert f"at {kernel} by {virtual}" in said
    assert int(re.search(r"^then ([0-9a-f]+)$", said, re.M)[1], 16) >= 0xffffffff81000000 + int(virtual, 16)
    assert not Path(session.socket).exists()


@pytest.mark.long
def test_gdb_uefi(bzforge, make_image, tmp_path):
    session = Session(bzforge, make_image("cloud", "-c", "lz4:3"), tmp_path, "--firmware", "uefi", *QUICK)
    said = session.gdb(tmp_path, "efi", "kernel", "printf \"at %lx\\n\", $pc", "kill")
    session.end()
    names = re.findall(r"^(\w+) in section ", said, re.M)
    assert names == ["stub_entry_efi", "startup_64"], said
    serial = session.serial.read_text(encoding="latin-1")
    assert f"at {entry_of(serial):x}\n" in said


@pytest.mark.long
def test_gdb_disk(bzforge, make_image, tmp_path):
    disk = tmp_path / "disk.img"
    bzforge.run("disk", make_image("cloud", "-c", "lz4:3"), "-o", disk, "--cmdline", "console=ttyS0 panic=-1")
    session = Session(bzforge, disk, tmp_path)
    said = session.gdb(tmp_path, "sector", "loader", "entry16", "printf \"at %x:%x\\n\", $cs, $pc", "kill")
    session.end()
    assert re.findall(r"^(\w+) in section ", said, re.M) == ["sector_entry16", "loader_header"], said
    assert "at 2020:0\n" in said


@pytest.mark.parametrize("whose", ["Linux's", "another bzforge's"])
def test_gdb_of_other_boot_code(bzforge, make_image, cloud_kernel, tmp_path, whose):
    """No symbols of the stub: the entries that the boot protocol has."""
    image = cloud_kernel
    if whose != "Linux's":
        other = Image(make_image("cloud", "-c", "lz4:3").read_bytes())
        other.data[other.setup_size + 0x2000] ^= 1
        image = tmp_path / "other"
        image.write_bytes(other.data)
    session = Session(bzforge, image, tmp_path, *QUICK)
    assert "define entry64" in session.lines and "stub-" not in session.lines
    assert "no symbols" in session.errors.read_text()
    said = session.gdb(tmp_path, "entry32", "printf \"at %lx\\n\", $pc", "kill")
    session.end()
    assert "at 100000" in said


@pytest.mark.parametrize("arguments", [["--gdb", "--trace"], ["--seed", "1"], ["--trace", "--seed", "-1"]])
def test_usage(bzforge, make_image, arguments):
    bzforge.run("boot", make_image("cloud", "-c", "lz4:3"), *arguments, status=USAGE)
