/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See filter_x86.h. Called by the host tool, and by the stub in stage 2 on each chunk where it
 * runs.
 *
 * Why it can be undone: encoding and decoding walk alike. Whether an opcode at i is converted
 * depends on the bytes i and i + 4. The walk goes on at i + 5 if it was, at i + 4 if not, and
 * nothing from there on changes a byte below i + 5:
 *
 *     i                   i+4  i+5                   i                   i+4  i+5
 *     E8   dd   dd   dd   00   |                     E8   ..   ..   ..   37   |
 *          ~~~~~ changed ~~~~  next                                      next: maybe an opcode
 *
 * So at each step both ways see the same opcode, and with it 00 or FF both, or the same other byte.
 * Going on at i + 1 would not do: an opcode there could make 00 of that other byte.
 *
 * What takes time is the search: 16 bytes at once, and zeros, of which a kernel's file is full, 64
 * at once. No vector registers: the stub calls this outside of its gate.
 */
#include "core/filter_x86.h"

#include "core/range.h"
#include "spec/elf64.h"

#define INSTRUCTION 5 /* bytes: opcode and displacement */
#define WORD        8
#define ZEROS       (8 * WORD)
#define EACH_BYTE   UINT64_C(0x0101010101010101)
#define TOP_BITS    (EACH_BYTE * 0x80)
/* The ELF's segments, and what taking away each of its tables can split. */
#define CODE_RANGES (ELF_SEGMENTS_MAX + ELF_TABLES)

/*
 * Of each byte of a word the top bit, clear where the byte is E8 or E9: without the lowest bit both
 * are 74, which the xor makes 0; all else is 01 to 7F then, and gets its top bit by adding 7F,
 * without a carry into the next byte.
 */
static inline uint64_t not_branch(uint64_t word)
{
	return (((word >> 1 & EACH_BYTE * 0x7f) ^ EACH_BYTE * 0x74) + EACH_BYTE * 0x7f) & TOP_BITS;
}

/* Behind the zeros from p on, in steps. */
static uint8_t *skip_zeros(uint8_t *p, const uint8_t *end)
{
	for (; end - p >= ZEROS; p += ZEROS) {
		uint64_t any = 0;

		for (size_t i = 0; i < ZEROS; i += WORD)
			any |= le64_get(p + i);
		if (any)
			break;
	}
	return p;
}

/* The first opcode from p on; where less than INSTRUCTION bytes are left it does not matter. */
static inline uint8_t *find_branch(uint8_t *p, const uint8_t *end)
{
	while (end - p >= 2 * WORD) {
		uint64_t low = le64_get(p), high = le64_get(p + WORD);
		uint64_t not_low = not_branch(low), not_high = not_branch(high);

		if (not_low != TOP_BITS)
			return p + __builtin_ctzll(not_low ^ TOP_BITS) / 8;
		if (not_high != TOP_BITS)
			return p + WORD + __builtin_ctzll(not_high ^ TOP_BITS) / 8;
		p += 2 * WORD;
		if (!(low | high))
			p = skip_zeros(p, end);
	}
	while (end - p >= INSTRUCTION && (*p & 0xfe) != 0xe8)
		p++;
	return p;
}

/* Inlined twice, so that each way has a loop of its own. */
static inline __attribute__((always_inline)) void walk(
	enum filter_way way, uint8_t *code, size_t size, uint32_t position)
{
	const uint8_t *end = code + size;
	uint8_t *p = find_branch(code, end);

	while (end - p >= INSTRUCTION) {
		uint32_t value = le32_get(p + 1);
		uint32_t at = position + (uint32_t)(p - code);

		if (value + 0x1000000 >= 0x2000000) { /* not in 25 bits: ss is neither 00 nor FF */
			p = find_branch(p + INSTRUCTION - 1, end);
			continue;
		}
		value = way == FILTER_ENCODE ? value + at : value - at;
		value &= 0x1ffffff;
		le32_put(p + 1, (value ^ 0x1000000) - 0x1000000);
		p = find_branch(p + INSTRUCTION, end);
	}
}

void filter_x86_encode(uint8_t *code, size_t size, uint32_t position)
{
	walk(FILTER_ENCODE, code, size, position);
}

void filter_x86_decode(uint8_t *code, size_t size, uint32_t position)
{
	walk(FILTER_DECODE, code, size, position);
}

/* Ranges of the content, in order; those that touch each other are one. */
static enum err find_code(const struct elf_plan *plan, struct range_set *ret)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < plan->count && !err; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (s->flags & PF_X)
			err = range_set_add(ret, range_make(s->offset, s->filesz));
	}
	for (size_t i = 0; i < ELF_TABLES && !err; i++)
		err = range_set_remove(ret, plan->table[i]);
	return err;
}

enum err filter_x86_chunk(enum filter_way way, const struct elf_plan *plan, uint8_t *chunk,
	uint64_t offset, uint64_t size)
{
	struct range ranges[CODE_RANGES];
	struct range_set code = {ranges, 0, CODE_RANGES};
	enum err err = find_code(plan, &code);

	for (size_t i = 0; i < code.count && !err; i++) {
		struct range r = ranges[i];

		if (r.start < offset)
			r.start = offset;
		if (r.end > offset + size)
			r.end = offset + size;
		if (range_empty(r))
			continue;
		if (way == FILTER_ENCODE)
			filter_x86_encode(chunk + (r.start - offset), (size_t)(r.end - r.start),
				(uint32_t)r.start);
		else
			filter_x86_decode(chunk + (r.start - offset), (size_t)(r.end - r.start),
				(uint32_t)r.start);
	}
	return err;
}
