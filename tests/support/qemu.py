# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of QEMU: serial port in both directions, a time limit, how it ended.

Every run is bounded by timeout(1), so that nothing can hang a test run, and so that the limit counts
from QEMU's own start when BZFORGE_QEMU_WRAPPER (a command put in front, for instance one that waits
for a free slot on a shared machine) delays it.
"""

import os
import re
import selectors
import shlex
import signal
import socket
import subprocess
import time

from support import debian

WRAPPER = shlex.split(os.environ.get("BZFORGE_QEMU_WRAPPER", ""))
# How long a wrapper may wait for its turn.
WRAPPER_PATIENCE = 900 if WRAPPER else 0
SCREEN_PATIENCE = 60 + WRAPPER_PATIENCE

# Without -cx16 QEMU 7.2's TCG spoils EFLAGS around cmpxchg16b now and then.
CPU = "max,-cx16"
PROGRAM = ("qemu-system-x86_64",)
TIMED_OUT = 124  # exit status of timeout(1)


def newer():
    """QEMU of the release's backports (10.0 in Debian 12), not installed: x2APIC without KVM, which came
    with 9.0. It finds modules of the installed one, says that they do not fit, and goes on."""
    suite = f"{debian.RELEASE}-backports"
    bios = debian.unpacked("seabios", suite=suite, arch="all")
    data = debian.unpacked("qemu-system-data", suite=suite, arch="all")
    binary = debian.unpacked("qemu-system-x86", suite=suite, arch="amd64")
    return (binary / "usr/bin/qemu-system-x86_64", "-L", bios / "usr/share/seabios",
            "-L", data / "usr/share/qemu", "-L", binary / "usr/share/qemu")


class QemuError(AssertionError):
    """What was awaited did not come; carries the serial output."""


class Qemu:
    """A running machine. Use as a context manager; leaving it ends the machine."""

    def __init__(self, arguments, *, memory=512, cpus=1, cpu=CPU, machine="pc", timeout=60, monitor=None,
                 program=PROGRAM):
        self.timeout = timeout
        self.monitor = monitor
        command = [
            *WRAPPER, "timeout", "--foreground", "-k", "5", str(timeout), *program,
            "-accel", "tcg", "-machine", machine, "-cpu", cpu, "-m", str(memory), "-smp", str(cpus),
            "-display", "none", "-nic", "none", "-no-reboot", "-no-user-config",
            "-chardev", "stdio,id=serial,signal=off", "-serial", "chardev:serial",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        ]
        command += ["-monitor", f"unix:{monitor},server=on,wait=off" if monitor else "none"]
        command = [str(word) for word in [*command, *arguments]]
        self.command = shlex.join(command)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.raw = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    @property
    def serial(self):
        """All output so far, as text with plain line ends and without a terminal's commands, which
        UEFI firmware sends (ECMA-48, 5.4)."""
        return re.sub("\x1b\\[[0-?]*[ -/]*[@-~]", "", self.raw.decode("latin-1").replace("\r", ""))

    def _read(self, seconds):
        """Take in what comes within that time; False once the output has ended."""
        if self.ended:
            return False
        if self.selector.select(seconds):
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                self.ended = True
                return False
            self.raw += piece
        return True

    def expect(self, pattern, seconds=None):
        """Wait until the serial output matches pattern; the match. The machine goes on running."""
        limit = time.monotonic() + (seconds or self.timeout + 10 + WRAPPER_PATIENCE)
        while True:
            found = re.search(pattern, self.serial, re.M)
            if found:
                return found
            if time.monotonic() > limit or not self._read(0.5):
                # What came with the end of the output counts too.
                found = re.search(pattern, self.serial, re.M)
                if found:
                    return found
                raise QemuError(f"{pattern!r} did not come\n{self.command}\n{self.serial}")

    def stays_up(self, seconds):
        """Does the machine run on for that long?"""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if not self._read(0.2):
                return False
        return True

    def send(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def wait(self):
        """Run to the end; exit status of QEMU, which is 0 for power-off and reset."""
        limit = time.monotonic() + self.timeout + 10 + WRAPPER_PATIENCE
        while self._read(1):
            if time.monotonic() > limit:
                raise QemuError(f"output does not end\n{self.command}\n{self.serial}")
        status = self.process.wait(10)
        if status == TIMED_OUT:
            raise QemuError(f"no end within {self.timeout} s\n{self.command}\n{self.serial}")
        return status

    def hmp(self, command):
        """A command to QEMU's monitor; needs monitor=."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(20)
            s.connect(str(self.monitor))
            answer = b""
            while b"(qemu) " not in answer:
                answer += s.recv(4096)
            s.sendall(command.encode() + b"\n")
            answer = b""
            while b"(qemu) " not in answer:
                answer += s.recv(4096)
            return answer

    def vga_text(self, folder):
        """The 25 lines of the text screen."""
        dump = folder / "vga.bin"
        self.hmp(f"pmemsave 0xb8000 4000 \"{dump}\"")
        cells = dump.read_bytes()[::2].decode("latin-1")
        return [cells[i:i + 80].rstrip() for i in range(0, 2000, 80)]

    def screen_with(self, text, folder):
        """The screen's lines, joined, once text stands in one of them; the screen lags the serial port."""
        limit = time.monotonic() + SCREEN_PATIENCE
        while True:
            screen = "\n".join(self.vga_text(folder)) if self.monitor.exists() else ""
            if text in screen:
                return screen
            if self.process.poll() is not None or time.monotonic() > limit:
                raise QemuError(f"no {text!r} on the screen\n{screen}\n{self.command}\n{self.serial}")
            time.sleep(0.2)

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def run(arguments, **options):
    """Boot and run to the end: (serial output, exit status)."""
    with Qemu(arguments, **options) as machine:
        status = machine.wait()
        return machine.serial, status
