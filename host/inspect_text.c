/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect's report for people: one fact a line, a heading where a new part of the file begins.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "host/inspect.h"
#include "host/text.h"

#define XLOADFLAG_BITS 16

/* What the file says, made safe for terminals. */
static void print_foreign(const char *what, struct span text)
{
	char safe[1024];

	text_safe(text, safe, sizeof(safe));
	printf("  %-16s %s\n", what, safe);
}

static void print_loadflags(uint8_t flags)
{
	printf("  loadflags        0x%x", flags);
	for (unsigned int bit = 0; bit < 8; bit++) {
		const char *name = text_loadflag(bit);

		if (flags & 1u << bit)
			printf(" %s", name ? name : "(unknown)");
	}
	putchar('\n');
}

static void print_xloadflags(uint16_t flags)
{
	unsigned int bit;

	printf("  xloadflags       0x%x", flags);
	for (bit = 0; bit < XLOADFLAG_BITS; bit++) {
		const char *name = text_xloadflag(bit);

		if (flags & 1u << bit)
			printf(" %s", name ? name : "(unknown)");
	}
	putchar('\n');
}

static void print_image(const struct facts *f)
{
	const struct kernel *k = f->k;
	const struct bzimage *b = &k->image;
	const struct setup_header *h = &b->hdr;

	printf("  boot protocol    %u.%u\n", b->protocol >> 8, b->protocol & 0xff);
	if (b->version.len)
		print_foreign("version", b->version);
	printf("  setup part       %" PRIu32 " bytes\n", b->setup_size);
	printf("  image            %" PRIu64 " bytes of the file's %zu\n", b->image_size,
		k->file.len);
	printf("  image CRC-32     %s%s\n", text_crc(k->crc),
		k->crc == IMAGE_CRC_WRONG && !k->ours ? " (none was written, or changed since)"
						      : "");
	if (k->signature_size)
		printf("  signed           %" PRIu32 " bytes of signatures\n", k->signature_size);
	printf("  entries          16-bit 0x200, 32-bit 0x%" PRIx32, b->setup_size);
	if (b->is_64bit)
		printf(", 64-bit 0x%" PRIx32, b->setup_size + 0x200);
	if (h->xloadflags & (XLF_EFI_HANDOVER_32 | XLF_EFI_HANDOVER_64))
		printf(", EFI handover 0x%" PRIx32, b->setup_size + h->handover_offset);
	printf("\n  loaded at        0x%" PRIx64 "%s, aligned to 0x%" PRIx32 " (at least 2^%u)\n",
		h->pref_address, h->relocatable_kernel ? " or above" : "", h->kernel_alignment,
		h->min_alignment);
	printf("  init_size        0x%" PRIx32 " (%" PRIu32 " KiB)\n", h->init_size,
		h->init_size / 1024);
	inspect_print_reasons(f);
	printf("  command line     at most %" PRIu32 " bytes\n", h->cmdline_size);
	print_loadflags(h->loadflags);
	print_xloadflags(h->xloadflags);
	if (b->has_kernel_info)
		printf("  setup_type_max   0x%" PRIx32 "\n", b->setup_type_max);
}

/* What firmware, boot loaders and signers see of the file. */
static void print_sections(const struct kernel *k)
{
	char flags[4];
	uint32_t i;

	printf("PE sections%s    offset     bytes      address    size\n",
		k->uki ? " (UKI)" : "      ");
	for (i = 0; i < k->pe.section_count; i++) {
		struct pe_section_info s = pe_section(&k->pe, i);

		char name[40];

		text_safe(s.name, name, sizeof(name));
		text_section_flags(s.flags, flags);
		printf("  %-8s %s     0x%-8" PRIx32 " %-10" PRIu32 " 0x%-8" PRIx32 " %" PRIu32 "\n",
			name, flags, s.file_off, s.file_size,
			s.rva, s.mem_size);
	}
}

static void print_layers(const struct kernel *k)
{
	size_t i;

	printf("  found            ");
	for (i = 0; i < k->layer_count; i++) {
		const struct kernel_layer *l = &k->layer[i];

		if (i)
			printf(" > ");
		if (l->member) {
			char member[256];

			text_safe((struct span){(const uint8_t *)l->member, strlen(l->member)}, member,
				sizeof(member));
			printf("%s > ", member);
		}
		printf("%s%s",
			l->format == KERNEL_STREAM ? codec_name(l->codec) : format_name(l->format),
			l->searched ? " (searched for)" : "");
	}
	printf("\n");
	if (k->arch)
		printf("  for              %s\n", k->arch);
	if (k->release.len && !k->image.version.len)
		print_foreign("release", k->release);
}

static void print_payload(const struct kernel *k)
{
	if (!k->image.payload.len) {
		printf("payload: none (not a Linux kernel)\n");
		return;
	}
	printf("payload\n");
	printf("  codec            %s\n", k->has_codec ? codec_name(k->codec) : "unknown");
	if (kernel_is_filtered(k))
		printf("  filter           x86: only bzforge reads the code behind the codec right\n");
	printf("  offset           0x%" PRIx64 "\n", kernel_offset(k, k->image.payload.ptr));
	printf("  length           %zu\n", k->image.payload.len);
	if (k->content)
		printf("  content          %zu bytes: kernel %zu, behind it %zu\n", k->content_size,
			k->kernel.len, k->has_kernel ? k->content_size - k->kernel.len : 0);
	else if (k->content_size)
		printf("  content          %zu bytes, not decoded: --deep looks into it\n",
			k->content_size);
}

static void print_elf(const struct kernel *k)
{
	const struct elf_plan *p = &k->plan;
	char flags[4], digest[SHA256_SIZE * 2 + 1];
	size_t i;

	printf("kernel\n");
	printf("  ELF              %zu bytes, entry 0x%" PRIx64 "\n", k->elf.len, p->entry);
	printf("  memory           0x%" PRIx64 " to 0x%" PRIx64 " (physical, at link time)\n",
		p->mem_base, p->mem_base + p->mem_size);
	printf("  segments         "
	       "offset     physical   virtual             in file    in memory\n");
	for (i = 0; i < p->count; i++) {
		const struct elf_segment *s = &p->segment[i];

		text_segment_flags(s->flags, flags);
		printf("    %2zu %s         0x%-8" PRIx64 " 0x%-8" PRIx64 " 0x%016" PRIx64
		       "  0x%-8" PRIx64 " 0x%-8" PRIx64 "\n",
			i, flags, s->offset, s->paddr, s->vaddr, s->filesz, s->memsz);
	}
	printf("  relocations      %" PRIu64 ", layout %s", kernel_relocs_count(k),
		reloc_layout_name(k->table.layout));
	if (k->table.layout == RELOC_LINUX_3 || k->table.layout == RELOC_LINUX_2)
		printf(": %zu 64-bit, %zu 32-bit, %zu inverse", k->table.rel64.len / 4,
			k->table.rel32.len / 4, k->table.inverse32.len / 4);
	if (k->ours && k->manifest.reloc_coding == RELOC_COMPACT)
		printf("; compact, %" PRIu64 " bytes for %zu", k->relocs_coded_size, k->relocs.len);
	text_digest(k->sha256, digest);
	printf("\n  SHA-256          %s\n", digest);
}

static void print_manifest(const struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	char digest[SHA256_SIZE * 2 + 1];
	uint32_t i;

	printf("bzforge manifest\n");
	text_digest(m->kernel_sha256, digest);
	printf("  kernel           %" PRIu32 " bytes, SHA-256 %s\n", m->elf_size, digest);
	printf("  decoding         %s%s%s\n",
		m->flags & MANIFEST_FLAG_IN_PLACE ? "in place" : "apart",
		m->flags & MANIFEST_FLAG_MOVABLE ? ", movable" : ", fixed place",
		m->flags & MANIFEST_FLAG_VIRTUAL ? ", virtual address may move" : "");
	printf("  safe_offset      0x%" PRIx32 "\n", m->safe_offset);
	printf("  workspace        %" PRIu32 "\n", m->workspace);
	if (m->cmdline_size)
		print_foreign("command line", k->cmdline);
	if (m->initrd_size)
		printf("  initrd           %" PRIu32 " bytes\n", m->initrd_size);
	printf("  chunks           input      bytes      output     bytes      CRC-32C    after\n");
	for (i = 0; i < m->chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(m, i);

		printf("    %4" PRIu32 "           0x%-8" PRIx32 " %-10" PRIu32 " 0x%-8" PRIx32
		       " %-10" PRIu32 " 0x%08" PRIx32 " %" PRIu32 "\n",
			i, c.in_off, c.in_size, c.out_off, c.out_size, c.crc32c, c.ready_after);
	}
}

/* An ELF that our stub does not load, or none: what can be said of it in a line or two. */
static void print_other(const struct kernel *k)
{
	char digest[SHA256_SIZE * 2 + 1];

	printf("kernel\n");
	printf("  bytes            %zu\n", k->kernel.len);
	if (k->has_any)
		printf("  ELF              %s, %s-endian, entry 0x%" PRIx64 "\n",
			k->any.form.is64 ? "64 bits" : "32 bits", k->any.form.big_endian ? "big" : "little",
			k->any.header.entry);
	if (k->raw.image_size)
		printf("  memory           %" PRIu64 " bytes, from 0x%" PRIx64 " behind a multiple of 2 MiB\n",
			k->raw.image_size, k->raw.text_offset);
	if (k->has_digest) {
		text_digest(k->sha256, digest);
		printf("  SHA-256          %s\n", digest);
	}
}

void inspect_print_text(const struct facts *f)
{
	const struct kernel *k = f->k;
	char text[256], place[96];
	size_t i;

	printf("%s: %s%s\n", k->name,
		k->format == KERNEL_UNKNOWN ? "no kernel image" : format_name(k->format),
		k->ours ? ", made by bzforge" : "");
	if (k->layer_count)
		print_layers(k);
	if (k->image.setup_size) {
		print_image(f);
		print_payload(k);
	}
	if (k->has_elf)
		print_elf(k);
	else if (k->has_kernel)
		print_other(k);
	if (k->has_kernel)
		inspect_print_elf(f);
	if (k->ours)
		print_manifest(k);
	if (k->has_pe)
		print_sections(k);
	inspect_print_signatures(f);
	inspect_print_layout(f);
	if (k->format == KERNEL_UNKNOWN)
		return;
	if (!k->problems.count) {
		printf(k->left_out
				? "whole: as far as headers tell (--deep and verify decode the kernel)\n"
				: "whole: yes\n");
		return;
	}
	printf("whole: no\n");
	for (i = 0; i < k->problems.count; i++) {
		problem_text(&k->problems.p[i], text, sizeof(text));
		problem_place(&k->problems.p[i], place, sizeof(place));
		printf("  %s%s\n", text, place);
	}
}
