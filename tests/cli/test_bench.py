# SPDX-License-Identifier: GPL-2.0-or-later
"""bzforge bench: the table, bench.json, the chart, and what is missing when something is missing."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

from support import qemu
from support.bzimage import BzImage
from support.tool import BAD_INPUT, ENVIRONMENT

KEYS = {"tool", "file", "version", "kernel_sha256", "content_size", "boots", "accelerator", "images"}
IMAGE_KEYS = {"name", "kind", "codec", "level", "size", "payload_size", "wrapper_size", "init_size",
              "compress_seconds", "make_seconds", "decode_ms", "decode_min_ms", "decode_threads", "copy_ms",
              "instructions", "instructions_kaslr", "entry_to_kernel", "userspace_seconds", "userspace_seconds_all"}


@pytest.fixture(scope="module")
def run(bzforge, tmp_path_factory, pie_image):
    """A small kernel, two codecs, no QEMU: (report, folder)."""
    folder = tmp_path_factory.mktemp("bench")
    text = bzforge.output("bench", pie_image, "--no-boot", "--codecs", "lz4,gzip:1", "--json", "--images",
                          "--threads", "2,3", "-o", folder)
    return json.loads(text), folder


def test_json(bzforge, run, pie_image):
    report, folder = run
    assert json.loads((folder / "bench.json").read_text()) == report
    assert KEYS <= report.keys()
    assert report["kernel_sha256"] == json.loads(bzforge.output("inspect", "--json", pie_image))[
        "kernel_sha256"]
    assert [(i["name"], i["kind"], i["codec"], i["level"]) for i in report["images"]] == [
        ("original", "original", "zstd", None), ("lz4", "made", "lz4", 12),
        ("gzip:1", "made", "gzip", 1)]
    for image in report["images"]:
        assert IMAGE_KEYS <= image.keys()
        assert image["decode_ms"] >= image["decode_min_ms"] >= 0
        assert image["copy_ms"] >= 0
        assert [on["threads"] for on in image["decode_threads"]] == [1, 2, 3]
        for on in image["decode_threads"]:
            assert on["wall_ms"] >= on["wall_min_ms"] >= 0
            assert on["cpu_ms"] >= on["cpu_min_ms"] >= 0
        assert image["entry_to_kernel"] == []
        assert image["instructions"] is image["userspace_seconds"] is None
    assert report["images"][0]["compress_seconds"] is None
    assert 0 <= report["images"][1]["compress_seconds"] <= report["images"][1]["make_seconds"]


def test_images(bzforge, run, pie_image):
    report, folder = run
    for row, path in zip(report["images"], (pie_image, folder / "lz4.img", folder / "gzip-1.img")):
        data = path.read_bytes()
        image = BzImage(data)
        assert row["size"] == len(data)
        assert row["payload_size"] == image.hdr.payload_length
        assert row["wrapper_size"] == len(data) - image.hdr.payload_length
        assert row["init_size"] == image.hdr.init_size
        bzforge.run("verify", path, "--against", pie_image)


def test_chart(run):
    _, folder = run
    root = ElementTree.parse(folder / "size-speed.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = "".join(root.itertext())
    for name in ("original (zstd)", "lz4", "gzip:1", "size of the image, MB"):
        assert name in words
    png = (folder / "size-speed.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[-8:-4] == b"IEND"
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (1280, 720)
    assert sorted(p.name for p in folder.iterdir()) == [
        "bench.json", "gzip-1.img", "lz4.img", "size-speed.png", "size-speed.svg"]


def test_table(bzforge, pie_image):
    lines = bzforge.output("bench", pie_image, "--no-boot", "--codecs", "none", "--threads", "1,2").splitlines()
    assert lines[0].split() == ["codec", "image", "/", "orig", "init_size", "compress", "decode",
                                "1", "thread", "2", "threads"]
    assert [line.count(" ms") for line in lines[1:]] == [3, 3]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["original", "zstd", f"{pie_image.stat().st_size:,}"], ["none", "none", lines[2].split()[2]]]


def test_only_the_original(bzforge, pie_image):
    report = json.loads(bzforge.output("bench", pie_image, "--no-boot", "--codecs", "", "--json"))
    assert [image["name"] for image in report["images"]] == ["original"]


def test_another_wrapper(bzforge, tmp_path, pie_image):
    other = tmp_path / "other"
    bzforge.run("repack", pie_image, "-c", "lz4:1", "-o", other)
    report = json.loads(bzforge.output("bench", pie_image, "--no-boot", "--codecs", "lz4:1", "--json",
                                       "--with", f"theirs={other}"))
    assert [(i["name"], i["kind"]) for i in report["images"]] == [
        ("original", "original"), ("theirs", "other"), ("lz4:1", "made")]
    assert report["images"][1]["size"] == report["images"][2]["size"] == other.stat().st_size


def test_another_kernel(bzforge, pie_image, high_image):
    done = bzforge.run("bench", pie_image, "--no-boot", "--codecs", "", "--with", f"theirs={high_image}",
                       status=BAD_INPUT)
    assert "holds another kernel" in done.stderr.decode()
    assert "theirs" not in done.stdout.decode()


def test_without_gnuplot(bzforge, tmp_path, pie_image):
    folder = tmp_path / "new"
    done = bzforge.run("bench", pie_image, "--no-boot", "--codecs", "none", "-o", folder,
                       status=ENVIRONMENT, env={"PATH": str(tmp_path)})
    assert "gnuplot: is not installed" in done.stderr.decode()
    assert b"original" in done.stdout
    assert [p.name for p in folder.iterdir()] == ["bench.json"]


def test_without_qemu(bzforge, tmp_path, pie_image):
    message = bzforge.message("bench", pie_image, "-o", tmp_path / "new", status=ENVIRONMENT,
                              env={"PATH": str(tmp_path)})
    assert "qemu-system-x86_64: is not installed" in message
    assert list(tmp_path.iterdir()) == []


def test_not_an_image(bzforge, tmp_path, test_kernels):
    (tmp_path / "text").write_text("no kernel\n")
    assert "is no kernel image" in bzforge.message("bench", tmp_path / "text", status=BAD_INPUT)
    assert "bare ELF" in bzforge.message("bench", test_kernels["pie"], status=BAD_INPUT)
    assert "missing" in bzforge.message("bench", tmp_path / "missing", status=ENVIRONMENT)


def test_folder_that_is_a_file(bzforge, tmp_path, pie_image):
    (tmp_path / "file").touch()
    message = bzforge.message("bench", pie_image, "--no-boot", "--codecs", "", "-o", tmp_path / "file",
                              status=ENVIRONMENT)
    assert str(tmp_path / "file") in message


def test_no_userspace(bzforge, pie_image):
    """A kernel that is no Linux: its instructions count, but it never gets to our userspace."""
    done = bzforge.run("bench", pie_image, "--codecs", "", "--json", "--cpus", "1,2", status=BAD_INPUT,
                       prefix=qemu.WRAPPER, timeout=180 + qemu.WRAPPER_PATIENCE)
    image = json.loads(done.stdout)["images"][0]
    assert image["instructions"] > 10000
    assert [on["cpus"] for on in image["entry_to_kernel"]] == [1, 2]
    assert all(0 < on["seconds"] < 60 for on in image["entry_to_kernel"])
    assert image["userspace_seconds"] is None
    assert b"userspace" in done.stderr


def test_boots(bzforge, tmp_path, cloud_kernel):
    """Debian's kernel to userspace; the figures are for the chart, which has the original in it."""
    done = bzforge.run("bench", cloud_kernel, "--codecs", "lz4:1", "--json", "-o", tmp_path / "out",
                       prefix=qemu.WRAPPER, timeout=300 + qemu.WRAPPER_PATIENCE)
    original, ours = json.loads(done.stdout)["images"]
    for image in (original, ours):
        # At least one instruction for each 16 bytes of output; seconds of a machine that boots at all.
        assert 53_243_444 / 16 < image["instructions"] < 1_000_000_000
        assert 0.1 < image["userspace_seconds"] < 300
        assert image["userspace_seconds_all"] == [image["userspace_seconds"]]
    words = "".join(ElementTree.parse(tmp_path / "out/size-speed.svg").getroot().itertext())
    assert "original (lz4)" in words and "million instructions to the kernel" in words
