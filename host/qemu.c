/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Composing QEMU's command line.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "host/qemu.h"

void qemu_add(struct qemu_args *args, const char *format, ...)
{
	char *text;
	va_list list;
	int failed;

	va_start(list, format);
	failed = vasprintf(&text, format, list) < 0;
	va_end(list);
	if (failed) {
		args->no_memory = true;
	} else if (args->count + 1 >= QEMU_ARGS_MAX) {
		args->no_memory = true;
		free(text);
	} else {
		args->arg[args->count++] = text;
	}
}

void qemu_add_machine(struct qemu_args *args, const struct qemu_machine *machine)
{
	qemu_add(args, "-accel");
	qemu_add(args, "%s", machine->kvm ? "kvm" : "tcg");
	qemu_add(args, "-cpu");
	/* QEMU 7.2 without KVM corrupts EFLAGS around cmpxchg16b: keep the kernel from using it. */
	qemu_add(args, "%s", machine->kvm ? "max" : "max,-cx16");
	qemu_add(args, "-m");
	qemu_add(args, "%ld", machine->memory_mib);
	qemu_add(args, "-smp");
	qemu_add(args, "%ld", machine->cpus);
	qemu_add(args, "-display");
	qemu_add(args, "none");
	qemu_add(args, "-serial");
	qemu_add(args, "%s", machine->serial);
	qemu_add(args, "-monitor");
	qemu_add(args, "none");
	qemu_add(args, "-nic");
	qemu_add(args, "none");
	qemu_add(args, "-no-reboot");
	if (machine->drive) {
		qemu_add(args, "-drive");
		qemu_add(args, "%s", machine->drive);
		return;
	}
	qemu_add(args, "-kernel");
	qemu_add(args, "%s", machine->image);
	if (machine->initrd) {
		qemu_add(args, "-initrd");
		qemu_add(args, "%s", machine->initrd);
	}
	qemu_add(args, "-append");
	qemu_add(args, "%s%s", machine->append, machine->append_more ? machine->append_more : "");
}

void qemu_free(struct qemu_args *args)
{
	while (args->count)
		free(args->arg[--args->count]);
}

bool qemu_escape(const char *text, char *buf, size_t cap)
{
	size_t len = 0;

	for (; *text; text++) {
		if (len + 3 > cap)
			return false;
		buf[len++] = *text;
		if (*text == ',')
			buf[len++] = ',';
	}
	buf[len] = 0;
	return true;
}
