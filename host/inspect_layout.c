/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies where in the file. Whoever knows more comes first: a region takes what is not taken yet of its
 * bytes, so that "setup part" is what is left of it around its headers, and the rest of the file comes last.
 */
#include <stdio.h>
#include <string.h>
#include "host/inspect.h"
#include "host/text.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"
#include "spec/kernels.h"

static void insert(struct regions *l, size_t at, uint64_t offset, uint64_t end, enum region_kind kind,
	const char *name)
{
	if (l->count == REGIONS_MAX || end <= offset)
		return;
	memmove(&l->r[at + 1], &l->r[at], (l->count - at) * sizeof(l->r[0]));
	l->r[at] = (struct region){.offset = offset, .size = end - offset, .kind = kind};
	snprintf(l->r[at].name, sizeof(l->r[at].name), "%s", name);
	l->count++;
}

/* The parts of [offset, offset + size) that are still free. */
static void put(struct regions *l, uint64_t offset, uint64_t size, enum region_kind kind, const char *name)
{
	uint64_t end = offset + size;
	size_t i;

	for (i = 0; i < l->count && offset < end; i++) {
		const struct region r = l->r[i];
		bool full = l->count == REGIONS_MAX;

		if (offset < r.offset) {
			insert(l, i, offset, end < r.offset ? end : r.offset, kind, name);
			i += !full;
		}
		if (offset < r.offset + r.size)
			offset = r.offset + r.size;
	}
	if (offset < end)
		insert(l, l->count, offset, end, kind, name);
}

static void put_span(struct regions *l, const struct kernel *k, struct span s, enum region_kind kind,
	const char *name)
{
	if (s.len && s.ptr >= k->file.ptr && s.ptr < k->file.ptr + k->file.len)
		put(l, (uint64_t)(s.ptr - k->file.ptr), s.len, kind, name);
}

/* Of foreign names only what a terminal and XML can take. */
static void put_named(struct regions *l, uint64_t offset, uint64_t size, enum region_kind kind,
	const char *what, struct span name)
{
	char safe[REGION_NAME_MAX], words[REGION_NAME_MAX * 2];

	text_safe(name, safe, sizeof(safe) - 12);
	snprintf(words, sizeof(words), "%s%s", what, safe);
	words[REGION_NAME_MAX - 1] = 0;
	put(l, offset, size, kind, words);
}

static void put_pe(struct regions *l, const struct kernel *k, bool with_sections)
{
	const struct pe *pe = &k->pe;

	if (!k->has_pe || pe->file.ptr != k->file.ptr)
		return;
	put_span(l, k, pe->certificates, REGION_SIGNATURE, "signatures");
	put(l, pe->optional_off - PE_HEADER_SIZE,
		pe->table_off + (uint64_t)pe->section_count * SECT_SIZE -
			(pe->optional_off - PE_HEADER_SIZE),
		REGION_HEADER, "PE header and section table");
	for (uint32_t i = 0; i < pe->section_count && with_sections; i++) {
		struct pe_section_info s = pe_section(pe, i);

		put_named(l, s.file_off, s.file_size,
			s.flags & SECT_EXECUTE ? REGION_CODE : REGION_DATA, "section ", s.name);
	}
	if (with_sections)
		put(l, 0, pe->headers_size < k->file.len ? pe->headers_size : k->file.len, REGION_HEADER,
			"MZ header");
}

/* Sections that only a UKI has; the others are .setup, .text, .reloc and the like: told better below. */
static void put_uki(struct regions *l, const struct kernel *k)
{
	for (uint32_t i = 0; i < k->pe.section_count && k->has_pe && k->pe.file.ptr == k->file.ptr; i++) {
		struct pe_section_info s = pe_section(&k->pe, i);

		if (s.file_off >= k->image.setup_size && !(s.flags & SECT_EXECUTE) && k->uki)
			put_named(l, s.file_off, s.file_size, REGION_DATA, "section ", s.name);
	}
}

static void put_bzimage(struct regions *l, const struct kernel *k)
{
	const struct bzimage *b = &k->image;
	uint32_t setup = b->setup_size;

	put_pe(l, k, false);
	put(l, HDR_SETUP_SECTS, b->hdr_end - HDR_SETUP_SECTS, REGION_HEADER, "setup header");
	if (k->ours) {
		put(l, setup + STUB_INFO_OFFSET, STUB_INFO_SIZE, REGION_HEADER, "stub_info");
		put(l, b->kernel_info_off, KERNEL_INFO_FIXED_SIZE, REGION_HEADER, "kernel_info");
		put_span(l, k, b->kernel_info, REGION_HEADER, "manifest");
	} else {
		put_span(l, k, b->kernel_info, REGION_HEADER, "kernel_info");
	}
	put_span(l, k, k->stream, REGION_PAYLOAD, "payload");
	put_span(l, k, b->payload, REGION_HEADER, "size of the content");
	put_span(l, k, k->initrd, REGION_DATA, "embedded initrd");
	put_span(l, k, k->cmdline, REGION_DATA, "embedded command line");
	put_uki(l, k);
	put(l, 0, setup < SECTOR_SIZE ? setup : SECTOR_SIZE, REGION_CODE, "boot sector");
	put(l, 0, setup, REGION_CODE, "setup code (16 bits)");
	if (k->crc == IMAGE_CRC_RIGHT && b->image_size <= k->file.len && b->image_size >= 4)
		put(l, b->image_size - 4, 4, REGION_HEADER, "CRC-32");
	if (k->ours)
		put(l, setup, b->kernel_info_off - setup, REGION_CODE, "stub");
	put(l, setup, b->image_size > setup ? b->image_size - setup : 0,
		k->ours ? REGION_REST : REGION_CODE, k->ours ? "(padding)" : "wrapper (32, 64 bits)");
}

static void put_elf(struct regions *l, const struct elf_file *elf)
{
	const struct elf_file_header *h = &elf->header;

	put(l, 0, elf_header_size(elf->form), REGION_HEADER, "ELF header");
	put(l, h->phoff, (uint64_t)h->phnum * elf_segment_size(elf->form), REGION_HEADER, "program headers");
	put(l, h->shoff, (uint64_t)h->shnum * elf_section_size(elf->form), REGION_HEADER, "section headers");
	for (uint16_t i = 0; i < h->shnum; i++) {
		struct elf_file_section s = elf_file_section(elf, i);

		if (s.type && s.type != SHT_NOBITS)
			put_named(l, s.offset, s.size,
				s.flags & SHF_EXECINSTR ? REGION_CODE : REGION_DATA, "",
				elf_file_section_name(elf, &s));
	}
	for (uint16_t i = 0; i < h->phnum; i++) {
		struct elf_file_segment s = elf_file_segment(elf, i);
		char name[REGION_NAME_MAX];

		snprintf(name, sizeof(name), h->shnum ? "(padding)" : "segment %u", i);
		if (s.type == PT_LOAD)
			put(l, s.offset, s.filesz, s.flags & PF_X && !h->shnum ? REGION_CODE : REGION_REST,
				name);
	}
}

void inspect_elf_layout(const struct elf_file *elf, struct regions *ret)
{
	ret->count = 0;
	put_elf(ret, elf);
	put(ret, 0, elf->file.len, REGION_REST, "(between sections)");
}

void inspect_layout(const struct kernel *k, struct regions *ret)
{
	static const char *const behind = "(behind, or between)";
	struct elf_file elf;

	ret->count = 0;
	switch (k->format) {
	case KERNEL_BZIMAGE:
	case KERNEL_ZIMAGE:
		if (k->image.setup_size)
			put_bzimage(ret, k);
		break;
	case KERNEL_ELF:
		put_span(ret, k, k->stream, REGION_PAYLOAD, "payload");
		if (!elf_file_read(k->file, &elf, NULL))
			put_elf(ret, &elf);
		break;
	case KERNEL_ZBOOT:
		put(ret, 0, ZBOOT_HEADER_SIZE, REGION_HEADER, "zboot header");
		put_span(ret, k, k->stream, REGION_PAYLOAD, "payload");
		put_pe(ret, k, true);
		break;
	case KERNEL_ARM_ZIMAGE:
	case KERNEL_BOOT_SECTOR:
		put_span(ret, k, k->stream, REGION_PAYLOAD, "payload");
		put(ret, 0, k->format == KERNEL_ARM_ZIMAGE ? ZIMAGE_HEADER_SIZE : SECTOR_SIZE,
			REGION_HEADER, k->format == KERNEL_ARM_ZIMAGE ? "zImage header" : "boot sector");
		put_pe(ret, k, true);
		break;
	case KERNEL_ARM64_IMAGE:
	case KERNEL_RISCV_IMAGE:
		put(ret, 0, IMAGE_HEADER_SIZE, REGION_HEADER, "Image header");
		put_pe(ret, k, true);
		break;
	default:
		put_span(ret, k, k->stream, REGION_PAYLOAD, "payload");
		put_pe(ret, k, true);
	}
	/* however much has been found: the last entry is for what has not */
	put(ret, 0, k->file.len, REGION_REST, behind);
	for (size_t i = 0; i < ret->count; i++) {
		if (ret->r[i].offset + ret->r[i].size > k->file.len)
			ret->r[i].size = k->file.len > ret->r[i].offset ? k->file.len - ret->r[i].offset : 0;
	}
	while (ret->count && !ret->r[ret->count - 1].size)
		ret->count--;
}
