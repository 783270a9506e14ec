/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patching one place: what both codings of the relocation table do some 220,000 times on every
 * randomised boot, so each of these is meant to become one or two instructions.
 */
#ifndef CORE_RELOC_PLACE_H
#define CORE_RELOC_PLACE_H

#include "core/reloc.h"

/* Unaligned, as x86 reads and writes anyway: the compiler makes one instruction of each. */
static inline uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline int32_t load32(const uint8_t *p)
{
	int32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void place_add64(uint8_t *p, uint64_t delta)
{
	uint64_t v = load64(p) + delta;

	__builtin_memcpy(p, &v, sizeof(v));
}

/*
 * False if the sum does not fit: a signed 32-bit sum that does not overflow is exactly a value that
 * is still sign-extendable. Stored before it is looked at, so that adding to memory and a branch on
 * overflow is all there is; who is refused throws the image away.
 */
static inline bool place_add32(uint8_t *p, int32_t delta)
{
	int32_t v;
	bool over = __builtin_add_overflow(load32(p), delta, &v);

	__builtin_memcpy(p, &v, sizeof(v));
	return !over;
}

/*
 * Can a kernel be moved by delta? any32: there are 32-bit places. Errors: RELOC_RANGE (2 GiB or
 * more), RELOC_OUTSIDE (not even one place fits into the image).
 */
enum err reloc_check_delta(const struct reloc_target *target, bool any32, uint64_t delta,
	struct fault *fault) MUST_CHECK;

#endif /* CORE_RELOC_PLACE_H */
