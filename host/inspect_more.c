/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect's report for people, what follows from the bytes: why init_size, whether KASLR, how memory is
 * used, notes, sections, signatures.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "host/inspect.h"
#include "host/text.h"
#include "spec/elf64.h"

#define LINE 200

static const char *answer(enum answer a)
{
	return a == ANSWER_YES ? "yes" : a == ANSWER_NO ? "no" : "unknown";
}

void inspect_print_reasons(const struct facts *f)
{
	const struct init_size *s = &f->init_size;

	for (size_t i = 0; i < s->count; i++)
		printf("    %s 0x%-9" PRIx64 " %s\n", s->part[i].decides ? "->" : "  ", s->part[i].bytes,
			s->part[i].name);
	if (s->count && s->besides_name)
		printf("     + 0x%-9" PRIx64 " %s\n", s->besides, s->besides_name);
	if (s->count && !s->explained)
		printf("       which does not give the header's value\n");
	printf("  KASLR            physical: %s, %s\n", answer(f->kaslr.physical), f->kaslr.physical_why);
	printf("                   virtual: %s, %s\n", answer(f->kaslr.virtual), f->kaslr.virtual_why);
}

static void print_note(const struct note *n)
{
	char owner[40];
	size_t i, shown = n->desc.len < 32 ? n->desc.len : 32;

	text_safe(n->owner, owner, sizeof(owner));
	printf("    0x%-8" PRIx64 " %-10s type 0x%-6" PRIx32 " %zu bytes", n->offset, owner, n->type,
		n->desc.len);
	for (i = 0; i < shown; i++)
		printf("%s%02x", i ? "" : ": ", n->desc.ptr[i]);
	printf("%s\n", shown < n->desc.len ? "..." : "");
}

static void print_sections(const struct elf_file *elf)
{
	printf("  sections         offset     address             bytes\n");
	for (uint16_t i = 0; i < elf->header.shnum && i < REGIONS_MAX; i++) {
		struct elf_file_section s = elf_file_section(elf, i);
		char name[40];

		if (!s.type)
			continue;
		text_safe(elf_file_section_name(elf, &s), name, sizeof(name));
		printf("    %4u           0x%-8" PRIx64 " 0x%016" PRIx64 "  0x%-8" PRIx64 " %s%s\n", i,
			s.offset, s.addr, s.size, name, s.type == SHT_NOBITS ? " (not in the file)" : "");
	}
	if (elf->header.shnum > REGIONS_MAX)
		printf("         and %u more\n", elf->header.shnum - REGIONS_MAX);
}

void inspect_print_elf(const struct facts *f)
{
	const struct elf_facts *e = &f->elf;
	const struct footprint *p = &e->footprint;
	const struct kernel *k = f->k;

	if (e->ikconfig.len)
		printf("  configuration    in the kernel, 0x%" PRIx64 ", %zu bytes compressed\n",
			(uint64_t)(e->ikconfig.ptr - k->kernel.ptr), e->ikconfig.len);
	else if (k->has_kernel)
		printf("  configuration    not in the kernel\n");
	if (!k->has_any)
		return;
	printf("  footprint        text %" PRIu64 ", constants %" PRIu64 ", data %" PRIu64 ", bss %" PRIu64
	       ", per CPU %" PRIu64,
		p->text, p->rodata, p->data, p->bss, p->percpu);
	if (e->by_sections)
		printf(", for start-up only %" PRIu64 "\n", p->init);
	else
		printf(" (by segments)\n");
	if (e->build_id.len) {
		printf("  build id         ");
		for (size_t i = 0; i < e->build_id.len && i < 64; i++)
			printf("%02x", e->build_id.ptr[i]);
		printf("\n");
	}
	if (e->note_count)
		printf("  notes\n");
	for (size_t i = 0; i < e->note_count; i++)
		print_note(&e->note[i]);
	if (e->note_dropped)
		printf("    and %zu more\n", e->note_dropped);
	if (k->any.header.shnum)
		print_sections(&k->any);
}

static void print_lines(struct span text)
{
	char line[LINE];
	unsigned int count = 0;

	while (text.len && count++ < 64) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		size_t len = end ? (size_t)(end - text.ptr) : text.len;

		text_safe((struct span){text.ptr, len}, line, sizeof(line));
		printf("  %s\n", line);
		len += !!end;
		text.ptr += len;
		text.len -= len;
	}
}

void inspect_print_signatures(const struct facts *f)
{
	const struct authenticode *a = &f->signatures;

	for (size_t i = 0; i < a->count; i++) {
		char signer[LINE];

		text_safe((struct span){(const uint8_t *)a->s[i].signer, strlen(a->s[i].signer)}, signer,
			sizeof(signer));
		printf("signature          %s: %s%s\n", signer,
			a->s[i].trouble ? "does not hold, " : "holds",
			a->s[i].trouble ? a->s[i].trouble : "");
	}
	if (f->sbat.len) {
		printf("SBAT\n");
		print_lines(f->sbat);
	}
}
