/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux's relocation table: find its lists, check them, apply them (reloc.h draws the format). The
 * loops of reloc_apply are written to compile to half a dozen instructions a word, all checks
 * included.
 */
#include "core/reloc.h"
#include "core/reloc_place.h"

#define WORD 4

const char *reloc_layout_name(enum reloc_layout layout)
{
	switch (layout) {
	case RELOC_NONE:
		return "none";
	case RELOC_LINUX_3:
		return "linux-3";
	case RELOC_LINUX_2:
		return "linux-2";
	case RELOC_DYNAMIC:
		return "dynamic";
	}
	return "unknown";
}

/* The virtual address that a word stands for. */
static uint64_t word_va(const uint8_t *word)
{
	return (uint64_t)(int64_t)(int32_t)le32_get(word);
}

/*
 * Do the eight words at p all have their top bit set? Then none is zero. Linux lives in the top 2
 * GiB of the address space, so this is so for every word but the zeros.
 */
static inline bool all_high(const uint8_t *p)
{
	const uint64_t tops = 0x8000000080000000;

	return (load64(p) & load64(p + 8) & load64(p + 16) & load64(p + 24) & tops) == tops;
}

/* Index of the last zero word in front of word number end; false if there is none. */
static bool find_zero(struct span table, size_t end, size_t *ret)
{
	size_t i = end;

	while (i > 0) {
		if (i >= 8 && all_high(table.ptr + (i - 8) * WORD)) {
			i -= 8;
			continue;
		}
		i--;
		if (!load32(table.ptr + i * WORD)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static struct span words(struct span table, size_t from, size_t to)
{
	return (struct span){table.ptr + from * WORD, (to - from) * WORD};
}

/* Split at known places: zeros[0] < ... < zeros[count - 1]. */
static struct reloc_table split_at(struct span table, const size_t *zeros, unsigned count)
{
	size_t end = table.len / WORD;
	struct reloc_table t = {.layout = count == 3 ? RELOC_LINUX_3 : RELOC_LINUX_2};

	t.rel64 = words(table, 1, zeros[1]);
	t.inverse32 = words(table, zeros[1] + 1, count == 3 ? zeros[2] : zeros[1] + 1);
	t.rel32 = words(table, zeros[count - 1] + 1, end);
	return t;
}

enum err reloc_split(
	struct span table, enum reloc_layout layout, struct reloc_table *ret, struct fault *fault)
{
	unsigned count = layout == RELOC_LINUX_3 ? 3 : 2;
	size_t zeros[3], end = table.len / WORD;

	if (layout == RELOC_NONE || layout == RELOC_DYNAMIC) {
		if (table.len)
			return fault_set(fault, ERR_BAD_RELOC,
				"relocation table where none belongs", 0, table.len);
		*ret = (struct reloc_table){.layout = layout};
		return ERR_OK;
	}
	if (layout != RELOC_LINUX_3 && layout != RELOC_LINUX_2)
		return fault_set(fault, ERR_BAD_RELOC, "layout of relocation table", 0, layout);
	if (table.len % WORD)
		return fault_set(fault, ERR_BAD_RELOC, "length of relocation table", 0, table.len);
	for (unsigned i = count; i-- > 0; end = zeros[i]) {
		if (!find_zero(table, end, &zeros[i]))
			return fault_set(fault, ERR_BAD_RELOC, "too few lists in relocation table",
				0, table.len);
	}
	if (zeros[0])
		return fault_set(fault, ERR_BAD_RELOC, "relocation table does not begin with 0",
			zeros[0] * WORD, zeros[0]);
	*ret = split_at(table, zeros, count);
	return ERR_OK;
}

static enum err check_words(struct span table, struct span list, uint64_t place_size,
	const struct elf_plan *plan, struct fault *fault)
{
	for (size_t at = 0; at < list.len; at += WORD) {
		uint64_t va = word_va(list.ptr + at);
		uint64_t off = va - plan->link_base - plan->mem_base;

		if (plan->mem_size < place_size || off > plan->mem_size - place_size)
			return fault_set(fault, ERR_RELOC_OUTSIDE, "relocation",
				(uint64_t)(list.ptr - table.ptr) + at, va);
	}
	return ERR_OK;
}

enum err reloc_parse(struct span table, const struct elf_plan *plan, struct reloc_table *ret,
	struct fault *fault)
{
	enum reloc_layout layout = RELOC_NONE;
	struct reloc_table t = {0};
	size_t zeros = 0;
	enum err e;

	if (table.len % WORD)
		return fault_set(fault, ERR_BAD_RELOC, "length of relocation table", 0, table.len);
	for (size_t at = 0; at < table.len; at += WORD)
		zeros += !le32_get(table.ptr + at);
	if (zeros == 3)
		layout = RELOC_LINUX_3;
	else if (zeros == 2)
		layout = RELOC_LINUX_2;
	else if (table.len)
		return fault_set(
			fault, ERR_BAD_RELOC, "number of lists in relocation table", 0, zeros);

	e = reloc_split(table, layout, &t, fault);
	if (!e)
		e = check_words(table, t.rel64, 8, plan, fault);
	if (!e)
		e = check_words(table, t.inverse32, 4, plan, fault);
	if (!e)
		e = check_words(table, t.rel32, 4, plan, fault);
	if (e)
		return e;
	*ret = t;
	return ERR_OK;
}

struct applied {
	const uint8_t
		*word; /* where it ended: the list's end, or the word that cannot be applied */
	enum err e;
};

/*
 * One list; wide is a constant for the compiler. bias turns a word into an offset into the image;
 * limit is the highest offset of a place.
 */
static inline __attribute__((always_inline)) struct applied apply_list(struct span list,
	uint8_t *image, uint64_t bias, uint64_t limit, bool wide, uint64_t delta)
{
	const uint8_t *word = list.ptr, *end = list.ptr + list.len;

/* A macro, since the compiler would make a loop of a loop. */
#define APPLY(i)                                                                                   \
	do {                                                                                       \
		uint64_t off = (uint64_t)(int64_t)load32(word + (i) * WORD) + bias;                \
                                                                                                   \
		if (__builtin_expect(off > limit, 0))                                              \
			return (struct applied){word + (i) * WORD, ERR_RELOC_OUTSIDE};             \
		if (wide)                                                                          \
			place_add64(image + off, delta);                                           \
		else if (__builtin_expect(!place_add32(image + off, (int32_t)delta), 0))           \
			return (struct applied){word + (i) * WORD, ERR_RELOC_RANGE};               \
	} while (0)

	for (; end - word >= 4 * WORD; word += 4 * WORD) {
		APPLY(0);
		APPLY(1);
		APPLY(2);
		APPLY(3);
	}
	for (; word != end; word += WORD)
		APPLY(0);
#undef APPLY
	return (struct applied){word, ERR_OK};
}

static __attribute__((noinline)) struct applied apply64(
	struct span list, uint8_t *image, uint64_t bias, uint64_t limit, uint64_t delta)
{
	return apply_list(list, image, bias, limit, true, delta);
}

static __attribute__((noinline)) struct applied apply32(
	struct span list, uint8_t *image, uint64_t bias, uint64_t limit, uint64_t delta)
{
	return apply_list(list, image, bias, limit, false, delta);
}

enum err reloc_check_delta(
	const struct reloc_target *target, bool any32, uint64_t delta, struct fault *fault)
{
	int32_t delta32 = (int32_t)delta;

	if (target->mem_size < 8)
		return fault_set(fault, ERR_RELOC_OUTSIDE, "kernel is smaller than a relocation", 0,
			target->mem_size);
	/* INT32_MIN is excluded because it has no negative for the inverse list. */
	if (any32 && ((uint64_t)(int64_t)delta32 != delta || delta32 == INT32_MIN))
		return fault_set(
			fault, ERR_RELOC_RANGE, "kernel is moved by 2 GiB or more", 0, delta);
	return ERR_OK;
}

enum err reloc_apply(const struct reloc_table *table, const struct reloc_target *target,
	uint64_t delta, struct fault *fault)
{
	uint64_t bias = 0 - target->va_minus_pa - target->mem_base;
	bool any32 = table->inverse32.len || table->rel32.len;
	struct applied a;
	enum err e;

	if (!table->rel64.len && !any32)
		return ERR_OK;
	e = reloc_check_delta(target, any32, delta, fault);
	if (e)
		return e;
	a = apply64(table->rel64, target->image, bias, target->mem_size - 8, delta);
	if (!a.e)
		a = apply32(table->inverse32, target->image, bias, target->mem_size - 4, 0 - delta);
	if (!a.e)
		a = apply32(table->rel32, target->image, bias, target->mem_size - 4, delta);
	if (a.e) /* the first list's first word is word 1 of the table */
		return fault_set(fault, a.e, "relocation",
			(uint64_t)(a.word - table->rel64.ptr) + WORD, word_va(a.word));
	return ERR_OK;
}
