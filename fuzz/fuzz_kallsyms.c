/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a kernel with a table of symbols. What is accepted keeps every promise of the header, also
 * read with nothing but the offsets that were found.
 */
#include "fuzz/fuzz.h"

#include "core/kallsyms.h"

static void check(const struct kallsyms *k, bool areas)
{
	struct kallsyms_iter it = kallsyms_begin(k);
	struct kallsyms_symbol s;
	const struct kallsyms_area *area;
	uint64_t last = 0, text = 0;
	uint32_t n = 0;
	bool marked = false;
	size_t count;

	FUZZ_CHECK(k->count > 256 && k->count <= KALLSYMS_COUNT_MAX);
	FUZZ_CHECK(k->num_syms < k->names && k->names < k->markers && k->markers < k->token_table &&
		k->token_table < k->token_index);
	while (kallsyms_next(&it, &s)) {
		FUZZ_CHECK(s.va >= last && s.va == kallsyms_address(k, n));
		FUZZ_CHECK(s.name_len && s.name_len == strlen(s.name));
		FUZZ_CHECK((s.type | 0x20) >= 'a' && (s.type | 0x20) <= 'w');
		for (uint32_t i = 0; i < s.name_len; i++)
			FUZZ_CHECK(s.name[i] > ' ' && s.name[i] <= '~');
		marked |= !strcmp(s.name, "_text") || !strcmp(s.name, "_stext");
		last = s.va;
		text += s.name_len;
		n++;
	}
	FUZZ_CHECK(n == k->count && text == k->text_size && marked);
	area = kallsyms_areas(k, &count);
	FUZZ_CHECK(count == 1 && area->size <= k->image.bytes.len);
	FUZZ_CHECK(areas || area == &k->whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint64_t options = fuzz_take(&input, 1);
	struct kallsyms_area area = {0, input.len, 0xffffffff81000000};
	struct kallsyms_image image = {.bytes = input,
		.big_endian = options & 1,
		.word = options & 2 ? 8 : 4,
		.code = (enum kallsyms_code)(options >> 4 & 3)};
	struct kallsyms k = {.count = 1234};
	struct fault fault = {0};

	if (image.word == 4)
		area.va = 0xc1000000;
	if (options & 4) {
		image.areas = &area;
		image.area_count = 1;
	}
	if (kallsyms_find(&image, &k, &fault)) {
		FUZZ_CHECK(fault.text && k.count == 1234);
		return 0;
	}
	check(&k, options & 4);
	return 0;
}
