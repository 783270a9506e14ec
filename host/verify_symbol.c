/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an offset in a kernel to its address, by the segments, and to the symbol there, by the kernel's own
 * table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/kallsyms.h"
#include "host/text.h"
#include "host/verify.h"
#include "spec/elf64.h"

#define AREAS_MAX 64

static size_t list_areas(const struct elf_file *elf, struct kallsyms_area *ret)
{
	size_t n = 0;

	for (uint16_t i = 0; i < elf->header.phnum && n < AREAS_MAX; i++) {
		struct elf_file_segment s = elf_file_segment(elf, i);

		if (s.type == PT_LOAD && s.filesz)
			ret[n++] = (struct kallsyms_area){s.offset, s.filesz, s.vaddr};
	}
	return n;
}

static void name_address(const struct kallsyms *names, struct verify_address *at)
{
	struct kallsyms_iter it = kallsyms_begin(names);
	struct kallsyms_symbol s, best = {0};
	char safe[sizeof(at->symbol) - 20];

	while (kallsyms_next(&it, &s) && s.va <= at->va) {
		if (s.va > best.va || !best.name_len)
			best = s;
	}
	if (!best.name_len)
		return;
	text_safe((struct span){(const uint8_t *)best.name, best.name_len}, safe, sizeof(safe));
	snprintf(at->symbol, sizeof(at->symbol), "%s+0x%" PRIx64, safe, at->va - best.va);
}

struct verify_address verify_find_address(const struct kernel *k, uint64_t offset)
{
	struct kallsyms_area areas[AREAS_MAX];
	struct kallsyms_image image = {.bytes = k->kernel, .areas = areas};
	struct verify_address at = {0};
	struct kallsyms *names;

	if (!k->has_any)
		return at;
	image.area_count = list_areas(&k->any, areas);
	image.big_endian = k->any.form.big_endian;
	image.word = k->any.form.is64 ? 8 : 4;
	for (size_t i = 0; i < image.area_count; i++) {
		if (offset >= areas[i].offset && offset - areas[i].offset < areas[i].size) {
			at.known = true;
			at.va = areas[i].va + (offset - areas[i].offset);
		}
	}
	names = at.known ? calloc(1, sizeof(*names)) : NULL;
	/* names of per-CPU variables, at addresses from 0 on, would be taken for any other */
	if (names && !kallsyms_find(&image, names, NULL))
		name_address(names, &at);
	free(names);
	return at;
}
