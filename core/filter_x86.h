/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x86 branch filter. A call or jump says how far away its target is, so the same target has
 * other bytes at each place that calls it. Encoding writes where the target is instead: equal calls
 * become equal bytes, which any codec behind it makes smaller. Decoding is the inverse, for any
 * bytes.
 *
 *   E8 dd dd dd ss   call           E9 dd dd dd ss   jump
 *
 * is converted where ss is 00 or FF: the displacement, a number of 25 bits with its sign, becomes
 * displacement + position modulo 2^25, again with its sign, so that ss stays 00 or FF. position is
 * that of the E8 or E9 in the content. Then the search goes on behind the instruction; where ss is
 * another, at ss. Other bytes stay as they are. docs/image-format.md has the rule in full.
 */
#ifndef CORE_FILTER_X86_H
#define CORE_FILTER_X86_H

#include "core/elf.h"

/* size bytes of code, the first of which lies at this position in the content. */
void filter_x86_encode(uint8_t *code, size_t size, uint32_t position);
void filter_x86_decode(uint8_t *code, size_t size, uint32_t position);

/*
 * The same for a chunk of content, size bytes from offset on, as far as it is code: the file's
 * bytes of executable segments, less those of the ELF's own tables (plan->table), so that a reader
 * finds its way through the ELF before it knows of the filter. Nothing else is touched. Errors:
 * NO_SPACE, which a plan by elf_plan cannot cause.
 */
enum filter_way { FILTER_ENCODE, FILTER_DECODE };
enum err filter_x86_chunk(enum filter_way way, const struct elf_plan *plan, uint8_t *chunk,
	uint64_t offset, uint64_t size) MUST_CHECK;

#endif /* CORE_FILTER_X86_H */
