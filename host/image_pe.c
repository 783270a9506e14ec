/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_pe.h. Where the stub works, a byte's distance from the start of the file is also its
 * distance from where firmware loaded the image, so that the stub finds manifest and payload without
 * asking. What nobody looks for by distance are the setup part's code, which is for BIOS, and the tail:
 * these share the setup part's pages in memory, so that sections come in the same order in both, and
 * signing tools have nothing to remark on.
 *
 *   file    | headers | .setup ................. |.reloc|.sbat|.compat| .text | .data | .payload .... |
 *   memory  | headers | .setup | .reloc | .sbat  | .compat            | .text | .data | .payload .... |
 *           0      0x1000   0x2000   0x3000   0x4000               0x5000
 *
 * Of .setup no more is loaded than there is room for, and nobody misses the rest.
 *
 * The payload is writable, because a decoder may change its input (codec.h, gzip). In a UKI it is called
 * .linux, the name that tools look for, and ends where the UKI's own sections begin:
 *
 *   file, memory    ... .data | .linux | .osrel | .uname | ... | .cmdline | .ucode | .initrd |
 */
#include <string.h>
#include "host/image_pe.h"
#include "host/pe_write.h"
#include "spec/pe.h"

#define HEADERS_SIZE 0x1000
_Static_assert(SETUP_PE_SECTIONS >= IMAGE_PARTS_MAX + 3 + 7, "room for all sections");

/* [shim, SBAT.md]: component, generation, vendor's name, package, version, address */
static const char sbat[] = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
			   "bzforge,1,bzforge,bzforge,1,https://bzforge.org\n";
_Static_assert(sizeof(sbat) <= SETUP_TAIL_SBAT - SETUP_TAIL_COMPAT, ".sbat");

struct span image_pe_sbat(void)
{
	return (struct span){(const uint8_t *)sbat, sizeof(sbat) - 1};
}

/* Our code moves itself; but firmware wants to see a table before it loads an image elsewhere. */
static uint32_t put_relocs(uint8_t *p)
{
	/* Two entries of type 0, which do nothing, at two places: readers remark on one that comes twice. */
	uint32_t size = RELOC_BLOCK_HEAD + 2 * 2;

	le16_put(p + RELOC_BLOCK_HEAD + 2, 1);
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

struct section_list {
	struct pe_section s[SETUP_PE_SECTIONS];
	size_t count;
};

/* A section that lies in memory as far from the image's start as in the file. */
static void add_in_place(struct section_list *list, const char *name, uint32_t at, uint32_t mem_size,
	uint32_t end, uint32_t flags)
{
	list->s[list->count++] =
		(struct pe_section){name, at, mem_size, at, end - at, SECT_READ | flags};
}

/* One of the setup part's tail, given by its distance from the tail's end, on the next page in memory. */
static void add_tail(struct section_list *list, const struct build *b, const char *name,
	uint32_t mem_size, uint32_t from, uint32_t to, uint32_t flags)
{
	const struct pe_section *last = &list->s[list->count - 1];
	uint32_t pages = (last->mem_size + PE_SECTION_ALIGN - 1) / PE_SECTION_ALIGN;

	list->s[list->count++] = (struct pe_section){name, last->rva + pages * PE_SECTION_ALIGN, mem_size,
		(uint32_t)b->setup.len - from, from - to, SECT_DATA | SECT_READ | flags};
}

/* Payload and what a UKI has behind it, each up to the next one's start. */
static void add_payload(struct section_list *list, const struct build *b)
{
	const struct manifest *m = &b->manifest;
	uint32_t setup = (uint32_t)b->setup.len, end = (uint32_t)b->image_size, next = end;
	uint32_t at = setup + m->payload_off, size = m->payload_size + b->trailer_size;

	if (b->section_count)
		next = setup + (uint32_t)b->sections[0].off;
	add_in_place(list, b->wish->uki ? ".linux" : ".payload", at,
		b->wish->uki ? size : next - at, next, SECT_DATA | SECT_WRITE);
	for (size_t i = 0; i < b->section_count; i++) {
		const struct image_section *s = &b->sections[i];

		next = i + 1 < b->section_count ? setup + (uint32_t)b->sections[i + 1].off : end;
		add_in_place(list, s->name, setup + (uint32_t)s->off, (uint32_t)s->size, next,
			SECT_DATA);
	}
}

/* Does the UKI bring a .sbat of its own? Then the tail's stays empty. */
static bool has_sbat(const struct build *b)
{
	for (size_t i = 0; i < b->section_count; i++) {
		if (!strcmp(b->sections[i].name, ".sbat"))
			return true;
	}
	return false;
}

/* .setup, and the tail on the last pages of the setup part's room in memory. */
static enum err add_setup(struct section_list *list, const struct build *b, uint32_t relocs_size)
{
	uint32_t setup = (uint32_t)b->setup.len;
	uint32_t tail = (has_sbat(b) ? 2 : 3) * PE_SECTION_ALIGN;
	uint32_t relocs_end = has_sbat(b) ? SETUP_TAIL_COMPAT : SETUP_TAIL_SBAT;

	if (setup < HEADERS_SIZE + PE_SECTION_ALIGN + tail)
		return ERR_NO_SPACE;
	add_in_place(list, ".setup", HEADERS_SIZE, setup - HEADERS_SIZE - tail,
		setup - SETUP_TAIL_SIZE, SECT_DATA | SECT_DISCARDABLE);
	add_tail(list, b, ".reloc", relocs_size, SETUP_TAIL_RELOC, relocs_end, SECT_DISCARDABLE);
	if (!has_sbat(b))
		add_tail(list, b, ".sbat", sizeof(sbat) - 1, SETUP_TAIL_SBAT, SETUP_TAIL_COMPAT, 0);
	/* up to the setup part's end, so that no byte of the file is left unsigned */
	add_tail(list, b, ".compat", COMPAT_SIZE + 1, SETUP_TAIL_COMPAT, 0, SECT_DISCARDABLE);
	return ERR_OK;
}

enum err image_pe(struct build *b)
{
	uint32_t setup = (uint32_t)b->setup.len, relocs;
	uint32_t data = setup + b->data_off, payload = setup + b->manifest.payload_off;
	struct section_list list = {.count = 0};
	enum err err;

	relocs = put_relocs(b->image + setup - SETUP_TAIL_RELOC);
	put_compat(b->image + setup - SETUP_TAIL_COMPAT, setup + STUB_ENTRY_EFI32);
	if (!has_sbat(b))
		memcpy(b->image + setup - SETUP_TAIL_SBAT, sbat, sizeof(sbat) - 1);
	err = add_setup(&list, b, relocs);
	if (err)
		return err;
	add_in_place(&list, ".text", setup, b->data_off, data, SECT_CODE | SECT_EXECUTE);
	add_in_place(&list, ".data", data, payload - data, payload, SECT_DATA | SECT_WRITE);
	add_payload(&list, b);

	const struct pe_image pe = {
		.sections = list.s,
		.count = list.count,
		.entry_rva = setup + STUB_ENTRY_EFI,
		.headers_size = HEADERS_SIZE,
		.reloc_rva = list.s[1].rva,
		.reloc_size = relocs,
	};

	return pe_write(b->image, b->image_size, &pe);
}
