# SPDX-License-Identifier: GPL-2.0-or-later
"""Files from Debian's packages, without installing them: unpacked into the cache. Packages of the running
system come by its own apt; of another release or architecture by package lists in the cache, checked by
the same keys."""

import platform
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from support import cache

KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
RELEASE = platform.freedesktop_os_release()["VERSION_CODENAME"]


def _run(*command, **options):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          **options).stdout.decode()


def _mirror():
    return _run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()[0]


def _lists(suite, arch):
    """apt's options for that release and architecture; lists are fetched once."""

    def fetch(folder):
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "sources.list").write_text(
            f"deb [arch={arch} signed-by={KEYS}] {_mirror()} {suite} main\n")
        _run("apt-get", *options(folder), "update", "-q")

    def options(folder):
        values = {"Dir::Etc::sourcelist": folder / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                  "Dir::State::lists": folder / "lists", "Dir::Cache": folder / "cache",
                  "APT::Sandbox::User": "root", "APT::Architectures::": arch}
        return [word for name, value in values.items() for word in ("-o", f"{name}={value}")]

    return options(cache.made("apt", cache.digest(_mirror(), suite, arch, "lists"), fetch))


def _download(package, suite, arch, folder):
    options = _lists(suite or RELEASE, arch or "amd64") if suite or arch else []
    name = package + (f":{arch}" if arch else "")
    _run("apt-get", *options, "-o", "APT::Sandbox::User=root", "download", "-q", name, cwd=folder)
    return next(folder.glob("*.deb"))


def unpacked(package, *, suite=None, arch=None, only=None):
    """Folder with the package's files; with only= just those that match that pattern of tar's."""

    def fetch(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        deb = _download(package, suite, arch, folder)
        tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, stdout=subprocess.PIPE).stdout
        subprocess.run(["tar", "-x", "-C", folder] + (["--wildcards", only] if only else []), input=tar, check=True)
        deb.unlink()

    return cache.made(package, cache.digest(package, str(suite), str(arch), str(only)), fetch)


def _newest(suite, arch, pattern):
    """Name of the package that matches; of several the one with the highest version."""
    best = None
    for paragraph in _run("apt-cache", *_lists(suite, arch), "dumpavail").split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version): (.*)$", paragraph, re.M))
        if not fields or not re.fullmatch(pattern, fields["Package"]):
            continue
        order = [int(n) for n in re.findall(r"\d+", fields["Version"])]
        if best is None or order >= best[0]:
            best = order, fields["Package"]
    assert best, f"no package {pattern} in {suite} for {arch}"
    return best[1]


def package(suite, arch, pattern):
    """The .deb, and the package's name, which matches the pattern."""
    name = _newest(suite, arch, pattern)

    def fetch(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _download(name, suite, arch, folder)

    return next(cache.made("deb", cache.digest(name, suite, arch, "deb"), fetch).glob("*.deb")), name


def member(deb, pattern):
    """The first file of the package whose path matches, as a file of the cache, and its path. What lies
    behind it is not unpacked: kernels come first, then hundreds of megabytes of modules."""

    def fetch(folder):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "file").mkdir(parents=True)
        tar = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
        with tarfile.open(fileobj=tar.stdout, mode="r|") as archive:
            found = next((m for m in archive if m.isfile() and re.fullmatch(pattern, m.name)), None)
            assert found, f"{deb} has no {pattern}"
            (folder / "path").write_text(found.name)
            (folder / "file" / Path(found.name).name).write_bytes(archive.extractfile(found).read())
        tar.kill()
        tar.wait()

    folder = cache.made("member", cache.digest(str(deb), pattern), fetch)
    return next((folder / "file").iterdir()), (folder / "path").read_text()


def system_map(release, *, suite=None, arch=None):
    """System.map of a kernel, as its linker's nm had it: from its -dbg package, whose gigabyte is not kept.
    The one in linux-image is a stub."""
    package_name = f"linux-image-{release}-dbg"

    def fetch(out):
        folder = out.parent / "deb"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            deb = _download(package_name, suite, arch, folder)
            # The list stands in front: dpkg-deb may find nobody reading the gigabytes that follow.
            with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL) as tar, open(out, "wb") as target:
                subprocess.run(["tar", "-xO", "--occurrence=1", f"./usr/lib/debug/boot/System.map-{release}"],
                               stdin=tar.stdout, stdout=target, check=True)
        finally:
            shutil.rmtree(folder)

    path = cache.made(f"System.map-{release}", cache.digest(package_name, str(suite), str(arch)), fetch)
    return [tuple(line.split()) for line in path.read_text().splitlines()]
