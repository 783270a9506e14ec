# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures that OVMF trusts: by Debian's example key, which is enrolled in its variables for "uefi-secure"
(support/ovmf.py). With the tools of others, where ours is not what is tested."""

import subprocess

CERTIFICATE = "/usr/share/ovmf/PkKek-1-snakeoil.pem"
KEY, PASSPHRASE = "/usr/share/ovmf/PkKek-1-snakeoil.key", "snakeoil"


def key(folder):
    """The key as a file without passphrase, in that folder."""
    path = folder / "key.pem"
    subprocess.run(["openssl", "rsa", "-in", KEY, "-passin", f"pass:{PASSPHRASE}", "-out", path], check=True,
                   stderr=subprocess.DEVNULL)
    return path


def sign(source, target):
    """Write source, a PE file, to target with a signature; the target."""
    subprocess.run(["sbsign", "--key", key(target.parent), "--cert", CERTIFICATE, "--output", target, source],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return target
