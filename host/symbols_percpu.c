/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which per-CPU variables are static? The kernel's own table of symbols has forgotten it, but its BTF
 * knows: a section .data..percpu that lists each variable with its address, and whether it can be seen
 * from other files. A kernel without BTF, or with one that cannot be read, has them all global.
 */
#include <stdlib.h>
#include <string.h>
#include "core/btf.h"
#include "host/symbols_parts.h"

#define SECTION ".data..percpu"
#define ENTRY_SIZE 12 /* type, offset, size */

/* The section's list and the variables by their number: two walks, since either may come first. */
static bool find_list(const struct btf *btf, struct btf_type *ret)
{
	struct btf_iter it = btf_begin(btf);

	while (btf_next(&it, ret)) {
		if (ret->kind == BTF_KIND_DATASEC && !strcmp(ret->name, SECTION))
			return true;
	}
	return false;
}

static void add_variable(const struct btf *btf, const struct btf_type *list,
	const struct btf_type *variable, struct percpu_statics *ret)
{
	for (uint32_t i = 0; i < list->vlen; i++) {
		if (btf_u32(btf, list->more, (uint64_t)i * ENTRY_SIZE) != variable->id)
			continue;
		ret->variable[ret->count++] = (struct percpu_static){
			btf_u32(btf, list->more, (uint64_t)i * ENTRY_SIZE + 4), variable->name};
		return;
	}
}

bool percpu_find_statics(struct span btf_bytes, bool big_endian, struct percpu_statics *ret)
{
	struct btf_type list, type;
	struct btf_iter it;
	struct btf btf;

	*ret = (struct percpu_statics){0};
	if (btf_parse(btf_bytes, big_endian, &btf, NULL) || !find_list(&btf, &list))
		return true;
	ret->variable = calloc((size_t)list.vlen + 1, sizeof(*ret->variable));
	if (!ret->variable)
		return false;
	it = btf_begin(&btf);
	while (ret->count < list.vlen && btf_next(&it, &type)) {
		if (type.kind == BTF_KIND_VAR && btf_u32(&btf, type.more, 0) == BTF_VAR_STATIC)
			add_variable(&btf, &list, &type, ret);
	}
	return true;
}

bool percpu_is_static(const struct percpu_statics *p, const struct kallsyms_symbol *symbol)
{
	for (uint32_t i = 0; i < p->count; i++) {
		if (p->variable[i].offset == symbol->va && !strcmp(p->variable[i].name, symbol->name))
			return true;
	}
	return false;
}

void percpu_free(struct percpu_statics *p)
{
	free(p->variable);
	*p = (struct percpu_statics){0};
}
