# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels and what looks like one, from Debian's packages of several machines: inspect finds nothing wrong with
any, its JSON is what the schema says, and its picture covers the file."""

import json

import jsonschema
import pytest

from conftest import TOP
from support import debian

SCHEMA = json.loads((TOP / "docs/inspect.schema.json").read_text())

# package, its architecture, files in it -> format. Names of Linux's own packages change with each update;
# the installer's do not.
FILES = [
    ("memtest86+", None, "./boot/memtest86+*", {"bzImage"}),
    ("ipxe", None, "*/ipxe.*", {"bzImage", "PE", "unknown"}),
    ("syslinux-common", None, "*/memdisk", {"bzImage"}),
    ("xen-hypervisor-4.17-amd64", None, "*/xen-4.17-amd64*", {"ELF", "PE"}),
    ("xen-hypervisor-4.17-arm64", "arm64", "*/xen-4.17-arm64", {"arm64 Image"}),
    ("xen-hypervisor-4.17-armhf", "armhf", "*/xen-4.17-armhf", {"ARM zImage"}),
    ("debian-installer-12-netboot-amd64", None, "*/text/debian-installer/*/linux", {"bzImage"}),
    ("debian-installer-12-netboot-i386", None, "*/text/debian-installer/*/linux", {"bzImage"}),
    ("debian-installer-12-netboot-arm64", None, "*/text/debian-installer/*/linux", {"arm64 Image"}),
    ("debian-installer-12-netboot-armhf", None, "*/vmlinuz", {"ARM zImage"}),
    ("debian-installer-12-netboot-ppc64el", None, "*/text/debian-installer/*/vmlinux", {"ELF"}),
]


def look(bzforge, path):
    known = bzforge.run("inspect", "--json", path, status=None)
    report = json.loads(known.stdout)
    jsonschema.Draft7Validator(SCHEMA).validate(report)
    end = 0
    for region in report["layout"]:
        assert region["offset"] == end and region["size"] > 0
        end += region["size"]
    return report, known.returncode


@pytest.mark.long
@pytest.mark.parametrize("package, arch, only, formats", FILES, ids=[f[0] for f in FILES])
def test_package(bzforge, package, arch, only, formats):
    folder = debian.unpacked(package, arch=arch, only=only)
    paths = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
    seen = set()
    for path in paths:
        report, status = look(bzforge, path)
        if report["format"] == "unknown":
            continue
        seen.add(report["format"])
        assert status == 0 and report["whole"] and not report["problems"], (path, report["problems"])
        if report["format"] == "bzImage" and report["codec"]:
            assert report["init_size_why"]["explained"] and report["kaslr"]["physical"] is True
        bzforge.run("verify", path, status=0 if report["kernel_sha256"] else 1)
    assert seen and seen <= formats
