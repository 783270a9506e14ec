/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and variables of BTF meet the kernel's symbols by name. BTF has no addresses (but in a section),
 * and a kernel has static functions of the same name with different parameters: a name that
 * is there twice, on either side, is not matched at all.
 *
 * The names are in a hash table with open addressing. A search looks at PROBES places: names that were
 * made to collide are left out, and nobody waits for them.
 */
#include <stdlib.h>
#include <string.h>
#include "host/types_parts.h"

#define PROBES   64
#define NAME_MAX 1023 /* a kernel's names are shorter [KSYM_NAME_LEN] */

/* Eight bytes at a time; the multiplier is 2^64 divided by the golden ratio, as Knuth has it. */
static uint32_t hash_name(const char *name, uint32_t len)
{
	uint64_t h = len;

	for (; len; name += len < 8 ? len : 8, len -= len < 8 ? len : 8) {
		uint64_t v = 0;

		memcpy(&v, name, len < 8 ? len : 8);
		h = (h ^ v) * 0x9e3779b97f4a7c15;
		h ^= h >> 29;
	}
	return (uint32_t)(h >> 16);
}

/* The slot with that name, or the empty one where it would be; NULL: neither was met. */
static struct types_slot *find(const struct types *t, const char *name, uint32_t len, uint32_t *ret_hash)
{
	uint32_t at = hash_name(name, len);

	*ret_hash = at;
	for (unsigned int i = 0; i < PROBES; i++) {
		struct types_slot *slot = &t->slot[(at + i) & t->slot_mask];

		if (!slot->place ||
			(slot->hash == at && !strcmp(t->place[slot->place - 1].name, name)))
			return slot;
	}
	return NULL;
}

/* What BTF knows itself stays as it is. */
static void add_known(struct types *t, uint32_t row)
{
	const char *name = types_known_name(row);
	uint32_t hash;
	struct types_slot *slot = find(t, name, (uint32_t)strlen(name), &hash);

	if (!*name || !slot || slot->place)
		return;
	t->place[t->place_count] = (struct types_place){.id = t->count + row, .name = name};
	*slot = (struct types_slot){hash, ++t->place_count};
}

static void add(struct types *t, const struct btf_type *type)
{
	size_t len = strnlen(type->name, NAME_MAX + 1);
	struct types_place *place;
	struct types_slot *slot;
	struct btf_type other;
	uint32_t hash;

	if (!len || len > NAME_MAX)
		return;
	slot = find(t, type->name, (uint32_t)len, &hash);
	if (!slot)
		return;
	if (!slot->place) {
		t->place[t->place_count] = (struct types_place){.id = type->id, .name = type->name};
		*slot = (struct types_slot){hash, ++t->place_count};
		return;
	}
	place = &t->place[slot->place - 1];
	if (btf_read(&t->btf, t->node[place->id].at, &other) &&
		(other.kind != type->kind || other.size != type->size))
		place->matches = 2;
}

bool types_list_places(struct types *t, uint32_t how_many)
{
	struct btf_iter it = btf_begin(&t->btf);
	struct btf_type type;
	uint32_t slots = 2;

	how_many += TYPES_KNOWN;
	while (slots < how_many && slots < 1u << 30)
		slots *= 2;
	t->slot_mask = 2 * slots - 1;
	t->slot = calloc(t->slot_mask + 1, sizeof(*t->slot));
	t->place = malloc(how_many * sizeof(*t->place));
	if (!t->slot || !t->place)
		return false;
	while (btf_next(&it, &type)) {
		if (type.kind == BTF_KIND_FUNC || type.kind == BTF_KIND_VAR)
			add(t, &type);
	}
	for (uint32_t i = 0; i < TYPES_KNOWN; i++)
		add_known(t, i);
	return true;
}

void types_place(struct types *t, const struct types_symbol *symbol)
{
	const struct types_slot *slot;
	struct types_place *place;
	uint32_t hash;

	if (!t->place_count || symbol->name_len > NAME_MAX)
		return;
	slot = find(t, symbol->name, symbol->name_len, &hash);
	if (!slot || !slot->place)
		return;
	place = &t->place[slot->place - 1];
	if ((place->id < t->count && t->node[place->id].kind == BTF_KIND_FUNC) != symbol->is_function)
		return;
	place->matches++;
	place->external = symbol->external;
	place->va = symbol->va;
	place->size = symbol->size;
}
