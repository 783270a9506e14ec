/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a kernel file for a command.
 */
#include "host/kernel.h"

enum status kernel_open(const struct input *in, enum relocs_from relocs, struct kernel *ret)
{
	enum err e = kernel_read(input_span(in), relocs, ret);

	ret->name = in->name;
	return e ? report_no_memory(in->name) : STATUS_DONE;
}

enum status kernel_require_whole(const struct kernel *k)
{
	if (k->format == KERNEL_UNKNOWN) {
		report(k->name, "is no kernel image: neither a bzImage nor an ELF file");
		return STATUS_BAD_INPUT;
	}
	if (k->problems.count) {
		report_problems(k->name, &k->problems);
		return STATUS_BAD_INPUT;
	}
	if (!k->has_elf) {
		report(k->name, "has no ELF kernel in it");
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}
