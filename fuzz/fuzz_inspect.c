/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any ELF as inspect looks at it: regions cover the file without gap or overlap and have names that a terminal
 * and XML can take; notes, build id and configuration lie in the file.
 */
#include "fuzz/fuzz.h"

#include "host/inspect.h"
#include "host/text.h"

static bool inside(struct span part, struct span file)
{
	return !part.len ||
		(part.ptr >= file.ptr && part.ptr + part.len <= file.ptr + file.len);
}

static void check_regions(const struct regions *l, uint64_t size)
{
	uint64_t end = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct region *r = &l->r[i];

		FUZZ_CHECK(r->size && r->offset >= end && r->offset + r->size <= size);
		FUZZ_CHECK(l->count == REGIONS_MAX || r->offset == end);
		end = r->offset + r->size;
		FUZZ_CHECK(memchr(r->name, 0, sizeof(r->name)));
		for (const char *p = r->name; *p; p++)
			FUZZ_CHECK(*p >= ' ' && *p <= '~');
	}
	FUZZ_CHECK(end == size || l->count == REGIONS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct regions layout;
	static struct elf_facts facts;
	struct span file = {data, size};
	struct kernel *k = calloc(1, sizeof(*k));
	char safe[24];

	FUZZ_CHECK(k);
	text_safe(file, safe, sizeof(safe));
	FUZZ_CHECK(strlen(safe) < sizeof(safe));
	k->file = k->kernel = file;
	k->has_kernel = true;
	k->has_any = !elf_file_read(file, &k->any, NULL);
	k->has_pe = !pe_parse(file, &k->pe, NULL);
	k->format = k->has_any ? KERNEL_ELF : KERNEL_PE;
	inspect_layout(k, &layout);
	check_regions(&layout, size);
	inspect_elf(k, &facts);
	FUZZ_CHECK(facts.note_count <= NOTES_MAX);
	for (size_t i = 0; i < facts.note_count; i++)
		FUZZ_CHECK(inside(facts.note[i].owner, file) && inside(facts.note[i].desc, file));
	FUZZ_CHECK(inside(facts.build_id, file) && inside(facts.ikconfig, file));
	free(k);
	return 0;
}
