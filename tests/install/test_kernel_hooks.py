# SPDX-License-Identifier: GPL-2.0-or-later
"""The hooks that repack kernels when they are installed, in a root folder of their own.

What is called here is what `meson install` has put there, with the arguments and the environment that
Debian's kernel packages and kernel-install use. tests/install/debian-kernel does the same with real
packages in a real system.

Long because the hooks share one script, and their cases one imitation of a system.
"""

import os
import resource
import shutil
import signal
import subprocess

import pytest

VERSION = "6.1.0-1-test"
ON = "enabled=yes\ncodec=zstd:1\n"
KERNEL_INFO_OFFSET = 0x268  # boot.rst
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@pytest.fixture(scope="session")
def installed(build_folder, tmp_path_factory):
    """A root folder with bzforge in it, as `meson install` leaves it."""
    root = tmp_path_factory.mktemp("root")
    subprocess.run(["meson", "install", "--no-rebuild", "--quiet", "--destdir", root], cwd=build_folder,
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    return root


@pytest.fixture(scope="session")
def foreign(make_image):
    """A kernel image that is not ours: one of ours without its manifest."""
    image = bytearray(make_image("pie", "-c", "zstd:1").read_bytes())
    image[KERNEL_INFO_OFFSET:KERNEL_INFO_OFFSET + 4] = bytes(4)
    return bytes(image)


class System:
    def __init__(self, root, bzforge):
        self.root = root
        self.bzforge = bzforge
        self.boot = root / "boot"
        self.boot.mkdir()
        self.kernel = self.boot / f"vmlinuz-{VERSION}"
        self.original = self.boot / f"original-vmlinuz-{VERSION}"
        self.entry = root / "efi/machine" / VERSION
        self.staging = root / "staging"

    def configure(self, text):
        (self.root / "etc/bzforge.conf").write_text(text)

    def run(self, *command, status=0, **options):
        environment = {**os.environ, "BZFORGE_ROOT": str(self.root), **options.pop("env", {})}
        done = subprocess.run([str(c) for c in command], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=120,
                              **options)
        said = done.stderr.decode()
        assert done.returncode == status, said
        assert done.stdout == b""
        return said

    def hook(self, which, *parameters, **options):
        """As in a Debian kernel package: run-parts, and what the script was called with."""
        env = {"DEB_MAINT_PARAMS": " ".join(parameters)}
        return self.run(self.root / f"etc/kernel/{which}.d/zy-bzforge", VERSION, self.kernel, env=env,
                        **options)

    def set_up(self, **options):
        return self.hook("postinst", "configure", "6.1", **options)

    def kernel_install(self, command, layout="bls", **options):
        env = {"KERNEL_INSTALL_LAYOUT": layout, "KERNEL_INSTALL_STAGING_AREA": str(self.staging),
               "KERNEL_INSTALL_VERBOSE": "0"}
        arguments = [command, VERSION, self.entry] + ([self.kernel] if command == "add" else [])
        return self.run(self.root / "usr/lib/kernel/install.d/90-z-bzforge.install", *arguments, env=env,
                        **options)

    def files(self, folder=None):
        return sorted(p.name for p in (folder or self.boot).iterdir())

    def untouched(self, content):
        return self.files() == [self.kernel.name] and self.kernel.read_bytes() == content

    def repacked(self, image, original, content):
        """Is image ours, the same kernel as original, and original what was there before?"""
        assert original.read_bytes() == content
        assert image.read_bytes() != content
        assert "made by bzforge" in self.bzforge.output("inspect", image)
        self.bzforge.run("verify", image, "--against", original)
        return True


@pytest.fixture
def system(installed, bzforge, foreign, tmp_path):
    root = tmp_path / "root"
    shutil.copytree(installed, root, symlinks=True, copy_function=os.link)
    system = System(root, bzforge)
    system.kernel.write_bytes(foreign)
    return system


def test_where_things_are_installed(installed):
    for path in ("etc/kernel/postinst.d/zy-bzforge", "etc/kernel/postrm.d/zy-bzforge",
                 "usr/lib/kernel/install.d/90-z-bzforge.install"):
        assert os.access(installed / path, os.X_OK), path
    assert not (installed / "etc/bzforge.conf").exists()
    example = next(installed.rglob("doc/bzforge/examples/bzforge.conf")).read_text()
    assert all(line.startswith("#") for line in example.split("\n") if line)


@pytest.mark.parametrize("conf", [None, "", "enabled=no\n", "# enabled=yes\ncodec=lz4\n"],
                         ids=["no file", "empty", "no", "comment"])
def test_off(system, foreign, conf):
    if conf is not None:
        system.configure(conf)
    assert system.set_up() == ""
    assert system.hook("postrm", "remove") == ""
    assert system.untouched(foreign)


def test_example_with_all_settings_taken(system, foreign):
    """The example is valid, and says what the defaults are."""
    example = next(system.root.rglob("doc/bzforge/examples/bzforge.conf")).read_text()
    settings = [line[1:] for line in example.split("\n") if "=" in line and " " not in line]
    assert settings == ["enabled=no", "codec=zstd", "required=no", "secure-boot=respect"]
    system.configure("\n".join(settings))
    assert system.set_up() == ""
    assert system.untouched(foreign)


def test_repacks_and_keeps_the_original(system, foreign):
    system.configure(" # with blanks\n\n enabled = yes \n codec\t=zstd:1")
    system.kernel.chmod(0o600)
    said = system.set_up()
    assert said == (f"bzforge: {system.kernel} repacked with zstd:1, {len(foreign)} to "
                    f"{system.kernel.stat().st_size} bytes; original: {system.original}\n")
    assert system.files() == [system.original.name, system.kernel.name]
    assert system.repacked(system.kernel, system.original, foreign)
    assert system.kernel.stat().st_mode & 0o777 == 0o600


def test_version_alone_is_enough(system, foreign):
    """`make install` and older packages pass no image, and no DEB_MAINT_PARAMS."""
    system.configure(ON)
    environment = {"DEB_MAINT_PARAMS": ""}
    system.run(system.root / "etc/kernel/postinst.d/zy-bzforge", VERSION, env=environment)
    assert system.repacked(system.kernel, system.original, foreign)


def test_again_changes_nothing(system, foreign):
    system.configure(ON)
    system.set_up()
    before = system.kernel.stat()
    assert system.set_up() == ""
    after = system.kernel.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert system.repacked(system.kernel, system.original, foreign)


def test_upgrade_replaces_the_original(system, foreign):
    """The package brings a new file under the old name; its old postrm runs in between."""
    system.configure(ON)
    system.set_up()
    upgraded = bytearray(foreign)
    upgraded[0x1FA:0x1FC] = b"\xfe\xff"  # vid_mode
    new = system.boot / "new"
    new.write_bytes(upgraded)
    new.rename(system.kernel)
    system.hook("postrm", "upgrade", "6.2")
    assert system.original.exists()
    system.set_up()
    assert system.repacked(system.kernel, system.original, bytes(upgraded))


def test_upgrade_after_switching_off(system, foreign):
    """The kernel is an original again; what was kept of the one before is not left beside it."""
    system.configure(ON)
    system.set_up()
    system.kernel.unlink()
    system.kernel.write_bytes(foreign)
    system.configure("enabled=no\n")
    assert system.set_up() == ""
    assert system.untouched(foreign)


@pytest.mark.parametrize("conf", [ON, None], ids=["on", "off"])
@pytest.mark.parametrize("how", ["remove", "purge"])
def test_removal_leaves_nothing(system, how, conf):
    system.configure(ON)
    system.set_up()
    if conf is None:
        (system.root / "etc/bzforge.conf").unlink()
    system.kernel.unlink()
    assert system.hook("postrm", how) == ""
    assert system.files() == []


@pytest.mark.parametrize("parameters", [("abort-upgrade", "6.1"), ("abort-remove",)])
def test_other_calls_do_nothing(system, foreign, parameters):
    system.configure(ON)
    assert system.hook("postinst", *parameters) == ""
    assert system.untouched(foreign)


BAD_CONF = {
    "unknown setting": ("enabled=yes\ncompress=zstd\n", ':2: unknown setting "compress"'),
    "not yes or no": ("enabled=1\n", ':1: enabled is yes or no, not "1"'),
    "no value": ("# on\nenabled=yes\ncodec=\n", ":3: codec is empty"),
    "no equals sign": ("enabled yes\n", ":1: no '=' in \"enabled yes\""),
    "secure boot": ("enabled=yes\nsecure-boot=off\n", ':2: secure-boot is respect or ignore, not "off"'),
    "not a command": ("enabled=yes\n$(touch /tmp/x)=1\n", ':2: unknown setting "$(touch /tmp/x)"'),
}


@pytest.mark.parametrize("text, words", BAD_CONF.values(), ids=BAD_CONF)
def test_mistake_in_the_file(system, foreign, text, words):
    system.configure(text)
    said = system.set_up()
    assert said == f"bzforge: {system.kernel} stays as it is: {system.root}/etc/bzforge.conf{words}\n"
    assert system.untouched(foreign)


def small_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


def full_disk(system):
    return {"preexec_fn": small_files}


def not_a_kernel(system):
    system.kernel.write_bytes(b"no kernel at all" * 1000)
    return {}


def damaged(system):
    data = bytearray(system.kernel.read_bytes())
    data[-5000] ^= 1
    system.kernel.write_bytes(data)
    return {}


def unknown_codec(system):
    system.configure(ON + "codec=brotli\n")
    return {}


def replace_bzforge(system, script):
    """Put a script in the place of bzforge; the real one is bzforge.real."""
    tool = next(system.root.rglob("bin/bzforge"))
    tool.rename(tool.with_name("bzforge.real"))
    tool.write_text("#!/bin/sh\n" + script)
    tool.chmod(0o755)


def verify_fails(system):
    replace_bzforge(system, '[ "$1" = verify ] && { echo "bzforge: not the same kernel" >&2; exit 1; }\n'
                    'exec "$0.real" "$@"\n')
    return {}


def wrong_result(system):
    """What repack leaves is another kernel, and it says it went well."""
    replace_bzforge(system, 'if [ "$1" = repack ]; then\n'
                    '"$0.real" "$@" && while [ "$1" != -o ]; do shift; done && echo >"$2"\n'
                    'else exec "$0.real" "$@"; fi\n')
    return {}


def killed(system):
    replace_bzforge(system, '[ "$1" = repack ] && kill -KILL $$\nexec "$0.real" "$@"\n')
    return {}


def no_place_for_the_original(system):
    (system.original / "in the way").mkdir(parents=True)
    return {}


FAILURES = {
    "disk full": (full_disk, "repacking failed: "),
    "not a kernel": (not_a_kernel, "repacking failed: "),
    "damaged kernel": (damaged, "repacking failed: "),
    "unknown codec": (unknown_codec, "repacking failed: "),
    "check fails": (verify_fails, "checking the new image failed: not the same kernel"),
    "wrong result": (wrong_result, "checking the new image failed: "),
    "killed": (killed, "repacking failed: Killed"),
    "original cannot be kept": (no_place_for_the_original, "keeping the original failed: "),
}


@pytest.mark.parametrize("required", [False, True], ids=["", "required"])
@pytest.mark.parametrize("prepare, words", FAILURES.values(), ids=FAILURES)
def test_failure_leaves_the_kernel(system, prepare, words, required):
    system.configure(ON)
    options = prepare(system)
    if required:
        conf = system.root / "etc/bzforge.conf"
        conf.write_text("required=yes\n" + conf.read_text())
    content, files = system.kernel.read_bytes(), system.files()
    said = system.set_up(status=1 if required else 0, **options)
    assert said.startswith(f"bzforge: {system.kernel} stays as it is: {words}")
    assert said.count("\n") == 1
    assert system.kernel.read_bytes() == content
    assert system.files() == files


@pytest.mark.parametrize("byte, setting, repacks", [
    (1, "", False), (0, "", True), (1, "secure-boot=ignore\n", True), (1, "required=yes\n", False)])
def test_secure_boot(system, foreign, byte, setting, repacks):
    variable = system.root / SECURE_BOOT
    variable.parent.mkdir(parents=True)
    variable.write_bytes(bytes([6, 0, 0, 0, byte]))
    system.configure(ON + setting)
    said = system.set_up()
    if repacks:
        assert system.repacked(system.kernel, system.original, foreign)
    else:
        assert said == (f"bzforge: {system.kernel} stays as it is: Secure Boot is on, and a repacked "
                        "kernel has no signature\n")
        assert system.untouched(foreign)


def test_says_that_a_signature_is_gone(system, cloud_kernel):
    system.kernel.write_bytes(cloud_kernel.read_bytes())
    system.configure("enabled=yes\ncodec=none\n")
    signed = "was signed" in system.bzforge.message("repack", cloud_kernel, "-c", "none", "-o", "/dev/null")
    assert ("; its signature is gone; original: " in system.set_up()) == signed
    assert system.repacked(system.kernel, system.original, cloud_kernel.read_bytes())


def test_without_bzforge(system, foreign):
    """The hooks are configuration files to a package: they may be all that is left of it."""
    system.configure(ON)
    next(system.root.rglob("bin/bzforge")).unlink()
    assert system.set_up() == ""
    next(system.root.rglob("kernel-hook")).unlink()
    assert system.set_up() == ""
    assert system.hook("postrm", "remove") == ""
    assert system.untouched(foreign)


# --- kernel-install ---


@pytest.fixture
def entry(system, foreign):
    """What 90-loaderentry.install leaves: the kernel and the initrd, in the entry's folder."""
    system.staging.mkdir()
    system.entry.mkdir(parents=True)
    (system.entry / "linux").write_bytes(foreign)
    (system.entry / "initrd").write_bytes(b"initrd")
    return system.entry


def test_kernel_install_off(system, entry, foreign):
    assert system.kernel_install("add") == ""
    assert (entry / "linux").read_bytes() == foreign
    assert system.files(entry) == ["initrd", "linux"]


def test_kernel_install_add_and_remove(system, entry, foreign):
    system.configure(ON)
    for _ in range(2):
        system.kernel_install("add")
        assert system.files(entry) == ["initrd", "linux", "original-linux"]
        assert system.repacked(entry / "linux", entry / "original-linux", foreign)
        assert system.files(system.staging) == []
    assert system.untouched(foreign)  # /boot is not the plugin's
    system.kernel_install("remove")
    assert system.files(entry) == ["initrd", "linux"]


def test_kernel_install_fails_in_the_staging_area(system, entry, foreign):
    system.configure(ON)
    system.staging.rmdir()
    said = system.kernel_install("add")
    assert said.startswith(f"bzforge: {entry}/linux stays as it is: repacking failed: ")
    assert (entry / "linux").read_bytes() == foreign
    assert system.files(entry) == ["initrd", "linux"]
    system.configure(ON + "required=yes\n")
    system.kernel_install("add", status=1)


@pytest.mark.parametrize("command, layout", [("add", "uki"), ("add", "other"), ("inspect", "bls")])
def test_kernel_install_leaves_the_rest_alone(system, entry, foreign, command, layout):
    system.configure(ON)
    assert system.kernel_install(command, layout=layout) == ""
    assert (entry / "linux").read_bytes() == foreign


def test_kernel_install_of_a_repacked_kernel(system, entry):
    """systemd-boot's hook passes what postinst.d has repacked already."""
    system.configure(ON)
    system.set_up()
    shutil.copy(system.kernel, entry / "linux")
    before = (entry / "linux").read_bytes()
    assert system.kernel_install("add") == ""
    assert (entry / "linux").read_bytes() == before
    assert system.files(entry) == ["initrd", "linux"]


def test_kernel_install_without_an_entry(system):
    system.configure(ON)
    assert system.kernel_install("add") == ""
    assert system.kernel_install("remove") == ""

