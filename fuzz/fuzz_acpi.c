/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the memory of a machine, from address 0 on, with a root pointer somewhere: whatever is
 * found lies in it, with a good checksum, and immovable memory comes from enabled entries alone.
 */
#include "fuzz/fuzz.h"

#include "core/acpi.h"
#include "spec/acpi.h"

static enum err machine_read(void *ctx, uint64_t pa, uint64_t len, struct span *ret)
{
	return span_sub(*(struct span *)ctx, pa, len, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span machine = {data, size}, srat = {NULL, 0};
	const struct memory_reader reader = {machine_read, &machine};
	struct range r[64];
	struct range_set set = {r, 0, 64};
	struct fault fault = {0};
	uint64_t off = 1;
	uint8_t sum = 0;

	if (acpi_rsdp_find(machine, &off)) {
		FUZZ_CHECK(off == 1);
		return 0;
	}
	FUZZ_CHECK(off % 16 == 0 && span_has(machine, off, ACPI_RSDP_SIZE_1));
	if (acpi_table_find(&reader, off, ACPI_SIGNATURE_SRAT, &srat, &fault)) {
		FUZZ_CHECK(fault.text && !srat.len);
		return 0;
	}
	FUZZ_CHECK(fuzz_within(srat, machine) && srat.len >= ACPI_TABLE_HEADER_SIZE);
	for (size_t i = 0; i < srat.len; i++)
		sum = (uint8_t)(sum + srat.ptr[i]);
	FUZZ_CHECK(!sum && le32_get(srat.ptr) == ACPI_SIGNATURE_SRAT);
	if (acpi_srat_immovable(srat, &set, &fault))
		return 0;
	for (size_t i = 0; i < set.count; i++)
		FUZZ_CHECK(r[i].start < r[i].end && (!i || r[i - 1].end < r[i].start));
	return 0;
}
