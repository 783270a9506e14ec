# SPDX-License-Identifier: GPL-2.0-or-later
"""What a UKI measures, says in EFI variables and hands to userspace, under OVMF with swtpm. The oracle is
systemd's own stub around the same kernel: PCRs, event log, variables and files must be the same, but for
the event of .linux. And `inspect --pcr` must have predicted it."""

import base64
import hashlib
import json
import re
import stat

import pytest

from support import esp, initramfs, ovmf, packages, qemu, secure_boot, tpm
from support.pe import Pe

STUB = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"
LINE = "console=ttyS0 panic=-1 embedded=1"
OTHER = "console=ttyS0 panic=-1 other=1"
TIMEOUT = 150
PCRS = (9, 11, 12, 13)
ZERO = "0" * 64
EV_IPL, EV_EVENT_TAG = 13, 6

BESIDE = {"b.cred": b"second " * 100, "A.CRED": b"first", "ext.raw": b"extension" * 1000, "x.txt": b"not this",
          ".hidden.cred": b"nor this"}
GLOBAL = {"all.cred": b"for all of them"}
SIGNATURE, KEY = b'{"sha256":[]}\n', b"-----BEGIN PUBLIC KEY-----\n"
# path -> permissions, content; as systemd-stub(7) says. FAT tells a short name's case to nobody.
EXTRA = {"/.extra/credentials/A.CRED": ("400", BESIDE["A.CRED"]),
         "/.extra/credentials/b.cred": ("400", BESIDE["b.cred"]),
         "/.extra/global_credentials/all.cred": ("400", GLOBAL["all.cred"]),
         "/.extra/sysext/ext.raw": ("444", BESIDE["ext.raw"]),
         "/.extra/tpm2-pcr-signature.json": ("444", SIGNATURE),
         "/.extra/tpm2-pcr-public-key.pem": ("444", KEY)}
VARIABLES = {"LoaderDevicePartUUID": esp.PARTITION, "LoaderImageIdentifier": "\\EFI\\BOOT\\BOOTX64.EFI",
             "LoaderFirmwareInfo": "EDK II 1.00", "LoaderFirmwareType": "UEFI 2.70",
             "StubPcrKernelImage": "11", "StubPcrKernelParameters": "12", "StubPcrInitRDSysExts": "13"}

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
insmod /efivarfs.ko
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
dmesg -n 1
echo
echo "FACTS BEGIN"
echo "FACT cmdline=$(cat /proc/cmdline)"
for pcr in 9 11 12 13; do echo "PCR $pcr $(cat /sys/class/tpm/tpm0/pcr-sha256/$pcr)"; done
for v in /sys/firmware/efi/efivars/*-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f; do
	echo "VARIABLE $(basename "$v" | cut -d- -f1) $(hexdump -v -e '1/1 "%02x"' "$v")"
done
find /.extra -type f | while read -r f; do echo "FILE $f $(stat -c %a "$f") $(base64 "$f" | tr -d '\n')"; done
echo "LOG $(base64 /sys/kernel/security/tpm0/binary_bios_measurements | tr -d '\n')"
echo "FACTS END"
reboot -f
"""


class Boot:
    def __init__(self, serial):
        self.serial = serial
        self.cmdline = initramfs.facts(serial)["cmdline"]
        self.pcrs = {int(n): v.lower() for n, v in re.findall(r"^PCR (\d+) (\w{64})$", serial, re.M)}
        self.variables = {name: bytes.fromhex(v) for name, v in re.findall(r"^VARIABLE (\w+) (\w+)$", serial, re.M)}
        self.files = {name: (mode, base64.b64decode(v))
                      for name, mode, v in re.findall(r"^FILE (\S+) (\d+) (\S*)$", serial, re.M)}
        log = re.search(r"^LOG (\S+)$", serial, re.M)
        self.events = [event for event in tpm.events(base64.b64decode(log[1])) if event[0] in PCRS]

    def texts(self):
        """Variables of text; each has the attributes of one that lasts until reset, readable by the system."""
        for name, value in self.variables.items():
            assert value[:4] == b"\6\0\0\0", name
        return {name: value[4:-2].decode("utf-16-le") for name, value in self.variables.items()
                if name != "StubFeatures"}


@pytest.fixture(scope="module", name="initrd")
def _initrd(stock_kernel, tmp_path_factory):
    archive = initramfs.build(INIT)
    more = initramfs.Cpio()
    more.add("efivarfs.ko", stat.S_IFREG | 0o644,
             packages.module(stock_kernel, "fs/efivarfs/efivarfs.ko").read_bytes())
    path = tmp_path_factory.mktemp("initrd") / "initrd"
    path.write_bytes(archive + bytes(-len(archive) % 4) + more.finish())
    return path


@pytest.fixture(scope="module", name="ukis")
def _ukis(bzforge, stock_kernel, initrd, tmp_path_factory):
    """Ours and systemd's around the same kernel, with the same sections."""
    folder = tmp_path_factory.mktemp("ukis")
    (folder / "signature").write_bytes(SIGNATURE)
    (folder / "key").write_bytes(KEY)
    options = ["--cmdline", LINE, "--initrd", initrd, "--pcrsig", folder / "signature", "--pcrpkey", folder / "key"]
    bzforge.run("uki", stock_kernel, "-o", folder / "ours.efi", "-c", "lz4:3", *options)
    bzforge.run("uki", stock_kernel, "-o", folder / "systemd.efi", "--stub", STUB, *options)
    return {"ours": folder / "ours.efi", "systemd": folder / "systemd.efi"}


@pytest.fixture(scope="module", name="folders")
def _folders(tmp_path_factory):
    """The files beside the image, in folders as inspect --pcr wants them."""
    folders = tmp_path_factory.mktemp("beside"), tmp_path_factory.mktemp("global")
    for folder, files in zip(folders, (BESIDE, GLOBAL)):
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return folders


def predict(bzforge, image, *options):
    report = json.loads(bzforge.output("inspect", "--pcr", "--json", *options, image))
    return {pcr["pcr"]: pcr["after"] for pcr in report["pcrs"]}


def boot(folder, arguments, secure=False):
    kind = "uefi-secure" if secure else "uefi"
    with tpm.swtpm() as tpm_options:
        serial, _ = qemu.run([*arguments, *ovmf.arguments(kind, folder), *tpm_options], machine=ovmf.machine(kind),
                             memory=1024, timeout=TIMEOUT)
    return Boot(serial)


@pytest.fixture(scope="module", name="boots")
def _boots(ukis, tmp_path_factory):
    """Both, from disks with all that can lie beside them."""
    found = {}
    for name, uki in ukis.items():
        folder = tmp_path_factory.mktemp(name)
        files = {"EFI/BOOT/BOOTX64.EFI": uki}
        files.update({f"EFI/BOOT/BOOTX64.EFI.extra.d/{n}": c for n, c in BESIDE.items()})
        files.update({f"loader/credentials/{n}": c for n, c in GLOBAL.items()})
        found[name] = boot(folder, esp.make(folder / "disk.img", files))
    return found


@pytest.mark.long
@pytest.mark.parametrize("name", ["ours", "systemd"])
def test_prediction(bzforge, ukis, boots, folders, name):
    """Of either stub."""
    beside, everybody = folders
    assert predict(bzforge, ukis[name], "--extra", beside, "--credentials", everybody) == boots[name].pcrs
    assert boots[name].cmdline == LINE


@pytest.mark.long
def test_same_events(boots):
    ours, theirs = boots["ours"].events, boots["systemd"].events
    different = [i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b]
    assert len(ours) == len(theirs) and different == [1]
    assert [event[0] for event in ours] == [11] * 10 + [12, 12, 13, 9, 9]
    assert [event[1] for event in ours] == [EV_IPL] * 13 + [EV_EVENT_TAG] * 2
    # the bytes of .linux, which are the one's payload and the other's bzImage
    assert ours[1][0] == theirs[1][0] == 11 and ours[1][3] == theirs[1][3] == ".linux\0".encode("utf-16-le")


@pytest.mark.long
def test_same_variables(boots):
    """But what the stub is called, and capitals in the partition's GUID (gnu-efi's are mixed)."""
    ours, theirs = (boots[name].texts() for name in ("ours", "systemd"))
    assert boots["ours"].variables["StubFeatures"] == boots["systemd"].variables["StubFeatures"]
    assert ours.pop("StubInfo").startswith("bzforge ") and theirs.pop("StubInfo").startswith("systemd-stub ")
    theirs["LoaderDevicePartUUID"] = theirs["LoaderDevicePartUUID"].lower()
    assert ours == theirs == VARIABLES


@pytest.mark.long
@pytest.mark.parametrize("name", ["ours", "systemd"])
def test_extra_files(boots, name):
    assert boots[name].files == EXTRA


@pytest.mark.long
def test_another_line(bzforge, ukis, tmp_path):
    """A line that replaces the embedded one is measured into PCR 12, and PCR 11 is as it was."""
    found = boot(tmp_path, ["-kernel", ukis["ours"], "-append", OTHER])
    assert found.cmdline == OTHER
    assert predict(bzforge, ukis["ours"], "--cmdline", OTHER) == found.pcrs
    embedded = predict(bzforge, ukis["ours"])
    assert embedded[12] == ZERO and found.pcrs[12] != ZERO
    assert embedded[11] == found.pcrs[11] and embedded[9] != found.pcrs[9]


@pytest.mark.long
def test_secure_boot(bzforge, ukis, tmp_path):
    """Then the embedded line is the only one, and PCR 12 stays as it was. With Secure Boot OVMF's -kernel takes
    the handover entry, where a UKI's sections are not measured."""
    signed = tmp_path / "signed.efi"
    bzforge.run("uki", ukis["ours"], "-o", signed, "--sign", secure_boot.key(tmp_path), secure_boot.CERTIFICATE)
    found = boot(tmp_path, esp.make(tmp_path / "disk.img", {"EFI/BOOT/BOOTX64.EFI": signed}), secure=True)
    assert found.cmdline == LINE
    assert predict(bzforge, signed, "--secure-boot") == found.pcrs
    assert found.pcrs[12] == ZERO and found.pcrs[11] == predict(bzforge, ukis["ours"])[11]
    handed = boot(tmp_path, ["-kernel", signed, "-append", OTHER], secure=True)
    assert handed.cmdline == LINE
    assert handed.pcrs[11] == handed.pcrs[12] == ZERO


# --- without a boot ---

@pytest.fixture(scope="module", name="tiny")
def _tiny(bzforge, make_image, tmp_path_factory):
    """tiny(kernel, options): a UKI of a small kernel."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "first").write_bytes(b"initrd")
    (folder / "other").write_bytes(b"Initrd")

    def make(kernel="high", initrd="first", cmdline="a b", *options):
        bzforge.run("uki", make_image(kernel), "-o", folder / "out", "--initrd", folder / initrd, "--cmdline",
                    cmdline, *options)
        return folder / "out"

    return make


def test_everything_changes_it(bzforge, tiny):
    first = predict(bzforge, tiny())
    assert predict(bzforge, tiny()) == first
    for change in ({"kernel": "pie"}, {"initrd": "other"}, {"cmdline": "a c"}):
        assert predict(bzforge, tiny(**change))[11] != first[11], change


ORDER = (".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".pcrpkey")


def extended(*measured):
    value = bytes(32)
    for data in measured:
        value = hashlib.sha256(value + hashlib.sha256(data).digest()).digest()
    return value.hex()


def test_values(bzforge, tiny, tmp_path):
    """By the rules of docs/decisions/0026-what-a-uki-measures.md, once more."""
    parts = {"ucode": b"microcode", "splash": b"BM", "pcrpkey": b"key", "os-release": b"ID=x\n", "loader": b"more"}
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    options = [word for name in ("ucode", "splash", "os-release") for word in (f"--{name}", tmp_path / name)]
    image = tiny("high", "first", "a b", *options)
    pe = Pe(image.read_bytes())
    own = parts["ucode"].ljust(4096, b"\0") + b"initrd"
    sections = [data for name in ORDER if name in pe.names for data in (name.encode() + b"\0", pe[name].content)]
    assert len(sections) == 12

    def line(text):
        return (text + "\0").encode("utf-16-le")

    loader = ["--cmdline", "c \u00e9 ", "--initrd", tmp_path / "loader"]
    assert predict(bzforge, image) == {9: extended(line("a b"), own), 11: extended(*sections), 12: ZERO, 13: ZERO}
    assert predict(bzforge, image, *loader) == {
        9: extended(line("c \u00e9"), own + b"\0\0" + b"more"), 11: extended(*sections),
        12: extended(line("c \u00e9")), 13: ZERO}
    assert predict(bzforge, image, *loader, "--secure-boot") == predict(bzforge, image)
    # what loaders say by themselves, and what is no text, are no line
    for nothing in ("BOOT_IMAGE=/uki.efi", " ", "\1\2"):
        assert predict(bzforge, image, "--cmdline", nothing) == predict(bzforge, image)


def test_secure_boot_leaves_the_embedded_line(bzforge, tiny):
    image = tiny()
    assert predict(bzforge, image, "--cmdline", "x") != predict(bzforge, image)
    assert predict(bzforge, image, "--cmdline", "x", "--secure-boot") == predict(bzforge, image)


def test_files_beside_change_their_pcr(bzforge, tiny, folders):
    image, (beside, everybody) = tiny(), folders
    before = predict(bzforge, image)
    both = predict(bzforge, image, "--extra", beside)
    one = predict(bzforge, image, "--credentials", everybody)
    assert before[12] == before[13] == one[13] == ZERO
    assert len({before[12], both[12], one[12]}) == 3 and both[13] != ZERO
    assert before[11] == both[11] == one[11] and len({before[9], both[9], one[9]}) == 3
