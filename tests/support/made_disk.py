# SPDX-License-Identifier: GPL-2.0-or-later
"""What `bzforge disk` made, as others see it: numbers of layouts typed anew from the specifications
(UEFI 2.10 5.2, 5.3; docs/boot-loader.md), files through mtools, opinions of sgdisk, sfdisk, fsck.fat."""

import os
import struct
import subprocess
import uuid
from pathlib import Path

SECTOR = 512
ESP_AT = 2048 * SECTOR
TYPE_BIOS_BOOT = uuid.UUID("21686148-6449-6e6f-744e-656564454649")
TYPE_ESP = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
TYPES = {TYPE_BIOS_BOOT: "loader", TYPE_ESP: "esp"}


def run(*command):
    """What a program prints; it must succeed."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, env={**os.environ, "LC_ALL": "C", "MTOOLS_SKIP_CHECK": "1"})
    text = done.stdout.decode("latin-1")
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{text}"
    return text


class MadeDisk:
    def __init__(self, path):
        self.path = Path(path)
        with open(path, "rb") as f:
            self.mbr = f.read(SECTOR)
            header = f.read(SECTOR)
            assert header[:8] == b"EFI PART"
            self.guid = uuid.UUID(bytes_le=header[56:72])
            table, count, size = struct.unpack_from("<QII", header, 72)
            f.seek(table * SECTOR)
            entries = f.read(count * size)
        self.partitions = {}
        for at in range(0, count * size, size):
            kind = uuid.UUID(bytes_le=entries[at:at + 16])
            if kind in TYPES:
                self.partitions[TYPES[kind]] = struct.unpack_from("<QQ", entries, at + 32)
        self.esp_at = self.partitions["esp"][0] * SECTOR
        self.drive = f"{self.path}@@{self.esp_at}"

    def sectors(self, first, count):
        with open(self.path, "rb") as f:
            f.seek(first * SECTOR)
            return f.read(count * SECTOR)

    @property
    def names(self):
        """All files, and folders with a slash behind them."""
        done = subprocess.run(["mdir", "-b", "-/", "-i", self.drive, "::"], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = done.stdout.decode().splitlines()
        return sorted(line[2:] for line in lines if line.startswith("::"))

    def read(self, name):
        return subprocess.run(["mcopy", "-i", self.drive, f"::{name}", "-"], check=True,
                              stdout=subprocess.PIPE).stdout

    def text(self, name):
        return self.read(name).decode()

    def put(self, name, data, folder):
        (folder / "put").write_bytes(data)
        run("mcopy", "-o", "-i", self.drive, folder / "put", f"::{name}")

    def check(self, folder):
        """Nobody finds anything to complain about."""
        said = run("sgdisk", "-v", self.path)
        assert "No problems found" in said and "Warning" not in said and "Caution" not in said, said
        said = run("sfdisk", "--verify", self.path)
        assert "No errors detected" in said, said
        first, last = self.partitions["esp"]
        part = folder / "esp.img"
        part.write_bytes(self.sectors(first, last + 1 - first))
        said = run("fsck.fat", "-n", "-v", part)
        for complaint in ("differ", "wrong", "Dirty", "Reclaim", "truncat", "orphan", "Orphan", "shared"):
            assert complaint not in said, said
        part.unlink()
