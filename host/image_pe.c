/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_pe.h. Where the stub works, a byte's distance from the start of the file is also its
 * distance from where firmware loaded the image, so that the stub finds manifest and payload without
 * asking. What nobody looks for by distance lies in the file's setup part, and in memory behind it all:
 *
 *   file    | headers .setup  tail | .text | .data | .payload ......... |
 *   memory  | headers .setup       | .text | .data | .payload ......... | .reloc | .sbat | .compat |
 *
 * The payload is writable, because a decoder may change its input (codec.h, gzip).
 */
#include <string.h>
#include "host/image_pe.h"
#include "host/pe_write.h"
#include "spec/pe.h"

#define HEADERS_SIZE 0x1000

/* [shim, SBAT.md]: component, generation, vendor's name, package, version, address */
static const char sbat[] = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
			   "bzforge,1,bzforge,bzforge,1,https://bzforge.org\n";
_Static_assert(sizeof(sbat) <= SETUP_TAIL_SBAT - SETUP_TAIL_COMPAT, ".sbat");

/* Our code moves itself; but firmware wants to see a table before it loads an image elsewhere. */
static uint32_t put_relocs(uint8_t *p)
{
	uint32_t size = RELOC_BLOCK_HEAD + 2 * 2; /* two entries of type 0, which do nothing */

	le32_put(p + RELOC_BLOCK_RVA, 0);
	le32_put(p + RELOC_BLOCK_SIZE, size);
	return size;
}

/* Where firmware of 32 bits enters. */
static void put_compat(uint8_t *p, uint32_t entry_rva)
{
	p[COMPAT_ENTRY_TYPE] = 1;
	p[COMPAT_ENTRY_SIZE] = COMPAT_SIZE;
	le16_put(p + COMPAT_ENTRY_MACHINE, PE_MACHINE_I386);
	le32_put(p + COMPAT_ENTRY_RVA, entry_rva);
}

static uint32_t align_page(uint32_t v)
{
	return (v + PE_SECTION_ALIGN - 1) / PE_SECTION_ALIGN * PE_SECTION_ALIGN;
}

enum err image_pe(struct build *b)
{
	uint32_t setup = (uint32_t)b->setup.len, end = (uint32_t)b->image_size;
	uint32_t data = setup + b->data_off, payload = setup + b->manifest.payload_off;
	uint32_t behind = align_page(end), relocs;

	relocs = put_relocs(b->image + setup - SETUP_TAIL_RELOC);
	memcpy(b->image + setup - SETUP_TAIL_SBAT, sbat, sizeof(sbat) - 1);
	put_compat(b->image + setup - SETUP_TAIL_COMPAT, setup + STUB_ENTRY_EFI32);

	const struct pe_section sections[] = {
		{".setup", HEADERS_SIZE, setup - SETUP_TAIL_SIZE - HEADERS_SIZE, HEADERS_SIZE,
			setup - SETUP_TAIL_SIZE - HEADERS_SIZE,
			SECT_DATA | SECT_READ | SECT_DISCARDABLE},
		{".text", setup, b->data_off, setup, b->data_off,
			SECT_CODE | SECT_READ | SECT_EXECUTE},
		{".data", data, payload - data, data, payload - data,
			SECT_DATA | SECT_READ | SECT_WRITE},
		{".payload", payload, end - payload, payload, end - payload,
			SECT_DATA | SECT_READ | SECT_WRITE},
		{".reloc", behind, relocs, setup - SETUP_TAIL_RELOC,
			SETUP_TAIL_RELOC - SETUP_TAIL_SBAT,
			SECT_DATA | SECT_READ | SECT_DISCARDABLE},
		{".sbat", behind + PE_SECTION_ALIGN, sizeof(sbat) - 1, setup - SETUP_TAIL_SBAT,
			SETUP_TAIL_SBAT - SETUP_TAIL_COMPAT, SECT_DATA | SECT_READ},
		/* up to the setup part's end, so that no byte of the file is left unsigned */
		{".compat", behind + 2 * PE_SECTION_ALIGN, COMPAT_SIZE + 1,
			setup - SETUP_TAIL_COMPAT, SETUP_TAIL_COMPAT,
			SECT_DATA | SECT_READ | SECT_DISCARDABLE},
	};
	const struct pe_image pe = {
		.sections = sections,
		.count = sizeof(sections) / sizeof(sections[0]),
		.entry_rva = setup + STUB_ENTRY_EFI,
		.headers_size = HEADERS_SIZE,
		.reloc_rva = behind,
		.reloc_size = relocs,
	};

	return pe_write(b->image, b->image_size, &pe);
}
