# SPDX-License-Identifier: GPL-2.0-or-later
"""libbzforge as somebody else's program meets it: installed, found with pkg-config, linked shared and
static; docs/example.c is that program."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
EXAMPLE = TOP / "docs/example.c"
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


@pytest.fixture(scope="session")
def installed(build_folder, tmp_path_factory):
    """An installation in a folder: environment for pkg-config, and the library's folder."""
    top = tmp_path_factory.mktemp("installed")
    subprocess.run(["meson", "install", "-C", build_folder, "--no-rebuild", "--quiet", "--tags",
                    "devel,runtime", "--destdir", top], check=True, stdout=subprocess.DEVNULL)
    pc = next(top.rglob("libbzforge.pc"))
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": str(top)}
    return env, pc.parent.parent


def flags(installed, *options):
    done = subprocess.run(["pkg-config", *options, "libbzforge"], env=installed[0], check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.split()


@pytest.fixture(scope="session", params=["shared", "static", "c++"])
def example(request, installed, tmp_path_factory):
    """The example, compiled against the installation; a function that runs it."""
    out = tmp_path_factory.mktemp("example") / "example"
    if request.param == "static":
        libs = flags(installed, "--static", "--libs")
        libs[libs.index("-lbzforge")] = "-l:libbzforge.a"
    else:
        libs = flags(installed, "--libs")
    compiler = ["cc", *STRICT]
    source = EXAMPLE
    if request.param == "c++":  # the header, at least
        source = out.with_suffix(".cc")
        source.write_text("#include <bzforge.h>\n#include <cstdio>\nint main(int, char **v) {\n"
                          "bzf_image *i; size_t n; if (bzf_open_file(v[1], nullptr, &i)) return 2;\n"
                          "bzf_kernel(i, &n); std::printf(\"%s %zu\\n\", bzf_format(i), n); }\n")
        compiler = ["c++", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([*compiler, *flags(installed, "--cflags"), "-o", out, source, *libs], check=True)
    env = {**os.environ, "LD_LIBRARY_PATH": "" if request.param == "static" else str(installed[1])}

    def run(path):
        return subprocess.run([out, path], env=env, stdout=subprocess.PIPE, text=True, check=False)

    return request.param, run


@pytest.fixture(scope="session")
def pie_image(make_image):
    return make_image("pie", "-c", "zstd:3")


def test_example_says_what_the_tool_says(example, bzforge, pie_image):
    kind, run = example
    said = json.loads(bzforge.output("inspect", "--json", pie_image))
    done = run(pie_image)
    assert done.returncode == 0
    assert f"{said['elf']['size']}" in done.stdout
    assert done.stdout.startswith("bzImage" if kind == "c++" else "bzImage > zstd > ELF\n")


def test_example_names_what_is_wrong(example, pie_image, tmp_path):
    kind, run = example
    if kind == "c++":
        return
    shutil.copy(pie_image, tmp_path / "cut")
    os.truncate(tmp_path / "cut", pie_image.stat().st_size - 1000)
    done = run(tmp_path / "cut")
    assert done.returncode == 1
    assert re.search(r"^problem: .* \(offset 0x[0-9a-f]+, value \w+\)$", done.stdout, re.M)
    assert run(tmp_path / "none").returncode == 2


def test_nothing_else_is_exported(installed):
    """Neither the shared library nor the static one has another global name than the header's."""
    declared = set(re.findall(r"\b(bzf_\w+)\(", (TOP / "lib/bzforge.h").read_text()))
    for name, options in (("libbzforge.so", ["-D"]), ("libbzforge.a", ["-g"])):
        done = subprocess.run(["nm", *options, "--defined-only", "--format=posix", installed[1] / name],
                              check=True, stdout=subprocess.PIPE, text=True)
        names = {line.split("@")[0].split()[0] for line in done.stdout.splitlines() if " T " in line}
        assert names == declared


def test_no_program_is_ended_by_it(installed):
    """What a library must not call: the shared one imports none of it."""
    done = subprocess.run(["nm", "-D", "--undefined-only", "--format=posix", installed[1] / "libbzforge.so"],
                          check=True, stdout=subprocess.PIPE, text=True)
    names = {line.split("@")[0].split()[0] for line in done.stdout.splitlines()}
    assert not names & {"exit", "_exit", "abort", "printf", "puts", "fputs", "fprintf", "perror", "stderr",
                        "stdout", "putchar", "system", "signal", "setlocale", "getenv", "__printf_chk",
                        "__fprintf_chk"}
