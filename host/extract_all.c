/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every part of a kernel's file, each in a file of its own:
 *
 *   vmlinux           the ELF as built         vmlinux.symbols   the same with a symbol table
 *   relocs            its relocation table     config            what it was configured with
 *   cmdline, initrd,  what is embedded         section.NAME      the other sections of a unified kernel
 *   os-release                                                   image
 *
 * What a file lacks is not there. What is damaged fails the whole, and so does a table of symbols that is
 * there and cannot be read.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "host/extract.h"
#include "host/ikconfig.h"
#include "host/uki.h"

static enum status add(struct output_folder *f, const char *name, const struct extract_part *part)
{
	const char *path = output_folder_add(f, name);
	struct output out = {0};
	enum status status;

	if (!path)
		return STATUS_ENVIRONMENT;
	status = output_begin(&out, path);
	if (!status)
		status = extract_put(&out, part);
	if (!status)
		status = output_commit(&out);
	output_close(&out);
	return status;
}

static enum status add_span(struct output_folder *f, const char *name, struct span bytes)
{
	if (!bytes.len)
		return STATUS_DONE;
	return add(f, name, &(struct extract_part){.span[0] = bytes});
}

static enum status add_symbols(const struct kernel *k, struct output_folder *f)
{
	struct extract_part part = {0};
	enum status status = extract_part(k, EXTRACT_SYMBOLS_IF_ANY, NULL, &part);

	if (!status && part.span[0].len)
		status = add(f, "vmlinux.symbols", &part);
	extract_free(&part);
	return status;
}

/* "section.NAME"; what could mean something else in a path becomes '_'. */
static void file_name(const struct pe_section_info *s, char ret[16 + SECT_NAME_SIZE])
{
	size_t at = (size_t)sprintf(ret, "section.");

	for (size_t i = s->name.len && s->name.ptr[0] == '.'; i < s->name.len; i++) {
		char c = (char)s->name.ptr[i];

		ret[at++] = isalnum((unsigned char)c) || c == '-' ? c : '_';
	}
	ret[at] = 0;
}

/* The first of each name counts, as for firmware's loaders; those with a file of their own do not. */
static bool wanted(const struct kernel *k, uint32_t i)
{
	static const char *const own[] = {".cmdline", ".initrd", ".osrel"};
	struct pe_section_info s = pe_section(&k->pe, i), first;
	char name[SECT_NAME_SIZE + 1] = "";

	memcpy(name, s.name.ptr, s.name.len);
	for (size_t j = 0; j < sizeof(own) / sizeof(own[0]); j++) {
		if (!strcmp(name, own[j]))
			return false;
	}
	return pe_find(&k->pe, name, &first) && first.bytes.ptr == s.bytes.ptr;
}

static enum status add_sections(const struct kernel *k, struct output_folder *f)
{
	char name[16 + SECT_NAME_SIZE];
	enum status status = STATUS_DONE;

	for (uint32_t i = 0; k->uki && i < k->pe.section_count && !status; i++) {
		struct pe_section_info s = pe_section(&k->pe, i);

		if (!wanted(k, i))
			continue;
		file_name(&s, name);
		status = add_span(f, name, s.bytes);
	}
	return status;
}

static enum status add_kernel(const struct kernel *k, struct output_folder *f)
{
	struct ikconfig config;
	enum status status;

	status = add_span(f, "vmlinux", k->elf);
	if (!status)
		status = add_span(f, "relocs", k->relocs);
	if (!status)
		status = add_symbols(k, f);
	if (!status)
		status = ikconfig_open(k->elf, &config);
	if (status || !config.text)
		return status;
	status = add_span(f, "config",
		(struct span){(const uint8_t *)config.text, strlen(config.text)});
	ikconfig_close(&config);
	return status;
}

enum status extract_all(const struct kernel *k, const char *folder)
{
	struct output_folder f = {0};
	enum status status = kernel_require_whole(k);
	struct uki u;

	if (!status)
		status = output_folder_begin(&f, folder);
	if (!status)
		status = add_kernel(k, &f);
	if (!status) {
		uki_read(k, &u);
		status = add_span(&f, "cmdline", u.cmdline);
		if (!status)
			status = add_span(&f, "initrd", u.initrd);
		if (!status)
			status = add_span(&f, "os-release", u.part[UKI_OSREL]);
	}
	if (!status)
		status = add_sections(k, &f);
	if (!status)
		status = output_folder_commit(&f);
	output_folder_close(&f);
	return status;
}
