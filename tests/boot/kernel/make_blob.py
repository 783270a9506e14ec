#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_blob.py OUT BYTES: bulk for the test kernel, half of which compresses, the same every time."""

import hashlib
import sys

PAGE = 4096

out, size = sys.argv[1], int(sys.argv[2])
pages = size // PAGE
noise = hashlib.shake_128(b"bzforge test kernel").digest(pages * PAGE // 2)
with open(out, "wb") as f:
    for page in range(pages):
        f.write(noise[page * PAGE // 2:(page + 1) * PAGE // 2])
        f.write(page.to_bytes(8, "little") * (PAGE // 16))
