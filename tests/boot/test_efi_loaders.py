# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways into the EFI stub that QEMU's -kernel does not take: the 32-bit entry of the .compat section, the
handover entry under Secure Boot, LoadFile2 of a boot menu; and what firmware does when we give up."""

import pytest

from support import debian, fat, initramfs, ovmf, qemu
from support.bzimage import Image
from support.pe import Pe

LINE = "console=ttyS0 panic=-1 earlyprintk=serial"
PATIENCE = 150
SECURE_BOOT_ON = 3  # boot_params.secure_boot
BP_SECURE_BOOT = 0x1EC

SDBOOT_CONFIG = b"timeout 0\ndefault it.conf\n"
SDBOOT_ENTRY = f"title it\nlinux /linux\ninitrd /initrd.img\noptions {LINE}\n".encode()


@pytest.fixture(scope="module")
def image(make_image):
    return make_image("cloud", "-c", "lz4:3")


def boot(kind, folder, arguments, **options):
    serial, status = qemu.run([*ovmf.arguments(kind, folder, **options), *arguments],
                              machine=ovmf.machine(kind), timeout=PATIENCE)
    assert status == 0, serial
    return serial


def check(serial, initrd, bits=64):
    facts = initramfs.facts(serial)
    assert facts["blob"] == initrd.blob_md5
    assert LINE in facts["cmdline"]
    assert (facts["efi"], facts["oops"]) == (str(bits), "0")
    assert int(facts["efi_runtime"]) > 0
    return bytes.fromhex(facts["boot_params"])


# --- systemd-boot of 32 bits loads the image, cannot start it, and enters it by its .compat section ---

def sdboot32(image, initrd, folder):
    menu = debian.unpacked("systemd-boot-efi", arch="i386") / "usr/lib/systemd/boot/efi/systemd-bootia32.efi"
    return fat.drive(fat.make(folder / "disk.img", {
        "EFI/BOOT/BOOTIA32.EFI": menu, "loader/loader.conf": SDBOOT_CONFIG,
        "loader/entries/it.conf": SDBOOT_ENTRY, "linux": image, "initrd.img": initrd.path}), 0)


@pytest.mark.long
def test_compat_entry(image, small_initrd, tmp_path):
    serial = boot("uefi32", tmp_path, sdboot32(image, small_initrd, tmp_path))
    check(serial, small_initrd, 32)
    assert "bytes from LoadFile2" in serial


@pytest.mark.long
def test_compat_entry_is_what_is_entered(image, small_initrd, tmp_path):
    """Without the section's entry the same menu finds no way in."""
    data = bytearray(image.read_bytes())
    section = Pe(data)[".compat"]
    assert data[section.offset] == 1  # an entry
    data[section.offset] = 0
    without = tmp_path / "without"
    without.write_bytes(data)
    arguments = [*ovmf.arguments("uefi32", tmp_path), *sdboot32(without, small_initrd, tmp_path)]
    with qemu.Qemu(arguments, machine=ovmf.machine("uefi32"), timeout=PATIENCE) as machine:
        machine.expect(r"failed to start Boot.*Unsupported|Failed to execute|Error.*: Unsupported")
        assert "bzforge" not in machine.serial


# --- GRUB ---

@pytest.mark.long
def test_grub_loadfile2(load, image, small_initrd):
    serial, _ = load("grub_load_file2", image, small_initrd.path, LINE)
    check(serial, small_initrd)
    assert "bytes from LoadFile2" in serial


@pytest.mark.long
def test_grub_handover_under_secure_boot(load, image, small_initrd):
    serial, _ = load("grub_handover", image, small_initrd.path, LINE)
    params = check(serial, small_initrd)
    assert params[BP_SECURE_BOOT] == SECURE_BOOT_ON
    assert "from LoadFile2" not in serial  # nor by initrd=: boot_params had it, as at the handover entry


# --- firmware that minds what is executed (docs/decisions/0024) ---


def strict_firmware():
    return debian.unpacked("ovmf", suite="trixie", arch="all", only="*/OVMF/*4M*") / "usr/share/OVMF"


def strict_image(image, initrd, bzforge, folder):
    uki = folder / "uki.efi"
    bzforge.run("uki", image, "-o", uki, "--cmdline", LINE, "--initrd", initrd.path)
    return uki


@pytest.mark.long
def test_strict_nx(bzforge, image, small_initrd, tmp_path):
    disk = fat.make(tmp_path / "disk.img",
                    {"EFI/BOOT/BOOTX64.EFI": strict_image(image, small_initrd, bzforge, tmp_path)})
    serial = boot("uefi-strictnx", tmp_path, fat.drive(disk, 0), source=strict_firmware())
    check(serial, small_initrd)


# --- a boot that fails: the next boot option has its turn ---

def test_next_boot_option(bzforge, image, small_initrd, tmp_path):
    """Two disks, each with a \\EFI\\BOOT\\BOOTX64.EFI of its own line. The first one's payload is damaged."""
    drives = []
    for number, word in enumerate(("first", "second")):
        uki = tmp_path / f"{word}.efi"
        bzforge.run("uki", image, "-o", uki, "--cmdline", f"{LINE} which={word}", "--initrd", small_initrd.path)
        if word == "first":
            damaged = Image(uki.read_bytes())
            at, size = damaged.chunk_input(len(damaged.chunks) - 1)
            damaged.data[at + size // 2] ^= 1
            uki.write_bytes(damaged.data)
        drives += fat.drive(fat.make(tmp_path / f"{word}.img", {"EFI/BOOT/BOOTX64.EFI": uki}), number)
    serial = boot("uefi", tmp_path, drives)
    before, behind = serial.split("bzforge: E43 checksum of a chunk is wrong", 1)
    assert "Linux version" not in before
    assert "bzforge: E" not in behind
    assert initramfs.facts(behind)["cmdline"].endswith("which=second")
    check(behind, small_initrd)
