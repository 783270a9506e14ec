# SPDX-License-Identifier: GPL-2.0-or-later
"""`bzforge disk`: what is on the disks that it makes, and what it refuses. tests/boot/test_disk.py boots
them."""

import os
import shutil
import struct
from pathlib import Path

import pytest

from support.made_disk import MadeDisk, run
from support.tool import BAD_INPUT, ENVIRONMENT, USAGE

MENU = Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")
LINE = "console=ttyS0 root=LABEL=x"  # as in conftest.py


# --- what is on it ---

def test_checkers(disk, tmp_path):
    disk.check(tmp_path)


def test_layout(disk, build_folder):
    """Boot sector, tables and loader at the places that boot code expects."""
    loader = (build_folder / "boot/loader/loader.bin").read_bytes()
    sector = (build_folder / "boot/sector/sector.bin").read_bytes()
    assert disk.mbr[:0x1AA] == sector[:0x1AA]
    magic, sects, lba = struct.unpack_from("<IHQ", disk.mbr, 0x1AA)
    assert (magic, sects, lba) == (0x44667A62, len(loader) // 512, 40)
    assert disk.sectors(lba, sects) == loader
    entries = [disk.mbr[0x1BE + i * 16:0x1CE + i * 16] for i in range(4)]
    total = disk.path.stat().st_size // 512
    assert entries[0][0] == 0 and entries[0][4] == 0xEE
    assert struct.unpack_from("<II", entries[0], 8) == (1, total - 1)
    # active, of no type: for BIOSes that want it, and nobody else sees it
    assert entries[1][0] == 0x80 and entries[1][4] == 0
    assert entries[2:] == [bytes(16)] * 2 and disk.mbr[510:] == b"\x55\xaa"
    assert disk.partitions["loader"] == (40, 2047)
    assert disk.partitions["esp"][0] == 2048


def test_fat32(disk):
    """By the number of clusters, which is what counts; hidden sectors as the partition lies."""
    boot = disk.sectors(2048, 1)
    per_cluster, reserved, fats = boot[13], struct.unpack_from("<H", boot, 14)[0], boot[16]
    hidden, total, fat = struct.unpack_from("<III", boot, 28)
    assert hidden == 2048
    assert (total - reserved - fats * fat) // per_cluster >= 65525
    assert 0 <= disk.partitions["esp"][1] + 1 - 2048 - total < 64  # mkfs.fat thinks in tracks


def test_files(disk, kernel, small_initrd, release):
    assert disk.names == sorted([
        "/EFI/", "/EFI/BOOT/", "/EFI/BOOT/BOOTX64.EFI", f"/initrd-{release}", "/loader/",
        "/loader/entries/", f"/loader/entries/{release}.conf", "/loader/loader.conf",
        f"/vmlinuz-{release}"])
    assert disk.text(f"/loader/entries/{release}.conf") == (
        f"title Linux {release}\nversion {release}\nlinux /vmlinuz-{release}\n"
        f"initrd /initrd-{release}\noptions {LINE}\n")
    assert disk.text("/loader/loader.conf") == f"default {release}.conf\ntimeout 0\n"
    assert disk.read(f"/vmlinuz-{release}") == kernel.read_bytes()
    assert disk.read(f"/initrd-{release}") == small_initrd.path.read_bytes()
    assert disk.read("/EFI/BOOT/BOOTX64.EFI") == MENU.read_bytes()


def test_twice_the_same(disk, make, kernel, small_initrd, tmp_path):
    """Whatever the surroundings; other content has other names, of disk and file system."""
    arguments = [kernel, "--initrd", small_initrd.path, "--cmdline", LINE]
    again = make(*arguments, env={"TZ": "Asia/Kathmandu", "LANG": "C.UTF-8", "MTOOLS_LOWER_CASE": "1"})
    assert again.path.read_bytes() == disk.path.read_bytes()
    other = make(*arguments[:-1], LINE + " ", name="other.img")
    assert other.guid != disk.guid
    assert other.sectors(2048, 1)[67:71] != disk.sectors(2048, 1)[67:71]
    dated = make(*arguments, name="dated.img", env={"SOURCE_DATE_EPOCH": "1700000000"})
    assert "2023-11-14" in run("mdir", "-i", dated.drive, "::/loader/loader.conf")
    dated.check(tmp_path)


@pytest.mark.parametrize("initrd_mib, least", [(0, 34), (31, 34), (36, 39), (65, 68), (120, 123)])
def test_as_small_as_can_be(bzforge, make, pie_image, tmp_path, initrd_mib, least):
    """Around the sizes at which clusters grow; a MiB less is refused with the size that it takes."""
    initrd = tmp_path / "initrd"
    with open(initrd, "wb") as f:
        f.truncate((initrd_mib << 20) + 1)
    made = make(pie_image, "--initrd", initrd)
    made.check(tmp_path)
    assert made.path.stat().st_size == least << 20
    message = bzforge.message("disk", pie_image, "--initrd", initrd, "-o", tmp_path / "no", "--size",
                              least - 1, status=USAGE)
    assert f"cannot be of {least - 1} MiB: at least {least} are needed" in message
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("size", [64, 300, 40000])
def test_size(make, pie_image, tmp_path, size):
    made = make(pie_image, "--size", size)
    assert made.path.stat().st_size == size << 20
    assert made.partitions["esp"][1] == size * 2048 - 41
    if size < 100:
        made.check(tmp_path)
    else:  # the file has holes
        assert "No problems found" in run("sgdisk", "-v", made.path)
        assert made.path.stat().st_blocks * 512 < 64 << 20
        assert "/vmlinuz-linux" in made.names


def test_several(make, kernel, pie_image, stock_kernel, release):
    """An entry each, the first is the default; a version that comes twice; titles in their order."""
    made = make(pie_image, kernel, stock_kernel, kernel, "--title", "My own", "--cmdline", "a=1")
    entries = [n[16:] for n in made.names if n.startswith("/loader/entries/") and n != "/loader/entries/"]
    stock = next(e for e in entries if e[:-5] not in ("linux", release, f"{release}-2"))
    assert sorted(entries) == sorted(["linux.conf", f"{release}.conf", f"{release}-2.conf", stock])
    assert made.text("/loader/loader.conf") == "default linux.conf\ntimeout 5\n"
    assert made.text("/loader/entries/linux.conf").startswith("title My own\n")
    assert made.text(f"/loader/entries/{release}-2.conf") == (
        f"title Linux {release}\nversion {release}-2\nlinux /vmlinuz-{release}-2\noptions a=1\n")


def test_initrds(make, pie_image, small_initrd, tmp_path):
    second = tmp_path / "second"
    second.write_bytes(b"x" * 5)
    made = make(pie_image, "--initrd", small_initrd.path, "--initrd", second, "--timeout", "7")
    text = made.text("/loader/entries/linux.conf")
    assert "initrd /initrd-linux\ninitrd /initrd-linux-2\n" in text and "options" not in text
    assert made.read("/initrd-linux-2") == b"x" * 5
    assert "timeout 7\n" in made.text("/loader/loader.conf")


def test_uki(bzforge, make, uki, pie_image, release, tmp_path):
    """Type 2; with another kernel beside it a line is for that."""
    made = make(uki, pie_image, "--cmdline", "a=1")
    assert made.read(f"/EFI/Linux/{release}.efi") == uki.read_bytes()
    assert made.text("/loader/loader.conf").startswith(f"default {release}.efi\n")
    assert made.text("/loader/entries/linux.conf").endswith("options a=1\n")
    for options in (["--cmdline", "x"], ["--initrd", uki]):
        assert "no --cmdline, --initrd" in bzforge.message("disk", uki, "-o", tmp_path / "no", *options,
                                                           status=USAGE)
    assert "no --title" in bzforge.message("disk", uki, "-o", tmp_path / "no", "--title", "x", status=USAGE)
    assert not (tmp_path / "no").exists()


def test_without_a_menu(bzforge, make, uki, pie_image, kernel, small_initrd, release, tmp_path):
    """One image starts by itself, and BIOSes start the same bytes; several cannot."""
    made = make(kernel, "--efi-loader", "none", "--cmdline", "a b", "--initrd", small_initrd.path)
    assert made.text(f"/loader/entries/{release}.conf") == (
        f"title Linux {release}\nversion {release}\nlinux /EFI/BOOT/BOOTX64.EFI\n")
    (tmp_path / "boot.efi").write_bytes(made.read("/EFI/BOOT/BOOTX64.EFI"))
    bzforge.run("verify", tmp_path / "boot.efi", "--against", kernel)
    assert not [n for n in made.names if "vmlinuz" in n or "initrd" in n]
    for image in (uki, pie_image):  # nothing to add: as it is
        made = make(image, "--efi-loader", "none")
        assert made.read("/EFI/BOOT/BOOTX64.EFI") == image.read_bytes()
    message = bzforge.message("disk", kernel, pie_image, "-o", tmp_path / "no", "--efi-loader", "none",
                              status=ENVIRONMENT)
    assert "need a boot menu" in message and not (tmp_path / "no").exists()


def test_other_menu(bzforge, make, uki, pie_image, tmp_path):
    made = make(pie_image, "--efi-loader", uki)
    assert made.read("/EFI/BOOT/BOOTX64.EFI") == uki.read_bytes()
    assert "is no EFI program" in bzforge.message("disk", pie_image, "-o", tmp_path / "no", "--efi-loader",
                                                  "/bin/sh", status=BAD_INPUT)


def test_standard_output(bzforge, disk, kernel, small_initrd):
    done = bzforge.run("disk", "-", "-o", "-", "--initrd", small_initrd.path, "--cmdline", LINE,
                       input=kernel.read_bytes())
    assert done.stdout == disk.path.read_bytes()


# --- CDs ---

@pytest.fixture(scope="module")
def iso(bzforge, kernel, small_initrd, tmp_path_factory):
    out = tmp_path_factory.mktemp("iso") / "d.iso"
    bzforge.run("disk", kernel, "-o", out, "--iso", "--initrd", small_initrd.path, "--cmdline", LINE)
    return MadeDisk(out)


def test_iso(iso, disk, build_folder, tmp_path):
    """A disk in the eyes of disk tools, with the same files; the loader where boot sector and boot record
    say [El Torito]."""
    iso.check(tmp_path)
    assert iso.names == disk.names
    loader = (build_folder / "boot/loader/loader.bin").read_bytes()
    data = iso.path.read_bytes()
    magic, sects, lba = struct.unpack_from("<IHQ", iso.mbr, 0x1AA)
    assert (magic, sects) == (0x44667A62, len(loader) // 512)
    assert data[lba * 512 + 0x40:lba * 512 + len(loader)] == loader[0x40:]
    assert data[0x8001:0x8006] == b"CD001"
    catalog = struct.unpack_from("<I", data, 17 * 2048 + 0x47)[0] * 2048
    kind, medium, load_sects, load = (data[catalog + 32], data[catalog + 33],
                                      *struct.unpack_from("<HI", data, catalog + 38))
    assert (kind, medium, load_sects, load * 4) == (0x88, 0, 4, lba)
    pvd, file_lba, size = struct.unpack_from("<III", data, lba * 512 + 8)
    assert (pvd, file_lba, size) == (16, load, len(loader))
    assert data[catalog + 64:catalog + 66] == b"\x91\xef"  # the last section: EFI
    assert struct.unpack_from("<I", data, catalog + 96 + 8)[0] * 4 == iso.partitions["esp"][0]


def test_iso_twice_the_same(bzforge, iso, kernel, small_initrd):
    done = bzforge.run("disk", kernel, "-o", "-", "--iso", "--initrd", small_initrd.path, "--cmdline",
                       LINE, env={"TZ": "Asia/Kathmandu"})
    assert done.stdout == iso.path.read_bytes() and done.stderr == b""


# --- what is refused, and what is left behind ---

USAGES = {
    "nothing": ([], "no IMAGE"),
    "no output": (["IMAGE"], "no -o OUT"),
    "line of two": (["IMAGE", "-o", "OUT", "--cmdline", "a\nb"], "--cmdline has to be one line"),
    "title of two": (["IMAGE", "-o", "OUT", "--title", "a\nb"], "--title has to be one line"),
    "two titles": (["IMAGE", "-o", "OUT", "--title", "a", "--title", "b"], "more titles than images"),
    "long line": (["IMAGE", "-o", "OUT", "--cmdline", "x" * 2048], "command line has 2048 bytes"),
    "no size": (["IMAGE", "-o", "OUT", "--size", "0"], "'0' is not a number of MiB"),
    "sized CD": (["IMAGE", "-o", "OUT", "--size", "99", "--iso"], "no --size with --iso"),
    "update and size": (["IMAGE", "-o", "OUT", "--size", "99", "--update"], "with --update"),
    "update of output": (["IMAGE", "-o", "-", "--update"], "--update works on a disk"),
    "twice stdin": (["-", "--initrd", "-", "-o", "OUT"], "only one of the files"),
    "33 images": (["IMAGE"] * 33 + ["-o", "OUT"], "more than 32 images"),
    "17 initrds": (["IMAGE", "-o", "OUT"] + ["--initrd", "IMAGE"] * 17, "more than 16 initrds"),
    "the input": (["IMAGE", "-o", "IMAGE"], "is the input"),
}


@pytest.mark.parametrize("name", USAGES)
def test_usage(bzforge, pie_image, tmp_path, name):
    words, said = USAGES[name]
    names = {"IMAGE": pie_image, "OUT": tmp_path / "out"}
    assert said in bzforge.message("disk", *(names.get(w, w) for w in words), status=USAGE)
    assert not list(tmp_path.iterdir())


def test_bad_images(bzforge, pie_image, test_kernels, tmp_path):
    damaged = tmp_path / "damaged"
    data = bytearray(pie_image.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    for image, said in ((test_kernels["pie"], "use 'bzforge build'"), (MENU, "is no kernel image"),
                        (damaged, "checksum")):
        assert said in bzforge.message("disk", pie_image, image, "-o", tmp_path / "out", status=BAD_INPUT)
    bzforge.run("disk", tmp_path / "none", "-o", tmp_path / "out", status=ENVIRONMENT)
    assert [p.name for p in tmp_path.iterdir()] == ["damaged"]


@pytest.mark.parametrize("program", ["mkfs.fat", "mcopy", "mmd", "xorriso"])
def test_program_that_fails(bzforge, pie_image, tmp_path, program):
    """Nothing is left, neither under the output's name nor another."""
    folder = tmp_path / "out"
    folder.mkdir()
    (tmp_path / program).write_text("#!/bin/sh\nexit 7\n")
    (tmp_path / program).chmod(0o755)
    message = bzforge.message("disk", pie_image, "-o", folder / "disk",
                              *(["--iso"] if program == "xorriso" else []), status=ENVIRONMENT,
                              env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(folder)})
    assert f"{program}: failed (exit status 7)" in message
    assert not list(folder.iterdir())


def test_missing_programs(bzforge, pie_image, tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for package, program in (("mtools", "mcopy"), ("dosfstools", "mkfs.fat"), ("xorriso", "xorriso")):
        message = bzforge.message("disk", pie_image, "--iso", "-o", tmp_path / "out", status=ENVIRONMENT,
                                  env={"PATH": str(tools)})
        assert f"install {package}" in message
        (tools / program).symlink_to(shutil.which(program))


def test_bad_date(bzforge, pie_image, tmp_path):
    assert "SOURCE_DATE_EPOCH" in bzforge.message("disk", pie_image, "-o", tmp_path / "out",
                                                  status=ENVIRONMENT, env={"SOURCE_DATE_EPOCH": "now"})


# --- bzforge boot ---

def test_boot_takes_no_line(bzforge, disk, iso, small_initrd):
    for made in (disk, iso):
        for options in (["--append", "x"], ["--initrd", small_initrd.path]):
            assert "which has its own" in bzforge.message("boot", made.path, *options, status=USAGE)
