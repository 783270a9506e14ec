/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PE file's header and section table (spec/pe.h), as far as images of kernels go: what lies where,
 * in the file and in memory, and where the signatures are.
 */
#ifndef CORE_PE_H
#define CORE_PE_H

#include "core/span.h"
#include "spec/pe.h"

#define PE_SECTIONS_MAX 96 /* as loaders take at most [PE Format, "Section Table"] */

struct pe {
	struct span file;
	bool loaded; /* file is the image as it lies in memory */
	uint16_t machine, subsystem;
	uint32_t optional_off; /* file offsets: optional header, ... */
	uint32_t table_off; /* section table, ... */
	uint32_t security_off; /* entry of the security directory, 0: there is none */
	uint32_t section_align, file_align;
	uint32_t headers_size, image_size;
	uint32_t checksum;
	struct span certificates; /* the attribute certificate table, len 0 if it is not signed */
	uint32_t section_count;
};

struct pe_section_info {
	struct span name; /* without NULs behind it, at most 8 bytes */
	uint32_t rva, mem_size;
	uint32_t file_off, file_size;
	uint32_t flags; /* SECT_* */
	/* what of the file counts: the smaller of both sizes; of a loaded image what lies in memory */
	struct span bytes;
};

/* Both magic numbers, no more: firmware and loaders tell by these whether a file is for them. */
bool pe_present(struct span file);

/*
 * PE32 and PE32+. Checked: the section table lies behind the headers and inside the file, and so do
 * all sections' bytes; so does the certificate table, at the file's end. Errors: BAD_PE, TRUNCATED.
 */
enum err pe_parse(struct span file, struct pe *ret, struct fault *fault) MUST_CHECK;

/*
 * The same of an image that firmware has loaded. Checked: headers, and that all sections lie inside in
 * memory. There are no certificates. Errors: BAD_PE, TRUNCATED.
 */
enum err pe_parse_loaded(struct span image, struct pe *ret, struct fault *fault) MUST_CHECK;

/* Section number i < section_count. */
struct pe_section_info pe_section(const struct pe *pe, uint32_t i);
/* The first section of that name. */
bool pe_find(const struct pe *pe, const char *name, struct pe_section_info *ret);

/*
 * What signing tools and firmware must agree on: sections ascend in memory, none overlaps another or
 * the headers, in memory or file, and all lie inside the image. Errors: BAD_PE.
 */
enum err pe_check_layout(const struct pe *pe, struct fault *fault) MUST_CHECK;

/* Number of the section whose bytes come next at or behind file offset off; section_count: none. */
uint32_t pe_next_in_file(const struct pe *pe, uint64_t off);

#endif /* CORE_PE_H */
