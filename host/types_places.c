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

/*
 * The slot with that name, or the empty one where it would be; false: neither was met. Most symbols are not
 * in the table: the tags, which are few enough to stay in the processor's cache, say so without a look at it.
 */
static bool find(const struct types *t, const char *name, uint32_t len, uint32_t *ret_slot, uint8_t *ret_tag)
{
	uint32_t hash = hash_name(name, len);
	uint8_t tag = (uint8_t)(hash >> 24 | 1);

	for (uint32_t at = hash, end = hash + PROBES; at != end; at++) {
		uint32_t slot = at & t->slot_mask;

		if (!t->tag[slot] ||
			(t->tag[slot] == tag && !strcmp(t->place[t->slot[slot]].name, name))) {
			*ret_slot = slot;
			*ret_tag = tag;
			return true;
		}
	}
	return false;
}

static void add_place(struct types *t, uint32_t slot, uint8_t tag, uint32_t id, const char *name)
{
	t->place[t->place_count] = (struct types_place){.id = id, .name = name};
	t->tag[slot] = tag;
	t->slot[slot] = t->place_count++;
}

/* What BTF knows itself stays as it is. */
static void add_known(struct types *t, uint32_t row)
{
	const char *name = types_known_name(row);
	uint32_t slot;
	uint8_t tag;

	if (*name && find(t, name, (uint32_t)strlen(name), &slot, &tag) && !t->tag[slot])
		add_place(t, slot, tag, t->count + row, name);
}

static void add(struct types *t, uint32_t id, const struct btf_type *type)
{
	size_t len = strnlen(type->name, NAME_MAX + 1);
	struct types_place *place;
	struct btf_type other;
	uint32_t slot;
	uint8_t tag;

	if (!len || len > NAME_MAX || !find(t, type->name, (uint32_t)len, &slot, &tag))
		return;
	if (!t->tag[slot]) {
		add_place(t, slot, tag, id, type->name);
		return;
	}
	place = &t->place[t->slot[slot]];
	if (btf_read(&t->btf, t->node[place->id].at, &other) &&
		(other.kind != type->kind || other.size != type->size))
		place->matches = 2;
}

bool types_list_places(struct types *t, uint32_t how_many)
{
	uint32_t slots = 64;
	struct btf_type type;

	how_many += TYPES_KNOWN;
	while (slots - slots / 3 < how_many && slots < 1u << 31)
		slots *= 2;
	t->slot_mask = slots - 1;
	t->tag = calloc(slots, sizeof(*t->tag));
	t->slot = malloc(slots * sizeof(*t->slot));
	t->place = malloc(how_many * sizeof(*t->place));
	if (!t->tag || !t->slot || !t->place)
		return false;
	for (uint32_t id = 1; id < t->count; id++) {
		uint8_t kind = t->node[id].kind;

		if ((kind == BTF_KIND_FUNC || kind == BTF_KIND_VAR) &&
			btf_read(&t->btf, t->node[id].at, &type))
			add(t, id, &type);
	}
	for (uint32_t i = 0; i < TYPES_KNOWN; i++)
		add_known(t, i);
	return true;
}

void types_place(struct types *t, const struct types_symbol *symbol)
{
	struct types_place *place;
	uint32_t slot;
	uint8_t tag;

	if (symbol->name_len > NAME_MAX || !find(t, symbol->name, symbol->name_len, &slot, &tag) ||
		!t->tag[slot])
		return;
	place = &t->place[t->slot[slot]];
	if ((place->id < t->count && t->node[place->id].kind == BTF_KIND_FUNC) != symbol->is_function)
		return;
	place->matches++;
	place->external = symbol->external;
	place->va = symbol->va;
	place->size = symbol->size;
}
