/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_pe.h. Where the stub works, a byte's distance from the start of the file is also its
 * distance from where firmware loaded the image, so that the stub finds manifest and payload without
 * asking. What nobody looks for by distance lies in the file's setup part, and in memory behind it all:
 *
 *   file    | headers .setup  tail | .text | .data | .payload ......... |
 *   memory  | headers .setup       | .text | .data | .payload ......... | .reloc | .sbat | .compat |
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

/* One of the setup part's tail, given by its distance from the tail's end, and behind all in memory. */
static void add_tail(struct section_list *list, const struct build *b, const char *name,
	uint32_t mem_size, uint32_t from, uint32_t to, uint32_t flags)
{
	const struct pe_section *last = &list->s[list->count - 1];

	list->s[list->count++] = (struct pe_section){name,
		align_page(last->rva + (last->mem_size > last->file_size ? last->mem_size
									 : last->file_size)),
		mem_size, (uint32_t)b->setup.len - from, from - to, SECT_DATA | SECT_READ | flags};
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

enum err image_pe(struct build *b)
{
	uint32_t setup = (uint32_t)b->setup.len, relocs;
	uint32_t data = setup + b->data_off, payload = setup + b->manifest.payload_off;
	uint32_t relocs_end = has_sbat(b) ? SETUP_TAIL_COMPAT : SETUP_TAIL_SBAT;
	struct section_list list = {.count = 0};

	relocs = put_relocs(b->image + setup - SETUP_TAIL_RELOC);
	put_compat(b->image + setup - SETUP_TAIL_COMPAT, setup + STUB_ENTRY_EFI32);
	add_in_place(&list, ".setup", HEADERS_SIZE, setup - SETUP_TAIL_SIZE - HEADERS_SIZE,
		setup - SETUP_TAIL_SIZE, SECT_DATA | SECT_DISCARDABLE);
	add_in_place(&list, ".text", setup, b->data_off, data, SECT_CODE | SECT_EXECUTE);
	add_in_place(&list, ".data", data, payload - data, payload, SECT_DATA | SECT_WRITE);
	add_payload(&list, b);
	add_tail(&list, b, ".reloc", relocs, SETUP_TAIL_RELOC, relocs_end, SECT_DISCARDABLE);

	const struct pe_section *reloc = &list.s[list.count - 1];

	if (!has_sbat(b)) {
		memcpy(b->image + setup - SETUP_TAIL_SBAT, sbat, sizeof(sbat) - 1);
		add_tail(&list, b, ".sbat", sizeof(sbat) - 1, SETUP_TAIL_SBAT, SETUP_TAIL_COMPAT, 0);
	}
	/* up to the setup part's end, so that no byte of the file is left unsigned */
	add_tail(&list, b, ".compat", COMPAT_SIZE + 1, SETUP_TAIL_COMPAT, 0, SECT_DISCARDABLE);

	const struct pe_image pe = {
		.sections = list.s,
		.count = list.count,
		.entry_rva = setup + STUB_ENTRY_EFI,
		.headers_size = HEADERS_SIZE,
		.reloc_rva = reloc->rva,
		.reloc_size = relocs,
	};

	return pe_write(b->image, b->image_size, &pe);
}
