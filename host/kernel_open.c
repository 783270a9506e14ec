/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a kernel file for a command.
 */
#include "host/kernel.h"
#include "spec/elf64.h"

enum status kernel_open_with(
	const struct input *in, const struct kernel_options *options, struct kernel *ret)
{
	struct kernel_options named = *options;
	enum err e;

	named.name = in->name;
	e = kernel_read(input_span(in), &named, ret);
	return e ? report_no_memory(in->name) : STATUS_DONE;
}

enum status kernel_open(const struct input *in, enum relocs_from relocs, struct kernel *ret)
{
	return kernel_open_with(in, &(struct kernel_options){.relocs = relocs}, ret);
}

enum status kernel_require_content(const struct kernel *k)
{
	if (k->format == KERNEL_UNKNOWN) {
		report(k->name, "is no kernel image: of none of the formats that are known");
		return STATUS_BAD_INPUT;
	}
	if (k->problems.count) {
		report_problems(k->name, &k->problems);
		return STATUS_BAD_INPUT;
	}
	if (!k->has_kernel) {
		report(k->name, "is a %s, but has no kernel in it%s", format_name(k->format),
			k->searched ? " (searched)" : "");
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

enum status kernel_require_whole(const struct kernel *k)
{
	enum status status = kernel_require_content(k);

	if (status || k->has_elf)
		return status;
	if (k->has_any)
		report_fault(k->name, "", ERR_ELF_CLASS,
			&(struct fault){"e_machine", E_MACHINE, k->any.header.machine});
	else
		report(k->name, "is a %s: its kernel is no x86-64 ELF file", format_name(k->format));
	return STATUS_BAD_INPUT;
}
