#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One object of an archive's, with no global names but those that a version script exports.

    make_static.py COMPILER... -- ARCHIVE MAP OUTPUT
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def exported(version_script):
    text = re.sub(r"/\*.*?\*/", "", version_script, flags=re.S)
    return re.findall(r"(\w+);", text.split("global:")[1].split("local:")[0])


def main():
    split = sys.argv.index("--")
    compiler = sys.argv[1:split]
    archive, version_script, output = sys.argv[split + 1:]
    with tempfile.TemporaryDirectory() as folder:
        one, names = Path(folder) / "bzforge.o", Path(folder) / "names"
        names.write_text("\n".join(exported(Path(version_script).read_text())))
        subprocess.run([*compiler, "-r", "-nostdlib", "-o", one, "-Wl,--whole-archive", archive],
                       check=True)
        subprocess.run(["objcopy", f"--keep-global-symbols={names}", one], check=True)
        Path(output).unlink(missing_ok=True)
        subprocess.run(["ar", "rcsD", output, one], check=True)


main()
