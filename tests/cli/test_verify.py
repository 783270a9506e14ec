# SPDX-License-Identifier: GPL-2.0-or-later
"""verify: where the first wrong byte is, what differs between kernels, and digests."""

import hashlib
import random
import re
import struct
import subprocess

import pytest

from support.bzimage import BzImage, Image
from support.elf import Elf
from support.tool import BAD_INPUT, USAGE

RANGES = re.compile(r"0x([0-9a-f]+) to 0x([0-9a-f]+)")


def ranges(text):
    return [(int(a, 16), int(b, 16)) for a, b in RANGES.findall(text)]


@pytest.fixture(scope="module")
def rich_image(bzforge, cloud_kernel, tmp_path_factory):
    """With everything that has a checksum of its own, in chunks of 1 MiB."""
    folder = tmp_path_factory.mktemp("rich")
    (folder / "initrd").write_bytes(random.Random(1).randbytes(5000))
    bzforge.run("extract", cloud_kernel, "-o", folder / "elf", "--relocs", folder / "relocs")
    bzforge.run("build", folder / "elf", "--relocs", folder / "relocs", "-c", "lz4:1", "--chunk", "1M", "--cmdline",
                "console=ttyS0 quiet", "--initrd", folder / "initrd", "-o", folder / "image")
    return folder / "image"


def damage(path, source, offset):
    data = bytearray(source.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)
    return path


def test_first_wrong_byte(bzforge, tmp_path, rich_image):
    """Wherever one byte is wrong, the range that is named holds it; a chunk's is just that chunk's."""
    image = Image(rich_image.read_bytes())
    manifest, start = image.manifest, image.payload_at
    chunks = [(start + c[0], start + c[0] + c[1]) for c in image.chunks if c[1]]
    embedded = image.setup_size + manifest.cmdline_off
    initrd = image.setup_size + manifest.initrd_off
    cases = {
        "chunk": [(chunk[0] + chunk[1]) // 2 for chunk in chunks[1::9]],
        "embedded command line": [embedded + 3],
        "embedded initrd": [initrd, initrd + 4999],
        "manifest": [image.manifest_at + 0x38],
        "setup part, stub": [0x100, 0x1500, image.setup_size + 0x900],
    }
    for words, offsets in cases.items():
        for offset in offsets:
            done = bzforge.run("verify", damage(tmp_path / "bad", rich_image, offset), status=BAD_INPUT)
            text = done.stdout.decode()
            assert "first wrong byte: in " in text and words in text, (words, hex(offset), text)
            found = ranges(text)
            assert any(a <= offset < b for a, b in found), (hex(offset), text)
            if words == "chunk":
                assert found == [next(c for c in chunks if c[0] <= offset < c[1])]


def test_of_two_the_first(bzforge, tmp_path, rich_image):
    image = Image(rich_image.read_bytes())
    chunks = [(image.payload_at + c[0], image.payload_at + c[0] + c[1]) for c in image.chunks if c[1]]
    bad = damage(tmp_path / "one", rich_image, chunks[-1][0])
    bad = damage(tmp_path / "two", bad, chunks[-2][0])
    text = bzforge.run("verify", bad, status=BAD_INPUT).stdout.decode()
    assert ranges(text) == [chunks[-2]]


def test_of_linux_the_payload(bzforge, tmp_path, stock_kernel):
    image = BzImage(stock_kernel.read_bytes())
    offset = image.payload_at + len(image.payload) // 2
    text = bzforge.run("verify", damage(tmp_path / "bad", stock_kernel, offset), status=BAD_INPUT).stdout.decode()
    assert ranges(text) == [(image.payload_at, image.payload_at + len(image.payload) - 4)]


def symbols(elf):
    """address -> names, of nm."""
    found = {}
    for line in subprocess.run(["nm", elf], check=True, stdout=subprocess.PIPE).stdout.decode().splitlines():
        address, _, name = line.split()[-3:] if len(line.split()) == 3 else ("0", "", "")
        found.setdefault(int(address, 16), set()).add(name)
    return found


def address_of(elf, offset):
    return next(va + offset - at for at, va, _, size, _ in Elf(elf).loads if at <= offset < at + size)


@pytest.fixture(scope="module")
def cloud_symbols(bzforge, cloud_kernel, tmp_path_factory):
    path = tmp_path_factory.mktemp("symbols") / "vmlinux"
    bzforge.run("extract", "--symbols", cloud_kernel, "-o", path)
    return symbols(path)


def test_section_symbol_and_counts(bzforge, tmp_path, cloud_kernel, stock_elf, cloud_symbols):
    """One byte of code and five bytes of data in three places, compared with the image it is from."""
    original = stock_elf("cloud").read_bytes()
    loads = Elf(original).loads
    code, data = loads[0][0] + 0x54321, loads[1][0] + 0x1000
    changed = bytearray(original)
    for offset in (code, data, data + 1, data + 2, data + 10, data + 20):
        changed[offset] ^= 0x10
    (tmp_path / "vmlinux").write_bytes(changed)
    bzforge.run("extract", cloud_kernel, "-o", tmp_path / "elf", "--relocs", tmp_path / "relocs")
    bzforge.run("build", tmp_path / "vmlinux", "--relocs", tmp_path / "relocs", "-c", "lz4:1", "-o", tmp_path / "image")
    done = bzforge.run("verify", tmp_path / "image", "--against", cloud_kernel, status=BAD_INPUT)
    text = done.stdout.decode()
    assert f"first difference         .text+{0x54321:#x}" in text
    assert f"{changed[code]:#04x} here, {original[code]:#04x} there" in text
    address = address_of(original, code)
    assert f"{address:#x}" in text
    name, distance = re.search(r"^  symbol +(\S+)\+0x([0-9a-f]+)$", text, re.M).groups()
    assert name in cloud_symbols[address - int(distance, 16)]
    assert address - int(distance, 16) == max(a for a in cloud_symbols if a <= address)
    assert f"  .text                    1 bytes in 1 places, the first at {code:#x}" in text
    assert f"  .data                    5 bytes in 3 places, the first at {data:#x}" in text
    parts = text.split("parts that differ")[1]
    assert len(parts.strip().splitlines()) == 2 and "relocation" not in parts
    assert f"kernel differs (offset {code:#x}, value {changed[code]})" in done.stderr.decode()
    chunks = ranges(text)
    image = Image((tmp_path / "image").read_bytes())
    assert chunks == [next((image.payload_at + c[0], image.payload_at + c[0] + c[1]) for c in image.chunks
                           if c[2] <= code < c[2] + c[3])]


def test_moved_sections_are_the_same(bzforge, tmp_path, test_kernels):
    """By name, not by offset: a section that only moved does not differ."""
    (tmp_path / "extra").write_bytes(bytes(4096))
    for name, content in (("a", b"x" * 100), ("b", b"x" * 5000)):
        (tmp_path / "part").write_bytes(content)
        subprocess.run(["objcopy", "--add-section", f".first={tmp_path / 'part'}", "--add-section",
                        f".second={tmp_path / 'extra'}", test_kernels["pie"], tmp_path / name], check=True)
    text = bzforge.run("verify", tmp_path / "a", "--against", tmp_path / "b", status=BAD_INPUT).stdout.decode()
    parts = text.split("parts that differ")[1]
    assert ".first" in parts and "100 bytes, not 5000" in parts
    assert ".second" not in parts and ".text" not in parts


def test_relocations(bzforge, tmp_path, high_image, test_kernels):
    bzforge.run("extract", high_image, "-o", tmp_path / "elf", "--relocs", tmp_path / "relocs")
    words = list(struct.unpack("<9I", (tmp_path / "relocs").read_bytes()))
    words[-1] += 8
    (tmp_path / "other").write_bytes(struct.pack("<9I", *words))
    bzforge.run("build", tmp_path / "elf", "--relocs", tmp_path / "other", "-c", "none", "-o", tmp_path / "image")
    text = bzforge.run("verify", tmp_path / "image", "--against", high_image, status=BAD_INPUT).stdout.decode()
    assert re.search(r"^  relocation table \(32-bit\) 1 bytes in 1 places, the first at 0x20$", text, re.M), text
    assert "parts that differ" not in text


def test_digest_as_sha256sum_prints_it(bzforge, tmp_path, cloud_kernel, make_image, stock_kernel):
    bzforge.run("extract", cloud_kernel, "-o", tmp_path / "elf", "--relocs", tmp_path / "relocs")
    digest = hashlib.sha256((tmp_path / "elf").read_bytes() + (tmp_path / "relocs").read_bytes()).hexdigest()
    for path in (cloud_kernel, make_image("cloud", "-c", "lz4:1")):
        assert bzforge.output("verify", path, "--sha256") == f"{digest}  {path}\n"
        assert "has that digest" in bzforge.output("verify", path, f"--sha256={digest.upper()}")
    message = bzforge.message("verify", stock_kernel, f"--sha256={digest}", status=BAD_INPUT)
    assert "kernel has another digest" in message


@pytest.mark.parametrize("value", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
def test_digests_that_are_none(bzforge, pie_image, value):
    assert "64 hex digits" in bzforge.message("verify", pie_image, f"--sha256={value}", status=USAGE)
