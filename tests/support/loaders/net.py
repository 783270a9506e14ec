# SPDX-License-Identifier: GPL-2.0-or-later
"""Booting over a network: iPXE and PXELINUX, with QEMU's user network, whose gateway is this machine and
whose DHCP and TFTP servers QEMU provides. The HTTP server is Python's."""

import functools
import http.server
import shutil
import threading
from pathlib import Path

from support.loaders import syslinux
from support.loaders.common import efi_disk, Machine

GATEWAY = "10.0.2.2"
IPXE_EFI = Path("/usr/lib/ipxe/ipxe.efi")
PXELINUX = Path("/usr/lib/PXELINUX/pxelinux.0")
SCRIPT = """#!ipxe
kernel {base}/vmlinuz initrd=initrd.img {line}
initrd --name initrd.img {base}/initrd.img
boot
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *unused):
        pass


def serve(job, folder):
    """An HTTP server for that folder, as long as the machine runs: its address in the guest."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                             functools.partial(Quiet, directory=folder))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for close in (thread.join, server.server_close, server.shutdown):  # called last to first
        job.closing.callback(close)
    return f"http://{GATEWAY}:{server.server_address[1]}"


def folder_with(job, files):
    folder = job.folder / "net"
    for name, content in files.items():
        if isinstance(content, Path):
            folder.mkdir(exist_ok=True)
            shutil.copyfile(content, folder / name)
        else:
            job.file(f"net/{name}", content)
    return folder


def card(folder, boot_file, device):
    return ["-netdev", f"user,id=net,tftp={folder},bootfile={boot_file}", "-device", f"{device},netdev=net"]


def ipxe_folder(job, over_http):
    folder = folder_with(job, syslinux.files(job))
    base = serve(job, folder) if over_http else f"tftp://{GATEWAY}"
    (folder / "test.ipxe").write_text(SCRIPT.format(base=base, line=job.line), encoding="ascii")
    return folder


def ipxe_bios(job, over_http=False):
    """The option ROM that QEMU's network cards carry is iPXE."""
    return Machine(card(ipxe_folder(job, over_http), "test.ipxe", "e1000,bootindex=0"))


def ipxe_bios_http(job):
    return ipxe_bios(job, over_http=True)


def ipxe_efi(job, over_http=False):
    """From a disk; without the card's ROM, which would be there first."""
    folder = ipxe_folder(job, over_http)
    return efi_disk(job, {"EFI/BOOT/BOOTX64.EFI": IPXE_EFI}, card(folder, "test.ipxe", "virtio-net-pci,romfile="))


def ipxe_efi_http(job):
    return ipxe_efi(job, over_http=True)


def pxelinux(job):
    folder = folder_with(job, {
        "pxelinux.0": PXELINUX, "ldlinux.c32": syslinux.MODULES / "bios/ldlinux.c32",
        "pxelinux.cfg/default": syslinux.config(job), **syslinux.files(job)})
    return Machine(card(folder, "pxelinux.0", "e1000,bootindex=0"))


BUILDERS = (ipxe_bios, ipxe_bios_http, ipxe_efi, ipxe_efi_http, pxelinux)
