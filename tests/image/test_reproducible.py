# SPDX-License-Identifier: GPL-2.0-or-later
"""Same input and options, same bytes: of images, and of the boot code when it is built again."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent


def test_image(bzforge, test_kernels, tmp_path):
    """At another time, in another folder, under another name."""
    made = []
    for folder, name in (("a", "kernel.elf"), ("b", "vmlinux")):
        source = tmp_path / folder / name
        source.parent.mkdir()
        shutil.copy(test_kernels["high"], source)
        os.utime(source, (1e9, 1e9))
        bzforge.run("build", source, "-o", tmp_path / folder / "out", "-c", "zstd:3", cwd=source.parent)
        made.append((tmp_path / folder / "out").read_bytes())
    assert made[0] == made[1]


def test_boot_code(build_folder, tmp_path):
    """Built again from a copy of the tree in another place."""
    tree = tmp_path / "somewhere" / "else"
    shutil.copytree(TOP, tree, ignore=shutil.ignore_patterns(".git", "build", "build-*", "__pycache__"))
    log = subprocess.run(["meson", "setup", tmp_path / "out", tree], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False)
    assert log.returncode == 0, log.stdout.decode()
    blobs = sorted(path.relative_to(build_folder) for path in (build_folder / "boot").rglob("*.bin"))
    assert len(blobs) >= 2, blobs
    log = subprocess.run(["ninja", "-C", tmp_path / "out", *map(str, blobs)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False)
    assert log.returncode == 0, log.stdout.decode()
    for blob in blobs:
        first, second = (hashlib.sha256((folder / blob).read_bytes()).hexdigest()
                         for folder in (build_folder, tmp_path / "out"))
        assert first == second, blob
