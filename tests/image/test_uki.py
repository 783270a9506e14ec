# SPDX-License-Identifier: GPL-2.0-or-later
"""Unified kernel images, byte by byte: the UAPI Group's specification, and docs/image-format.md."""

import re
import subprocess
from pathlib import Path

import pytest

from support.bzimage import BzImage, Image, crc32c
from support.pe import Pe

STUB = Path("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")
CODEC = ("-c", "zstd:3")
LINE = "root=/dev/sda1 quiet"
TAIL = [".reloc", ".sbat", ".compat"]
STUB_AND_KERNEL = [".text", ".data", ".linux"]
UKI_FLAG = 1 << 4


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Parts whose sizes fit no alignment."""
    folder = tmp_path_factory.mktemp("parts")
    contents = {"os": b"ID=test\nVERSION_ID=1\n", "one": b"first" * 1001, "two": b"second" * 777,
                "ucode": b"microcode" * 500, "sbat": b"sbat,1,x,x,1,x\nmine,3,Me,mine,1,https://me\n",
                "splash": b"BM" + bytes(70), "pkey": b"-----BEGIN", "psig": b'{"sha256":[]}'}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def cloud(make_image):
    return make_image("cloud", *CODEC)


@pytest.fixture(scope="module")
def make(bzforge, cloud, tmp_path_factory):
    def make_uki(*options, source=cloud):
        out = tmp_path_factory.mktemp("uki") / "uki.efi"
        bzforge.run("uki", source, "-o", out, *options)
        return out.read_bytes()

    return make_uki


@pytest.fixture(scope="module")
def whole(make, files):
    """One with everything in it."""
    return make("--cmdline", LINE, "--initrd", files / "one", "--initrd", files / "two",
                "--ucode", files / "ucode", "--os-release", files / "os", "--uname", "9.9-test",
                "--sbat", files / "sbat", "--splash", files / "splash", "--pcrpkey", files / "pkey",
                "--pcrsig", files / "psig")


@pytest.fixture(scope="module")
def variants(make, files, whole, cloud):
    return {"not a uki": cloud.read_bytes(), "everything": whole,
            "nothing": make("--os-release", files / "os"),
            "line": make("--os-release", files / "os", "--cmdline", LINE),
            "initrd": make("--os-release", files / "os", "--initrd", files / "one"),
            "microcode alone": make("--os-release", files / "os", "--ucode", files / "ucode")}


@pytest.mark.parametrize("name", ["not a uki", "everything", "nothing", "line", "initrd",
                                  "microcode alone"])
def test_layout(variants, name):
    pe = Pe(variants[name])
    pe.check_layout()
    assert pe.section_align == 0x1000 and pe.file_align == 0x200
    assert pe.checksum == pe.right_checksum
    image = Image(variants[name])
    assert image.image_crc == 0
    # Our stub finds what it needs by distance in the file: in memory it must be the same.
    for s in pe.sections:
        if s.name not in TAIL:
            assert s.address == s.offset, s.name


def test_sections(whole, files):
    pe = Pe(whole)
    added = [".osrel", ".uname", ".sbat", ".splash", ".pcrpkey", ".pcrsig", ".cmdline", ".ucode",
             ".initrd"]
    assert pe.names == [".setup", ".reloc", ".compat", *STUB_AND_KERNEL, *added]
    for name, part in ((".osrel", "os"), (".splash", "splash"), (".pcrpkey", "pkey"),
                       (".pcrsig", "psig"), (".ucode", "ucode")):
        assert pe[name].content == (files / part).read_bytes(), name
    assert pe[".uname"].content == b"9.9-test"
    assert pe[".cmdline"].content == LINE.encode()
    one, two = ((files / name).read_bytes() for name in ("one", "two"))
    assert pe[".initrd"].content == one + bytes(-len(one) % 4) + two
    lines = pe[".sbat"].content.decode().splitlines()
    assert [line.split(",")[0] for line in lines] == ["sbat", "bzforge", "mine"]
    for name in added:
        assert pe[name].flags == 0x40000040, f"{name}: data, readable, nothing else"


def test_the_manifest_speaks_of_the_same_bytes(whole, files):
    pe, image = Pe(whole), Image(whole)
    m = image.manifest
    assert m.flags & UKI_FLAG
    assert image.setup_size + m.cmdline_off == pe[".cmdline"].offset
    assert m.cmdline_size == pe[".cmdline"].size
    assert image.data[pe[".cmdline"].offset + m.cmdline_size] == 0
    # microcode, zeros up to a page, the other initrds: one piece
    at = image.setup_size + m.initrd_off
    initrd = bytes(image.data[at:at + m.initrd_size])
    assert at == pe[".ucode"].offset and len(initrd) % 4096 == pe[".initrd"].size % 4096
    ucode = (files / "ucode").read_bytes()
    assert initrd.startswith(ucode) and initrd.endswith(pe[".initrd"].content)
    assert not any(initrd[len(ucode):-pe[".initrd"].size])
    assert crc32c(initrd) == m.initrd_crc and crc32c(LINE.encode()) == m.cmdline_crc
    # .linux is the payload, no byte more
    payload = image.payload
    assert pe[".linux"].content == payload and pe[".linux"].size == len(payload)


def test_names_and_defaults(make, cloud):
    """What nobody gave: this system's os-release, the kernel's release."""
    pe = Pe(make())
    assert pe.names == [".setup", *TAIL, *STUB_AND_KERNEL, ".osrel", ".uname"]
    assert pe[".osrel"].content == Path("/etc/os-release").read_bytes()
    assert pe[".uname"].content.decode() == BzImage(cloud.read_bytes()).version.split()[0]
    assert pe[".sbat"].content.startswith(b"sbat,1,") and pe[".sbat"].content.endswith(b"\n")


def test_ours_is_taken_as_it_is(bzforge, make, cloud, cloud_kernel, tmp_path, files):
    """No second compression, unless it is asked for."""
    uki = make("--os-release", files / "os", "--cmdline", LINE)
    assert Image(uki).payload == Image(cloud.read_bytes()).payload
    assert Image(uki).chunks == Image(cloud.read_bytes()).chunks
    smaller = make("--os-release", files / "os", "--cmdline", LINE, "-c", "zstd:6")
    assert Image(smaller).payload != Image(uki).payload
    path = tmp_path / "smaller"
    path.write_bytes(smaller)
    bzforge.run("verify", path, "--against", cloud_kernel)


def test_a_uki_stays_what_it_is(bzforge, make, whole, tmp_path):
    """uki of a UKI takes its parts over, repack, too; one part can be replaced."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(whole)
    assert make(source=old) == whole
    bzforge.run("repack", old, "-o", new, *CODEC)
    assert new.read_bytes() == whole
    changed = Pe(make("--cmdline", "other", source=old))
    assert changed[".cmdline"].content == b"other"
    assert changed.names == Pe(whole).names
    # behind the stub, in .data, is the manifest; in .compat's file bytes the setup part's end
    assert all(changed[n].content == Pe(whole)[n].content
               for n in changed.names if n not in (".data", ".cmdline", ".compat"))


def test_objdump_lists_it(whole, tmp_path):
    path = tmp_path / "uki.efi"
    path.write_bytes(whole)
    listed = subprocess.run(["objdump", "-h", path], stdout=subprocess.PIPE, check=True).stdout.decode()
    assert re.findall(r"^ *\d+ (\.\w+)", listed, re.M) == Pe(whole).names


# --- around somebody else's stub ---

@pytest.fixture(scope="module")
def classic(make, cloud_kernel, files):
    return make("--stub", STUB, "--cmdline", LINE, "--initrd", files / "one", "--initrd",
                files / "two", "--ucode", files / "ucode", "--os-release", files / "os",
                source=cloud_kernel)


def test_classic(classic, cloud_kernel, files):
    pe, stub = Pe(classic), Pe(STUB.read_bytes())
    assert pe.checksum == pe.right_checksum
    added = [".osrel", ".uname", ".cmdline", ".initrd", ".linux"]
    assert pe.names == stub.names + added
    end = pe.headers_size
    for s in sorted(pe.sections, key=lambda s: s.offset):
        assert s.offset == end, f"{s.name}: all bytes are in sections"
        end += s.file_size
    assert end == len(classic)
    memory = pe.headers_size
    for s in pe.sections:
        assert s.address >= memory
        memory = s.address + s.size
    assert memory <= pe.image_size
    for s in stub.sections:
        assert pe[s.name] == s, "the stub's own are where they were"
    assert pe.entry == stub.entry
    assert all(pe[name].address % 4096 == 0 for name in added)
    assert pe[".linux"].content == cloud_kernel.read_bytes(), "untouched, signature and all"
    ucode, one, two = ((files / n).read_bytes() for n in ("ucode", "one", "two"))
    assert pe[".initrd"].content == ucode + bytes(-len(ucode) % 4) + one + bytes(-len(one) % 4) + two


def test_classic_is_read_back(bzforge, classic, cloud_kernel, stock_elf, make, tmp_path):
    path = tmp_path / "classic.efi"
    path.write_bytes(classic)
    bzforge.run("verify", path, "--against", cloud_kernel)
    assert bzforge.run("extract", path, "-o", "-").stdout == stock_elf("cloud").read_bytes()
    ours = Pe(make(*CODEC, source=path))
    assert ours[".cmdline"].content == LINE.encode()
    assert ours[".initrd"].content == Pe(classic)[".initrd"].content
    assert ours[".osrel"].content == Pe(classic)[".osrel"].content
