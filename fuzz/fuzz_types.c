/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as BTF, to be said as DWARF. If it is sound, a reader of its own must find entries that nest,
 * names inside the strings, references to types only, and following them must come to an end.
 *
 *   options   bit 0: 64 bits, bit 1: big-endian
 *   BTF
 */
#include "fuzz/fuzz.h"

#include "host/types.h"
#include "tests/unit/dwarf_walk.h"

#define CHAIN_MAX 200

struct seen {
	uint32_t *next; /* by place: 0 no type, 1 a type at an end, else its DW_AT_type's place + 1 */
	size_t size;
};

static bool is_type(uint64_t tag)
{
	return tag == 0x01 || tag == 0x04 || tag == 0x0f || tag == 0x13 || tag == 0x15 || tag == 0x16 ||
		tag == 0x17 || tag == 0x24 || tag == 0x26 || tag == 0x35 || tag == 0x37;
}

static bool note(void *context, const struct dwarf_entry *e)
{
	const struct dwarf_attribute *type = dwarf_get(e, 0x49);
	struct seen *s = context;

	FUZZ_CHECK(e->at < s->size);
	FUZZ_CHECK(!type || type->value < s->size);
	if (is_type(e->tag))
		s->next[e->at] = type ? (uint32_t)type->value + 1 : 1;
	return true;
}

static bool follow(void *context, const struct dwarf_entry *e)
{
	const struct dwarf_attribute *type = dwarf_get(e, 0x49);
	struct seen *s = context;
	uint64_t at;
	int steps = 0;

	for (at = type ? type->value : 0; at; at = s->next[at] - 1) {
		FUZZ_CHECK(s->next[at]);
		FUZZ_CHECK(steps++ < CHAIN_MAX);
	}
	return true;
}

/* Every other name has a symbol. */
static void place_all(struct types *t)
{
	for (uint32_t i = 0; i < t->place_count; i++) {
		const char *name = t->place[i].name;

		for (uint32_t n = i % 3; n; n--)
			types_place(t, &(struct types_symbol){name, (uint32_t)strlen(name), i & 4, i & 8,
				UINT64_C(0xffffffff81000000) + i, 64});
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_form form = {.is64 = size && data[0] & 1, .big_endian = size && data[0] & 2};
	struct fault fault = {0};
	struct dwarf_bytes d;
	struct seen seen;
	uint8_t *info, *abbrev;
	struct types t;

	if (!size || types_open((struct span){data + 1, size - 1}, form, &t, &fault)) {
		FUZZ_CHECK(fault.offset <= size);
		return 0;
	}
	place_all(&t);
	t.jiffies = UINT64_C(0xfffedb08);
	if (types_measure(&t, &fault)) {
		types_free(&t);
		return 0;
	}
	FUZZ_CHECK(t.info_size <= 8 * t.btf.types.len + 8192);
	info = malloc(t.info_size);
	abbrev = malloc(t.abbrev_size);
	FUZZ_CHECK(info && abbrev);
	types_put_info(&t, info);
	types_put_abbrev(abbrev);
	d = (struct dwarf_bytes){{info, t.info_size}, {abbrev, t.abbrev_size}, t.btf.strings, form.big_endian};
	seen = (struct seen){calloc(t.info_size, sizeof(uint32_t)), t.info_size};
	FUZZ_CHECK(seen.next);
	FUZZ_CHECK(dwarf_walk(&d, note, &seen));
	FUZZ_CHECK(dwarf_walk(&d, follow, &seen));
	free(seen.next);
	free(info);
	free(abbrev);
	types_free(&t);
	return 0;
}
