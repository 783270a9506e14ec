# SPDX-License-Identifier: GPL-2.0-or-later
"""Measured boot under OVMF with swtpm: the PCRs of the booted kernel are those that `inspect --pcr`
predicts, its event log is whole and explains them, and a kernel that is not the one of the manifest
does not run."""

import base64
import hashlib
import json
import re

import pytest

from support import initramfs, ovmf, qemu, tpm
from support.bzimage import Image, crc32c

EV_EVENT_TAG = 6
TIMEOUT = 150
# What OVMF puts behind the command line of QEMU's -append when there is an initrd.
OVMF_ADDS = " initrd=initrd"

INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
dmesg -n 1
echo
for pcr in 9 12; do echo "PCR $pcr $(cat /sys/class/tpm/tpm0/pcr-sha256/$pcr)"; done
echo "LOG BEGIN"
base64 </sys/kernel/security/tpm0/binary_bios_measurements
echo "LOG END"
reboot -f
"""


def boot(image, initrd, cmdline, folder, kind="uefi"):
    """({PCR: value}, events) of a boot."""
    with tpm.swtpm() as tpm_options:
        serial, _ = qemu.run(["-kernel", image, "-initrd", initrd, "-append", cmdline,
                              *ovmf.arguments(kind, folder), *tpm_options],
                             machine=ovmf.machine(kind), memory=1024, timeout=TIMEOUT)
    pcrs = {int(number): value.lower() for number, value in re.findall(r"^PCR (\d+) (\w{64})$", serial, re.M)}
    assert pcrs, serial
    log = serial[serial.index("LOG BEGIN") + 9:serial.index("LOG END")]
    return pcrs, tpm.events(base64.b64decode(log))


def predict(bzforge, image, initrd, cmdline, *options):
    """{PCR: value} as the tool says."""
    report = json.loads(bzforge.output("inspect", "--pcr", "--json", "--initrd", initrd,
                                       "--cmdline", cmdline + OVMF_ADDS, *options, image))
    assert report["bank"] == "sha256"
    return {pcr["pcr"]: pcr["after"] for pcr in report["pcrs"]}


def replayed(events, pcr):
    value = bytes(32)
    for index, _, digests, _ in events:
        if index == pcr:
            value = hashlib.sha256(value + digests[tpm.SHA256]).digest()
    return value.hex()


@pytest.fixture(scope="session", name="initrd")
def _initrd(tmp_path_factory):
    path = tmp_path_factory.mktemp("measured") / "initrd.cpio"
    path.write_bytes(initramfs.build(INIT))
    return path


LINE = "console=ttyS0 panic=-1"


@pytest.mark.long
@pytest.mark.parametrize("options", [["-c", "lz4:3"], ["-c", "zstd:3"], ["-c", "lzma:1"],
                                     ["-c", "none"]], ids=lambda options: options[1])
def test_prediction(bzforge, make_image, initrd, tmp_path, options):
    image = make_image("stock", *options)
    line = f"{LINE} bzforge.measure=12"
    pcrs, events = boot(image, initrd, line, tmp_path)
    assert predict(bzforge, image, initrd, line) == pcrs
    assert {pcr: replayed(events, pcr) for pcr in pcrs} == pcrs
    tagged = [data for pcr, kind, _, data in events if pcr in pcrs and kind == EV_EVENT_TAG]
    words = [b"LOADED_IMAGE::LoadOptions\0", b"Linux initrd\0", b"bzforge kernel SHA-256\0"]
    assert [any(word in data for data in tagged) for word in words] == [True] * 3
    sha256 = json.loads(bzforge.output("inspect", "--json", image))["kernel_sha256"]
    assert tagged[-1].endswith(bytes.fromhex(sha256))


@pytest.mark.long
def test_like_linux(bzforge, make_image, stock_kernel, initrd, tmp_path):
    """Without bzforge.measure: what Linux's own stub measures, event by event, but for the image's digest."""
    ours, our_events = boot(make_image("stock", "-c", "lz4:3"), initrd, LINE, tmp_path)
    stock, stock_events = boot(stock_kernel, initrd, LINE, tmp_path)
    assert ours == stock and ours[12] == "0" * 64
    assert predict(bzforge, stock_kernel, initrd, LINE) == {9: stock[9]}
    assert [event for event in our_events if event[0] != 4] == [event for event in stock_events if event[0] != 4]
    assert len(our_events) == len(stock_events)


@pytest.mark.long
def test_mixed_mode(bzforge, make_image, initrd, tmp_path):
    """32-bit firmware, through the handover entry: Linux measures no command line there either."""
    image = make_image("stock", "-c", "lz4:3")
    line = f"{LINE} bzforge.measure=12"
    pcrs, events = boot(image, initrd, line, tmp_path, "uefi32")
    assert predict(bzforge, image, initrd, line, "--handover") == pcrs
    assert {pcr: replayed(events, pcr) for pcr in pcrs} == pcrs


@pytest.mark.long
@pytest.mark.parametrize("where", ["before the segments", "segment", "relocations"])
def test_another_kernel_does_not_run(make_image, initrd, tmp_path, where):
    """A byte of the content is another one and every checksum is right, so only the digest can tell."""
    image = Image(make_image("stock", "-c", "none").read_bytes())
    number = {"before the segments": 0, "segment": 1, "relocations": -1}[where] % len(image.chunks)
    at, size = image.chunk_input(number)
    image.data[at + size // 2] ^= 1
    chunk = list(image.chunks[number])
    chunk[4] = crc32c(image.data[at:at + size])
    image.set_chunk(number, chunk)
    image.seal()
    changed = tmp_path / "changed.img"
    changed.write_bytes(image.data)
    with tpm.swtpm() as tpm_options:
        options = ["-kernel", changed, "-initrd", initrd, *ovmf.arguments("uefi", tmp_path), *tpm_options]
        with qemu.Qemu([*options, "-append", f"{LINE} earlyprintk=serial bzforge.measure=12"],
                       machine=ovmf.machine("uefi"), memory=1024, timeout=TIMEOUT) as machine:
            machine.expect(r"E27 decoded kernel is not the one that the manifest describes: SHA-256")
            assert "Linux version" not in machine.serial


@pytest.mark.parametrize("change", ["nothing", "command line", "initrd", "kernel"])
def test_prediction_depends_on_everything(bzforge, make_image, initrd, tmp_path, change):
    other = tmp_path / "other.cpio"
    other.write_bytes(initrd.read_bytes() + bytes(4))
    line = f"{LINE} bzforge.measure=9"
    before = predict(bzforge, make_image("high"), initrd, line)
    after = predict(bzforge, make_image("pie" if change == "kernel" else "high"),
                    other if change == "initrd" else initrd,
                    line + " quiet" if change == "command line" else line)
    assert (before == after) == (change == "nothing")
