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

/* What the section lists: in the order of types, and of several with one type the first in front. */
struct listed {
	uint32_t type, offset, index;
};

static int compare_listed(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static struct listed *listed_read(const struct btf *btf, const struct btf_type *list)
{
	struct listed *listed = calloc((size_t)list->vlen + 1, sizeof(*listed));

	for (uint32_t i = 0; listed && i < list->vlen; i++) {
		uint64_t at = (uint64_t)i * ENTRY_SIZE;

		listed[i] = (struct listed){
			btf_u32(btf, list->more, at), btf_u32(btf, list->more, at + 4), i};
	}
	if (listed)
		qsort(listed, list->vlen, sizeof(*listed), compare_listed);
	return listed;
}

/* Names as far as symbols have any. */
static int compare_statics(const void *a, const void *b)
{
	const struct percpu_static *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return strncmp(x->name, y->name, KALLSYMS_NAME_MAX + 1);
}

/* Variables come in the order of types, too. */
static void statics_find(const struct btf *btf, const struct listed *listed, uint32_t count,
	struct percpu_statics *ret)
{
	struct btf_iter it = btf_begin(btf);
	struct btf_type type;
	uint32_t i = 0;

	while (ret->count < count && btf_next(&it, &type)) {
		if (type.kind != BTF_KIND_VAR || btf_u32(btf, type.more, 0) != BTF_VAR_STATIC)
			continue;
		while (i < count && listed[i].type < type.id)
			i++;
		if (i < count && listed[i].type == type.id)
			ret->variable[ret->count++] = (struct percpu_static){listed[i].offset, type.name};
	}
	qsort(ret->variable, ret->count, sizeof(*ret->variable), compare_statics);
}

bool percpu_find_statics(struct span btf_bytes, bool big_endian, struct percpu_statics *ret)
{
	struct listed *listed;
	struct btf_type list;
	struct btf btf;

	*ret = (struct percpu_statics){0};
	if (btf_parse(btf_bytes, big_endian, &btf, NULL) || !find_list(&btf, &list))
		return true;
	listed = listed_read(&btf, &list);
	ret->variable = calloc((size_t)list.vlen + 1, sizeof(*ret->variable));
	if (listed && ret->variable)
		statics_find(&btf, listed, list.vlen, ret);
	free(listed);
	return listed && ret->variable;
}

bool percpu_is_static(const struct percpu_statics *p, const struct kallsyms_symbol *symbol)
{
	const struct percpu_static wanted = {symbol->va, symbol->name};

	return p->count && bsearch(&wanted, p->variable, p->count, sizeof(wanted), compare_statics);
}

void percpu_free(struct percpu_statics *p)
{
	free(p->variable);
	*p = (struct percpu_statics){0};
}
