# SPDX-License-Identifier: GPL-2.0-or-later
"""`bzforge extract --symbols`: an ELF with the symbols of the kernel's own table, for others' tools."""

import re
import shutil
import subprocess

import pytest

from support import debian
from support.elf import Elf
from support.tool import BAD_INPUT

# scripts/kallsyms leaves out its own tables, and absolute symbols.
TABLES = {"kallsyms_addresses", "kallsyms_offsets", "kallsyms_relative_base", "kallsyms_num_syms",
          "kallsyms_names", "kallsyms_markers", "kallsyms_token_table", "kallsyms_token_index",
          "kallsyms_seqs_of_names"}
ABSOLUTE = {"kexec_control_code_size", "text_size", "phys_startup_64", "init_per_cpu__fixed_percpu_data",
            "init_per_cpu__irq_stack_backing_store", "init_per_cpu__gdt_page"}


def run(*command):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True,
                          stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT).stdout.decode()


def nm(path):
    """(address, type, name) of each symbol, as System.map has them."""
    return [tuple(line.split()) for line in run("nm", path).splitlines()]


@pytest.fixture(scope="module")
def with_symbols(bzforge, stock_kernels, tmp_path_factory):
    """with_symbols(name): the stock kernel with symbols."""
    folder = tmp_path_factory.mktemp("symbols")

    def make(name):
        path = folder / name
        if not path.exists():
            bzforge.run("extract", "--symbols", stock_kernels[name], "-o", path)
        return path

    yield make
    shutil.rmtree(folder)


def test_the_kernel_is_untouched(with_symbols, stock_elf):
    """Only the ELF header's fields of sections differ, and what comes behind."""
    old, new = stock_elf("cloud").read_bytes(), with_symbols("cloud").read_bytes()
    assert old[64:] == new[64:len(old)]
    differing = {i for i in range(64) if old[i] != new[i]}
    assert differing <= set(range(40, 48)) | {60, 61, 62, 63}  # e_shoff, e_shnum, e_shstrndx
    assert Elf(old).loads == Elf(new).loads


def test_readelf_has_no_complaint(with_symbols):
    text = run("readelf", "-W", "-h", "-l", "-S", with_symbols("cloud"))
    assert "Warning" not in text and "Error" not in text
    assert re.search(r"\.symtab +SYMTAB", text) and ".data..percpu" in text


def test_gdb(with_symbols):
    text = run("gdb", "-batch", "-nx", "-ex", "x/s &linux_banner", "-ex", "disassemble start_kernel,+8",
               "-ex", "info symbol &cpu_number", with_symbols("cloud"))
    assert re.search(r'<linux_banner>:\s+"Linux version 6\.', text)
    assert re.search(r"<start_kernel\+0>:\s+call .*<__fentry__>", text)
    assert "cpu_number in section .data..percpu" in text


def test_objdump(with_symbols):
    text = run("objdump", "-d", "--disassemble=start_kernel", with_symbols("cloud"))
    assert "<start_kernel>:" in text and "<setup_arch>" in text


def test_same_symbols_from_our_image(bzforge, with_symbols, make_image, tmp_path):
    bzforge.run("extract", "--symbols", make_image("cloud"), "-o", tmp_path / "elf")
    assert (tmp_path / "elf").read_bytes() == with_symbols("cloud").read_bytes()


def damaged(path, kind):
    """The kernel's ELF with its table of symbols spoilt."""
    data = path.read_bytes()
    if kind == "banner":
        return data.replace(b"Linux version 6", b"linux version 6")
    # the digits stand in a row in every kernel's token table
    return data.replace(b"\x000\x001\x002\x003\x004\x005\x006\x00", b"x0\x001\x002\x003\x004\x005\x006\x00")


@pytest.mark.parametrize("kind, words", [("banner", "addresses of the kernel's symbols cannot be found"),
                                         ("tokens", "table of symbols")])
def test_no_wrong_table(bzforge, stock_elf, tmp_path, kind, words):
    """A table that contradicts the kernel is not given out."""
    (tmp_path / "bad").write_bytes(damaged(stock_elf("cloud"), kind))
    message = bzforge.message("extract", "--symbols", tmp_path / "bad", "-o", tmp_path / "out",
                              status=BAD_INPUT)
    assert words in message and "offset 0x" in message and not (tmp_path / "out").exists()


@pytest.mark.long
def test_system_map(with_symbols, stock_kernels):
    """Every symbol, address and type is as the kernel's linker had it, but for those that the kernel's
    build leaves out of the table; none is added."""
    version = stock_kernels["stock"].name.removeprefix("vmlinuz-")
    wanted = debian.system_map(version)
    left_out = [s for s in wanted if s[2] in TABLES or s[1] == "A"]
    assert {name for _, kind, name in left_out if kind == "A"} == ABSOLUTE
    kept = sorted(set(wanted) - set(left_out))
    assert len(kept) > 90000
    found = sorted(set(nm(with_symbols("stock"))))
    assert found == kept


@pytest.mark.long
def test_extract_all_of_a_stock_kernel(bzforge, stock_kernels, with_symbols, stock_elf, tmp_path):
    bzforge.run("extract", stock_kernels["cloud"], "--all", tmp_path / "parts")
    names = sorted(path.name for path in (tmp_path / "parts").iterdir())
    assert names == ["relocs", "vmlinux", "vmlinux.symbols"]
    assert (tmp_path / "parts/vmlinux").read_bytes() == stock_elf("cloud").read_bytes()
    assert (tmp_path / "parts/vmlinux.symbols").read_bytes() == with_symbols("cloud").read_bytes()
