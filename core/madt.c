/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See madt.h. MADT: header, 8 bytes, then entries of type and length [ACPI 6.5 5.2.12]. Firmware lists
 * first one logical processor of each core, so whoever takes the first few gets cores.
 */
#include "core/madt.h"
#include "spec/acpi.h"

/* Addressed to all, the caller included. */
#define BROADCAST_NARROW 0xffu
#define BROADCAST_WIDE   0xffffffffu

void apic_ids_add(struct apic_ids *ids, uint32_t id)
{
	if (id == ids->own || id == BROADCAST_WIDE || (!ids->wide && id >= BROADCAST_NARROW))
		return;
	for (size_t i = 0; i < ids->count; i++) {
		if (ids->id[i] == id)
			return;
	}
	if (ids->count < ids->cap)
		ids->id[ids->count++] = id;
}

/* Disabled ones may be absent, whatever they promise for later. */
static void entry_add(struct apic_ids *ids, const uint8_t *entry, size_t len)
{
	switch (entry[ACPI_MADT_TYPE]) {
	case ACPI_MADT_APIC:
		if (len >= ACPI_MADT_APIC_SIZE && entry[ACPI_MADT_APIC_ID] != BROADCAST_NARROW &&
			(le32_get(entry + ACPI_MADT_APIC_FLAGS) & ACPI_MADT_ENABLED))
			apic_ids_add(ids, entry[ACPI_MADT_APIC_ID]);
		break;
	case ACPI_MADT_X2APIC:
		if (len >= ACPI_MADT_X2APIC_SIZE &&
			(le32_get(entry + ACPI_MADT_X2APIC_FLAGS) & ACPI_MADT_ENABLED))
			apic_ids_add(ids, le32_get(entry + ACPI_MADT_X2APIC_ID));
		break;
	}
}

enum err madt_processors(struct span madt, struct apic_ids *ret, struct fault *fault)
{
	bool mailbox = false;

	ret->count = 0;
	for (size_t off = ACPI_MADT_ENTRIES; off < madt.len;) {
		const uint8_t *entry = madt.ptr + off;
		size_t left = madt.len - off;
		size_t len = left > ACPI_MADT_LENGTH ? entry[ACPI_MADT_LENGTH] : 0;

		if (len < 2 || len > left) {
			ret->count = 0;
			return fault_set(fault, ERR_BAD_ACPI, "MADT entry", off, len);
		}
		entry_add(ret, entry, len);
		mailbox = mailbox || entry[ACPI_MADT_TYPE] == ACPI_MADT_MAILBOX;
		off += len;
	}
	if (mailbox)
		ret->count = 0;
	return ERR_OK;
}
