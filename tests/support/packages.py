# SPDX-License-Identifier: GPL-2.0-or-later
"""Single files out of Debian packages, downloaded and unpacked into the cache, not installed."""

import subprocess
import tempfile
from pathlib import Path

from support import cache


def _download(package, folder):
    command = ["apt-get", "download", "-q", package]
    if subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode:
        subprocess.run(["apt-get", "-q", "update"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    deb, = Path(folder).glob("*.deb")
    return deb


def _unpack(package, path, out):
    with tempfile.TemporaryDirectory() as folder:
        deb = _download(package, folder)
        tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, stdout=subprocess.PIPE)
        file = subprocess.run(["tar", "-xO", f".{path}"], input=tar.stdout, check=True,
                              stdout=subprocess.PIPE)
    assert file.stdout, f"{path} of {package} is empty"
    out.write_bytes(file.stdout)
    out.chmod(0o755)


def file(package, path):
    """The file that a package would install as that path."""
    return cache.made(Path(path).name, cache.digest("package", package, path),
                      lambda out: _unpack(package, path, out))


def module(kernel, path):
    """A module of a stock kernel (vmlinuz-RELEASE, or a link to it): path below .../kernel."""
    release = kernel.resolve().name.removeprefix("vmlinuz-")
    return file(f"linux-image-{release}", f"/lib/modules/{release}/kernel/{path}")
