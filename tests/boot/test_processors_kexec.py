# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel that starts another one may still have code on its other processors, after a crash even
anywhere: none may be woken, whichever processor the new kernel starts on."""

import pytest

from support import initramfs, kexec, qemu

LINE = "console=ttyS0 earlyprintk=serial,ttyS0,115200 panic=-1"
MEMORY, PATIENCE = 1024, 240
INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
echo 1 >/proc/sys/kernel/sysrq
echo FIRST KERNEL IS UP
/sbin/kexec {options} /next --initrd=/second --command-line="{line}" && {go}
reboot -f
"""
CRASH = "taskset -c {cpu} sh -c 'echo c >/proc/sysrq-trigger'"

CASES = {
    # options, how it goes on, what the stub says, CPUs in the end
    "kexec_load": ("-c -l", "kexec -e", "entered at 64 bits", 2),
    "kexec_load, 32-bit entry": ("--entry-32bit -c -l", "kexec -e", "started by kexec", 2),
    "kexec_file_load": ("-s -l", "kexec -e", "entered at 64 bits", 2),
    "crash on the boot processor": ("-s -p", CRASH.format(cpu=0), "entered at 64 bits", 1),
    "crash on another": ("-s -p", CRASH.format(cpu=1), "entered at 64 bits", 1),
    "crash on another, kexec_load": ("-c -p", CRASH.format(cpu=1), "entered at 64 bits", 1),
}


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_none_is_woken(name, make_image, small_initrd, tmp_path):
    options, go, reason, cpus = CASES[name]
    image = make_image("cloud", "-c", "lz4:3")
    crash = "crash" in name
    line = f"{LINE} maxcpus=1 reset_devices" if crash else LINE
    (tmp_path / "initrd").write_bytes(kexec.initrd(
        INIT.format(options=options, line=line, go=go), next=image.read_bytes(),
        second=small_initrd.path.read_bytes()))
    first = f"{LINE} loglevel=4" + (" crashkernel=320M" if crash else "")
    serial, status = qemu.run(["-kernel", image, "-initrd", tmp_path / "initrd", "-append", first],
                              memory=MEMORY, cpus=2, timeout=PATIENCE)
    assert status == 0, serial
    before, _, after = serial.partition("FIRST KERNEL IS UP")
    assert "bzforge: 1 of 1 other processors took part" in before, serial
    assert f"bzforge: one processor works: {reason}" in after, serial
    assert "other processors" not in after
    facts = initramfs.facts(after)
    assert int(facts["nproc"]) == cpus and facts["oops"] == "0", serial
    assert ("elfcorehdr=" in facts["cmdline"]) == crash
