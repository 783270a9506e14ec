# SPDX-License-Identifier: GPL-2.0-or-later
"""Every format that a kernel comes in: is it named right, is what comes out what the format's own tool
gives, and is nothing taken for a kernel that is none?

What Debian ships is in tests/data/formats.toml; most of it is long. What Debian does not ship (EFI zboot,
each codec, packages of the other kind, ...) is made here."""

import json
import lzma
import re
import struct
import subprocess
import tomllib
from pathlib import Path

import pytest
import zstandard

from support import debian, wrap
from support.bzimage import BzImage
from support.tool import BAD_INPUT

ROWS = tomllib.loads((Path(__file__).resolve().parents[1] / "data/formats.toml").read_text())["kernel"]


def row_id(row):
    return "-".join((row["suite"], row["arch"], re.sub(r"[^\w]+", "-", row["package"] + row["member"][-12:])))


def inspect(bzforge, path, **options):
    return json.loads(bzforge.output("inspect", "--json", path, **options))


def layers(said):
    """As the table has them: "deb > ./boot/vmlinuz > bzImage > xz > ELF"."""
    words = []
    for layer in said["layers"]:
        words += [layer["member"]] if layer["member"] else []
        words.append(layer["format"] + (" (searched)" if layer["searched"] else ""))
    return " > ".join(words)


def extract(bzforge, source, folder):
    """What comes out, and the relocation table."""
    bzforge.run("extract", source, "-o", folder / "kernel", "--relocs", folder / "relocs")
    return (folder / "kernel").read_bytes(), (folder / "relocs").read_bytes()


def decode_somewhere(data, codec):
    """Of a file with a stream in it: what it decodes to, by trying with Python's libraries."""
    magic = {"xz": b"\xfd7zXZ\0", "zstd": b"\x28\xb5\x2f\xfd"}[codec]
    at = -1
    while (at := data.find(magic, at + 1)) >= 0:
        decoder = (lzma.LZMADecompressor(lzma.FORMAT_XZ) if codec == "xz"
                   else zstandard.ZstdDecompressor().decompressobj())
        try:
            content = decoder.decompress(data[at:])
        except (lzma.LZMAError, zstandard.ZstdError):
            continue
        if decoder.eof:
            return content
    raise AssertionError(f"no {codec} stream")


def expected(path, row):
    """What the format's own tool gives, with the relocation table that lies behind an x86 kernel."""
    data = path.read_bytes()
    if data[:4] == struct.pack(">I", 0x27051956):
        data = data[64:]
    if row["codec"] == "":
        return data
    if "(searched)" in row["layers"]:
        return decode_somewhere(data, row["codec"])
    if row["format"] == "ELF":
        return subprocess.run(["gzip", "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    image = BzImage(data)
    stream = image.payload[:-4]
    tool = {"xz": ["xz", "-dc"], "lz4": ["lz4", "-dc"], "zstd": ["zstd", "-dcq"]}[row["codec"]]
    return subprocess.run(tool, input=stream, stdout=subprocess.PIPE, check=True).stdout


def check_row(bzforge, row, tmp_path):
    deb, name = debian.package(row["suite"], row["arch"], row["package"])
    path, inside = debian.member(deb, row["member"])
    said = inspect(bzforge, path)
    assert said["format"] == row["format"]
    assert layers(said) == row["layers"]
    assert said["arch"] == row["machine"]
    assert (said["codec"] or "") == row["codec"]
    assert said["protocol"] == row.get("protocol")
    assert said["problems"] == []
    if row.get("release") == "package":
        assert said["release"] == re.sub(r"^linux-image-", "", name)
    elif row.get("release") == "any":
        assert re.fullmatch(r"\d+\.\d+\.\d+.*", said["release"])
    if row.get("kernel") == "none":
        message = bzforge.message("extract", path, "-o", tmp_path / "kernel", status=BAD_INPUT)
        assert "has no kernel in it" in message
    else:
        kernel, relocs = extract(bzforge, path, tmp_path)
        assert kernel + relocs == expected(path, row)
        assert bool(relocs) == (row["format"] == "bzImage")
        bzforge.run("verify", path)
    # In its package the same kernel is found, if it is the one that its name or place speaks for.
    packed = inspect(bzforge, deb)
    if packed["layers"][1]["member"] == inside:
        assert layers(packed) == f"deb > {inside} > {row['layers']}"
        assert packed["kernel_sha256"] == said["kernel_sha256"]
    else:
        assert row["package"].startswith(("debian-installer", "memtest86", "xen", "ipxe", "syslinux"))


@pytest.mark.parametrize("row", [r for r in ROWS if r.get("small")], ids=row_id)
def test_what_debian_ships_small(bzforge, row, tmp_path):
    check_row(bzforge, row, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("row", [r for r in ROWS if not r.get("small")], ids=row_id)
def test_what_debian_ships(bzforge, row, tmp_path):
    check_row(bzforge, row, tmp_path)


# --- made here ---


def try_file(bzforge, folder, data, want_layers, kernel, arch=None):
    """Write, inspect, extract; also from standard input."""
    path = folder / "image"
    path.write_bytes(data)
    said = inspect(bzforge, path)
    assert said["problems"] == []
    assert layers(said) == want_layers
    assert said["arch"] == arch
    assert extract(bzforge, path, folder)[0] == kernel
    assert bzforge.run("extract", "-", "-o", "-", input=data).stdout == kernel
    return said


@pytest.mark.parametrize("how", wrap.COMPRESS)
def test_compressed_image(bzforge, tmp_path, how):
    """Image.gz and the like, of each codec and variant."""
    kernel = wrap.arm64_image()
    codec = how.split()[0]
    said = try_file(bzforge, tmp_path, wrap.compress(how, kernel), f"{codec} > arm64 Image", kernel, "arm64")
    assert said["release"] == "9.8.7-test"


@pytest.mark.parametrize("how", ["gzip", "bzip2", "xz", "lz4 frame", "lz4", "zstd"])
def test_streams_in_a_row(bzforge, tmp_path, how):
    """What cat joins, decoders join, too."""
    kernel = wrap.arm64_image()
    data = wrap.compress(how, kernel[:100_000]) + wrap.compress(how, kernel[100_000:])
    try_file(bzforge, tmp_path, data, f"{how.split()[0]} > arm64 Image", kernel, "arm64")


@pytest.mark.parametrize("codec, how", [("gzip", "gzip"), ("lz4", "lz4"), ("lzma", "lzma"), ("lzo", "lzo"),
                                        ("xzkern", "xz"), ("zstd22", "zstd")])
def test_zboot(bzforge, tmp_path, codec, how):
    kernel = wrap.arm64_image()
    said = try_file(bzforge, tmp_path, wrap.zboot(codec, how, kernel), f"EFI zboot > {how} > arm64 Image",
                    kernel, "arm64")
    assert (said["format"], said["codec"], said["searched"]) == ("EFI zboot", how, False)


# Without a table the size behind lz4's legacy frame, which has no end, cannot be told from a block.
@pytest.mark.parametrize("how, table", [
    *((how, True) for how in ("gzip", "lzma", "xz", "lzo", "lz4", "zstd")),
    *((how, False) for how in ("gzip", "lzma", "xz", "lzo", "zstd"))])
def test_arm_zimage(bzforge, tmp_path, how, table):
    kernel = wrap.body()
    said = try_file(bzforge, tmp_path, wrap.arm_zimage(how, kernel, table),
                    f"ARM zImage > {how} (searched) > raw kernel", kernel, "arm")
    assert said["searched"] and said["release"] == "9.8.7-test"


@pytest.mark.parametrize("protocol, high, name", [
    (0x0200, False, "zImage"), (0x0200, True, "bzImage"), (0x0201, True, "bzImage"),
    (0x0202, False, "zImage"), (0x0203, True, "bzImage"), (0x0204, True, "bzImage"),
    (0x0207, True, "bzImage"), (None, False, "boot sector image")])
def test_x86_of_old(bzforge, tmp_path, protocol, high, name):
    kernel = wrap.body()
    said = try_file(bzforge, tmp_path, wrap.x86_old(kernel, protocol, high),
                    f"{name} > gzip (searched) > raw kernel", kernel, "i386")
    assert said["format"] == name and said["release"] == "9.8.7-test"
    if protocol:
        assert said["protocol"] == f"{protocol >> 8}.{protocol & 255}"


@pytest.mark.parametrize("machine, bits, order, arch", [
    (3, 32, "little", "i386"), (40, 32, "little", "arm"), (183, 64, "little", "arm64"),
    (243, 64, "little", "riscv64"), (243, 32, "little", "riscv32"), (8, 32, "big", "mips"),
    (8, 64, "little", "mips64el"), (21, 64, "big", "ppc64"), (22, 64, "big", "s390x"), (2, 32, "big", "sparc")])
def test_elf(bzforge, tmp_path, machine, bits, order, arch):
    kernel = wrap.elf(machine, bits, order, wrap.body(5000))
    said = try_file(bzforge, tmp_path, kernel, "ELF", kernel, arch)
    assert said["elf"]["segments"][0]["vaddr"] == "0x1000"
    assert said["elf"]["segments"][0]["filesz"] == len(kernel) - (84 if bits == 32 else 120)
    assert "not a 64-bit x86-64 ELF" in bzforge.message("build", tmp_path / "image", "-o", tmp_path / "out",
                                                        status=BAD_INPUT)


@pytest.mark.parametrize("how", ["gzip", "xz", "zstd"])
def test_s390(bzforge, tmp_path, how):
    kernel = wrap.body()
    said = try_file(bzforge, tmp_path, wrap.s390_bzimage(wrap.compress(how, kernel)),
                    f"s390 bzImage > {how} (searched) > raw kernel", kernel, "s390x")
    assert said["release"] == "9.8.7-test"
    message = bzforge.message("extract", "--symbols", tmp_path / "image", "-o", tmp_path / "out", status=BAD_INPUT)
    assert "from an ELF file only" in message


def test_s390_not_compressed(bzforge, tmp_path):
    image = wrap.s390_bzimage(wrap.body())
    try_file(bzforge, tmp_path, image, "s390 bzImage", image, "s390x")


@pytest.mark.parametrize("machine, bits, order, arch", [(8, 32, "little", "mipsel"), (8, 64, "big", "mips64"),
                                                        (15, 32, "big", "parisc"), (20, 32, "big", "powerpc")])
def test_elf_that_wraps_a_kernel(bzforge, tmp_path, machine, bits, order, arch):
    kernel = wrap.body()
    wrapper = wrap.elf(machine, bits, order, bytes(5000) + wrap.compress("xz", kernel) + bytes(100))
    try_file(bzforge, tmp_path, wrapper, "ELF > xz (searched) > raw kernel", kernel, arch)
    # another system's kernel, with something compressed in it
    other = wrap.elf(machine, bits, order, bytes(5000) + wrap.compress("xz", b"no kernel" * 1000) + bytes(100))
    said = try_file(bzforge, tmp_path, other, "ELF", other, arch)
    assert not said["searched"]


def test_riscv_image(bzforge, tmp_path):
    kernel = wrap.riscv_image()
    try_file(bzforge, tmp_path, kernel, "RISC-V Image", kernel, "riscv64")


@pytest.mark.parametrize("kind", ["none", "gzip"])
def test_uimage(bzforge, tmp_path, kind):
    kernel = wrap.arm_zimage("gzip", wrap.body())
    (tmp_path / "data").write_bytes(kernel if kind == "none" else wrap.compress("gzip", kernel))
    subprocess.run(["mkimage", "-A", "arm", "-O", "linux", "-T", "kernel", "-C", kind, "-a", "0x8000", "-e",
                    "0x8000", "-n", "a kernel", "-d", tmp_path / "data", tmp_path / "made"], check=True,
                   stdout=subprocess.DEVNULL)
    inner = "" if kind == "none" else "gzip > "
    try_file(bzforge, tmp_path, (tmp_path / "made").read_bytes(),
             f"uImage > {inner}ARM zImage > gzip (searched) > raw kernel", wrap.body(), "arm")


def test_uimage_of_parts(bzforge, tmp_path):
    kernel = wrap.arm64_image()
    parts = struct.pack(">III", len(kernel), 5, 0) + kernel + b"other"
    try_file(bzforge, tmp_path, wrap.uimage(parts, kind=4), "uImage > arm64 Image", kernel, "arm64")


@pytest.mark.parametrize("options", [[], ["-E"], ["-E", "-p", "0x2000"]], ids=["inside", "behind", "placed"])
def test_fit(bzforge, tmp_path, options):
    kernel = wrap.arm64_image()
    (tmp_path / "kernel.gz").write_bytes(wrap.compress("gzip", kernel))
    (tmp_path / "other").write_bytes(wrap.arm64_image(b"other"))
    image = 'data = /incbin/("{}"); type = "kernel"; arch = "arm64"; os = "linux"; compression = "{}"; ' \
            'load = <0>; entry = <0>;'
    (tmp_path / "its").write_text(
        '/dts-v1/; / { description = "x"; #address-cells = <1>; images { '
        'other { ' + image.format("other", "none") + ' }; kernel-1 { ' + image.format("kernel.gz", "gzip") +
        ' }; }; configurations { default = "b"; a { kernel = "other"; }; b { kernel = "kernel-1"; }; }; };')
    subprocess.run(["mkimage", *options, "-f", "its", "fit"], cwd=tmp_path, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try_file(bzforge, tmp_path, (tmp_path / "fit").read_bytes(), "FIT > gzip > arm64 Image", kernel, "arm64")


@pytest.mark.parametrize("compression", ["none", "gzip", "xz", "zstd"])
def test_deb(bzforge, tmp_path, compression):
    """Of several files that could be meant, the kernel."""
    kernel = wrap.arm64_image()
    top = tmp_path / "package"
    (top / "DEBIAN").mkdir(parents=True)
    (top / "DEBIAN/control").write_text("Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x\n"
                                        "Description: x\n")
    for name, data in (("boot/config", b"x" * 9000), ("boot/initrd.img", wrap.compress("gzip", bytes(9000))),
                       ("boot/vmlinuz-9", kernel), ("usr/bin/x", wrap.elf(62, 64, "little", bytes(9000)))):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(data)
    subprocess.run(["dpkg-deb", "--root-owner-group", f"-Z{compression}", "-b", top, tmp_path / "deb"],
                   check=True, stdout=subprocess.DEVNULL)
    try_file(bzforge, tmp_path, (tmp_path / "deb").read_bytes(), "deb > ./boot/vmlinuz-9 > arm64 Image", kernel,
             "arm64")


def test_rpm(bzforge, tmp_path):
    kernel = wrap.arm64_image()
    (tmp_path / "vmlinuz").write_bytes(kernel)
    (tmp_path / "x.spec").write_text(
        "Name: x\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n%description\nx\n"
        f"%install\nmkdir -p %{{buildroot}}/lib/modules/9\ncp {tmp_path}/vmlinuz %{{buildroot}}/lib/modules/9/\n"
        "%files\n/lib/modules/9/vmlinuz\n")
    subprocess.run(["rpmbuild", "-bb", "--define", f"_topdir {tmp_path}/rpm", "x.spec"], cwd=tmp_path,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = next((tmp_path / "rpm").rglob("*.rpm"))
    try_file(bzforge, tmp_path, made.read_bytes(), "rpm > ./lib/modules/9/vmlinuz > arm64 Image", kernel, "arm64")


def test_nested(bzforge, tmp_path, cloud_kernel):
    """A stock kernel in one wrapping after the other, up to the depth that is enough for anybody."""
    data = wrap.compress("gzip", wrap.uimage(wrap.compress("zstd", cloud_kernel.read_bytes())))
    (tmp_path / "image").write_bytes(data)
    said = inspect(bzforge, tmp_path / "image")
    assert layers(said) == "gzip > uImage > zstd > bzImage > lz4 > ELF"
    assert said["kernel_sha256"] == inspect(bzforge, cloud_kernel)["kernel_sha256"]
    kernel = wrap.arm64_image(b"x" * 100)
    for _ in range(13):
        kernel = wrap.compress("gzip", kernel)
    (tmp_path / "deep").write_bytes(kernel)
    assert "too many files inside each other" in bzforge.message("verify", tmp_path / "deep", status=BAD_INPUT)


def test_repack_takes_a_package(bzforge, tmp_path, cloud_kernel):
    """What is found in a package is as good as the file itself."""
    (tmp_path / "gz").write_bytes(wrap.compress("gzip", cloud_kernel.read_bytes()))
    bzforge.run("repack", tmp_path / "gz", "-o", tmp_path / "out", "-c", "lz4:1")
    bzforge.run("verify", tmp_path / "out", "--against", cloud_kernel)


# --- refused ---


def test_bomb(bzforge, tmp_path):
    """A stream may not grow without end; with --max-output as far as it says."""
    path = tmp_path / "bomb"
    path.write_bytes(wrap.compress("zstd", wrap.arm64_image() + bytes(300 << 20)))
    assert "larger than the limit" in bzforge.message("verify", path, status=BAD_INPUT)
    bzforge.run("verify", path, "--max-output", "400")
    assert "larger than the limit" in bzforge.message("verify", path, "--max-output", "100", status=BAD_INPUT)


PLACE = r"\(offset 0x[0-9a-f]+, value (\d+|0x[0-9a-f]+)\)"


@pytest.mark.parametrize("name, data, words", [
    ("zboot cut", wrap.zboot("zstd22", "zstd", wrap.arm64_image())[:2000], "ends too early"),
    ("zboot of another codec", wrap.zboot("gzip", "xz", wrap.arm64_image()), "zboot header is damaged: codec"),
    ("uImage cut", wrap.uimage(wrap.arm64_image())[:-1], "ends too early: uImage"),
    ("uImage flipped", wrap.uimage(wrap.arm64_image())[:-1] + b"\xa5", "checksum of the uImage is wrong"),
    ("zImage cut", wrap.arm_zimage("xz", wrap.body())[:50_000], "ends too early: zImage"),
    ("gzip cut", wrap.compress("gzip", wrap.arm64_image())[:-1000], "compressed data is damaged: gzip"),
    ("xz cut", wrap.compress("xz", wrap.arm64_image())[:-1000], "ends too early: xz"),
    ("gzip of text", wrap.compress("gzip", b"hello, world\n" * 1000), "no kernel found inside"),
    ("bytes behind", wrap.compress("xz", wrap.arm64_image()) + b"tail", "bytes behind the stream"),
    ("elf cut", wrap.elf(183, 64, "little", bytes(5000))[:-1], "ends too early: segment"),
], ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "")
def test_one_line_says_what_is_wrong(bzforge, tmp_path, name, data, words):
    path = tmp_path / "image"
    path.write_bytes(data)
    message = bzforge.message("extract", path, "-o", tmp_path / "out", status=BAD_INPUT)
    assert len(message.splitlines()) == 1 and words in message, message
    assert re.search(PLACE, message) or name == "gzip of text"


@pytest.mark.parametrize("name", ["text", "png", "random", "disk", "dtb"])
def test_nothing_else_is_taken_for_a_kernel(bzforge, tmp_path, name):
    data = {"text": b"Linux version 6.1.0 is what I run\n" * 1000, "png": b"\x89PNG\r\n\x1a\n" + bytes(5000),
            "random": bytes((i * i * 31 + i) & 0xFF for i in range(100_000)),
            "disk": bytes(510) + b"\x55\xaa" + bytes(1 << 20),
            "dtb": struct.pack(">10I", 0xD00DFEED, 72, 56, 72, 40, 17, 16, 0, 0, 16) + bytes(16) +
            struct.pack(">4I", 1, 0, 2, 9)}[name]
    path = tmp_path / "file"
    path.write_bytes(data)
    said = json.loads(bzforge.run("inspect", "--json", path, status=BAD_INPUT).stdout)
    assert said["format"] == "unknown"
    assert "is no kernel image" in bzforge.message("extract", path, "-o", tmp_path / "out", status=BAD_INPUT)


def test_plain_inspect_decodes_nothing(bzforge, tmp_path, cloud_kernel):
    """Headers are right, the payload is not: inspect does not see it, --deep does."""
    image = BzImage(cloud_kernel.read_bytes())
    data = bytearray(image.data)
    at = image.payload_at + image.hdr.payload_length // 2
    data[at:at + 4096] = bytes(4096)
    (tmp_path / "image").write_bytes(data)
    assert "not decoded" in bzforge.output("inspect", tmp_path / "image")
    bzforge.run("inspect", "--deep", tmp_path / "image", status=BAD_INPUT)
