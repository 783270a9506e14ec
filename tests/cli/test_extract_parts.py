# SPDX-License-Identifier: GPL-2.0-or-later
"""`bzforge extract`: parts of a file besides the kernel, and all of them into a folder."""

import gzip
import subprocess

import pytest

from support.tool import BAD_INPUT, ENVIRONMENT, USAGE

CMDLINE = "root=/dev/vda quiet"
CONFIG = b"#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_64BIT=y\nCONFIG_SMP=y\n"
INITRD = bytes(range(256)) * 40
OS_RELEASE = b'ID=test\nPRETTY_NAME="A test"\n'


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "initrd").write_bytes(INITRD)
    (folder / "os-release").write_bytes(OS_RELEASE)
    return folder


@pytest.fixture(scope="module")
def uki(bzforge, pie_image, files):
    bzforge.run("uki", pie_image, "-o", files / "uki.efi", "--cmdline", CMDLINE, "--initrd",
                files / "initrd", "--os-release", files / "os-release")
    return files / "uki.efi"


@pytest.fixture(scope="module")
def with_initrd(bzforge, test_kernels, files):
    """An image that is no unified kernel image, with a command line and an initrd in it."""
    bzforge.run("build", test_kernels["pie"], "-o", files / "image", "-c", "zstd:1", "--cmdline", CMDLINE,
                "--initrd", files / "initrd")
    return files / "image"


@pytest.fixture(scope="module")
def with_config(test_kernels, files):
    """A kernel with IKCONFIG, as far as anybody who looks for it can tell."""
    (files / "ikconfig").write_bytes(b"IKCFG_ST" + gzip.compress(CONFIG) + b"IKCFG_ED")
    subprocess.run(["objcopy", "--add-section", f".ikconfig={files / 'ikconfig'}", test_kernels["pie"],
                    files / "with-config"], check=True)
    return files / "with-config"


@pytest.mark.parametrize("source", ["uki", "with_initrd"])
def test_embedded(bzforge, tmp_path, request, source):
    source = request.getfixturevalue(source)
    bzforge.run("extract", source, "--initrd", "-o", tmp_path / "initrd")
    assert (tmp_path / "initrd").read_bytes() == INITRD
    assert bzforge.output("extract", source, "--cmdline", "-o", "-") == CMDLINE


def test_sections(bzforge, uki):
    assert bzforge.run("extract", uki, "--os-release", "-o", "-").stdout == OS_RELEASE
    assert bzforge.run("extract", uki, "--section", ".osrel", "-o", "-").stdout == OS_RELEASE
    assert bzforge.run("extract", uki, "--section", ".initrd", "-o", "-").stdout == INITRD


def test_config(bzforge, with_config):
    assert bzforge.run("extract", with_config, "--config", "-o", "-").stdout == CONFIG


@pytest.mark.parametrize("option, what", [
    ("--config", "CONFIG_IKCONFIG"), ("--initrd", "has no initrd"), ("--cmdline", "has no command line"),
    ("--os-release", "has no os-release"), ("--section=.no", "has no section .no")])
def test_missing(bzforge, tmp_path, pie_image, option, what):
    message = bzforge.message("extract", pie_image, option, "-o", tmp_path / "out", status=BAD_INPUT)
    assert what in message and not (tmp_path / "out").exists()
    assert len(message.splitlines()) == 1


def test_no_symbols_in_it(bzforge, tmp_path, test_kernels):
    """A kernel that is no Linux, or one without CONFIG_KALLSYMS."""
    subprocess.run(["objcopy", "--strip-all", test_kernels["pie"], tmp_path / "stripped"], check=True)
    message = bzforge.message("extract", tmp_path / "stripped", "--symbols", "-o", tmp_path / "out",
                              status=BAD_INPUT)
    assert "carries no table of symbols" in message and not (tmp_path / "out").exists()


def test_has_symbols_already(bzforge, tmp_path, test_kernels):
    """A kernel with a symbol table needs none made."""
    message = bzforge.message("extract", test_kernels["pie"], "--symbols", "-o", tmp_path / "out",
                              status=BAD_INPUT)
    assert "has a symbol table already" in message and not (tmp_path / "out").exists()


def test_all_of_a_uki(bzforge, tmp_path, uki, test_kernels):
    folder = tmp_path / "parts"
    bzforge.run("extract", uki, "--all", folder)
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found["vmlinux"] == test_kernels["pie"].read_bytes()
    assert found["initrd"] == INITRD and found["cmdline"] == CMDLINE.encode()
    assert found["os-release"] == OS_RELEASE
    assert found["section.linux"] and "section.initrd" not in found and "relocs" not in found
    assert folder.stat().st_mode & 0o777 == 0o755 or folder.stat().st_mode & 0o022 == 0


def test_all_of_a_plain_image(bzforge, tmp_path, high_image):
    bzforge.run("extract", high_image, "--all", tmp_path / "parts")
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["relocs", "vmlinux"]


def test_all_needs_an_empty_folder(bzforge, tmp_path, pie_image):
    (tmp_path / "empty").mkdir()
    bzforge.run("extract", pie_image, "--all", tmp_path / "empty")
    assert (tmp_path / "empty/vmlinux").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("mine")
    bzforge.message("extract", pie_image, "--all", tmp_path / "full", status=ENVIRONMENT)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]
    bzforge.message("extract", pie_image, "--all", tmp_path / "full/mine", status=USAGE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


def test_all_or_nothing(bzforge, tmp_path, uki):
    """A file cut short gives no folder, and leaves none behind."""
    (tmp_path / "cut").write_bytes(uki.read_bytes()[:-0x2000])
    bzforge.message("extract", tmp_path / "cut", "--all", tmp_path / "parts", status=BAD_INPUT)
    bzforge.message("extract", uki, "--all", tmp_path / "missing/parts", status=ENVIRONMENT)
    assert [path.name for path in tmp_path.iterdir()] == ["cut"]


@pytest.mark.parametrize("options", [
    ["--all", "x", "-o", "y"], ["--all", "x", "--symbols"], ["--symbols", "--config", "-o", "x"],
    ["--symbols"], ["--config", "--relocs", "r", "-o", "x"]])
def test_usage(bzforge, pie_image, tmp_path, options):
    bzforge.message("extract", pie_image, *options, status=USAGE, cwd=tmp_path)
    assert not list(tmp_path.iterdir())
