# SPDX-License-Identifier: GPL-2.0-or-later
"""`bzforge uki`, --sign, and what verify and inspect say of the results."""

import json
import subprocess
from pathlib import Path

import pytest

from support.pe import Pe
from support.tool import BAD_INPUT, ENVIRONMENT, USAGE

STUB = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"


def make_keys(folder, name):
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}/", "-keyout", key, "-out", cert], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return key, cert


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return make_keys(tmp_path_factory.mktemp("keys"), "Somebody")


@pytest.fixture(scope="module")
def signed(bzforge, pie_image, keys, tmp_path_factory):
    out = tmp_path_factory.mktemp("signed") / "uki.efi"
    bzforge.run("uki", pie_image, "-o", out, "--cmdline", "a b", "--initrd", pie_image, "--sign", *keys)
    return out


def test_signed(bzforge, signed, keys):
    assert subprocess.run(["sbverify", "--cert", keys[1], signed], check=False, stderr=subprocess.PIPE,
                          stdout=subprocess.PIPE).returncode == 0
    said = bzforge.output("verify", signed).splitlines()
    assert said[1] == f"{signed}: signed, signature holds: CN = Somebody"
    Pe(signed.read_bytes()).check_layout()


def test_sbsign_has_no_remarks(bzforge, pie_image, keys, tmp_path):
    """No gap, no overlap, nothing outside of sections; whatever sections there are."""
    image, sbat = tmp_path / "uki.efi", tmp_path / "sbat"
    sbat.write_text("mine,1,Me,mine,1,https://me\n")
    for options in ([], ["--sbat", sbat, "--cmdline", "a b", "--initrd", keys[1]]):
        bzforge.run("uki", pie_image, "-o", image, *options)
        said = subprocess.run(["sbsign", "--key", keys[0], "--cert", keys[1], "--output", tmp_path / "out", image],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
        assert said == "Signing Unsigned original image\n"


def test_two_signatures(bzforge, signed, tmp_path):
    """Each is shown; one that does not hold is enough to fail."""
    key, cert = make_keys(tmp_path, "Another")
    twice = tmp_path / "twice"
    subprocess.run(["sbsign", "--key", key, "--cert", cert, "--output", twice, signed], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    said = bzforge.output("verify", twice)
    assert "holds: CN = Somebody" in said and "holds: CN = Another" in said


@pytest.mark.parametrize("command", ["build", "repack"])
def test_every_command_signs(bzforge, command, test_kernels, pie_image, keys, tmp_path):
    source = test_kernels["pie"] if command == "build" else pie_image
    out = tmp_path / "out"
    bzforge.run(command, source, "-o", out, "-c", "zstd:1", "--sign", *keys)
    assert "signature holds: CN = Somebody" in bzforge.output("verify", out)


def places(data):
    """Bytes of all parts that are signed: header, setup code, each section's first and last."""
    pe = Pe(data)
    found = {"header": pe.header + 8, "code": 0x900}
    for s in pe.sections:
        found[s.name] = s.offset
        found[f"{s.name}'s last"] = s.offset + s.file_size - 1
    return found


def test_one_changed_byte(bzforge, signed, tmp_path):
    """Wherever it is, the signature no longer holds; whether or not other checksums see it."""
    data = signed.read_bytes()
    changed = tmp_path / "changed"
    for name, at in places(data).items():
        bad = bytearray(data)
        bad[at] ^= 1
        changed.write_bytes(bad)
        done = subprocess.run([bzforge.path, "verify", changed], stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.PIPE)
        assert done.returncode == BAD_INPUT, name
        assert b"signature holds" not in done.stdout, name


def test_damaged_signatures(bzforge, signed, tmp_path):
    data = signed.read_bytes()
    start, size = Pe(data).certificates
    changed = tmp_path / "changed"
    for offset, said in ((0, "table of signatures is damaged"), (4, "table of signatures is damaged"),
                         (8, "it is damaged"), (size - 40, "the key in its certificate did not make it")):
        bad = bytearray(data)
        bad[start + offset] ^= 0xFF
        changed.write_bytes(bad)
        assert said in bzforge.message("verify", changed, status=BAD_INPUT), offset


def test_debians_signature(bzforge, stock_kernels):
    """Somebody else's signature on somebody else's image."""
    for path in stock_kernels.values():
        assert "signature holds: CN = Debian Secure Boot Signer" in bzforge.output("verify", path)


def test_signature_that_goes(bzforge, signed, keys, tmp_path):
    out = tmp_path / "out"
    assert "was signed; the new image is not" in bzforge.message("uki", signed, "-o", out)
    assert not bzforge.message("uki", signed, "-o", out, "--sign", *keys).count("was signed")


def test_wrong_key(bzforge, pie_image, keys, tmp_path):
    """A certificate of another key: sbsign notices, and nothing is left behind."""
    other = make_keys(tmp_path, "Another")
    folder = tmp_path / "out"
    folder.mkdir()
    message = bzforge.message("uki", pie_image, "-o", folder / "uki", "--sign", keys[0], other[1],
                              status=ENVIRONMENT)
    assert "sbsign: failed" in message
    assert not list(folder.iterdir())


def test_bad_signer(bzforge, pie_image, signed, keys, tmp_path):
    """What calls itself sbsign but does not sign this image: its work is looked at."""
    folder = tmp_path / "out"
    folder.mkdir()
    program = tmp_path / "sbsign"
    for script in ("exit 0", f'cp "{signed}" "$6"'):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        message = bzforge.message("uki", pie_image, "-o", folder / "uki", "--sign", *keys,
                                  status=ENVIRONMENT, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
        assert "sbsign did not sign it" in message
        assert not list(folder.iterdir())


def test_no_such_key(bzforge, pie_image, keys, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    bzforge.run("uki", pie_image, "-o", folder / "uki", "--sign", tmp_path / "none", keys[1],
                status=ENVIRONMENT)
    assert not list(folder.iterdir())


def test_no_sbsign(bzforge, pie_image, keys, tmp_path):
    message = bzforge.message("uki", pie_image, "-o", tmp_path / "uki", "--sign", *keys,
                              status=ENVIRONMENT, env={"PATH": str(tmp_path)})
    assert "install sbsigntool" in message
    assert not (tmp_path / "uki").exists()


USAGES = {
    "one word for --sign": (["--sign", "key"], "needs two words"),
    "to standard output": (["-o", "-", "--sign", "key", "cert"], "cannot go to standard output"),
    "stub and codec": (["--stub", STUB, "-c", "lz4"], "the kernel stays as it is"),
    "stub and sbat": (["--stub", STUB, "--sbat", STUB], "no --sbat"),
    "33 initrds": (["--initrd", "x"] * 33, "more than 32 initrds"),
}


@pytest.mark.parametrize("name", USAGES)
def test_usage(bzforge, pie_image, tmp_path, name):
    options, said = USAGES[name]
    output = [] if "-o" in options else ["-o", tmp_path / "out"]
    assert said in bzforge.message("uki", pie_image, *output, *options, status=USAGE)
    assert not (tmp_path / "out").exists()


def test_bad_stubs(bzforge, pie_image, signed, test_kernels, tmp_path):
    full = tmp_path / "full"
    data = bytearray(Path(STUB).read_bytes())
    pe = Pe(data)
    data[pe.table_end:pe.headers_size] = b"x" * (pe.headers_size - pe.table_end)
    full.write_bytes(data)
    for stub, said in ((test_kernels["pie"], "is no EFI stub"), (signed, "is signed"),
                       (full, "has no room for the headers of")):
        assert said in bzforge.message("uki", pie_image, "-o", tmp_path / "out", "--stub", stub,
                                       status=BAD_INPUT)


def test_long_line(bzforge, pie_image, tmp_path):
    bzforge.run("uki", pie_image, "-o", tmp_path / "out", "--cmdline", "x" * 2048, status=USAGE)


def test_inspect(bzforge, signed):
    report = json.loads(bzforge.output("inspect", "--json", signed))
    pe = Pe(signed.read_bytes())
    assert report["uki"] is True
    assert [s["name"] for s in report["sections"]] == pe.names
    for s in report["sections"]:
        there = pe[s["name"]]
        assert (s["address"], s["size"], s["offset"], s["file_size"]) == (
            there.address, there.size, there.offset, there.file_size)
    text = bzforge.output("inspect", signed)
    assert "PE sections (UKI)" in text and "\n  .cmdline r--" in text


def test_inspect_classic(bzforge, pie_image, tmp_path):
    out = tmp_path / "classic.efi"
    bzforge.run("uki", pie_image, "-o", out, "--stub", STUB, "--cmdline", "a b")
    report = json.loads(bzforge.output("inspect", "--json", out))
    assert report["uki"] is True and report["format"] == "bzImage" and report["whole"] is True
    assert [s["name"] for s in report["sections"]] == Pe(out.read_bytes()).names
    assert "PE sections (UKI)" in bzforge.output("inspect", out)


def test_truncated(bzforge, signed, tmp_path):
    """A UKI cut anywhere is refused, never read past its end."""
    data = signed.read_bytes()
    cut = tmp_path / "cut"
    for size in (0x100, 0x300, 0x1000, len(data) // 2, len(data) - 8, len(data) - 1):
        cut.write_bytes(data[:size])
        bzforge.run("verify", cut, status=BAD_INPUT)
        bzforge.run("inspect", cut, status=BAD_INPUT)


PREDICTIONS = {
    "no such folder": (["--extra", "/nonexistent"], ENVIRONMENT, "cannot be opened"),
    "a file": (["--credentials", STUB], ENVIRONMENT, "cannot be opened"),
    "without --pcr": (["--extra", "/"], USAGE, "need --pcr"),
}


@pytest.mark.parametrize("name", PREDICTIONS)
def test_folders_beside(bzforge, signed, name):
    options, status, said = PREDICTIONS[name]
    pcr = [] if name == "without --pcr" else ["--pcr"]
    assert said in bzforge.message("inspect", *pcr, *options, signed, status=status)


def test_too_many_files_beside(bzforge, signed, tmp_path):
    """As many as the stub takes; one more, and it would take none."""
    for i in range(256):
        (tmp_path / f"{i}.cred").write_bytes(b"x")
    (tmp_path / "not.one").write_bytes(b"x")
    bzforge.run("inspect", "--pcr", "--extra", tmp_path, signed)
    (tmp_path / "more.cred").write_bytes(b"x")
    assert "more than 256 files *.cred" in bzforge.message("inspect", "--pcr", "--extra", tmp_path, signed,
                                                           status=BAD_INPUT)


def test_folders_beside_other_images(bzforge, pie_image, tmp_path):
    assert "is no unified kernel image" in bzforge.message("inspect", "--pcr", "--extra", tmp_path, pie_image,
                                                           status=USAGE)
