#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the seeds of the targets `kernel` and `kernel_headers`: small kernels of every format, as the tests make
them (tests/support/wrap.py), some with the tools that users make them with. Run by hand after a format
changed; what it writes is kept in the tree."""

import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "tests"))

from support import wrap  # noqa: E402

WHOLE, HEADERS = TOP / "fuzz/corpus/kernel", TOP / "fuzz/corpus/kernel_headers"
CONTROL = "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
ITS = """/dts-v1/; / { description = "x"; #address-cells = <1>;
images { k { data = /incbin/("k"); type = "kernel"; arch = "arm64"; os = "linux"; compression = "gzip";
load = <0>; entry = <0>; }; }; configurations { default = "b"; b { kernel = "k"; }; }; };
"""
SPEC = """Name: x
Version: 1
Release: 1
Summary: x
License: x
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/boot
cp FOLDER/p/boot/vmlinuz %{buildroot}/boot/
%files
/boot/vmlinuz
"""


def seed(name, data, header=False):
    for folder in (WHOLE, HEADERS) if header else (WHOLE,):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{name}").write_bytes(data)


def quietly(*command, cwd=None):
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, "SOURCE_DATE_EPOCH": "0"})


def make_headers():
    body = wrap.body(1600)
    image = wrap.arm64_image(body)
    for how in wrap.COMPRESS:
        seed("image-" + how.replace(" ", "-"), wrap.compress(how, image))
    for codec, how in (("gzip", "gzip"), ("zstd22", "zstd"), ("xzkern", "xz")):
        seed(f"zboot-{how}", wrap.zboot(codec, how, image), how == "zstd")
    for how in ("gzip", "xz", "lz4"):
        seed(f"zimage-{how}", wrap.arm_zimage(how, body), how == "xz")
    seed("arm64", image, True)
    seed("riscv", wrap.riscv_image(body), True)
    seed("uimage", wrap.uimage(wrap.compress("gzip", image)), True)
    parts = struct.pack(">III", len(image), 5, 0) + image + b"other"
    seed("uimage-parts", wrap.uimage(parts, kind=4), True)
    seed("x86-200", wrap.x86_old(body, 0x200, False))
    seed("x86-none", wrap.x86_old(body, None, False))
    seed("elf32be", wrap.elf(8, 32, "big", body[:100]), True)
    seed("elf-wrapper", wrap.elf(8, 32, "little", wrap.compress("xz", body)))
    seed("elf64", wrap.elf(62, 64, "little", body[:100]), True)


def make_packages(folder):
    for name in ("p/DEBIAN", "p/boot"):
        (folder / name).mkdir(parents=True)
    (folder / "p/DEBIAN/control").write_text(CONTROL)
    (folder / "p/boot/vmlinuz").write_bytes(wrap.arm64_image(wrap.body(6000)))
    for compression in ("xz", "zstd"):
        quietly("dpkg-deb", "--root-owner-group", "-Z" + compression, "-b", folder / "p", folder / "deb")
        seed(f"deb-{compression}", (folder / "deb").read_bytes())
    (folder / "x.spec").write_text(SPEC.replace("FOLDER", str(folder)))
    quietly("rpmbuild", "-bb", "--define", f"_topdir {folder}/rpm", "--define", "_buildhost localhost", "x.spec",
            cwd=folder)
    seed("rpm", next((folder / "rpm").rglob("*.rpm")).read_bytes())
    (folder / "k").write_bytes(wrap.compress("gzip", wrap.arm64_image(wrap.body(1600))))
    (folder / "its").write_text(ITS)
    quietly("mkimage", "-f", "its", "fit", cwd=folder)
    seed("fit", (folder / "fit").read_bytes())


make_headers()
with tempfile.TemporaryDirectory() as temporary:
    make_packages(Path(temporary))
