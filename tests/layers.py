# SPDX-License-Identifier: GPL-2.0-or-later
"""The laws of the tree, checked: layers, purity, size of files, licence lines.

    spec  <-  core  <-  codec  <-  { boot, lib }  <-  host  <-  { tests, fuzz, bench }

Each check takes a folder or a file and returns complaints, one string each; the tests at the end want
none from the real tree, and the right one from a tree with a fault planted in it. Run by `meson test`,
which sets LAYERS_CC, LAYERS_ARCHIVES (pure objects), and LAYERS_BUILD.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent

MAY_INCLUDE = {
    "spec": {"spec"},
    "core": {"spec", "core"},
    "codec": {"spec", "core", "codec"},
    "boot": {"spec", "core", "codec", "boot"},
    "lib": {"spec", "core", "codec", "lib"},
    "host": {"spec", "core", "codec", "lib", "host"},
}
EVERYTHING = {"spec", "core", "codec", "boot", "lib", "host", "tests", "fuzz", "bench"}

# What a freestanding C11 compiler brings itself. Code without an operating system has nothing else;
# codec/ also includes the libraries' headers.
FREESTANDING = {"limits.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h"}
FREESTANDING_LAYERS = {"spec", "core", "boot"}

SOURCES = {".c", ".h", ".S", ".py"}
LICENSED = SOURCES | {".ld", ".in", ".sh"}
LENGTH_WITHOUT_REASON = 400
LENGTH_AT_MOST = 900
SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"

# The four functions that a compiler calls on its own account.
COMPILER_CALLS = {"memcmp", "memcpy", "memmove", "memset"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
CONDITIONAL = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*$", re.M)


def files(top, suffixes):
    """Source files of the tree, neither hidden nor built."""
    for folder in sorted(EVERYTHING | {"script", "docs"}):
        for path in sorted((top / folder).rglob("*")):
            hidden = any(part.startswith(".") or part == "__pycache__"
                         for part in path.relative_to(top).parts)
            if path.is_file() and path.suffix in suffixes and not hidden:
                yield path


def layer(top, path):
    return path.relative_to(top).parts[0]


def include_complaints(top):
    for path in files(top, {".c", ".h", ".S"}):
        here = layer(top, path)
        for kind, name in INCLUDE.findall(path.read_text()):
            where = f"{path.relative_to(top)}: includes {name}"
            if kind == "<":
                if here in FREESTANDING_LAYERS and name not in FREESTANDING:
                    yield f"{where}, which {here}/ does not have"
            elif "/" not in name or name.startswith("."):
                # What the build makes (the host tool's blobs) is not in the tree.
                built = not (path.parent / name).exists()
                if here in MAY_INCLUDE and not built:
                    yield f"{where} by a path that does not start at the top"
            elif name.split("/")[0] not in MAY_INCLUDE.get(here, EVERYTHING):
                yield f"{where}: {here}/ may not use {name.split('/')[0]}/"


def conditional_complaints(top):
    """core/ is the same code wherever it runs: no #if besides the include guards."""
    for path in files(top, {".c", ".h"}):
        if layer(top, path) != "core":
            continue
        guard = "CORE_" + path.name.upper().replace(".", "_")
        for line in CONDITIONAL.findall(path.read_text()):
            if line.split() != ["#ifndef", guard]:
                yield f"{path.relative_to(top)}: {line.strip()}"


def licence_complaints(top):
    for path in files(top, LICENSED):
        text = path.read_text()
        if text and not any(SPDX in line for line in text.split("\n")[:2]):
            yield f"{path.relative_to(top)}: no line '{SPDX}'"


def length_complaints(top):
    for path in files(top, SOURCES):
        lines = path.read_text().split("\n")
        if len(lines) > LENGTH_AT_MOST:
            yield f"{path.relative_to(top)}: {len(lines)} lines: split it"
        elif len(lines) > LENGTH_WITHOUT_REASON:
            if not any("Long because" in line for line in lines[:20]):
                yield f"{path.relative_to(top)}: {len(lines)} lines, and no 'Long because' on top"


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout


def object_complaints(archive):
    """Objects that may call nothing but each other, and have no memory of their own.

    Constant data with a pointer in it (.data.rel.ro) counts too: it would have to be relocated before
    it can be read, and the stub runs this code before it has relocated itself.
    """
    defined, undefined = set(), set()
    for line in run("nm", "--format=posix", str(archive)).splitlines():
        fields = line.split()
        if len(fields) < 2 or line.endswith(":"):
            continue
        (undefined if fields[1] in "Uw" else defined).add(fields[0])
    for name in sorted(undefined - defined - COMPILER_CALLS):
        yield f"{Path(archive).name}: calls {name}"
    for line in run("size", "--format=sysv", str(archive)).splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0].startswith((".data", ".bss", ".tdata", ".tbss")):
            if int(fields[1]):
                yield f"{Path(archive).name}: has {fields[1]} bytes of {fields[0]}"


def codec_object_complaints(build):
    """Decoders call their library, so only their memory is looked at."""
    found = [*Path(build).glob("boot/**/*codec_*.c.o"), *Path(build).glob("codec/**/*.c.o")]
    if not found:
        yield "no objects of codec/ were built"
    for path in sorted(found):
        if "sanitized" in path.parent.name:  # the sanitizer keeps data of its own
            continue
        yield from (line for line in object_complaints(path) if "bytes of" in line)


# --- the real tree ---

CHECKS = [include_complaints, conditional_complaints, licence_complaints, length_complaints]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_tree(check):
    assert list(check(TOP)) == []


def test_tree_is_found():
    """A check that looks at nothing complains about nothing."""
    assert len({layer(TOP, path) for path in files(TOP, {".c"})} & EVERYTHING) >= 6


def test_pure_objects():
    archives = os.environ["LAYERS_ARCHIVES"].split(os.pathsep)
    assert [line for archive in archives for line in object_complaints(archive)] == []


def test_codec_objects():
    assert list(codec_object_complaints(os.environ["LAYERS_BUILD"])) == []


# --- trees with a fault planted in them ---

HEAD = f"/* {SPDX} */\n"


def plant(top, name, text):
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name, line, word", [
    ("spec/a.h", '#include "core/b.h"', "spec/ may not use core/"),
    ("core/a.c", '#include "codec/b.h"', "core/ may not use codec/"),
    ("core/a.c", '#include "boot/lib/b.h"', "core/ may not use boot/"),
    ("codec/a.c", '#include "host/b.h"', "codec/ may not use host/"),
    ("boot/stub/a.c", '#include "host/b.h"', "boot/ may not use host/"),
    ("boot/stub/a.S", '#include "tests/b.h"', "boot/ may not use tests/"),
    ("host/a.c", '  #  include "boot/lib/b.h"', "host/ may not use boot/"),
    ("lib/a.c", '#include "host/b.h"', "lib/ may not use host/"),
    ("boot/a.c", '#include "lib/b.h"', "boot/ may not use lib/"),
    ("core/a.c", "#include <string.h>", "core/ does not have"),
    ("boot/a.c", "#include <stdio.h>", "boot/ does not have"),
    ("host/a.c", '#include "../core/b.h"', "does not start at the top"),
])
def test_planted_include(tmp_path, name, line, word):
    plant(tmp_path, name, HEAD + line + "\n")
    plant(tmp_path, "core/b.h", HEAD)
    complaints = list(include_complaints(tmp_path))
    assert len(complaints) == 1 and word in complaints[0]


def test_allowed_includes(tmp_path):
    plant(tmp_path, "core/a.c", '#include "core/a.h"\n#include "spec/b.h"\n#include <stdint.h>\n')
    plant(tmp_path, "codec/a.c", '#include "core/a.h"\n#include <zstd.h>\n')
    plant(tmp_path, "host/a.c", '#include "codec/a.h"\n#include <stdio.h>\n')
    plant(tmp_path, "tests/a.c", '#include "boot/a.h"\n#include "host/a.h"\n')
    plant(tmp_path, "build/a.c", '#include "boot/a.h"\n')
    assert list(include_complaints(tmp_path)) == []


def test_planted_conditional(tmp_path):
    plant(tmp_path, "core/a.h", "#ifndef CORE_A_H\n#define CORE_A_H\n#endif\n")
    assert list(conditional_complaints(tmp_path)) == []
    plant(tmp_path, "core/a.c", "#ifdef HOST\n#endif\n")
    assert list(conditional_complaints(tmp_path)) == ["core/a.c: #ifdef HOST"]


def test_planted_missing_licence(tmp_path):
    plant(tmp_path, "host/a.c", HEAD)
    plant(tmp_path, "script/a.py", f"#!/usr/bin/env python3\n# {SPDX}\n")
    assert list(licence_complaints(tmp_path)) == []
    plant(tmp_path, "boot/a.S", "/* nothing */\n")
    assert len(list(licence_complaints(tmp_path))) == 1


def test_planted_length(tmp_path):
    plant(tmp_path, "host/a.c", HEAD + "\n" * LENGTH_WITHOUT_REASON)
    plant(tmp_path, "host/b.c", HEAD + "/* Long because it must be. */\n" + "\n" * 500)
    plant(tmp_path, "host/c.c", HEAD + "/* Long because it must be. */\n" + "\n" * 900)
    complaints = list(length_complaints(tmp_path))
    assert [line.split(":")[0] for line in complaints] == ["host/a.c", "host/c.c"]


@pytest.mark.parametrize("code, word", [
    ("int printf(const char *, ...); int f(void) { return printf(\"x\"); }", "calls printf"),
    ("void *malloc(unsigned long); void *f(void) { return malloc(8); }", "calls malloc"),
    ("int f(void) { static int n; return ++n; }", ".bss"),
    ("int n = 1;", ".data"),
    ("extern int n; int n; int *const p[] = {&n};", ".data.rel"),
    ("const char *const names[] = {\"a\", \"b\"};", ".data.rel"),
    ("unsigned long long f(unsigned __int128 a, unsigned __int128 b) { return a / b; }", "calls __"),
])
def test_planted_impurity(tmp_path, code, word):
    source = plant(tmp_path, "a.c", code)
    run(*os.environ["LAYERS_CC"].split(), "-ffreestanding", "-fPIC", "-O2", "-fcommon", "-w", "-c",
        str(source), "-o", str(tmp_path / "a.o"))
    assert any(word in line for line in object_complaints(tmp_path / "a.o"))


def test_pure_code_is_pure(tmp_path):
    source = plant(tmp_path, "a.c", """
        static const unsigned table[4] = {1, 2, 3, 4};
        void *memcpy(void *, const void *, unsigned long);
        const char *name(int n) { switch (n) { case 1: return "one"; default: return "many"; } }
        void f(char *to, const char *from, int n) { memcpy(to, from, table[n & 3]); }
        """)
    run(*os.environ["LAYERS_CC"].split(), "-ffreestanding", "-fPIC", "-O2", "-c", str(source), "-o",
        str(tmp_path / "a.o"))
    assert list(object_complaints(tmp_path / "a.o")) == []
