# SPDX-License-Identifier: GPL-2.0-or-later
"""`bzforge disk --update`: other kernels on a disk, in place."""

import pytest

from support.made_disk import MadeDisk, run
from support.tool import BAD_INPUT, ENVIRONMENT


def test_update(bzforge, make, kernel, pie_image, small_initrd, release, tmp_path):
    """New entries, other lines, other initrds; what is not named any more goes, all else stays."""
    made = make(kernel, "--initrd", small_initrd.path, "--cmdline", "a=1", "--size", 64)
    mbr, guid = made.mbr, made.guid
    made.put("/mine.txt", b"keep", tmp_path)
    made.put("/loader/entries/mine.conf", b"title Mine\nlinux /mine.txt\n", tmp_path)
    made.put("/loader/loader.conf", b"# mine\ntimeout 9\n  default  old\nconsole-mode keep\n", tmp_path)

    bzforge.run("disk", "--update", kernel, "-o", made.path, "--cmdline", "a=2", "--initrd",
                small_initrd.path)
    text = made.text(f"/loader/entries/{release}.conf")
    assert text.endswith(f"initrd /initrd-{release}\noptions a=2\n")
    assert made.text("/loader/loader.conf") == (
        f"# mine\ntimeout 9\ndefault {release}.conf\nconsole-mode keep\n")

    other = tmp_path / "other"
    other.write_bytes(b"another initrd")
    bzforge.run("disk", "--update", kernel, "-o", made.path, "--initrd", other)
    new = made.text(f"/loader/entries/{release}.conf").split("initrd /")[1].strip()
    assert new.startswith(f"initrd-{release}-") and made.read(f"/{new}") == b"another initrd"
    assert f"/initrd-{release}" not in made.names

    bzforge.run("disk", "--update", pie_image, "-o", made.path, "--title", "Pie")
    assert made.text("/loader/entries/linux.conf") == "title Pie\nversion linux\nlinux /vmlinuz-linux\n"
    assert "default linux.conf\n" in made.text("/loader/loader.conf")
    assert made.read("/mine.txt") == b"keep" and f"/vmlinuz-{release}" in made.names
    assert made.text("/loader/entries/mine.conf") == "title Mine\nlinux /mine.txt\n"
    again = MadeDisk(made.path)
    assert (again.mbr, again.guid) == (mbr, guid)
    again.check(tmp_path)


def test_update_with_uki(bzforge, make, uki, pie_image, release, tmp_path):
    made = make(pie_image, "--size", 80)
    for _ in range(2):
        bzforge.run("disk", "--update", uki, "-o", made.path)
        assert made.read(f"/EFI/Linux/{release}.efi") == uki.read_bytes()
    assert made.text("/loader/loader.conf").startswith(f"default {release}.efi\n")
    assert "/loader/entries/linux.conf" in made.names
    made.check(tmp_path)


def test_update_of_a_full_disk(bzforge, make, kernel, pie_image, tmp_path):
    """Everything or nothing."""
    made = make(pie_image)
    large = tmp_path / "large"
    large.write_bytes(bytes(30 << 20))
    before = made.names, made.text("/loader/entries/linux.conf")
    message = bzforge.message("disk", "--update", kernel, "--initrd", kernel, "--initrd", large, "-o",
                              made.path, status=ENVIRONMENT)
    assert "its kernels stay as they were" in message
    assert (made.names, made.text("/loader/entries/linux.conf")) == before
    made.check(tmp_path)
    bzforge.run("disk", "--update", pie_image, "-o", made.path, "--cmdline", "x=1")


def damage(at, data):
    def change(disk):
        with open(disk.path, "r+b") as f:
            f.seek(at)
            f.write(data)
    return change


REFUSED = {
    "another boot sector": (damage(0x1AA, b"GRUB"), "its boot sector is another one"),
    "no GPT": (damage(512, b"\0"), "GPT"),
    "damaged table": (damage(1024 + 200, b"\xff"), "GPT"),
    "no file system": (damage(2048 * 512, bytes(512)), "mdir: failed"),
    "no entries": (lambda d: run("mdeltree", "-i", d.drive, "::/loader"), "mdir: failed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_update_refuses(bzforge, make, pie_image, name):
    """What it does not know stays as it is."""
    change, said = REFUSED[name]
    made = make(pie_image)
    change(made)
    if name in ("no GPT", "damaged table"):  # libfdisk would take the second one
        damage(made.path.stat().st_size - 512, b"\0")(made)
    before = made.path.read_bytes()
    status = ENVIRONMENT if "mdir" in said else BAD_INPUT
    assert said in bzforge.message("disk", "--update", pie_image, "-o", made.path, status=status)
    assert made.path.read_bytes() == before


def test_update_without_a_menu(bzforge, make, pie_image):
    made = make(pie_image, "--efi-loader", "none")
    assert "has no boot menu for UEFI" in bzforge.message("disk", "--update", pie_image, "-o", made.path,
                                                          status=BAD_INPUT)
