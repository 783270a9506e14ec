# SPDX-License-Identifier: GPL-2.0-or-later
"""A TPM for QEMU, which is swtpm. And the format of event logs, once more."""

import contextlib
import struct
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE = 10  # seconds for swtpm's socket

DIGEST_SIZES = {4: 20, 11: 32, 12: 48, 13: 64}  # TPM_ALG_*
SHA256 = 11


@contextlib.contextmanager
def swtpm(device="tpm-tis"):
    """QEMU's options for a new TPM 2, which lives as long as the context."""
    # A socket's path may have 107 bytes: not in pytest's folders.
    with tempfile.TemporaryDirectory(prefix="bzf") as folder:
        socket = Path(folder) / "s"
        command = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}",
                   "--ctrl", f"type=unixio,path={socket}"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                limit = time.monotonic() + PATIENCE
                while not socket.exists():
                    assert process.poll() is None and time.monotonic() < limit, "swtpm does not start"
                    time.sleep(0.05)
                yield ["-chardev", f"socket,id=chrtpm,path={socket}",
                       "-tpmdev", "emulator,id=tpm0,chardev=chrtpm", "-device", f"{device},tpmdev=tpm0"]
            finally:
                process.kill()


def events(log):
    """Events of a 2.0 log: (PCR, type, {algorithm: digest}, data)."""
    size, = struct.unpack_from("<I", log, 28)
    assert log[32:48] == b"Spec ID Event03\0"
    at, found = 32 + size, []
    while at < len(log):
        pcr, kind, count = struct.unpack_from("<III", log, at)
        at += 12
        digests = {}
        for _ in range(count):
            algorithm, = struct.unpack_from("<H", log, at)
            digests[algorithm] = log[at + 2:at + 2 + DIGEST_SIZES[algorithm]]
            at += 2 + DIGEST_SIZES[algorithm]
        size, = struct.unpack_from("<I", log, at)
        found.append((pcr, kind, digests, log[at + 4:at + 4 + size]))
        at += 4 + size
    assert at == len(log)
    return found
