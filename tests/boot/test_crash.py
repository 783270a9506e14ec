# SPDX-License-Identifier: GPL-2.0-or-later
"""crash on dumps that QEMU makes of stock kernels, with nothing but what `extract --symbols` gives: what it says
must be what the guest said of itself."""

import re
import stat
import subprocess

import pytest

from support import initramfs, packages, qemu

PATIENCE = 300  # seconds; emulation without KVM
# crash 8.0.2 does not know the stacks of exceptions with five levels of page tables.
CPU = qemu.CPU + ",-la57"

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
dmesg -n 1
insmod /qemu_fw_cfg.ko
insmod /dummy.ko
sleep 4321 &
echo
echo "FACTS BEGIN"
echo "release $(uname -r)"
echo "uptime $(cut -d. -f1 /proc/uptime)"
while read -r line; do echo "module $line"; done </proc/modules
for task in /proc/[0-9]*; do echo "task ${task#/proc/} $(cat $task/comm)"; done
echo "FACTS END"
"""

# How it goes on, and what stands on the serial port when the dump is to be made.
RUNS = {"nokaslr": ("sleep 1000\n", "FACTS END"),
        "": ("dmesg -n 7\necho c >/proc/sysrq-trigger\n", "end Kernel panic - not syncing: sysrq triggered crash")}


def initrd(kernel, end):
    archive = initramfs.Cpio()
    for folder in ("bin", "proc", "sys", "dev"):
        archive.add(folder, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("bin/busybox", stat.S_IFREG | 0o755, initramfs.BUSYBOX.read_bytes())
    for path in ("drivers/net/dummy.ko", "drivers/firmware/qemu_fw_cfg.ko"):
        archive.add(path.split("/")[-1], stat.S_IFREG | 0o644, packages.module(kernel, path).read_bytes())
    archive.add("init", stat.S_IFREG | 0o755, (INIT + end).encode())
    return archive.finish()


@pytest.fixture(scope="module")
def vmlinux(bzforge, cloud_kernel, tmp_path_factory):
    out = tmp_path_factory.mktemp("crash") / "vmlinux"
    bzforge.run("extract", "--symbols", cloud_kernel, "-o", out)
    yield out
    out.unlink()


@pytest.fixture(scope="module", params=RUNS, ids=["running", "panicked, KASLR"])
def dump(request, cloud_kernel, tmp_path_factory):
    """(the machine's memory as an ELF, what the guest said)."""
    folder = tmp_path_factory.mktemp("dump")
    end, sign = RUNS[request.param]
    (folder / "initrd").write_bytes(initrd(cloud_kernel, end))
    # no_timer_check: on a busy machine the check fails
    arguments = ["-kernel", cloud_kernel, "-initrd", folder / "initrd", "-device", "vmcoreinfo",
                 "-append", f"console=ttyS0 no_timer_check {request.param}"]
    with qemu.Qemu(arguments, memory=192, cpus=2, cpu=CPU, timeout=PATIENCE,
                   monitor=folder / "monitor") as machine:
        machine.expect(sign)
        machine.hmp(f"dump-guest-memory {folder / 'memory'}")
        serial = machine.serial
    yield folder / "memory", serial
    (folder / "memory").unlink()


class Crash:
    """Answers to commands, one run each so that none hides behind another."""

    def __init__(self, vmlinux, memory):
        self.command = ["timeout", "-k", "5", "120", "crash", "-s", vmlinux, memory]

    def __call__(self, command):
        done = subprocess.run(self.command, input=f"{command}\nquit\n".encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=True)
        return done.stdout.decode("latin-1")


def guest(serial, word):
    said = serial[serial.rindex("FACTS BEGIN"):serial.rindex("FACTS END")]
    found = re.findall(rf"^{word} (.*)$", said, re.M)
    assert found, said
    return found


@pytest.mark.long
def test_crash(vmlinux, dump):
    memory, serial = dump
    crash = Crash(vmlinux, memory)

    said = crash("sys")
    assert "version inconsistency" not in said and "unknown type" not in said
    assert re.search(rf"RELEASE: {re.escape(guest(serial, 'release')[0])}\n", said) and "CPUS: 2" in said
    hours, minutes, seconds = map(int, re.search(r"UPTIME: (\d+):(\d+):(\d+)", said).groups())
    booted = int(guest(serial, "uptime")[0])
    # with a wrong HZ it is minutes more
    assert booted <= hours * 3600 + minutes * 60 + seconds + 1 <= booted + 61
    assert ("sysrq triggered crash" in said) == ("end Kernel panic" in serial)

    log = crash("log")
    # of a message of several lines crash gives the time once
    lines = re.findall(r"^\[ +\d+\.\d{6}\] (.*)$", serial[:serial.rindex("FACTS BEGIN")], re.M)
    assert len(lines) > 100 and [line for line in lines if line.rstrip() not in log] == []

    # crash 8.0.2 finds only what runs in kernels whose struct pid ends in an array without a length (6.1.47)
    assert re.search(r"^>? +0 +0 +1 +[0-9a-f]{16} +RU .* \[swapper/1\]$", crash("ps"), re.M)
    listed = crash("list task_struct.tasks -s task_struct.pid,comm -h init_task")
    tasks = dict(re.findall(r'pid = (\d+),\n  comm = "(.*?)(?:\\000|")', listed))
    running = [line.split(" ", 1) for line in guest(serial, "task")]
    assert len(running) > 40
    for pid, name in running:
        # the reader of comm itself is gone; a kworker's name in /proc says also what it works on
        if not name.startswith(("kworker", "cat")):
            assert tasks.get(pid) == name[:15], pid

    modules = crash("mod")
    for line in guest(serial, "module"):
        name, size, _, _, _, base = line.split()[:6]
        assert re.search(rf"^[0-9a-f]+ +{name} +{base[2:]} +{size} ", modules, re.M), modules

    offset, = re.findall(r"\tpid_t +pid; +/\* +(\d+) +4 \*/", subprocess.run(
        ["pahole", "-C", "task_struct", vmlinux], stdout=subprocess.PIPE, check=True).stdout.decode())
    assert f"[{offset}] pid_t pid;" in crash("struct task_struct.pid")

    total = re.search(r"TOTAL MEM +(\d+) ", crash("kmem -i"))
    assert total and 20000 < int(total.group(1)) < 192 * 256  # pages
    assert '"ttyS0"' in crash("irq")
    if "end Kernel panic" in serial:
        assert re.search(r"sysrq_handle_crash.*__handle_sysrq.*write_sysrq_trigger.*vfs_write.*ksys_write",
                         crash("bt 1"), re.S)
