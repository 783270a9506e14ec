# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks of `bzforge disk`, booted: the same file from every kind of drive, from BIOS and UEFI, to the same
userspace with the same command line and initrd. What is on them: tests/cli/test_disk.py."""

import pytest

from support import initramfs, ovmf, qemu

LINE = "console=ttyS0 panic=-1 disk=1"
PATIENCE = 150
# SeaBIOS reads IDE word by word, and QEMU's threads take turns for each sector.
IDE_PATIENCE = 600
HUGE = 300 << 20  # bytes that do not compress, in the initrd
HUGE_PATIENCE = 400

# how a drive is connected -> QEMU's arguments
DRIVES = {
    "ide": ["-drive", "if=ide,{drive}"],
    "ahci": ["-device", "ahci,id=ahci", "-drive", "if=none,id=d,{drive}", "-device",
             "ide-hd,drive=d,bus=ahci.0"],
    "virtio": ["-drive", "if=virtio,{drive}"],
    "usb": ["-device", "qemu-xhci", "-drive", "if=none,id=d,{drive}", "-device", "usb-storage,drive=d"],
    "cd": ["-drive", "if=ide,media=cdrom,{drive}"],
}


def long(*values):
    return pytest.param(*values, marks=pytest.mark.long)


def run(path, firmware, drive, folder, memory=1024, timeout=PATIENCE):
    arguments = [word.format(drive=f"format=raw,snapshot=on,file={path}") for word in DRIVES[drive]]
    machine = "pc"
    if firmware == "uefi":
        arguments = [*ovmf.arguments("uefi", folder), *arguments]
        machine = ovmf.machine("uefi")
    if (firmware, drive) == ("bios", "ide"):
        timeout = max(timeout, IDE_PATIENCE)
    return qemu.run(arguments, machine=machine, memory=memory, timeout=timeout)


def check(serial, status, initrd_md5, line=LINE, firmware="bios"):
    assert status == 0, serial
    facts = initramfs.facts(serial)
    # systemd-boot says which initrds it passes
    words = [w for w in facts["cmdline"].split() if not w.startswith("initrd=")]
    assert words == line.split()
    assert facts["blob"] == initrd_md5
    assert facts["oops"] == "0"
    assert facts["efi"] == ("64" if firmware == "uefi" else "")


def boot(path, initrd_md5, firmware, drive, folder, line=LINE, **options):
    serial, status = run(path, firmware, drive, folder, **options)
    check(serial, status, initrd_md5, line, firmware)


@pytest.fixture(scope="module")
def kernel(make_image):
    return make_image("cloud", "-c", "lz4:3")


@pytest.fixture(scope="module")
def make(bzforge, small_initrd, tmp_path_factory):
    def call(*arguments, name="disk.img", initrd=small_initrd.path):
        out = tmp_path_factory.mktemp("disk") / name
        bzforge.run("disk", *arguments, "-o", out, "--initrd", initrd, "--cmdline", LINE)
        return out

    return call


@pytest.fixture(scope="module")
def disk(make, kernel):
    return make(kernel)


@pytest.fixture(scope="module")
def iso(make, kernel):
    return make(kernel, "--iso", name="disk.iso")


@pytest.mark.parametrize("firmware, drive", [
    long("bios", "ide"), ("bios", "ahci"), ("bios", "virtio"), long("bios", "usb"),
    long("uefi", "ide"), long("uefi", "ahci"), ("uefi", "virtio"), long("uefi", "usb")])
def test_drives(disk, small_initrd, firmware, drive, tmp_path):
    boot(disk, small_initrd.blob_md5, firmware, drive, tmp_path)


@pytest.mark.parametrize("firmware, drive", [
    ("bios", "cd"), long("uefi", "cd"), long("bios", "usb"), long("bios", "ide"), long("uefi", "usb")])
def test_iso(iso, small_initrd, firmware, drive, tmp_path):
    """As a CD, and as a disk."""
    boot(iso, small_initrd.blob_md5, firmware, drive, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["bios", "uefi"])
@pytest.mark.parametrize("memory", [128, 256, 512, 2048, 4096, 6144])
def test_memory(disk, small_initrd, firmware, memory, tmp_path):
    if (firmware, memory) == ("uefi", 128):
        memory = 160  # OVMF itself wants that much
    boot(disk, small_initrd.blob_md5, firmware, "virtio", tmp_path, memory=memory)


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_stock_kernels(make, stock_kernels, small_initrd, firmware, tmp_path):
    """As Debian ships them."""
    for path in stock_kernels.values():
        boot(make(path), small_initrd.blob_md5, firmware, "ahci", tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_without_a_menu(make, kernel, small_initrd, firmware, tmp_path):
    """UEFI starts the image itself; BIOSes load the same file."""
    boot(make(kernel, "--efi-loader", "none"), small_initrd.blob_md5, firmware, "virtio", tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_uki(bzforge, kernel, small_initrd, firmware, tmp_path):
    """A type 2 entry, with its own line and initrd."""
    uki, path = tmp_path / "uki.efi", tmp_path / "disk.img"
    bzforge.run("uki", kernel, "-o", uki, "--cmdline", LINE, "--initrd", small_initrd.path)
    bzforge.run("disk", uki, "-o", path)
    boot(path, small_initrd.blob_md5, firmware, "virtio", tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_update(bzforge, make, kernel, stock_kernel, small_initrd, firmware, tmp_path):
    """The new kernel with its line; then the first one again with another line."""
    path = make(kernel, "--size", "80")
    for image, line in ((stock_kernel, f"{LINE} new=1"), (kernel, f"{LINE} old=1")):
        bzforge.run("disk", "--update", image, "-o", path, "--initrd", small_initrd.path, "--cmdline", line)
        boot(path, small_initrd.blob_md5, firmware, "ahci", tmp_path, line=line)


@pytest.fixture(scope="module")
def huge(make, kernel, tmp_path_factory):
    initrd = tmp_path_factory.mktemp("huge") / "initrd"
    initrd.write_bytes(initramfs.build(blob_size=HUGE))
    out = make(kernel, initrd=initrd)
    initrd.unlink()
    yield out
    out.unlink()


@pytest.mark.long
@pytest.mark.parametrize("firmware, memory", [("bios", 2048), ("bios", 6144), ("uefi", 2048), ("uefi", 6144)])
def test_300_mb(huge, firmware, memory, tmp_path):
    boot(huge, initramfs.blob_md5(HUGE), firmware, "virtio", tmp_path, memory=memory, timeout=HUGE_PATIENCE)


@pytest.mark.long
def test_300_mb_too_much(huge, tmp_path):
    """Where memory cannot hold it the loader says so, with names."""
    arguments = [word.format(drive=f"format=raw,snapshot=on,file={huge}") for word in DRIVES["virtio"]]
    with qemu.Qemu(arguments, memory=256, timeout=PATIENCE) as machine:
        said = machine.expect(r"bzforge: .*E\d+ .*\n").group(0)  # the whole line
        assert "initrd" in said, machine.serial


def test_boot_command(bzforge, disk, small_initrd):
    """`bzforge boot` of a disk; the file stays as it was."""
    before = disk.read_bytes()
    done = bzforge.run("boot", disk, "--timeout", str(PATIENCE), prefix=qemu.WRAPPER,
                       timeout=PATIENCE + qemu.WRAPPER_PATIENCE)
    check(done.stdout.decode("latin-1").replace("\r", ""), 0, small_initrd.blob_md5)
    assert disk.read_bytes() == before


@pytest.mark.long
def test_boot_command_cd(bzforge, iso, small_initrd):
    done = bzforge.run("boot", iso, "--firmware", "uefi", "--timeout", str(PATIENCE), prefix=qemu.WRAPPER,
                       timeout=PATIENCE + qemu.WRAPPER_PATIENCE)
    check(done.stdout.decode("latin-1").replace("\r", ""), 0, small_initrd.blob_md5, firmware="uefi")
