# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong usage ends with 2 and a word on standard error; help ends with 0 and words on standard output."""

import pytest

from support.tool import USAGE

COMMANDS = ("build", "repack", "inspect", "extract", "verify", "boot", "bench")


@pytest.mark.parametrize("arguments, words", [
    ([], "no command"),
    (["frobnicate"], "'frobnicate' is not a command"),
    (["--frobnicate"], "--frobnicate"),
    (["build"], "no "),
    (["build", "kernel"], "no -o OUT"),
    (["repack"], "no IMAGE"),
    (["repack", "image"], "no -o OUT"),
    (["repack", "one", "two", "-o", "out"], "more than one IMAGE"),
    (["repack", "image", "-o", "out", "-c", "rar"], "'rar' is not a codec"),
    (["repack", "image", "-o", "out", "-c", "zstd:"], "not a level"),
    (["repack", "image", "-o", "out", "-c", "zstd:0"], "not a level"),
    (["repack", "image", "-o", "out", "-c", "zstd:23"], "not a level"),
    (["repack", "image", "-o", "out", "-c", "zstd:9x"], "not a level"),
    (["repack", "image", "-o", "out", "-c", "gzip:13"], "'13' is not a level of gzip (1 to 12)"),
    (["repack", "image", "-o", "out", "-c", "bzip2:0"], "'0' is not a level of bzip2 (1 to 9)"),
    (["repack", "image", "-o", "out", "-c", "lzma:10"], "'10' is not a level of lzma (0 to 9)"),
    (["repack", "image", "-o", "out", "-c", "xz:9e"], "'9e' is not a level of xz (0 to 9)"),
    (["repack", "image", "-o", "out", "-c", "lzo:10"], "'10' is not a level of lzo (1 to 9)"),
    (["repack", "image", "-o", "out", "-c", "lz4:13"], "'13' is not a level of lz4 (1 to 12)"),
    (["repack", "image", "-o", "out", "-c", "none:1"], "codec none has no levels"),
    (["build", "kernel", "-o", "out", "--chunk", "1023K"], "'1023K' is not a size of chunks"),
    (["repack", "image", "-o", "out", "--chunk", "1025M"], "'1025M' is not a size of chunks"),
    (["repack", "image", "-o", "out", "--chunk", "8G"], "'8G' is not a size of chunks"),
    (["repack", "image", "-o", "out", "--chunk", "M"], "'M' is not a size of chunks"),
    (["repack", "image", "-o", "out", "--chunk", "4294967296M"], "is not a size of chunks"),
    (["repack", "image", "-o", "out", "--chunk", "8M", "-c", "lzma"], "lzma cannot be cut into chunks"),
    (["repack", "image", "-o", "out", "--filter", "arm"], "'arm' is not a filter (x86 or none)"),
    (["build", "kernel", "-o", "out", "--filter", ""], "'' is not a filter"),
    (["inspect"], "no FILE"),
    (["inspect", "one", "two"], "more than one FILE"),
    (["inspect", "image", "--cmdline", "quiet"], "need --pcr"),
    (["inspect", "image", "--initrd", "initrd"], "need --pcr"),
    (["inspect", "image", "--pcr", "--pcr-before", "9:0123"], "PCR:DIGEST"),
    (["inspect", "image", "--pcr", "--pcr-before", "24:" + 64 * "0"], "PCR:DIGEST"),
    (["inspect", "-", "--pcr", "--initrd", "-"], "standard input"),
    (["extract", "image"], "no -o OUT"),
    (["verify"], "no FILE"),
    (["verify", "-", "--against", "-"], "standard input"),
    (["boot"], "no FILE"),
    (["boot", "image", "--firmware", "coreboot"], "'coreboot' is not a firmware"),
    (["boot", "image", "--memory", "0"], "'0' is not a"),
    (["boot", "image", "--cpus", "many"], "'many' is not a"),
    (["boot", "image", "--timeout", "-1"], "'-1' is not a"),
    (["bench"], "no IMAGE"),
    (["bench", "one", "two"], "more than one IMAGE"),
    (["bench", "image", "--codecs", "lz4,rar"], "'rar' is not a codec"),
    (["bench", "image", "--codecs", "lz4:13"], "'13' is not a level of lz4"),
    (["bench", "image", "--codecs", "lz4,"], "ends with a comma"),
    (["bench", "image", "--codecs", ",lz4"], "cannot be a name"),
    (["bench", "image", "--codecs", "lz4,lz4"], "'lz4' stands twice"),
    (["bench", "image", "--with", "file"], "'file' is not NAME=FILE"),
    (["bench", "image", "--with", "a/b=file"], "cannot be a name"),
    (["bench", "image", "--with", "original=file"], "'original' stands twice"),
    (["bench", "image", "--with", "lz4=file"], "'lz4' stands twice"),
    (["bench", "image", *(f"--with={i}=file" for i in range(32))], "more than 32 images"),
    (["bench", "image", "--images"], "without -o FOLDER"),
    (["bench", "image", "--boots", "100"], "'100' is not a number of boots"),
    (["bench", "image", "--no-boot", "--boots", "1"], "leaves nothing to boot"),
    (["bench", "image", "--no-boot", "--kaslr"], "leaves nothing to boot"),
    (["bench", "image", "--no-boot", "--cpus", "2"], "leaves nothing to boot"),
    (["bench", "image", "--cpus", "0"], "'0' is not a number of CPUs"),
    (["bench", "image", "--threads", "17"], "'17' is not a number of threads"),
    (["bench", "image", "--threads", "1,"], "ends with a comma"),
    (["bench", "image", "--threads", "1,2,3,4,5,6,7,8,9"], "too long a list"),
])
def test_wrong_usage(bzforge, tmp_path, arguments, words):
    done = bzforge.run(*arguments, status=USAGE, cwd=tmp_path)
    assert words in done.stderr.decode()
    assert done.stdout == b""
    assert not list(tmp_path.iterdir())


def test_help(bzforge):
    text = bzforge.output("--help")
    for command in COMMANDS:
        assert f"  {command} " in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(bzforge, command):
    assert bzforge.output(command, "--help").startswith(f"Usage: bzforge {command} ")


@pytest.mark.parametrize("command", ("build", "repack"))
def test_help_warns_of_the_filter(bzforge, command):
    words = " ".join(bzforge.output(command, "--help").split())
    assert "only bzforge reads the kernel back right" in words


def test_version(bzforge):
    words = bzforge.output("--version").split()
    assert words[0] == "bzforge" and words[1][0].isdigit()
