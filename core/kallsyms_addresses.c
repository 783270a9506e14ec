/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where are the addresses, and in which form? Each place where some Linux has put the table is tried in
 * each form that it could have there. A reading passes if all of this holds:
 *
 *   - addresses ascend, which the kernel relies on when it looks one up, and not just by a few bytes
 *   - they begin as the form has it: RELATIVE with base itself; PERCPU has absolute values, then base
 *   - code is where the kernel is (but for a few symbols: vectors of 32-bit ARM are mapped elsewhere)
 *   - linux_banner points at "Linux version ". In a kernel that came without areas, it or calls must prove
 *     that symbols and bytes belong together
 *
 * One reading must pass; all others shift every name by one symbol or more.
 *
 * Where an image that came without areas is loaded: kallsyms_locate.c.
 */
#include "core/kallsyms_parts.h"

#define SPACING_MIN    8 /* bytes from symbol to symbol, on the average: kernels have over 100 */
#define OUTSIDE_ONE_IN 64 /* so many symbols of code may lie elsewhere */

/* Where to look. */
struct place {
	enum kallsyms_form form;
	uint64_t addresses;
	uint64_t base_offset; /* 0: this form has none */
};

struct tries {
	struct kallsyms found;
	unsigned int passed;
	enum err failure; /* of a reading that was right but for this */
};

static bool in_areas(const struct kallsyms *k, uint64_t va, uint64_t *ret_offset)
{
	size_t count;
	const struct kallsyms_area *a = kallsyms_areas(k, &count);

	for (size_t i = 0; i < count; i++) {
		if (va >= a[i].va && va - a[i].va <= a[i].size) {
			*ret_offset = a[i].offset + (va - a[i].va);
			return true;
		}
	}
	return false;
}

static bool ascends(const struct kallsyms *k)
{
	uint64_t last = 0, first = kallsyms_address(k, 0);

	for (uint32_t i = 0; i < k->count; i++) {
		uint64_t va = kallsyms_address(k, i);

		if (va < last)
			return false;
		last = va;
	}
	return last - first >= (uint64_t)SPACING_MIN * k->count;
}

static bool begins_well(const struct kallsyms *k)
{
	const struct kallsyms_image *im = &k->image;
	uint64_t last = k->addresses + 4ull * (k->count - 1);

	switch (k->form) {
	case KALLSYMS_RELATIVE:
		return !image_u32(im, k->addresses);
	case KALLSYMS_PERCPU:
		for (uint64_t at = k->addresses; at <= last; at += 4) {
			if (image_u32(im, at) >> 31)
				return image_u32(im, at) == UINT32_MAX && at > k->addresses;
		}
		return false;
	case KALLSYMS_ABSOLUTE:
		return kallsyms_address(k, k->count - 1) > k->count;
	case KALLSYMS_PLACE:
		return true;
	}
	return false;
}

static bool banner_fits(const struct kallsyms *k, const struct kallsyms_marks *marks, bool proved)
{
	static const char words[] = "Linux version ";
	uint64_t at;

	if (marks->banner == KALLSYMS_ABSENT)
		return proved;
	if (!in_areas(k, kallsyms_address(k, marks->banner), &at) ||
		!span_has(k->image.bytes, at, sizeof(words) - 1))
		return false;
	for (unsigned int i = 0; i < sizeof(words) - 1; i++) {
		if (k->image.bytes.ptr[at + i] != (uint8_t)words[i])
			return false;
	}
	return true;
}

/* Is code where the kernel is? _text and _stext without exception. */
static bool code_fits(const struct kallsyms *k, const struct kallsyms_marks *marks)
{
	const struct kallsyms_image *im = &k->image;
	uint32_t code = 0, outside = 0, len;
	uint64_t at = k->names, codes, off;

	for (uint32_t i = 0; i < k->count; i++, at = codes + len) {
		char type;

		if (!name_length(im, at, &len, &codes))
			return false;
		type = (char)im->bytes.ptr[k->token_table +
			image_u16(im, k->token_index + 2u * im->bytes.ptr[codes])];
		if ((type | 0x20) != 't')
			continue;
		code++;
		if (in_areas(k, kallsyms_address(k, i), &off))
			continue;
		if (i == marks->text || i == marks->stext)
			return false;
		outside++;
	}
	return code && outside <= code / OUTSIDE_ONE_IN;
}

/* All of the table inside the image; a PLACE table in one area. */
static bool table_lies_well(const struct kallsyms *k)
{
	const struct kallsyms_image *im = &k->image;
	uint64_t size = (uint64_t)k->count * (k->form == KALLSYMS_ABSOLUTE ? im->word : 4);

	if (!span_has(im->bytes, k->addresses, size))
		return false;
	if (k->form != KALLSYMS_PLACE || !im->areas)
		return true;
	for (size_t i = 0; i < im->area_count; i++) {
		const struct kallsyms_area *a = &im->areas[i];

		if (k->addresses >= a->offset && size <= a->size &&
			k->addresses - a->offset <= a->size - size)
			return true;
	}
	return false;
}

static void try_place(const struct kallsyms *names, const struct kallsyms_marks *marks,
	const struct place *p, struct tries *s)
{
	struct kallsyms k = *names;
	bool proved = k.image.areas != NULL;
	enum err e = ERR_OK;

	k.form = p->form;
	k.addresses = p->addresses;
	k.base_offset = p->base_offset;
	k.whole = (struct kallsyms_area){.size = k.image.bytes.len};
	if (!table_lies_well(&k))
		return;
	if (p->base_offset) {
		if (!span_has(k.image.bytes, p->base_offset, k.image.word))
			return;
		k.base = image_number(&k.image, p->base_offset, k.image.word);
		if (!k.base && k.image.areas)
			return;
	}
	if (!begins_well(&k) || !ascends(&k))
		return;
	if (!k.image.areas)
		e = kallsyms_locate(&k, marks, &proved);
	if (e == ERR_KALLSYMS_LOAD_ADDRESS)
		s->failure = e;
	if (e || !banner_fits(&k, marks, proved) || !code_fits(&k, marks))
		return;
	if (s->passed && s->found.form == k.form && s->found.addresses == k.addresses &&
		s->found.base == k.base)
		return;
	s->found = k;
	s->passed++;
}

/* Tables of 32 bits and base behind them; base is aligned as words are, or as 32 bits are. */
static void try_relative(const struct kallsyms *k, const struct kallsyms_marks *marks,
	uint64_t addresses, struct tries *s)
{
	uint64_t end = addresses + 4ull * k->count;

	for (unsigned int align = 4; align <= k->image.word; align += 4) {
		uint64_t base = align_up(end, align);

		if (align == 8 && base == end)
			break;
		try_place(k, marks, &(struct place){KALLSYMS_RELATIVE, addresses, base}, s);
		try_place(k, marks, &(struct place){KALLSYMS_PERCPU, addresses, base}, s);
	}
}

/* Since 6.4: behind token_index. */
static void search_behind(
	const struct kallsyms *k, const struct kallsyms_marks *marks, struct tries *s)
{
	uint64_t at = k->token_index + TOKEN_INDEX_SIZE;

	try_relative(k, marks, at, s);
	try_place(k, marks, &(struct place){KALLSYMS_PLACE, at, 0}, s);
	try_place(k, marks, &(struct place){KALLSYMS_ABSOLUTE, at, 0}, s);
}

/* Until 6.3: in front of num_syms, or of a table of sizes that is there. */
static void search_before(const struct kallsyms *k, const struct kallsyms_marks *marks, uint64_t end,
	struct tries *s)
{
	const unsigned int word = k->image.word;
	uint64_t size = align_up(4ull * k->count, word);

	if (end >= (uint64_t)word * k->count)
		try_place(k, marks,
			&(struct place){KALLSYMS_ABSOLUTE, end - (uint64_t)word * k->count, 0}, s);
	if (end >= size + word) {
		uint64_t base = end - word;

		try_place(k, marks, &(struct place){KALLSYMS_RELATIVE, base - size, base}, s);
		try_place(k, marks, &(struct place){KALLSYMS_PERCPU, base - size, base}, s);
	}
}

enum err kallsyms_find_addresses(
	struct kallsyms *k, const struct kallsyms_marks *marks, struct fault *fault)
{
	const unsigned int word = k->image.word;
	uint64_t sizes32 = align_up(4ull * k->count, word), sizes = (uint64_t)word * k->count;
	struct tries s = {.failure = ERR_KALLSYMS_ADDRESSES};

	search_behind(k, marks, &s);
	search_before(k, marks, k->num_syms, &s);
	if (k->num_syms >= sizes32)
		search_before(k, marks, k->num_syms - sizes32, &s);
	if (sizes != sizes32 && k->num_syms >= sizes)
		search_before(k, marks, k->num_syms - sizes, &s);
	if (!s.passed)
		return fault_set(fault, s.failure, "no table of addresses fits the names",
			k->num_syms, k->count);
	if (s.passed > 1)
		return fault_set(fault, ERR_KALLSYMS_AMBIGUOUS,
			"several tables of addresses fit the names", k->num_syms, s.passed);
	*k = s.found;
	return ERR_OK;
}
