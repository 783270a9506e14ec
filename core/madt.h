/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which other processors are there? By ACPI's table of them, or, without one, by CPUID. */
#ifndef CORE_MADT_H
#define CORE_MADT_H

#include "core/span.h"

/* Others, by their APIC IDs, the caller's array: as many as it has room for. */
struct apic_ids {
	uint32_t *id;
	size_t count;
	size_t cap;
	uint32_t own; /* never in the list: INIT would reset the machine */
	bool wide; /* x2APIC: 32 bits count; else IDs from 255 on cannot be called and are left out */
};

/* Put id into the list, if there is room, it can be called, and is not there yet. */
void apic_ids_add(struct apic_ids *ids, uint32_t id);

/*
 * The enabled processors of a whole MADT, in its order, into an empty list. None where firmware takes
 * orders through a mailbox instead of an APIC. Errors: BAD_ACPI, the list then being empty.
 */
enum err madt_processors(struct span madt, struct apic_ids *ret, struct fault *fault) MUST_CHECK;

/* A CPUID leaf: eax, ebx, ecx, edx. */
typedef void cpuid_reader(uint32_t leaf, uint32_t sub, uint32_t ret[4]);

/* The IDs that CPUID gives to processors of this package; some may be nobody's. */
void topology_processors(cpuid_reader *read, struct apic_ids *ret);

#endif /* CORE_MADT_H */
