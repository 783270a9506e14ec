/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the compact relocation table (reloc_compact.h draws it): into Linux's words, or straight
 * into the kernel. The stub does the latter; that loop is what KASLR costs, so it looks at the ends of
 * list and image once for eight codes, and for each code only where one of them is near.
 */
#include "core/reloc_compact.h"
#include "core/reloc_place.h"

#define GROUP 8 /* codes that are applied after one look at what is left of list and image */

const char *reloc_coding_name(enum reloc_coding coding)
{
	switch (coding) {
	case RELOC_WORDS:
		return "words";
	case RELOC_COMPACT:
		return "compact";
	}
	return "unknown";
}

static enum err bad(const char *text, uint64_t offset, uint64_t value, struct fault *fault)
{
	return fault_set(fault, ERR_BAD_RELOC, text, offset, value);
}

enum err reloc_compact_split(struct span table, enum reloc_layout layout,
	struct reloc_compact *ret, struct fault *fault)
{
	struct reloc_compact c = {.layout = layout};
	struct span *const lists[] = {&c.rel64, &c.inverse32, &c.rel32};
	uint64_t at = layout == RELOC_LINUX_3 ? 12 : 8, field = 0;

	if (layout != RELOC_LINUX_3 && layout != RELOC_LINUX_2)
		return bad("layout of compact relocation table", 0, layout, fault);
	if (table.len < at)
		return bad("compact relocation table is too short", 0, table.len, fault);
	for (unsigned i = 0; i < 3; i++) {
		uint32_t len;

		if (i == 1 && layout == RELOC_LINUX_2) {
			*lists[i] = (struct span){table.ptr + at, 0};
			continue;
		}
		len = le32_get(table.ptr + field);
		if (span_sub(table, at, len, lists[i]))
			return bad("list is longer than relocation table", field, len, fault);
		field += 4;
		at += len;
	}
	if (at != table.len)
		return bad("bytes behind the lists of relocation table", at, table.len, fault);
	*ret = c;
	return ERR_OK;
}

static inline uint32_t units_2bytes(const uint8_t *code)
{
	return RELOC_CODE_2BYTES + (code[0] - RELOC_CODE_2BYTES) * 256U + code[1];
}

/* The code at the beginning of what is left of a list. len 0: it is cut off. */
struct code {
	uint32_t distance; /* bytes */
	uint32_t len;
};

static inline __attribute__((always_inline)) struct code read_code(
	const uint8_t *at, const uint8_t *end, uint32_t unit)
{
	size_t left = (size_t)(end - at);
	uint32_t first = at[0];

	if (__builtin_expect(first < RELOC_CODE_2BYTES, 1))
		return (struct code){first * unit, 1};
	if (first < RELOC_CODE_5BYTES && left >= 2)
		return (struct code){units_2bytes(at) * unit, 2};
	if (first == RELOC_CODE_5BYTES && left >= 5)
		return (struct code){(uint32_t)load32(at + 1), 5};
	return (struct code){0, 0};
}

/* --- into words --- */

/* Where a code lies in the table, whose first list begins behind the lengths. */
static uint64_t code_offset(const struct reloc_compact *c, const uint8_t *code)
{
	return (uint64_t)(code - c->rel64.ptr) + (c->layout == RELOC_LINUX_3 ? 12 : 8);
}

static enum err count_list(
	const struct reloc_compact *c, struct span list, uint64_t *count, struct fault *fault)
{
	const uint8_t *at = list.ptr, *end = list.ptr + list.len;

	while (at != end) {
		uint32_t len = read_code(at, end, 1).len;

		if (!len)
			return bad("code is cut off", code_offset(c, at), *at, fault);
		at += len;
		++*count;
	}
	return ERR_OK;
}

enum err reloc_compact_expanded_size(
	const struct reloc_compact *c, uint64_t *ret_size, struct fault *fault)
{
	uint64_t words = c->layout == RELOC_LINUX_3 ? 3 : 2; /* a zero in front of each list */
	enum err e = count_list(c, c->rel64, &words, fault);

	if (!e)
		e = count_list(c, c->inverse32, &words, fault);
	if (!e)
		e = count_list(c, c->rel32, &words, fault);
	if (!e)
		*ret_size = words * 4;
	return e;
}

struct words {
	const struct reloc_compact *from;
	uint8_t *at, *end;
};

static enum err put_word(struct words *w, uint32_t word)
{
	if (w->end - w->at < 4)
		return ERR_NO_SPACE;
	le32_put(w->at, word);
	w->at += 4;
	return ERR_OK;
}

static enum err expand_list(struct words *w, struct span list, uint32_t unit, struct fault *fault)
{
	const uint8_t *at = list.ptr, *end = list.ptr + list.len;
	uint64_t word = (uint32_t)RELOC_WINDOW_VA;
	enum err e = put_word(w, 0);

	while (!e && at != end) {
		struct code code = read_code(at, end, unit);

		if (!code.len)
			return bad("code is cut off", code_offset(w->from, at), *at, fault);
		word += code.distance;
		if (word > UINT32_MAX)
			return bad("code leads out of the top 2 GiB", code_offset(w->from, at),
				code.distance, fault);
		e = put_word(w, (uint32_t)word);
		at += code.len;
	}
	return e;
}

enum err reloc_compact_expand(
	const struct reloc_compact *c, uint8_t *words, uint64_t size, struct fault *fault)
{
	struct words w = {c, words, words + size};
	enum err e = expand_list(&w, c->rel64, RELOC_UNIT64, fault);

	if (!e && c->layout == RELOC_LINUX_3)
		e = expand_list(&w, c->inverse32, 1, fault);
	if (!e)
		e = expand_list(&w, c->rel32, 1, fault);
	if (!e && w.at != w.end)
		e = ERR_NO_SPACE;
	return e;
}

/* --- into the kernel --- */

/* Where places may lie. Offsets are modulo 2^64, counted from the beginning of the image. */
struct window {
	uint8_t *image;
	uint64_t first; /* of the lowest address that a code can name; below 0 in general */
	uint64_t last; /* of the highest one */
	uint64_t size; /* of the image */
};

struct applied {
	const uint8_t *code; /* that cannot be applied, or the list's end */
	uint64_t off; /* of its place */
	enum err e;
};

static inline __attribute__((always_inline)) bool add(uint8_t *place, bool wide, uint64_t delta)
{
	if (!wide)
		return place_add32(place, (int32_t)delta);
	place_add64(place, delta);
	return true;
}

/*
 * One list; wide is a constant for the compiler. Places only ascend within a list: below fast_end not
 * even a group's worth of short codes, and a code of two bytes behind it, lead out of the image.
 */
static inline __attribute__((always_inline)) struct applied apply_list(
	struct span list, const struct window *w, bool wide, uint64_t delta)
{
	const uint32_t unit = wide ? RELOC_UNIT64 : 1;
	const uint64_t reach = (GROUP * (RELOC_CODE_2BYTES - 1) + RELOC_UNITS_2BYTES_END) * unit;
	const uint64_t in_image = w->size - (wide ? 8 : 4);
	const uint64_t limit = in_image < w->last ? in_image : w->last;
	uint8_t *const image = w->image;
	const uint8_t *const fast_end = image + (limit < reach ? 0 : limit - reach);
	const uint8_t *at = list.ptr, *const end = list.ptr + list.len;
	uint64_t off = w->first;
	uint8_t *place;

#define FAULT(e) ((struct applied){at, off, e})
#define SHORT_CODE(i)                                                                              \
	do {                                                                                       \
		if (at[i] >= RELOC_CODE_2BYTES) {                                                  \
			at += i;                                                                   \
			goto longer;                                                               \
		}                                                                                  \
		place += at[i] * (size_t)unit;                                                     \
		if (__builtin_expect(!add(place, wide, delta), 0)) {                               \
			at += i;                                                                   \
			goto range;                                                                \
		}                                                                                  \
	} while (0)

	while (at != end) {
		/* With every check: the first code, the longest ones, and those near an end. */
		struct code code = read_code(at, end, unit);

		if (__builtin_expect(!code.len, 0))
			return FAULT(ERR_BAD_RELOC);
		off += code.distance;
		if (__builtin_expect(off > limit, 0))
			return FAULT(ERR_RELOC_OUTSIDE);
		place = image + off;
		if (__builtin_expect(!add(place, wide, delta), 0))
			return FAULT(ERR_RELOC_RANGE);
		at += code.len;

		/* What follows them. There is a byte behind the group, for a code of two. */
		while (place < fast_end && end - at > GROUP) {
			SHORT_CODE(0);
			SHORT_CODE(1);
			SHORT_CODE(2);
			SHORT_CODE(3);
			SHORT_CODE(4);
			SHORT_CODE(5);
			SHORT_CODE(6);
			SHORT_CODE(7);
			at += GROUP;
			continue;
longer:
			if (at[0] == RELOC_CODE_5BYTES)
				break;
			place += units_2bytes(at) * (size_t)unit;
			if (__builtin_expect(!add(place, wide, delta), 0))
				goto range;
			at += 2;
		}
		off = (uint64_t)(place - image);
	}
	return FAULT(ERR_OK);
range:
	off = (uint64_t)(place - image);
	return FAULT(ERR_RELOC_RANGE);
#undef SHORT_CODE
#undef FAULT
}

static __attribute__((noinline)) struct applied apply64(
	struct span list, const struct window *w, uint64_t delta)
{
	return apply_list(list, w, true, delta);
}

static __attribute__((noinline)) struct applied apply32(
	struct span list, const struct window *w, uint64_t delta)
{
	return apply_list(list, w, false, delta);
}

enum err reloc_compact_apply(const struct reloc_compact *c, const struct reloc_target *target,
	uint64_t delta, struct fault *fault)
{
	const struct window w = {
		.image = target->image,
		.first = 0 - target->mem_base,
		.last = RELOC_WINDOW_SIZE - 1 - target->mem_base,
		.size = target->mem_size,
	};
	bool any32 = c->inverse32.len || c->rel32.len;
	struct applied a;
	enum err e;

	if (!c->rel64.len && !any32)
		return ERR_OK;
	if (target->va_minus_pa != RELOC_WINDOW_VA)
		return bad("compact relocation table of a kernel linked elsewhere", 0,
			target->va_minus_pa, fault);
	/* With it above, the list's first offset would be above the kernel instead of below. */
	if (target->mem_base >= RELOC_WINDOW_SIZE)
		return fault_set(fault, ERR_RELOC_OUTSIDE,
			"kernel lies above what relocations can name", 0, target->mem_base);
	e = reloc_check_delta(target, any32, delta, fault);
	if (e)
		return e;
	a = apply64(c->rel64, &w, delta);
	if (!a.e)
		a = apply32(c->inverse32, &w, 0 - delta);
	if (!a.e)
		a = apply32(c->rel32, &w, delta);
	if (a.e)
		return fault_set(fault, a.e, a.e == ERR_BAD_RELOC ? "code is cut off" : "relocation",
			code_offset(c, a.code),
			RELOC_WINDOW_VA + target->mem_base + a.off);
	return ERR_OK;
}
