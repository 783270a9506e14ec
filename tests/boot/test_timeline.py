# SPDX-License-Identifier: GPL-2.0-or-later
"""The timeline (docs/timeline.md): from each entry, read in userspace and by the test kernel; that nothing is
handed over unasked; and its sum against a count from outside."""

import re
import struct

import pytest

from support import initramfs, ovmf, qemu, timeline
from support.bzimage import Image
from support.elf import Elf
from support.loader import Entry, RAM
from support.testkernel import EXIT_STATUS, Report

LINE = "console=ttyS0 panic=-1"
ASK = "bzforge.debug=time"
MEMORY = 256
PATIENCE = 180
NODE = f"setup_data_{timeline.TYPE:08x}"
STAMPS_AT = slice(0xF00, 0xF30)  # what setup leaves for the stub in boot_params
TOLERANCE = 0.02
STUB = 0x100000  # where QEMU, and our loader, put it
MEMORY_COUNTED = 512

INIT = initramfs.FACTS_INIT.replace('echo "FACTS END"', r"""
for node in /sys/kernel/boot_params/setup_data/*; do
	if [ "$(cat "$node/type")" = 0x54667a62 ]; then
		fact timeline "$(hexdump -v -e '1/1 "%02x"' "$node/data")"
		fact timeline_mode "$(stat -c %a "$node/data")"
	fi
done
echo "FACTS END" """.strip())


@pytest.fixture(scope="module")
def initrd(tmp_path_factory):
    path = tmp_path_factory.mktemp("timeline") / "initrd.cpio"
    path.write_bytes(initramfs.build(INIT))
    return path


def boot(image, entry, line, loader_bin, folder, *more):
    """(serial output, QEMU's status): entry is 16, "uefi", "uefi32", or an Entry."""
    options = {"memory": MEMORY, "timeout": PATIENCE}
    if isinstance(entry, Entry):
        arguments = entry.arguments(loader_bin, Image(image.read_bytes()), line, folder, MEMORY)
    else:
        arguments = ["-kernel", image, "-append", line]
        if entry in ovmf.BITS:
            arguments += ovmf.arguments(entry, folder)
            options["machine"] = ovmf.machine(entry)
    return qemu.run([*arguments, *more], **options)


def report_of(*arguments):
    """(what the test kernel said, the timeline's bytes or None)"""
    serial, status = boot(*arguments)
    assert status == EXIT_STATUS, serial
    report = Report(serial)
    report.check_hand_over()
    node = report.values.get(NODE)
    return report, node and bytes.fromhex(node.split()[1])


def printed(serial):
    return re.findall(r"^bzforge: time .*", serial, re.M)


ENTRIES = {
    "16 bits": (16, 16),
    "32 bits": (32, Entry(32)),
    "64 bits": (64, Entry(64)),
    "64 bits, out of the way": (64, Entry(64, load=0x1800000)),
    "64 bits, to 5 levels": (64, Entry(64)),
    "UEFI": ("uefi", "uefi"),
    "UEFI of 32 bits, handover": ("uefi", "uefi32"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_entries(name, make_image, loader_bin, tmp_path):
    kind, entry = ENTRIES[name]
    image = make_image("high", *(["--5level"] if "levels" in name else []))
    kaslr = "nokaslr" if "way" in name else ""
    report, data = report_of(image, entry, f"{LINE} {ASK} tk.setup_data {kaslr}", loader_bin, tmp_path)
    stamps = timeline.parse(data)
    timeline.check(stamps, kind, len(Image(image.read_bytes()).chunks))
    # What is printed is what is handed over, up to then; and it is all that is printed.
    told = [stamp.word for stamp in stamps].index("printed")
    assert printed(report.before) == [timeline.line(stamp) for stamp in stamps[:told]]
    said = re.findall("^bzforge: .*", report.before, re.M)
    assert said == printed(report.before)
    assert report.boot_params[STAMPS_AT] == bytes(0x30)


def test_with_everything_else(make_image, loader_bin, tmp_path):
    """bzforge.debug: on the early console, behind all other lines."""
    image = make_image("high")
    line = f"{LINE} earlyprintk=serial,ttyS0,115200 bzforge.debug tk.setup_data"
    report, data = report_of(image, 16, line, loader_bin, tmp_path)
    stamps = timeline.parse(data)
    timeline.check(stamps, 16, len(Image(image.read_bytes()).chunks))
    said = re.findall("^bzforge: .*", report.before, re.M)
    assert said[-len(printed(report.before)):] == printed(report.before)
    assert any("keep" in text and "timeline" in text for text in said)
    assert re.search("^bzforge: entering the kernel", report.before, re.M)


@pytest.mark.parametrize("more, bits", [("bzforge.debug", 16), (ASK, 16), (ASK, 64)])
def test_quiet_leaves_what_is_handed_over(more, bits, make_image, loader_bin, tmp_path):
    entry = bits if bits == 16 else Entry(bits)
    line = f"{LINE} earlyprintk=serial quiet {more} tk.setup_data"
    report, data = report_of(make_image("pie"), entry, line, loader_bin, tmp_path)
    assert "bzforge" not in report.before
    timeline.check(timeline.parse(data), bits, 1)


def test_embedded_line_asks(make_image, loader_bin, tmp_path):
    """Setup does not read it, so its stages are missing."""
    image = make_image("pie", "--cmdline", ASK)
    _, data = report_of(image, 16, f"{LINE} tk.setup_data", loader_bin, tmp_path)
    timeline.check(timeline.parse(data), 32, 1)


@pytest.mark.parametrize("entry", [16, 32, 64, "uefi"])
def test_nothing_unasked(entry, make_image, loader_bin, tmp_path):
    where = Entry(entry) if entry in (32, 64) else entry
    line = f"{LINE} earlyprintk=serial,ttyS0,115200 tk.setup_data"
    report, data = report_of(make_image("pie"), where, line, loader_bin, tmp_path)
    assert data is None and not printed(report.before)
    assert "bzforge: entering the kernel" in report.before
    assert report.boot_params[STAMPS_AT] == bytes(0x30)


LIES = {
    "as setup would": (struct.pack("<4sI5Q", b"bzST", 5, 0, 0, 0, 0, 0), 16),
    "some of the stages": (struct.pack("<4sI2Q", b"bzST", 2, 0, 0), 2),
    "too many": (struct.pack("<4sI", b"bzST", 0xFFFFFFFF), 32),
    "not in order": (struct.pack("<4sI5Q", b"bzST", 5, 1, 0, 0, 0, 0), 32),
    "after the stub": (struct.pack("<4sI5Q", b"bzST", 5, 0, 0, 0, 0, (1 << 64) - 1), 32),
    "other bytes": (b"\xee" * 0x30, None),
}


@pytest.mark.parametrize("name", LIES)
def test_stamps_of_a_loader(name, make_image, loader_bin, tmp_path):
    """Whoever fills boot_params can pass for setup, but not with times that cannot be."""
    lie, stages = LIES[name]
    line = f"{LINE} {ASK} tk.setup_data"
    report, data = report_of(make_image("pie"), Entry(32, patches=[(0xF00, lie)]), line, loader_bin, tmp_path)
    stamps = timeline.parse(data)
    if stages == 2:
        assert [stamp.word for stamp in stamps[:3]] == ["setup", "memory", "stub"]
    else:
        timeline.check(stamps, stages or 32, 1)
    left = lie if stages is None else bytes(0x30)
    assert report.boot_params[STAMPS_AT] == left


def test_no_memory_for_it(make_image, loader_bin, tmp_path):
    """Not a page but what the boot itself needs: it goes on, and the last free one is taken for the table."""
    image = make_image("high")
    size = Image(image.read_bytes()).hdr.init_size
    for pages in (0, 1):
        table = [(0, 0x9F000, RAM), (0x1000000, size, RAM), (0x8000000, pages * 4096, RAM)]
        entry = Entry(32, load=0x1000000, dirty=False, e820=table)
        line = f"{LINE} earlyprintk=serial,ttyS0,115200 {ASK} tk.setup_data nokaslr"
        report, data = report_of(image, entry, line, loader_bin, tmp_path)
        refused = "bzforge: no memory for the timeline: it is not handed over" in report.before
        assert refused == (not pages) and (data is None) == (not pages), report.before
        assert len(printed(report.before)) > 10
        assert report.physical == 0x1000000


def check_no_address(data, facts):
    """Not where the kernel runs, and no virtual address of its window."""
    places = {start for start, _ in facts["iomem"].values()} | {int(facts["text"], 16)}
    for size in (4, 8):
        words = {int.from_bytes(data[at:at + size], "little") for at in range(0, len(data), size)}
        assert not words & places
        assert not any(word >> 31 == (1 << 33) - 1 for word in words)


@pytest.mark.parametrize("entry", [16, pytest.param("uefi", marks=pytest.mark.long),
                                   pytest.param("uefi32", marks=pytest.mark.long)])
def test_userspace(entry, make_image, initrd, loader_bin, tmp_path):
    image = make_image("cloud")
    serial, status = boot(image, entry, f"{LINE} {ASK}", loader_bin, tmp_path, "-initrd", initrd)
    assert status == 0, serial
    facts = initramfs.facts(serial)
    data = bytes.fromhex(facts["timeline"])
    timeline.check(timeline.parse(data), "uefi" if entry in ovmf.BITS else entry,
                   len(Image(image.read_bytes()).chunks))
    assert facts["oops"] == "0"
    assert facts["timeline_mode"] == "444"
    check_no_address(data, facts)


def test_no_node_in_userspace_unasked(make_image, initrd, loader_bin, tmp_path):
    serial, status = boot(make_image("cloud"), 16, LINE, loader_bin, tmp_path, "-initrd", initrd)
    assert status == 0, serial
    assert "timeline" not in initramfs.facts(serial)


def code_at_entry(elf_bytes, size):
    elf = Elf(elf_bytes)
    for offset, _, physical, in_file, _ in elf.loads:
        if physical <= elf.entry < physical + in_file:
            at = offset + elf.entry - physical
            return elf.entry & 0xFFF, elf_bytes[at:at + size]
    raise AssertionError("the entry lies in no segment")


def count_from_outside(image, elf_bytes, arguments, build_folder, folder, entry_offset=0):
    """(instructions from the stub's entry to the kernel's first one, serial output). QEMU's time-stamp counter
    then counts instructions, and each iteration of a repeated one, as its plugin does."""
    parsed = Image(image.read_bytes())
    page_offset, code = code_at_entry(elf_bytes, 16)
    stub = bytes(parsed.data[parsed.setup_size + entry_offset:parsed.setup_size + entry_offset + 5])
    out = folder / "count"
    plugin = (f"{build_folder / 'bench/icount.so'},entry={STUB + entry_offset:#x}:{stub.hex()},"
              f"kernel={page_offset:#x}:{code.hex()},out={out},repeats=each,then=boot")
    serial, _ = qemu.run(["-icount", "shift=0,sleep=off", "-plugin", plugin, *arguments],
                         memory=MEMORY_COUNTED, timeout=PATIENCE)
    return int(re.search("^instructions ([0-9]+)$", out.read_text(), re.M)[1]), serial


def check_sum(stamps, instructions):
    at = {stamp.word: stamp.ticks for stamp in stamps if stamp.word not in timeline.OF_CHUNKS}
    took = at["kernel"] - at["stub"]
    assert abs(took - instructions) <= TOLERANCE * instructions, (took, instructions)
    # The parts are the whole: nothing is counted twice, and no chunk takes none.
    parts = [b.ticks - a.ticks for a, b in zip(stamps, stamps[1:])]
    assert sum(parts) == stamps[-1].ticks
    assert all(part > 0 for part in parts)


@pytest.mark.parametrize("append", ["quiet nokaslr", "quiet", "earlyprintk=serial,ttyS0,115200"])
def test_sum_is_what_is_counted_from_outside(append, make_image, test_kernels, build_folder, tmp_path):
    """Also with all that is printed: then its time is in both."""
    image = make_image("high")
    arguments = ["-kernel", image, "-append", f"console=ttyS0 {ASK} {append} tk.setup_data"]
    instructions, serial = count_from_outside(image, test_kernels["high"].read_bytes(), arguments,
                                              build_folder, tmp_path)
    data = bytes.fromhex(Report(serial).values[NODE].split()[1])
    check_sum(timeline.parse(data), instructions)


@pytest.mark.parametrize("bits", [32, 64])
def test_sum_from_the_other_entries(bits, make_image, test_kernels, loader_bin, build_folder, tmp_path):
    image = make_image("high")
    arguments = Entry(bits, load=STUB, dirty=False).arguments(
        loader_bin, Image(image.read_bytes()), f"{LINE} {ASK} tk.setup_data", tmp_path, MEMORY_COUNTED)
    instructions, serial = count_from_outside(image, test_kernels["high"].read_bytes(), arguments,
                                              build_folder, tmp_path, 0x200 if bits == 64 else 0)
    data = bytes.fromhex(Report(serial).values[NODE].split()[1])
    check_sum(timeline.parse(data), instructions)


@pytest.mark.long
@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_sum_with_a_stock_kernel(name, make_image, stock_elf, initrd, build_folder, tmp_path):
    arguments = ["-kernel", make_image(name), "-initrd", initrd, "-append", f"{LINE} quiet {ASK}"]
    instructions, serial = count_from_outside(make_image(name), stock_elf(name).read_bytes(), arguments,
                                              build_folder, tmp_path)
    check_sum(timeline.parse(bytes.fromhex(initramfs.facts(serial)["timeline"])), instructions)
