# SPDX-License-Identifier: GPL-2.0-or-later
"""Other processors under BIOS (boot/stub/smp.c): who is woken, and when nobody may be; that they work,
that nothing of them stays, and what happens when one fails or never comes.

Through tests/boot/loader there is no firmware: processors wait for SIPI as after a reset, there is no
ACPI unless a test puts tables there, and without tables CPUID tells who there is. Chunks are shared out
by chance; what must not depend on it is tried with several.
"""

import re
import struct
import zlib
from dataclasses import dataclass, field

import pytest

from support import initramfs, qemu
from support.bzimage import Image
from support.elf import Elf
from support.left import PAGE, check_left
from support.loader import Entry, MIB, RAM
from support.testkernel import EXIT_STATUS, Report

LINE = "console=ttyS0 panic=-1 earlyprintk=serial,ttyS0,115200"
MEMORY = 256
ABOVE = 6144
ROOM, ROOM_SIZE = 0x9D000, 0x2000
PATTERN = bytes(range(1, 252)) * (ROOM_SIZE // 251 + 1)
TYPE_OF_LOADER = 0x210
RSDP_FIELD = 0x70
RSDP_AT, XSDT_AT, MADT_AT = 0xE0000, 0xE0100, 0xE0200
LOAD, INIT_SIZE, BLOCK = 0x1000000, 0x16E0000, 0x30000  # the image's, and more than another one needs
BREAKPOINT = b"\xcc"


def took_part(count, called=None):
    return f"bzforge: {count} of {called or count} other processors took part"


def alone(reason):
    return f"bzforge: one processor works: {reason}"


@dataclass
class Case:
    name: str
    expect: str
    cpus: int = 2
    image: str = "high"
    options: tuple = ()
    entry: Entry = field(default_factory=lambda: Entry(32))
    append: str = ""
    memory: int = MEMORY
    also: str = ""
    clean: bool = False  # look for what was left, which takes seconds


def boot(case, make_image, loader_bin, folder, image=None, **more):
    image = image or Image(make_image(case.image, *case.options).read_bytes())
    line = f"{LINE} {case.append}".strip()
    case.entry.dirty = not case.clean
    arguments = case.entry.arguments(loader_bin, image, line, folder, case.memory)
    return qemu.run(arguments, memory=case.memory, cpus=case.cpus, **more)


def acpi(*madt):
    """ACPI tables with these entries in the MADT, and where boot_params says that they are."""

    def table(name, body):
        data = bytearray(struct.pack("<4sI28x", name, 36 + len(body)) + body)
        data[9] = -sum(data) & 0xFF
        return bytes(data)

    rsdp = bytearray(struct.pack("<8sB6sBIIQ4x", b"RSD PTR ", 0, b"", 2, 0, 36, XSDT_AT))
    rsdp[8] = -sum(rsdp[:20]) & 0xFF
    rsdp[32] = -sum(rsdp) & 0xFF
    return {"extra": [(RSDP_AT, bytes(rsdp)), (XSDT_AT, table(b"XSDT", struct.pack("<Q", MADT_AT))),
                      (MADT_AT, table(b"APIC", struct.pack("<II", 0xFEE00000, 1) + b"".join(madt)))],
            "patches": [(RSDP_FIELD, struct.pack("<Q", RSDP_AT))]}


def apic(number, flags=1):
    return struct.pack("<BBBBI", 0, 8, number, number, flags)


def patched(*patches):
    return Entry(32, patches=list(patches))


def tight(size):
    return Entry(32, load=LOAD, e820=[(0, 0x9F000, RAM), (LOAD, size, RAM)])


CASES = [
    Case("two", took_part(1), clean=True),
    Case("four", took_part(3), cpus=4, clean=True),
    Case("the stub moves", took_part(1), entry=Entry(32, load=0x1800000), append="nokaslr",
         also="bzforge: moving stub to", clean=True),
    Case("five levels, their memory above 4 GiB", took_part(2), cpus=3, memory=ABOVE, options=("--5level",),
         also="bytes each at 0x1[0-9a-f]{8}, "),
    Case("payload overlaps the output", took_part(1), entry=tight(INIT_SIZE + BLOCK), append="nokaslr",
         also="overlapping"),
    Case("room for one more only", took_part(1), cpus=4, entry=tight(INIT_SIZE + BLOCK), append="nokaslr"),
    Case("no room", alone("not enough memory"), entry=tight(INIT_SIZE), append="nokaslr"),
    Case("no room below 1 MiB", alone("not enough memory"),
         entry=Entry(32, e820=[(MIB, MEMORY * MIB - MIB, RAM)])),
    Case("by the MADT", took_part(2), cpus=4, entry=Entry(32, **acpi(apic(0), apic(1), apic(3), apic(2, 2)))),
    Case("the MADT has no other", alone("there is no other"), entry=Entry(32, **acpi(apic(0), apic(1, 0)))),
    Case("the MADT is damaged", took_part(1), entry=Entry(32, **acpi(apic(0), b"\0\1"))),
    Case("one never comes", took_part(1, 2), clean=True, entry=Entry(32, **acpi(apic(0), apic(1), apic(9)))),
    Case("bzforge.smp=off", alone("bzforge.smp="), append="bzforge.smp=off"),
    Case("bzforge.smp=1", alone("bzforge.smp="), append="bzforge.smp=1"),
    Case("bzforge.smp=2", took_part(1), cpus=4, append="bzforge.smp=2"),
    Case("64-bit entry", alone("entered at 64 bits"), entry=Entry(64)),
    Case("kexec's number", alone("started by kexec"), entry=patched((TYPE_OF_LOADER, b"\xd0"))),
    Case("elfcorehdr=", alone("crash kernel"), append="elfcorehdr=0x1000"),
    Case("not compressed", alone("nothing to decode"), options=("-c", "none")),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_who_works(case, make_image, test_kernels, loader_bin, tmp_path):
    pattern = PATTERN[:ROOM_SIZE]
    if case.clean:
        case.append = f"{case.append} tk.dirt".strip()
    else:
        case.append = f"{case.append} tk.crc={ROOM:#x},{ROOM_SIZE:#x}".strip()
        case.entry.extra = [*case.entry.extra, (ROOM, pattern)]
    serial, status = boot(case, make_image, loader_bin, tmp_path)
    assert status == EXIT_STATUS, serial
    report = Report(serial)
    elf = test_kernels[case.image].read_bytes()
    report.check_hand_over()
    report.check_itself(elf)
    assert re.search(f"^{re.escape(case.expect)}$", serial, re.M), serial
    assert re.search(case.also, serial)
    if case.clean:
        check_left(serial, report, elf, {at // PAGE for at, _ in case.entry.extra})
    else:
        assert report.crc == zlib.crc32(pattern), "the room was not put back"


@pytest.mark.long
def test_one_stream_is_not_shared(make_image, loader_bin, tmp_path):
    serial, status = boot(Case("", "", options=("-c", "lzma:1")), make_image, loader_bin, tmp_path, timeout=120)
    assert status == EXIT_STATUS and alone("payload cannot be shared out") in serial, serial


CODECS = ["gzip:1", "bzip2:1", "xz:1", "lzo:1", "lz4:1"]


@pytest.mark.long
@pytest.mark.parametrize("codec", CODECS)
def test_every_codec(codec, make_image, test_kernels, loader_bin, tmp_path):
    case = Case("", "", cpus=4, options=("-c", codec))
    serial, status = boot(case, make_image, loader_bin, tmp_path)
    assert status == EXIT_STATUS, serial
    # Fewer than three where there are few chunks.
    assert re.search(r"^bzforge: ([23]) of \1 other processors took part$", serial, re.M), serial
    Report(serial).check_itself(test_kernels["high"].read_bytes())


def end_of(serial):
    """From the first word of a refusal on: nothing may come twice, or from two at a time."""
    return serial[serial.index("bzforge: E"):].splitlines()


@pytest.mark.parametrize("number", [1, 2, -1])
def test_damaged_chunk(number, make_image, loader_bin, tmp_path):
    """Whoever finds it."""
    image = Image(make_image("high").read_bytes())
    number %= len(image.chunks)
    at, size = image.chunk_input(number)
    image.data[at + size // 2] ^= 0x10
    serial, status = boot(Case("", "", cpus=4), make_image, loader_bin, tmp_path, image)
    assert status == 0 and "TK BEGIN" not in serial
    assert f"chunk {number} of {len(image.chunks)}, counted from 0:" in serial
    assert [line for line in serial.splitlines() if line.startswith("bzforge: E")] == [end_of(serial)[0]]
    assert "E43 checksum of a chunk is wrong" in serial


@pytest.fixture(scope="session", name="stub_symbols")
def _stub_symbols(build_folder):
    return Elf((build_folder / "boot/stub/stub-zstd.elf").read_bytes()).symbols


@pytest.mark.parametrize("function", ["crew_serve", "others_main"])
def test_exception_on_another(function, make_image, stub_symbols, loader_bin, tmp_path):
    """A breakpoint where only the others come: all of them, at the same time."""
    image = Image(make_image("high").read_bytes())
    if function == "others_main":
        at = stub_symbols["exception_join"]
        code = bytes(image.data[image.setup_size + at:])
        at += code.index(b"\xc3")  # its return
    else:
        at = stub_symbols[function]
    image.data[image.setup_size + at:image.setup_size + at + 1] = BREAKPOINT
    serial, status = boot(Case("", "", cpus=4), make_image, loader_bin, tmp_path, image)
    assert status == 0 and "TK BEGIN" not in serial, serial
    told = [line for line in end_of(serial) if line.startswith("bzforge: ")]
    assert re.fullmatch(r"bzforge: E76 .*: vector 3, error code 0x0", told[0]), serial
    assert len([line for line in told if "vector" in line]) == 1, serial
    assert told[-1] == "bzforge: restarting now (panic=-1)"


# --- Linux, with firmware ---

LINUX = [
    # CPUs, machine, CPUs called, long
    ("2", "pc", 1, False),
    ("2,maxcpus=4", "pc", 1, False),
    ("4", "q35", 3, True),
    ("8", "pc", 7, True),
    ("2,sockets=1,cores=2", "pc,acpi=off", 1, True),
    ("2,sockets=2,cores=1", "pc", 1, True),
]


@pytest.mark.parametrize("cpus,machine,called", [
    pytest.param(*case[:3], marks=[pytest.mark.long] if case[3] else []) for case in LINUX])
def test_linux(cpus, machine, called, make_image, small_initrd, tmp_path):
    """All processors are online, but for a machine where Linux itself finds only one."""
    arguments = ["-kernel", make_image("cloud", "-c", "zstd:3"), "-initrd", small_initrd.path, "-append", LINE]
    serial, status = qemu.run(arguments, memory=512, cpus=cpus, machine=machine, timeout=120)
    assert status == 0 and took_part(called) in serial, serial
    facts = initramfs.facts(serial)
    assert facts["oops"] == "0"
    assert int(facts["nproc"]) == (1 if "acpi=off" in machine else int(cpus.split(",")[0]))


# SeaBIOS switches x2APICs on where there may be more than 255 processors; one has number 287 here.
# Linux leaves them on where interrupts are remapped.
X2APIC = {
    "off": ("4", "q35", []),
    "on": ("3,maxcpus=288", "q35,kernel-irqchip=split", [
        "-device", "intel-iommu,intremap=on,eim=on",
        "-device", "max-x86_64-cpu,socket-id=0,core-id=287,thread-id=0"]),
}


@pytest.mark.parametrize("mode", X2APIC)
def test_linux_with_x2apic(mode, make_image, small_initrd, tmp_path):
    cpus, machine, devices = X2APIC[mode]
    arguments = [*devices, "-kernel", make_image("cloud", "-c", "zstd:3"), "-initrd", small_initrd.path,
                 "-append", LINE]
    serial, status = qemu.run(arguments, memory=512, cpus=cpus, machine=machine, timeout=120, program=qemu.newer())
    assert status == 0 and took_part(3) in serial, serial
    said = set(re.findall(r"^\[.*\] (.*x2apic.*)$", serial, re.M))
    if mode == "off":
        assert said == {"x2apic: IRQ remapping doesn't support X2APIC mode"}  # it has one, though
    else:
        assert {"x2apic: enabled by BIOS, switching to x2apic ops",
                "DMAR-IR: Enabled IRQ remapping in x2apic mode"} <= said
        assert "x2apic disabled" not in said
    facts = initramfs.facts(serial)
    assert facts["oops"] == "0" and facts["nproc"] == "4"


ABOUT_PROCESSORS = re.compile(r"cpu|smp|apic|node|mtrr|cache|nmi|x86|topology", re.I)
# Measured anew on each boot, or tried until it works.
MEASURED = re.compile(r"BogoMIPS|calibrat|clocksource|tsc:|Memory:|jiffies|RCU|hash table|timer|\.\.|deferred|"
                      r"adjusted|pin", re.I)


def processor_lines(serial):
    """What a kernel's log says about processors, without times, addresses and sizes."""
    lines = set()
    for line in serial.splitlines():
        found = re.match(r"\[ *\d+\.\d+\] (.*)", line)
        if found and ABOUT_PROCESSORS.search(found[1]) and not MEASURED.search(found[1]):
            lines.add(re.sub(r"0x[0-9a-f]+|[0-9a-f]{8,}", "ADDRESS", found[1]))
    return lines


@pytest.mark.long
def test_linux_says_the_same_as_without_us(make_image, cloud_kernel, small_initrd, tmp_path):
    logs = []
    for image in (cloud_kernel, make_image("cloud", "-c", "zstd:3")):
        arguments = ["-kernel", image, "-initrd", small_initrd.path, "-append", "console=ttyS0 panic=-1 nokaslr"]
        serial, status = qemu.run(arguments, memory=512, cpus=4, timeout=120)
        assert status == 0 and initramfs.facts(serial)["nproc"] == "4", serial
        logs.append(processor_lines(serial))
    assert len(logs[0]) > 20
    assert sorted(logs[0] ^ logs[1]) == []
