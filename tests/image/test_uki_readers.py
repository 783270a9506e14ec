# SPDX-License-Identifier: GPL-2.0-or-later
"""What other people's tools see in a UKI of ours: python3-pefile, systemd's bootctl and systemd-measure."""

import json
import os
import shlex
import subprocess

import pefile
import pytest

from support import packages
from support.pe import Pe

LINE = "root=/dev/sda1 quiet"
OSREL = 'ID=test\nNAME="Test OS"\nPRETTY_NAME="Test OS 7"\nVERSION_ID=7\n'
MEASURE = "/lib/systemd/systemd-measure"
# Those that version 252 knows; docs/decisions/0026-what-a-uki-measures.md
MEASURED = ("linux", "osrel", "cmdline", "initrd", "splash", "pcrpkey")


@pytest.fixture(scope="module", name="uki")
def _uki(bzforge, make_image, tmp_path_factory):
    folder = tmp_path_factory.mktemp("uki")
    options = ["--cmdline", LINE]
    for name, content in (("os-release", OSREL.encode()), ("initrd", b"initrd" * 999), ("splash", b"BM" * 777),
                          ("pcrpkey", b"-----BEGIN PUBLIC KEY-----\n"), ("pcrsig", b'{"sha256":[]}')):
        (folder / name).write_bytes(content)
        options += [f"--{name}", folder / name]
    bzforge.run("uki", make_image("pie"), "-o", folder / "uki.efi", *options)
    return folder / "uki.efi"


def test_pefile(uki):
    read, pe = pefile.PE(str(uki)), Pe(uki.read_bytes())
    assert read.get_warnings() == []
    assert read.verify_checksum()
    assert [s.Name.rstrip(b"\0").decode() for s in read.sections] == pe.names
    for s in read.sections:
        name = s.Name.rstrip(b"\0").decode()
        assert s.get_data(length=s.Misc_VirtualSize) == pe[name].content, name


@pytest.mark.long
def test_bootctl(uki, tmp_path):
    """A boot entry in \\EFI\\Linux, as systemd-boot shows it."""
    bootctl = packages.file("systemd-boot", "/usr/bin/bootctl")
    script = f"""mount -t tmpfs none {shlex.quote(str(tmp_path))} && cd {shlex.quote(str(tmp_path))} &&
        mkdir -p EFI/Linux loader && cp {shlex.quote(str(uki))} EFI/Linux &&
        exec {shlex.quote(str(bootctl))} list --json=short --esp-path="$PWD" """
    said = subprocess.run(["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", script], check=True,
                          stdout=subprocess.PIPE, env={**os.environ, "SYSTEMD_RELAX_ESP_CHECKS": "1",
                                                       "LD_LIBRARY_PATH": "/lib/systemd"}).stdout
    entry = json.loads(said)
    entry = entry[0] if isinstance(entry, list) else entry
    assert (entry["id"], entry["title"], entry["options"]) == ("uki.efi", "Test OS 7", LINE)
    assert entry["linux"].endswith("EFI/Linux/uki.efi")


@pytest.mark.long
def test_systemd_measure(bzforge, uki, tmp_path):
    """PCR 11 of the same sections."""
    pe, options = Pe(uki.read_bytes()), []
    for name in MEASURED:
        (tmp_path / name).write_bytes(pe[f".{name}"].content)
        options.append(f"--{name}={tmp_path / name}")
    said = subprocess.run([MEASURE, "calculate", "--bank=sha256", "--phase=:", *options], check=True,
                          stdout=subprocess.PIPE).stdout.decode()
    report = json.loads(bzforge.output("inspect", "--pcr", "--json", uki))
    assert f"11:sha256={ {p['pcr']: p['after'] for p in report['pcrs']}[11] }" in said.splitlines()
