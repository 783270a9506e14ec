/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PE header that makes a kernel image an EFI application [spec/pe.h]. It is written into the
 * room that the setup part keeps for it (spec/image.h), so nothing else of the image moves.
 */
#ifndef HOST_PE_WRITE_H
#define HOST_PE_WRITE_H

#include "core/span.h"

struct pe_section {
	const char *name; /* at most 8 characters */
	uint32_t rva, mem_size;
	uint32_t file_offset, file_size; /* multiples of PE_FILE_ALIGN */
	uint32_t flags; /* SECT_* */
};

struct pe_image {
	const struct pe_section *sections; /* by ascending rva */
	size_t count;
	uint32_t entry_rva;
	uint32_t headers_size;
	uint32_t reloc_rva, reloc_size; /* base relocation directory */
};

#define PE_SECTION_ALIGN 0x1000
#define PE_FILE_ALIGN    0x200

/* Write headers into the image, checksum 0. Errors: NO_SPACE (too many sections for the room). */
enum err pe_write(uint8_t *image, size_t size, const struct pe_image *pe) MUST_CHECK;

/*
 * The checksum of a whole file with a PE header, whose own field counts as 0 [ImageHlp's algorithm:
 * a 16-bit one's-complement sum, plus the length].
 */
uint32_t pe_checksum(struct span file);

#endif /* HOST_PE_WRITE_H */
