# SPDX-License-Identifier: GPL-2.0-or-later
"""extract gives the same bytes whatever the wrapper; verify tells same kernels from others."""

import shutil
import struct

import pytest

from support.bzimage import Image
from support.elf import Elf
from support.relocs import linux_content
from support.tool import BAD_INPUT


@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_extract_is_identical(bzforge, tmp_path, stock_kernels, make_image, name):
    for which, source in (("old", stock_kernels[name]), ("new", make_image(name))):
        bzforge.run("extract", source, "-o", tmp_path / f"{which}.elf", "--relocs",
                    tmp_path / f"{which}.relocs")
    for part in ("elf", "relocs"):
        old, new = ((tmp_path / f"{which}.{part}").read_bytes() for which in ("old", "new"))
        assert old == new and len(old) > 500000
        (tmp_path / f"old.{part}").unlink()


@pytest.mark.parametrize("name", ["fixed", "pie"])
def test_extract_gives_back_what_build_took(bzforge, tmp_path, test_kernels, make_image, name):
    bzforge.run("extract", make_image(name), "-o", tmp_path / "elf")
    assert (tmp_path / "elf").read_bytes() == test_kernels[name].read_bytes()


@pytest.fixture(scope="module")
def high_parts(bzforge, high_image, tmp_path_factory):
    """(ELF, relocation table) of the kernel that was linked with --emit-relocs."""
    folder = tmp_path_factory.mktemp("high")
    bzforge.run("extract", high_image, "-o", folder / "elf", "--relocs", folder / "relocs")
    return folder / "elf", folder / "relocs"


def test_extract_of_a_vmlinux_is_its_loaded_part(high_parts, test_kernels):
    """Sections, symbols and --emit-relocs tables do not go into an image."""
    elf, relocs = (path.read_bytes() for path in high_parts)
    original = test_kernels["high"].read_bytes()
    assert Elf(elf).loads == Elf(original).loads
    for offset, _, _, size, _ in Elf(original).loads:
        assert elf[offset:offset + size] == original[offset:offset + size]
    assert len(elf) < len(original)
    # Seven places to patch (main.c: four pointers and an odd one; entry.S: two instructions), two zeros.
    assert len(relocs) == 4 * (7 + 2)


@pytest.mark.parametrize("name", ["stock", "cloud"])
def test_verify_same_kernel(bzforge, stock_kernels, make_image, name):
    text = bzforge.output("verify", make_image(name), "--against", stock_kernels[name])
    assert "same kernel as" in text


def test_verify_other_kernel(bzforge, stock_kernels, make_image):
    message = bzforge.message("verify", make_image("cloud"), "--against", stock_kernels["stock"],
                              status=BAD_INPUT)
    assert "not the same kernel as" in message


def test_verify_against_the_elf(bzforge, make_image, test_kernels):
    """What was built is the kernel that it was built from: relocations included."""
    for name, elf in test_kernels.items():
        assert "same kernel" in bzforge.output("verify", make_image(name), "--against", elf)


@pytest.mark.parametrize("offset", [0x2000, 0x5000, -1])
def test_verify_finds_one_byte(bzforge, tmp_path, pie_image, test_kernels, offset):
    data = bytearray(test_kernels["pie"].read_bytes())
    data[offset] ^= 1
    (tmp_path / "other.elf").write_bytes(data)
    message = bzforge.message("verify", pie_image, "--against", tmp_path / "other.elf", status=BAD_INPUT)
    assert f"differs (offset {offset % len(data):#x}, value " in message, message


def test_verify_finds_another_relocation(bzforge, tmp_path, high_image, high_parts):
    """The ELF is the same; the table behind it has one word more."""
    elf, relocs = high_parts
    words = relocs.read_bytes()
    (tmp_path / "more").write_bytes(words + words[-4:])
    bzforge.run("build", elf, "--relocs", tmp_path / "more", "-c", "zstd:1",
                "-o", tmp_path / "other.img")
    message = bzforge.message("verify", tmp_path / "other.img", "--against", high_image, status=BAD_INPUT)
    assert "not the same kernel" in message and "relocation table" in message


def test_verify_whole(bzforge, tmp_path, pie_image):
    text = bzforge.output("verify", pie_image)
    assert text.startswith(f"{pie_image}: whole, kernel ")


def test_repack_of_ours_is_the_same_again(bzforge, tmp_path, high_image):
    """Wrapped again with the same options: the same bytes."""
    bzforge.run("repack", high_image, "-o", tmp_path / "again", "-c", "zstd:3")
    assert (tmp_path / "again").read_bytes() == high_image.read_bytes()


def test_relocs_none(bzforge, tmp_path, test_kernels):
    """Without relocations the kernel cannot move in virtual memory."""
    bzforge.run("build", test_kernels["high"], "--relocs", "none", "-c", "zstd:1", "-o", tmp_path / "out")
    manifest = Image((tmp_path / "out").read_bytes()).manifest
    assert manifest.reloc_layout == 0
    assert not manifest.flags & 4


def test_relocs_from_a_file(bzforge, tmp_path, high_image, high_parts):
    """What extract took apart, build puts together: the same image."""
    elf, relocs = high_parts
    bzforge.run("build", elf, "--relocs", relocs, "-c", "zstd:3", "-o", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == high_image.read_bytes()


@pytest.mark.parametrize("change, coding", [
    (lambda words: words, 1),
    (lambda words: words[:3] + words[2:], 1),
    (lambda words: [words[0], words[2], words[1]] + words[3:], 0),
], ids=["as it is", "a place twice", "not ascending"])
def test_relocs_come_out_as_they_went_in(bzforge, tmp_path, high_parts, change, coding):
    """Coded compactly where the very same table can be made of it again, else not at all."""
    elf, relocs = high_parts
    words = change(list(struct.unpack("<9I", relocs.read_bytes())))
    (tmp_path / "in").write_bytes(struct.pack(f"<{len(words)}I", *words))
    bzforge.run("build", elf, "--relocs", tmp_path / "in", "-c", "none", "-o", tmp_path / "image")
    bzforge.run("extract", tmp_path / "image", "-o", tmp_path / "elf", "--relocs", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == (tmp_path / "in").read_bytes()
    image = Image((tmp_path / "image").read_bytes())
    assert image.manifest.reloc_coding == coding
    content = bytes(image.payload[:-4])
    assert linux_content(image, content) == elf.read_bytes() + (tmp_path / "in").read_bytes()
    assert (len(content) < len(elf.read_bytes()) + 4 * len(words)) == bool(coding)


def test_damaged_compact_relocs_are_found(bzforge, tmp_path, high_parts):
    """In an image that is not compressed, behind every checksum but the digest."""
    elf, relocs = high_parts
    out = tmp_path / "image"
    bzforge.run("build", elf, "--relocs", relocs, "-c", "none", "-o", out)
    data = out.read_bytes()
    for at, value, words in ((0, 0xFF, "list is longer than relocation table"), (0, 0, "relocation"),
                             (-1, 0xFF, "relocation"), (8, 0, "relocation")):
        image = Image(data)
        end = image.payload_at + image.manifest.content_size
        start = image.payload_at + image.manifest.elf_size
        image.data[start + at if at >= 0 else end + at] = value
        out.write_bytes(image.data)
        assert words in bzforge.message("verify", out, status=BAD_INPUT)


def test_relocs_outside_the_kernel_are_refused(bzforge, tmp_path, test_kernels):
    (tmp_path / "relocs").write_bytes(bytes(8) + b"\x00\x00\x00\x90")
    message = bzforge.message("build", test_kernels["high"], "--relocs", tmp_path / "relocs",
                              "-o", tmp_path / "out", status=BAD_INPUT)
    assert "relocation points outside the kernel" in message
    assert not (tmp_path / "out").exists()


def test_build_of_an_image_and_repack_of_an_elf_are_refused(bzforge, tmp_path, pie_image, test_kernels):
    out = tmp_path / "out"
    assert "repack" in bzforge.message("build", pie_image, "-o", out, status=BAD_INPUT)
    assert "build" in bzforge.message("repack", test_kernels["pie"], "-o", out, status=BAD_INPUT)
    assert not out.exists()


def test_input_is_not_overwritten(bzforge, tmp_path, pie_image):
    """OUT is the input itself: refused, or done right; never a damaged file."""
    shutil.copy(pie_image, tmp_path / "image")
    bzforge.run("repack", tmp_path / "image", "-o", tmp_path / "image", status=2)
    assert (tmp_path / "image").read_bytes() == pie_image.read_bytes()
