# SPDX-License-Identifier: GPL-2.0-or-later
"""The types in `bzforge extract --symbols`: DWARF made of the kernel's BTF, as others' tools read it."""

import re
import shutil
import struct
import subprocess

import pytest

from support import debian

# magic, version 1, no flags, 24 bytes [btf.rst 2]
BTF_HEADER = b"\x9f\xeb\x01\x00\x18\x00\x00\x00"


def run(*command):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True,
                          stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT).stdout.decode()


@pytest.fixture(scope="module")
def elf(bzforge, stock_kernels, tmp_path_factory):
    """The stock cloud kernel with symbols and types."""
    folder = tmp_path_factory.mktemp("types")
    bzforge.run("extract", "--symbols", stock_kernels["cloud"], "-o", folder / "vmlinux")
    yield folder / "vmlinux"
    shutil.rmtree(folder)


def gdb(elf, *commands):
    words = [word for command in commands for word in ("-ex", command)]
    return run("gdb", "-batch", "-nx", *words, elf)


def layouts(text):
    """(head, members with offsets and sizes) of each struct that pahole prints. What it supposes about
    alignment, from BTF and from DWARF in different ways, does not count."""
    text = re.sub(r" ?__attribute__\(\(__aligned__\(\d+\)\)\)", "", text)
    text = re.sub(r"\t+/\* Force padding: \*/\n(?:.*\{\n[^{}]*\} *:\d+;\n|.*:\d+; *\n)+", "", text)
    found = []
    for layout in re.findall(r"^(?:struct|union) .*?^\}", text, re.S | re.M):
        lines = [" ".join(line.split()) for line in layout.splitlines()]
        found.append("\n".join(line for line in lines if line and not line.startswith(("/* ", "*/"))
                               or line.startswith("/* size: ")).split(", cachelines")[0])
    return set(found)


def test_every_struct_is_laid_out_as_btf_says(elf, stock_elf):
    from_btf = layouts(run("pahole", "-F", "btf", stock_elf("cloud")))
    from_dwarf = layouts(run("pahole", "-F", "dwarf", elf))
    assert len(from_btf) > 7000
    assert sorted(from_dwarf - from_btf) == [] and sorted(from_btf - from_dwarf) == []


# Debian's kernels that have BTF: (suite, architecture, package).
KERNELS = [("bookworm", "amd64", r"linux-image-6\.1\.0-[0-9]+-amd64"),
           ("bookworm", "arm64", r"linux-image-6\.1\.0-[0-9]+-arm64"),
           ("trixie", "amd64", r"linux-image-6\.12\.[0-9]+\+deb13-cloud-amd64"),
           ("trixie", "arm64", r"linux-image-6\.12\.[0-9]+\+deb13-cloud-arm64"),
           ("trixie", "riscv64", r"linux-image-6\.12\.[0-9]+\+deb13-riscv64")]


@pytest.mark.long
@pytest.mark.parametrize("suite, arch, package", KERNELS, ids=[f"{suite}-{arch}" for suite, arch, _ in KERNELS])
def test_every_struct_of_other_kernels(bzforge, suite, arch, package, tmp_path):
    deb, _ = debian.package(suite, arch, package)
    bzforge.run("extract", "--symbols", debian.member(deb, r"\./boot/vmlinu[xz]-.*")[0], "-o", tmp_path / "elf")
    data = (tmp_path / "elf").read_bytes()
    at = data.index(BTF_HEADER)
    types, strings = struct.unpack_from("<I", data, at + 12) + struct.unpack_from("<I", data, at + 20)
    (tmp_path / "btf").write_bytes(data[at:at + 24 + types + strings])
    from_btf = layouts(run("pahole", "-F", "btf", tmp_path / "btf"))
    from_dwarf = layouts(run("pahole", "-F", "dwarf", tmp_path / "elf"))
    assert len(from_btf) > 7000
    assert sorted(from_dwarf - from_btf) == [] and sorted(from_btf - from_dwarf) == []


def test_gdb_knows_types(elf):
    printed = run("pahole", "-C", "task_struct", elf)
    size, = re.findall(r"size: (\d+), cachelines: \d+, members: \d+ \*/", printed)[-1:]
    text = gdb(elf, "print sizeof(struct task_struct)", "ptype struct list_head", "whatis (gfp_t)0",
               "print (enum pid_type)1", "print &((struct task_struct *)0)->pid")
    offset, = re.findall(r"\tpid_t +pid; +/\* +(\d+) +4 \*/", printed)
    assert f"$1 = {size}\n" in text
    assert "struct list_head *next;\n    struct list_head *prev;\n" in text
    assert "type = gfp_t" in text and "= PIDTYPE_TGID" in text
    assert f"(pid_t *) {int(offset):#x}" in text


def test_gdb_knows_functions_and_variables(elf):
    text = gdb(elf, "info functions -q ^vfs_read$", "info functions -q ^start_kernel$", "info scope vfs_read",
               "whatis runqueues", "print init_task.comm", "whatis node_states", "whatis mem_section",
               "print linux_banner", "print write_expire")
    assert "ssize_t vfs_read(struct file *, char *, size_t, loff_t *);" in text
    assert "void start_kernel(void);" in text
    assert "Symbol file is optimized out" in text and "Symbol count is optimized out" in text
    assert "type = struct rq\n" in text
    assert '"swapper\\000' in text
    assert re.search(r"type = nodemask_t \[\d\]", text) and "type = struct mem_section **" in text
    assert '"Linux version 6.1.' in text
    assert "= 1250\n" in text  # five times Debian's CONFIG_HZ=250


def test_names_go_on_working(elf):
    """As without types: places in functions, also of those that BTF leaves out; addr2line, objdump, perf."""
    va = {name: int(value, 16) for value, _, name in
          (line.split() for line in run("nm", elf).splitlines()) if name in ("vfs_read", "asm_exc_page_fault")}
    for name, address in va.items():
        assert f"{name} + 4 in section .text" in gdb(elf, f"info symbol {address + 4:#x}")
        assert run("addr2line", "-f", "-e", elf, f"{address + 4:#x}").splitlines()[0] == name
    assert "<vfs_read>:" in run("objdump", "-d", "--disassemble=vfs_read", elf)


def test_btf_that_is_damaged(bzforge, stock_elf, tmp_path):
    """There are symbols, no types, and a line that says why."""
    data = bytearray(stock_elf("cloud").read_bytes())
    btf = data.index(BTF_HEADER)
    data[btf + 24 + 7] = 31  # the first type's kind
    (tmp_path / "bad").write_bytes(data)
    done = subprocess.run([bzforge.path, "extract", "--symbols", tmp_path / "bad", "-o", tmp_path / "out"],
                          check=True, stderr=subprocess.PIPE)
    message = done.stderr.decode()
    assert re.fullmatch(r"bzforge: \S+/bad: types are left out: BTF is damaged: a type "
                        rf"\(offset {btf + 24:#x}, .*\)\n", message)
    assert b".debug_info" not in (tmp_path / "out").read_bytes()
    assert len(run("nm", tmp_path / "out").splitlines()) > 80000


def test_without_btf(bzforge, stock_elf, tmp_path):
    """Symbols as ever, and not a word."""
    data = bytearray(stock_elf("cloud").read_bytes())
    btf = data.index(BTF_HEADER)
    end = btf + 24 + sum(int.from_bytes(data[btf + at:btf + at + 4], "little") for at in (12, 20))
    data[btf:end] = bytes(end - btf)
    data = data.replace(b"\0.BTF\0", b"\0.FTB\0")
    (tmp_path / "without").write_bytes(data)
    done = subprocess.run([bzforge.path, "extract", "--symbols", tmp_path / "without", "-o", tmp_path / "out"],
                          check=True, stderr=subprocess.PIPE)
    assert not done.stderr
    assert b".debug_info" not in (tmp_path / "out").read_bytes()
    assert len(run("nm", tmp_path / "out").splitlines()) > 80000
