# SPDX-License-Identifier: GPL-2.0-or-later
"""UEFI firmware for QEMU: OVMF of 64 and of 32 bits, as Debian packages it."""

import shutil
from pathlib import Path

FOLDER = Path("/usr/share/OVMF")
SMM = ["-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1"]
# entry of cases.toml -> (code, variables, machine, further arguments). The one of 32 bits and the one with
# Secure Boot exist only built for system management mode; the latter has Debian's example keys enrolled.
FIRMWARE = {
    "uefi": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd", "q35", []),
    "uefi32": ("OVMF32_CODE_4M.secboot.fd", "OVMF32_VARS_4M.fd", "q35,smm=on", SMM),
    "uefi-secure": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd", "q35,smm=on", SMM),
    # the keys are the same for both widths
    "uefi32-secure": ("OVMF32_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd", "q35,smm=on", SMM),
    # without any keys
    "uefi-smm": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.fd", "q35,smm=on", SMM),
    # of a later Debian than 12: data cannot be executed, page 0 and freed memory not be read
    "uefi-strictnx": ("OVMF_CODE_4M.secboot.strictnx.fd", "OVMF_VARS_4M.fd", "q35,smm=on", SMM),
}
BITS = {kind: 32 if kind.startswith("uefi32") else 64 for kind in FIRMWARE}


def arguments(kind, folder, source=FOLDER):
    """QEMU's arguments for that firmware of source; its variables are a copy in folder."""
    code, variables, _, more = FIRMWARE[kind]
    copy = folder / "variables.fd"
    shutil.copyfile(source / variables, copy)
    return [*more,
            "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={source / code}",
            "-drive", f"if=pflash,format=raw,unit=1,file={copy}"]


def machine(kind):
    return FIRMWARE[kind][2]
