/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One part of a kernel's file: from the kernel itself, from the sections of a unified kernel image, or
 * what one of ours has embedded.
 */
#include <stdlib.h>
#include <string.h>
#include "host/extract.h"
#include "host/ikconfig.h"
#include "host/uki.h"

/* The decoded kernel, whatever it is: an ELF of any machine, or an image as it is loaded. */
static enum status decoded_kernel(const struct kernel *k, struct span *ret)
{
	enum status status = kernel_require_content(k);

	if (!status)
		*ret = k->kernel;
	return status;
}

static enum status missing(const struct kernel *k, const char *what)
{
	report(k->name, "has no %s", what);
	return STATUS_BAD_INPUT;
}

/* What has no ELF header gets one from us: for these machines (NULL: none is known, as in a zImage). */
static bool symbols_can_be_read(const struct kernel *k)
{
	return k->has_elf || k->has_any || !k->arch || !strcmp(k->arch, "arm") ||
		!strcmp(k->arch, "arm64") || !strcmp(k->arch, "riscv64");
}

static enum status get_symbols(const struct kernel *k, bool if_any, struct extract_part *ret)
{
	struct fault fault = {0};
	struct span kernel;
	enum status status = decoded_kernel(k, &kernel);
	enum err e;

	if (status)
		return status;
	e = symbols_can_be_read(k) ? symbols_build(kernel, &ret->symbols, &fault) : ERR_SYMBOLS_MACHINE;
	if (e == ERR_NO_MEMORY)
		return report_no_memory(k->name);
	if (if_any && (e == ERR_KALLSYMS_NONE || e == ERR_SYMBOLS_THERE || e == ERR_SYMBOLS_MACHINE))
		return STATUS_DONE;
	if (e) {
		report_fault(k->name, "kernel", e, &fault);
		return STATUS_BAD_INPUT;
	}
	if (ret->symbols.types_err)
		report_fault(k->name, "types are left out", ret->symbols.types_err,
			&ret->symbols.types_fault);
	ret->span[0] = (struct span){ret->symbols.head, ret->symbols.head_size};
	ret->span[1] = ret->symbols.body;
	ret->span[2] = (struct span){ret->symbols.tail, ret->symbols.tail_size};
	return STATUS_DONE;
}

static enum status get_config(const struct kernel *k, struct extract_part *ret)
{
	struct ikconfig config;
	struct span kernel;
	enum status status = decoded_kernel(k, &kernel);

	if (!status)
		status = ikconfig_open(kernel, &config);
	if (status)
		return status;
	if (!config.text)
		return missing(k, "configuration in it: the kernel was built without CONFIG_IKCONFIG");
	ret->text = config.text;
	ret->span[0] = (struct span){(const uint8_t *)config.text, strlen(config.text)};
	return STATUS_DONE;
}

static enum status get_section(const struct kernel *k, const char *name, struct extract_part *ret)
{
	struct pe_section_info section;

	if (!k->has_pe)
		return missing(k, "sections: it is no PE file");
	if (!pe_find(&k->pe, name, &section)) {
		report(k->name, "has no section %s", name);
		return STATUS_BAD_INPUT;
	}
	ret->span[0] = section.bytes;
	return STATUS_DONE;
}

/* What is beside the kernel: in sections, or where the manifest of one of our images says. */
static enum status get_beside(const struct kernel *k, enum extract_kind kind, struct extract_part *ret)
{
	static const char *const words[] = {[EXTRACT_INITRD] = "initrd",
		[EXTRACT_CMDLINE] = "command line",
		[EXTRACT_OS_RELEASE] = "os-release"};
	struct uki u;

	if (k->problems.count) {
		report_problems(k->name, &k->problems);
		return STATUS_BAD_INPUT;
	}
	uki_read(k, &u);
	ret->span[0] = kind == EXTRACT_INITRD ? u.initrd :
		kind == EXTRACT_CMDLINE       ? u.cmdline :
						u.part[UKI_OSREL];
	return ret->span[0].len ? STATUS_DONE : missing(k, words[kind]);
}

enum status extract_part(const struct kernel *k, enum extract_kind kind, const char *section,
	struct extract_part *ret)
{
	*ret = (struct extract_part){0};
	switch (kind) {
	case EXTRACT_KERNEL:
		return decoded_kernel(k, &ret->span[0]);
	case EXTRACT_SYMBOLS:
		return get_symbols(k, false, ret);
	case EXTRACT_SYMBOLS_IF_ANY:
		return get_symbols(k, true, ret);
	case EXTRACT_CONFIG:
		return get_config(k, ret);
	case EXTRACT_SECTION:
		return get_section(k, section, ret);
	default:
		return get_beside(k, kind, ret);
	}
}

enum status extract_put(struct output *out, const struct extract_part *part)
{
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < sizeof(part->span) / sizeof(part->span[0]) && !status; i++)
		status = output_put(out, part->span[i]);
	return status;
}

void extract_free(struct extract_part *part)
{
	free(part->text);
	symbols_free(&part->symbols);
	*part = (struct extract_part){0};
}
