/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May other processors be woken for this boot, and is it worth it? They may not where somebody else's
 * code could still run on them, or where the one that asks could hit itself. Computes only.
 */
#ifndef CORE_WAKE_H
#define CORE_WAKE_H

#include "core/manifest.h"

struct wake_facts {
	bool entered_32; /* at 16 or 32 bits: by firmware or a boot loader, not straight by a kernel */
	uint8_t type_of_loader;
	struct span cmdline;
	uint64_t apic_base; /* IA32_APIC_BASE */
	bool encrypted; /* SEV or TDX is active */
	bool divides; /* chunks can be decoded at the same time */
	bool stored; /* not compressed: as fast as memory already */
	uint32_t chunk_count;
	uint32_t content_size;
};

/* bzforge.smp=off|N: how many others at most, UINT_MAX if nothing (that makes sense) is said. */
unsigned int wake_wanted(struct span cmdline);

/* As many of those as find a chunk to decode. */
unsigned int wake_useful(struct span cmdline, uint32_t chunk_count);

/* How many others at most? If none, *ret_reason says why; it is static text. */
unsigned int wake_limit(const struct wake_facts *facts, const char **ret_reason);

/*
 * Must INIT be given 10 ms before SIPI, by CPUID: ebx of leaf 0, the vendor's first letters, and eax of
 * leaf 1?
 */
bool wake_is_slow(uint32_t vendor, uint32_t signature);

#endif /* CORE_WAKE_H */
