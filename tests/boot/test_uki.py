# SPDX-License-Identifier: GPL-2.0-or-later
"""One unified kernel image, many ways to boot it: always the same userspace, command line and initrd.

The firmware's disk is a FAT file system without partitions; OVMF starts \\EFI\\BOOT\\BOOTX64.EFI on it.
"""

import re
from pathlib import Path

import pytest

from support import fat, initramfs, ovmf, qemu, secure_boot
from support.pe import Pe

SYSTEMD = Path("/usr/lib/systemd/boot/efi")
LINE = "console=ttyS0 panic=-1 embedded=1"
OTHER = "console=ttyS0 panic=-1 other=1"
HUGE = 300 << 20  # bytes of the blob in the large initrd
PATIENCE = 150

REFUSED = r"Access Denied|Security Violation|BdsDxe: failed to (load|start) Boot|No bootable option"


@pytest.fixture(scope="module")
def small(make_image):
    return make_image("cloud", "-c", "zstd:3")


@pytest.fixture(scope="module")
def uki(bzforge, small, small_initrd, tmp_path_factory):
    out = tmp_path_factory.mktemp("uki") / "uki.efi"
    bzforge.run("uki", small, "-o", out, "--cmdline", LINE, "--initrd", small_initrd.path)
    return out


def check(serial, initrd, line=LINE):
    facts = initramfs.facts(serial)
    assert facts["cmdline"] == line
    assert facts["blob"] == initrd.blob_md5
    assert facts["oops"] == "0"


def boot(arguments, **options):
    serial, status = qemu.run(arguments, timeout=PATIENCE, **options)
    assert status == 0, serial
    return serial


def boot_uefi(folder, arguments, kind="uefi", **options):
    return boot([*ovmf.arguments(kind, folder), *arguments], machine=ovmf.machine(kind), **options)


def disk(folder, files):
    """QEMU's arguments."""
    return fat.drive(fat.make(folder / "disk.img", files))


# --- BIOS: the file's embedded line and initrd, and the loader's behind them ---

def test_bios(uki, small_initrd):
    check(boot(["-kernel", uki]), small_initrd)


def test_bios_with_a_line(uki, small_initrd):
    check(boot(["-kernel", uki, "-append", "more=1"]), small_initrd, f"{LINE} more=1")


# --- UEFI ---

def test_uefi_disk(uki, small_initrd, tmp_path):
    check(boot_uefi(tmp_path, disk(tmp_path, {"EFI/BOOT/BOOTX64.EFI": uki})), small_initrd)


def test_uefi_with_a_line(uki, small_initrd, tmp_path):
    """A loader's line replaces the embedded one."""
    check(boot_uefi(tmp_path, ["-kernel", uki, "-append", OTHER]), small_initrd, OTHER)


@pytest.mark.long
def test_uefi_kernel(uki, small_initrd, tmp_path):
    check(boot_uefi(tmp_path, ["-kernel", uki]), small_initrd)


@pytest.mark.long
def test_shell(uki, small_initrd, tmp_path):
    """The shell puts the program's name in front, which is no line; and then a line."""
    for words, line in (("", LINE), (f" {OTHER}", OTHER)):
        files = {"startup.nsh": f"fs0:\\uki.efi{words}\r\n".encode(), "uki.efi": uki}
        check(boot_uefi(tmp_path, disk(tmp_path, files)), small_initrd, line)


@pytest.mark.long
@pytest.mark.parametrize("secure", [False, True], ids=["", "Secure Boot"])
def test_systemd_boot(uki, signed, small_initrd, tmp_path, secure):
    """Found in \\EFI\\Linux as a type 2 entry; what systemd-boot passes is the section's line."""
    menu = secure_boot.sign(SYSTEMD / "systemd-bootx64.efi", tmp_path / "menu.efi")
    files = {"EFI/BOOT/BOOTX64.EFI": menu, "EFI/Linux/uki.efi": signed if secure else uki,
             "loader/loader.conf": b"timeout 0\ndefault uki*\n"}
    serial = boot_uefi(tmp_path, disk(tmp_path, files), "uefi-secure" if secure else "uefi")
    check(serial, small_initrd)
    assert "does not count" not in serial


@pytest.mark.long
def test_classic(bzforge, cloud_kernel, small_initrd, tmp_path):
    """systemd's stub around an untouched kernel."""
    out = tmp_path / "classic.efi"
    bzforge.run("uki", cloud_kernel, "-o", out, "--stub", SYSTEMD / "linuxx64.efi.stub", "--cmdline",
                LINE, "--initrd", small_initrd.path)
    check(boot_uefi(tmp_path, disk(tmp_path, {"EFI/BOOT/BOOTX64.EFI": out})), small_initrd)


# --- Secure Boot, with keys of which the firmware knows ---

@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return secure_boot.key(tmp_path_factory.mktemp("keys")), secure_boot.CERTIFICATE


@pytest.fixture(scope="module")
def signed(bzforge, uki, keys, tmp_path_factory):
    out = tmp_path_factory.mktemp("signed") / "uki.efi"
    bzforge.run("uki", uki, "-o", out, "--sign", *keys)
    return out


@pytest.mark.long
def test_secure_boot(signed, small_initrd, tmp_path):
    check(boot_uefi(tmp_path, disk(tmp_path, {"EFI/BOOT/BOOTX64.EFI": signed}), "uefi-secure"), small_initrd)


@pytest.mark.long
@pytest.mark.parametrize("entry", ["PE", "handover", "handover of 32 bits"])
def test_secure_boot_takes_no_other_line(uki, signed, small_initrd, tmp_path, entry):
    """Neither a line nor an initrd of a loader's, whichever entry it uses. OVMF's own loader for QEMU's
    -kernel uses the handover entry of what it may not load; 32-bit firmware always does."""
    other = tmp_path / "other"
    other.write_bytes(b"not an initrd" * 100)
    image, kind = {"PE": (signed, "uefi-secure"), "handover": (uki, "uefi-secure"),
                   "handover of 32 bits": (uki, "uefi32-secure")}[entry]
    serial = boot_uefi(tmp_path, ["-kernel", image, "-append", OTHER, "-initrd", other], kind)
    check(serial, small_initrd)
    assert "Secure Boot: the loader's command line does not count" in serial
    assert "Secure Boot: the loader's initrd does not count" in serial


def signed_byte(pe, part):
    """Offset of a byte that is signed and of which nothing else depends."""
    if part == "header":
        return pe.header + 8  # TimeDateStamp
    if part == "last byte":
        return pe.certificates[0] - 1
    return pe[part].offset + 1


@pytest.mark.long
@pytest.mark.parametrize("part", ["unsigned", "header", ".setup", ".text", ".linux", ".cmdline", ".initrd",
                                  "last byte"])
def test_secure_boot_refuses(uki, signed, tmp_path, part):
    bad = tmp_path / "bad.efi"
    data = bytearray((uki if part == "unsigned" else signed).read_bytes())
    if part != "unsigned":
        data[signed_byte(Pe(data), part)] ^= 1
    bad.write_bytes(data)
    arguments = [*ovmf.arguments("uefi-secure", tmp_path), *disk(tmp_path, {"EFI/BOOT/BOOTX64.EFI": bad})]
    with qemu.Qemu(arguments, machine=ovmf.machine("uefi-secure"), timeout=PATIENCE) as machine:
        machine.expect(REFUSED)
        assert "bzforge" not in machine.serial


LOCKDOWN_INIT = """#!/bin/busybox sh
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t securityfs securityfs /sys/kernel/security
/bin/busybox echo
/bin/busybox echo "LOCKDOWN $(/bin/busybox cat /sys/kernel/security/lockdown)"
/bin/busybox reboot -f
"""


@pytest.mark.long
def test_lockdown(bzforge, make_image, cloud_kernel, keys, tmp_path):
    """As strict as the stock kernel's own wrapper leaves it, with Secure Boot and without."""
    initrd, images = tmp_path / "initrd", {"stock": tmp_path / "stock", "ours": tmp_path / "ours"}
    initrd.write_bytes(initramfs.build(LOCKDOWN_INIT))
    secure_boot.sign(cloud_kernel, images["stock"])
    bzforge.run("repack", make_image("cloud", "-c", "zstd:3"), "-o", images["ours"], "-c", "lz4:3", "--sign", *keys)
    found = {}
    for secure in (True, False):
        for name, image in images.items():
            serial = boot_uefi(tmp_path, ["-kernel", image, "-initrd", initrd, "-append",
                                          "console=ttyS0 panic=-1 quiet"], "uefi-secure" if secure else "uefi")
            found[name, secure] = re.search(r"^LOCKDOWN (.*)$", serial, re.M)[1]
    assert found["ours", True] == found["stock", True] == "none [integrity] confidentiality"
    assert found["ours", False] == found["stock", False] == "[none] integrity confidentiality"


# --- an initrd as large as those of live systems ---

@pytest.fixture(scope="module")
def huge(bzforge, small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("huge")
    (folder / "initrd").write_bytes(initramfs.build(blob_size=HUGE))
    bzforge.run("uki", small, "-o", folder / "uki.efi", "--cmdline", LINE, "--initrd", folder / "initrd")
    (folder / "initrd").unlink()
    return folder / "uki.efi"


@pytest.mark.long
def test_300_mb_bios(huge):
    serial = boot(["-kernel", huge], memory=2048)
    facts = initramfs.facts(serial)
    assert (facts["cmdline"], facts["blob"]) == (LINE, initramfs.blob_md5(HUGE))


@pytest.mark.long
def test_300_mb_uefi(huge, tmp_path):
    serial = boot_uefi(tmp_path, disk(tmp_path, {"EFI/BOOT/BOOTX64.EFI": huge}), memory=2048)
    facts = initramfs.facts(serial)
    assert (facts["cmdline"], facts["blob"]) == (LINE, initramfs.blob_md5(HUGE))
