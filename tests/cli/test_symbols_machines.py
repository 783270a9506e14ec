# SPDX-License-Identifier: GPL-2.0-or-later
"""`extract --symbols` of Debian's kernels for other machines, beside two witnesses: the System.map that the
kernel's linker left (package -dbg), and what the kernel itself says of its symbols when it has booted."""

import base64
import gzip
import re
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import cache, debian, initramfs
from support.qemu import WRAPPER, WRAPPER_PATIENCE

PATIENCE = 400  # seconds; emulation without KVM


@dataclass(frozen=True)
class Kernel:
    """A kernel of Debian's. code_only: built without CONFIG_KALLSYMS_ALL, its table has only code."""
    suite: str
    arch: str
    package: str
    member: str = r"\./boot/vmlinu[xz]-.*"
    code_only: bool = False

    def __str__(self):
        return f"{self.suite}-{self.arch}"


I386 = Kernel("bookworm", "i386", r"linux-image-6\.1\.0-[0-9]+-686-pae", code_only=True)
ARM64 = Kernel("bookworm", "arm64", r"linux-image-6\.1\.0-[0-9]+-arm64", code_only=True)
ARMHF = Kernel("bookworm", "armhf", r"linux-image-6\.1\.0-[0-9]+-armmp", code_only=True)
RISCV = Kernel("trixie", "riscv64", r"linux-image-6\.12\.[0-9]+\+deb13-riscv64")
KERNELS = [I386, ARM64, ARMHF, RISCV,
           Kernel("bookworm", "armel", r"linux-image-6\.1\.0-[0-9]+-rpi", code_only=True),
           Kernel("trixie", "amd64", r"linux-image-6\.12\.[0-9]+\+deb13-cloud-amd64"),
           Kernel("trixie", "arm64", r"linux-image-6\.12\.[0-9]+\+deb13-cloud-arm64")]

# What boots each: emulator, its machine, the kernel's console.
MACHINES = {I386: ("qemu-system-i386 -machine pc -cpu max", "ttyS0"),
            ARM64: ("qemu-system-aarch64 -machine virt -cpu cortex-a57", "ttyAMA0"),
            ARMHF: ("qemu-system-arm -machine virt -cpu cortex-a15", "ttyAMA0"),
            RISCV: ("qemu-system-riscv64 -machine virt", "ttyS0")}

INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
echo 0 >/proc/sys/kernel/kptr_restrict
/bin/busybox dmesg -n 1
echo SYMBOLS BEGIN
/bin/busybox gzip -c /proc/kallsyms | /bin/busybox base64
echo SYMBOLS END
/bin/busybox reboot -f
"""


def fetch(kernel):
    """The kernel's file, and its release."""
    deb, name = debian.package(kernel.suite, kernel.arch, kernel.package)
    return debian.member(deb, kernel.member)[0], name.removeprefix("linux-image-")


def found_symbols(bzforge, path, folder):
    """(address, letter, name) as nm prints them for the ELF that we write."""
    bzforge.run("extract", "--symbols", path, "-o", folder / "elf")
    said = subprocess.run(["nm", folder / "elf"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return [(int(address, 16), kind, name) for address, kind, name in map(str.split, said.splitlines())]


# --- what scripts/kallsyms.c puts into the table ---

# Names that it leaves out in 6.1 [is_ignored_symbol]. Since 6.5 such names are not in System.map either, but
# for the table's own, which are in both.
LEFT_OUT = re.compile(
    r"kallsyms_(addresses|offsets|relative_base|num_syms|names|markers|token_table|token_index|seqs_of_names)"
    r"|__efistub_.*|__kvm_nvhe_([$]|[.]L).*|.*_(from_arm|from_thumb|veneer)")
CODE = [("_stext", "_etext"), ("_sinittext", "_einittext")]


def is_kept(symbol, release, ranges):
    """ranges: those of code, if the table has nothing else."""
    address, kind, name = symbol
    if kind in "aAnNU" or release.startswith("6.1.") and LEFT_OUT.fullmatch(name):
        return False
    if not ranges:
        return True
    # What stands where code ends is dropped, but for the marks themselves.
    ends = {end: mark for (_, end), (_, mark) in zip(ranges, CODE)}
    return any(start <= address <= end for start, end in ranges) and ends.get(address, name) == name


@pytest.mark.long
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_system_map(bzforge, kernel, tmp_path):
    """Every address, letter and name that the kernel's build put into the table; and nothing else."""
    path, release = fetch(kernel)
    linked = [(int(address, 16), kind, name) for address, kind, name in
              debian.system_map(release, suite=kernel.suite, arch=kernel.arch)]
    at = {name: address for address, _, name in linked}
    ranges = [(at[start], at[end]) for start, end in CODE] if kernel.code_only else []
    kept = sorted(symbol for symbol in linked if is_kept(symbol, release, ranges))
    found = sorted(found_symbols(bzforge, path, tmp_path))
    print(f"{release}: {len(linked)} symbols linked, {len(kept)} of them in the table, {len(found)} found")
    assert len(kept) > 25_000
    assert found == kept


def boot(kernel, path, folder):
    """/proc/kallsyms of the running kernel, as the root user reads it: (address, letter, name)."""
    machine, console = MACHINES[kernel]
    package = debian.unpacked("busybox-static", suite=kernel.suite, arch=kernel.arch, only="*/bin/busybox")
    busybox = next(package.rglob("busybox"))
    archive = initramfs.Cpio()
    for name in ("bin", "dev", "proc"):
        archive.add(name, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    archive.add("init", stat.S_IFREG | 0o755, INIT.encode())
    (folder / "initrd").write_bytes(archive.finish())
    done = subprocess.run(
        [*WRAPPER, "timeout", "--foreground", "-k", "5", str(PATIENCE), *machine.split(), "-accel", "tcg",
         "-m", "1024", "-display", "none", "-serial", "stdio", "-monitor", "none", "-nic", "none", "-no-reboot",
         "-kernel", path, "-initrd", folder / "initrd",
         "-append", f"console={console} nokaslr panic=-1 quiet"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        timeout=PATIENCE + 30 + WRAPPER_PATIENCE)
    said = done.stdout.decode("latin-1").replace("\r", "")
    told = re.search(r"^SYMBOLS BEGIN\n([A-Za-z0-9+/=\n]*)^SYMBOLS END$", said, re.M)
    assert told, f"no symbols\n{said[-3000:]}"
    lines = gzip.decompress(base64.b64decode(told[1])).decode().splitlines()
    # Modules, and what the kernel made for itself (BPF, ftrace), stand behind with their owner in brackets.
    return [(int(address, 16), kind, name) for address, kind, name in
            (line.split() for line in lines if "\t[" not in line)]


@pytest.mark.long
@pytest.mark.parametrize("kernel", MACHINES, ids=str)
def test_what_the_kernel_says(bzforge, kernel, tmp_path):
    """Booted where it is linked, the kernel reads the same out of its own table."""
    path, release = fetch(kernel)
    key = cache.digest(Path(__file__), path, MACHINES[kernel][0])
    told = cache.made("kallsyms", key, lambda out: out.write_text(
        "".join(f"{address:x} {kind} {name}\n" for address, kind, name in boot(kernel, path, tmp_path))))
    told = sorted((int(a, 16), k, n) for a, k, n in map(str.split, told.read_text().splitlines()))
    found = sorted(found_symbols(bzforge, path, tmp_path))
    print(f"{release}: {len(told)} symbols told by the kernel, {len(found)} found")
    assert len(told) > 25_000
    assert found == told
