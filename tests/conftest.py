# SPDX-License-Identifier: GPL-2.0-or-later
"""What all tests share: the tool, the stock kernels, our own test kernels, and images made of them.

BZFORGE_BUILD names the build folder (build/ unless set), BZFORGE_CACHE the cache.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import cache, initramfs
from support.tool import Tool

TOP = Path(__file__).resolve().parent.parent
STOCK = {"stock": "amd64", "cloud": "cloud-amd64"}
TEST_KERNELS = ("fixed", "high", "pie")

SMALL_BLOB = 64 << 10
BEST_LEVEL_PATIENCE = 900  # seconds for an image at a codec's best level, on a machine that is busy
LARGE_BLOB = 112 << 20  # with busybox: an initrd of 114 MB


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also run what takes minutes")


def pytest_collection_modifyitems(config, items):
    """Long tests are not collected at all without --long: nothing is ever skipped."""
    if not config.getoption("--long"):
        chosen = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        cache.prune()


@pytest.fixture(scope="session")
def build_folder():
    return Path(os.environ.get("BZFORGE_BUILD", TOP / "build")).resolve()


@pytest.fixture(scope="session")
def bzforge(build_folder):
    path = Path(os.environ.get("BZFORGE", build_folder / "bzforge"))
    assert path.exists(), f"{path} is not built: run script/build"
    return Tool(path)


@pytest.fixture(scope="session")
def stock_kernels():
    """name -> path of the stock bzImages."""
    done = subprocess.run([TOP / "script/fetch-kernels"], stdout=subprocess.PIPE, check=True,
                          stdin=subprocess.DEVNULL)
    return dict(zip(STOCK, (Path(line) for line in done.stdout.decode().split())))


@pytest.fixture(scope="session")
def stock_kernel(stock_kernels):
    return stock_kernels["stock"]


@pytest.fixture(scope="session")
def cloud_kernel(stock_kernels):
    return stock_kernels["cloud"]


@pytest.fixture(scope="session")
def test_kernels(build_folder):
    """name -> path of our own ELF kernels (tests/boot/kernel)."""
    folder = build_folder / "tests/boot/kernel"
    return {name: folder / f"testkernel-{name}.elf" for name in TEST_KERNELS}


@pytest.fixture(scope="session")
def loader_bin(build_folder):
    return build_folder / "tests/boot/loader/loader.bin"


@pytest.fixture(scope="session")
def make_image(bzforge, stock_kernels, test_kernels):
    """make_image(name, *options): a stock kernel repacked, or a test kernel built, with zstd."""

    def make(name, *options):
        command, source = (("repack", stock_kernels[name]) if name in STOCK
                           else ("build", test_kernels[name]))
        arguments = [Path(o) if isinstance(o, Path) else str(o) for o in options]
        key = cache.digest(bzforge.path, source, *arguments)
        return cache.made(f"{name}.img", key,
                          lambda out: bzforge.run(command, source, "-o", out, *arguments,
                                                  timeout=BEST_LEVEL_PATIENCE))

    return make


@pytest.fixture(scope="session")
def stock_elf(bzforge, stock_kernels):
    """stock_elf(name): the ELF in a stock kernel, as `extract` takes it out."""

    def make(name):
        source = stock_kernels[name]
        return cache.made("vmlinux", cache.digest(bzforge.path, source, "extract"),
                          lambda out: bzforge.run("extract", source, "-o", out))

    return make


@dataclass(frozen=True)
class Initrd:
    path: Path
    blob_md5: str


def _initrd(size):
    key = cache.digest(Path(initramfs.__file__), initramfs.BUSYBOX, size)
    path = cache.made("initrd.cpio", key, lambda out: out.write_bytes(initramfs.build(blob_size=size)))
    return Initrd(path, initramfs.blob_md5(size))


@pytest.fixture(scope="session")
def small_initrd():
    return _initrd(SMALL_BLOB)


@pytest.fixture(scope="session")
def large_initrd():
    return _initrd(LARGE_BLOB)
