# SPDX-License-Identifier: GPL-2.0-or-later
"""--filter x86: smaller, still the same kernel for bzforge, and decoded by what the documents say."""

import json
import subprocess

import pytest

from support import filter_x86
from support.bzimage import Image
from support.codecs import CODECS, stream
from support.elf import Elf
from support.tool import BAD_INPUT

FLAG_FILTER_X86 = 1 << 3
KERNELS = ("fixed", "high", "pie")


@pytest.fixture(scope="module", params=CODECS)
def codec(request):
    return request.param


def filtered(make_image, name, codec):
    return make_image(name, "-c", CODECS[codec].option, "--filter", "x86")


@pytest.mark.parametrize("name", KERNELS)
def test_same_kernel(bzforge, make_image, test_kernels, codec, name):
    image = filtered(make_image, name, codec)
    words = bzforge.output("verify", image, "--against", test_kernels[name])
    assert "same kernel" in words and "filtered (x86)" in words
    assert "filtered" not in bzforge.output("verify", make_image(name, "-c", CODECS[codec].option))


def test_extract(bzforge, tmp_path, make_image, codec):
    for which, image in (("plain", make_image("high", "-c", CODECS[codec].option)),
                         ("filtered", filtered(make_image, "high", codec))):
        bzforge.run("extract", image, "-o", tmp_path / f"{which}.elf", "--relocs",
                    tmp_path / f"{which}.relocs")
    for part in ("elf", "relocs"):
        assert (tmp_path / f"plain.{part}").read_bytes() == (tmp_path / f"filtered.{part}").read_bytes()


@pytest.mark.parametrize("name", KERNELS)
def test_decoded_by_the_document(make_image, codec, name):
    """The ordinary tool, then the rule of docs/image-format.md. It is not the kernel before that."""
    contents = {}
    for which, path in (("plain", make_image(name, "-c", CODECS[codec].option)),
                        ("filtered", filtered(make_image, name, codec))):
        image = Image(path.read_bytes())
        contents[which] = subprocess.run(CODECS[codec].tool, input=stream(codec, image),
                                         stdout=subprocess.PIPE, check=True).stdout
        assert bool(image.manifest.flags & FLAG_FILTER_X86) == (which == "filtered")
    assert contents["filtered"] != contents["plain"]
    assert filter_x86.unfilter(contents["filtered"], image.chunks) == contents["plain"]


@pytest.mark.parametrize("name", KERNELS)
def test_only_code_is_changed(make_image, name):
    """So whoever does not know the filter finds the ELF's headers, and all data, as they are."""
    plain, other = (Image(path.read_bytes()).payload[:-4] for path in
                    (make_image(name, "-c", "none"), make_image(name, "-c", "none", "--filter", "x86")))
    code = filter_x86.code_ranges(plain)
    assert code == filter_x86.code_ranges(other)
    changed = [i for i, (a, b) in enumerate(zip(plain, other)) if a != b]
    assert changed and all(any(start <= i < end for start, end in code) for i in changed)
    assert Elf(plain).loads == Elf(other).loads


def test_inspect(bzforge, make_image, cloud_kernel, test_kernels):
    image = filtered(make_image, "pie", "lz4")
    assert "filter           x86: only bzforge" in bzforge.output("inspect", image)
    for path, name in ((image, "x86"), (make_image("pie", "-c", "lz4:1"), "none"),
                       (make_image("pie", "-c", "lz4:1", "--filter", "none"), "none"),
                       (cloud_kernel, "none"), (test_kernels["pie"], None)):
        report = json.loads(bzforge.output("inspect", "--json", path))
        assert report["filter"] == name and report["problems"] == []


def test_repack_of_a_filtered_image(bzforge, tmp_path, make_image, codec):
    """What was filtered does not show in what is made of it without."""
    bzforge.run("repack", filtered(make_image, "pie", codec), "-o", tmp_path / "again", "-c",
                CODECS[codec].option)
    plain = make_image("pie", "-c", CODECS[codec].option)
    assert (tmp_path / "again").read_bytes() == plain.read_bytes()


def test_stock_kernel(bzforge, tmp_path, cloud_kernel, make_image):
    """A real kernel gets smaller by more than a twentieth, and is still the same."""
    sizes = []
    for option in ("none", "x86"):
        image = make_image("cloud", "-c", "lz4:1", "--filter", option)
        sizes.append(image.stat().st_size)
    assert sizes[1] < sizes[0] * 0.96
    assert "same kernel" in bzforge.output("verify", image, "--against", cloud_kernel)
    bzforge.run("extract", image, "-o", tmp_path / "elf", "--relocs", tmp_path / "relocs")
    bzforge.run("extract", cloud_kernel, "-o", tmp_path / "elf0", "--relocs", tmp_path / "relocs0")
    assert (tmp_path / "elf").read_bytes() == (tmp_path / "elf0").read_bytes()
    assert (tmp_path / "relocs").read_bytes() == (tmp_path / "relocs0").read_bytes()


def test_xz_has_no_second_filter(make_image, tmp_path):
    """xz's own x86 filter is left out behind ours."""
    for option, filters in (("none", "--x86 --lzma2"), ("x86", "--lzma2")):
        image = Image(make_image("pie", "-c", "xz:0", "--filter", option).read_bytes())
        (tmp_path / "stream.xz").write_bytes(stream("xz", image))
        listed = subprocess.run(["xz", "--robot", "-lvv", tmp_path / "stream.xz"], check=True,
                                stdout=subprocess.PIPE).stdout.decode()
        chains = [line.split("\t")[-1] for line in listed.splitlines() if line.startswith("block")]
        assert chains and all(chain.split("=")[0] == filters.split("=")[0] for chain in chains), listed


@pytest.mark.parametrize("made_with", ["none", "x86"])
def test_manifest_that_lies(bzforge, tmp_path, make_image, made_with):
    """The flag of the other kind, every checksum made right: found by the kernel's digest."""
    image = Image(make_image("high", "-c", "zstd:1", "--filter", made_with).read_bytes())
    image.manifest.flags ^= FLAG_FILTER_X86
    image.seal()
    (tmp_path / "lies").write_bytes(image.data)
    message = bzforge.message("verify", tmp_path / "lies", status=BAD_INPUT)
    assert "kernel_sha256" in message
