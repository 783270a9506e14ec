# SPDX-License-Identifier: GPL-2.0-or-later
"""Things that are expensive to make, made once for all workers and runs: files in the cache folder,
named by a digest of all they are made from."""

import fcntl
import hashlib
import os
import shutil
import time
from pathlib import Path

ROOT = Path(os.environ.get("BZFORGE_CACHE") or
            Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bzforge")
FOLDER = ROOT / "tests"
KEEP_SECONDS = 2 * 24 * 3600


def digest(*parts):
    """Of strings, bytes, and the contents of paths."""
    state = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            data = part.read_bytes()
        else:
            data = part if isinstance(part, bytes) else str(part).encode()
        state.update(len(data).to_bytes(8, "little") + data)
    return state.hexdigest()[:24]


def made(name, key, make):
    """The file `name` for that key; make(path) writes it if it is not there yet."""
    folder = FOLDER / key
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / name
        if not path.exists():
            unfinished = folder / f".{name}.new"
            make(unfinished)
            unfinished.rename(path)
        os.utime(folder)
    return path


def prune():
    """Forget what no run has asked for in the last days."""
    if not FOLDER.exists():
        return
    for folder in FOLDER.iterdir():
        if time.time() - folder.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
