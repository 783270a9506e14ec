# SPDX-License-Identifier: GPL-2.0-or-later
"""Video modes from the loader's vga= to the kernel: the kernel must say that it runs in the mode, and
QEMU's screen must have its size. (test_boot_params.py compares every field of screen_info with what
Linux's setup part leaves.)"""

import threading

import pytest

from support import qemu
from support.setup_part import press

LINE = "console=tty0 console=ttyS0 earlyprintk=serial,ttyS0,115200 nokaslr"
PATIENCE = 120
TEXT = r"Console: colour VGA\+ {}x{}\s"
VESA = (r"vesafb: mode is {0}x{1}x{2}, linelength={3}, pages=\d+\n(.*\n)*?"
        r".*vesafb: framebuffer at 0xfd000000, (.*\n)*?"
        r".*Console: switching to colour frame buffer device {4}x{5}")


def text(columns, rows, lines=400):
    return TEXT.format(columns, rows), (columns * 9, lines)


def vesa(width, height, depth, columns, rows):
    line = width * depth // 8
    return VESA.format(width, height, depth, line, columns, rows), (width, height)


# The adapter's own modes have 9 pixels a column. SeaVGABIOS knows no 350 lines: 80x43 is not here.
# name -> (kernel, vga=, keys for the menu, (what the kernel says, size of the screen))
# Only the stock kernel draws into a VESA frame buffer.
CASES = {
    "normal": ("cloud", "normal", "", text(80, 25)),
    "ext": ("cloud", "ext", "", text(80, 50)),
    "text mode of 480 lines": ("cloud", "0xf07", "", text(80, 60, 480)),
    "by size": ("cloud", "0x1c50", "", text(80, 28, 28 * 14)),
    "menu, by key": ("cloud", "ask", "ret 1 ret", text(80, 50)),
    "menu, space": ("cloud", "ask", "spc", text(80, 25)),
    "menu, vesa by number": ("stock", "ask", "ret 3 1 4 ret", vesa(800, 600, 16, 100, 37)),
    "vesa, decimal": ("stock", "791", "", vesa(1024, 768, 16, 128, 48)),
    "vesa, palette": ("stock", "0x301", "", vesa(640, 480, 8, 80, 30)),
}
QUICK = "vesa, decimal"


def screen_size(running, folder):
    """Width and height of what QEMU shows."""
    dump = folder / "screen.ppm"
    running.hmp(f'screendump "{dump}"')
    _, size, _ = dump.read_bytes().split(b"\n", 2)
    return tuple(int(number) for number in size.split())


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[] if name == QUICK else [pytest.mark.long]) for name in CASES])
def test_mode_reaches_the_kernel(name, make_image, tmp_path):
    kernel, vga, keys, (words, size) = CASES[name]
    image = make_image(kernel, "-c", "zstd:3") if kernel == "cloud" else make_image(kernel)
    with qemu.Qemu(["-kernel", image, "-append", f"{LINE} vga={vga}"], timeout=PATIENCE,
                   monitor=tmp_path / "monitor") as running:
        if keys:
            running.expect("ENTER")
            threading.Thread(target=press, args=(keys, running), daemon=True).start()
        running.expect(words)
        assert screen_size(running, tmp_path) == size
