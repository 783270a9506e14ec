/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See acpi.h. Runs in the stub on what firmware left in memory. Every length is bounded before it
 * is used, every table's bytes must add up to 0 [ACPI 6.5 5.2.6].
 */
#include "core/acpi.h"
#include "spec/acpi.h"

static bool sums_to_zero(struct span s)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum = (uint8_t)(sum + s.ptr[i]);
	return !sum;
}

static bool is_rsdp(struct span s)
{
	return s.len >= ACPI_RSDP_SIZE_1 && le64_get(s.ptr) == ACPI_RSDP_SIGNATURE &&
		sums_to_zero((struct span){s.ptr, ACPI_RSDP_SIZE_1});
}

static bool has_signature(const uint8_t *p)
{
	return le64_get(p) == ACPI_RSDP_SIGNATURE;
}

/* Thousands of places, on every boot: four at a time that are nothing are passed quickly. */
static size_t without_signature(struct span area)
{
	const uint8_t *p = area.ptr;
	size_t step = 4 * ACPI_RSDP_ALIGN, left = area.len;

	for (; left >= step; p += step, left -= step) {
		if (has_signature(p) || has_signature(p + ACPI_RSDP_ALIGN) ||
			has_signature(p + 2 * ACPI_RSDP_ALIGN) ||
			has_signature(p + 3 * ACPI_RSDP_ALIGN))
			break;
	}
	return area.len - left;
}

enum err acpi_rsdp_find(struct span area, uint64_t *ret_offset)
{
	for (size_t off = without_signature(area); span_has(area, off, ACPI_RSDP_SIZE_1); off += ACPI_RSDP_ALIGN) {
		if (is_rsdp((struct span){area.ptr + off, area.len - off})) {
			*ret_offset = off;
			return ERR_OK;
		}
	}
	return ERR_BAD_ACPI;
}

/* The table at pa, whole. */
static enum err table_read(const struct memory_reader *memory, uint64_t pa, uint32_t signature,
	struct span *ret, struct fault *fault)
{
	struct span s;
	enum err e = memory->read(memory->ctx, pa, ACPI_TABLE_HEADER_SIZE, &s);

	if (e)
		return fault_set(fault, e, "ACPI table", pa, signature);
	uint32_t len = le32_get(s.ptr + ACPI_TABLE_LENGTH);

	if (le32_get(s.ptr + ACPI_TABLE_SIGNATURE) != signature)
		return ERR_BAD_ACPI; /* another table: not worth a message */
	if (len < ACPI_TABLE_HEADER_SIZE || len > ACPI_TABLE_MAX)
		return fault_set(fault, ERR_BAD_ACPI, "length of ACPI table", pa, len);
	e = memory->read(memory->ctx, pa, len, &s);
	if (e)
		return fault_set(fault, e, "ACPI table", pa, len);
	if (!sums_to_zero(s))
		return fault_set(fault, ERR_BAD_ACPI, "checksum of ACPI table", pa, signature);
	*ret = s;
	return ERR_OK;
}

/* The list of tables: XSDT with 64-bit pointers if there is one, else RSDT. */
static enum err list_read(const struct memory_reader *memory, uint64_t rsdp_pa, struct span *ret,
	size_t *ret_width, struct fault *fault)
{
	struct span rsdp;
	enum err e = memory->read(memory->ctx, rsdp_pa, ACPI_RSDP_SIZE_1, &rsdp);

	if (e || !is_rsdp(rsdp))
		return fault_set(fault, e ? e : ERR_BAD_ACPI, "ACPI root pointer", rsdp_pa, 0);
	uint64_t rsdt = le32_get(rsdp.ptr + ACPI_RSDP_RSDT);

	if (rsdp.ptr[ACPI_RSDP_REVISION] >= 2 &&
		!memory->read(memory->ctx, rsdp_pa, ACPI_RSDP_SIZE_2, &rsdp) &&
		sums_to_zero(rsdp) && le64_get(rsdp.ptr + ACPI_RSDP_XSDT)) {
		*ret_width = 8;
		return table_read(memory, le64_get(rsdp.ptr + ACPI_RSDP_XSDT), ACPI_SIGNATURE_XSDT,
			ret, fault);
	}
	*ret_width = 4;
	return table_read(memory, rsdt, ACPI_SIGNATURE_RSDT, ret, fault);
}

enum err acpi_table_find(const struct memory_reader *memory, uint64_t rsdp_pa, uint32_t signature,
	struct span *ret, struct fault *fault)
{
	struct span list;
	size_t width = 4;

	fault_set(fault, ERR_BAD_ACPI, "no such ACPI table", rsdp_pa, signature);
	if (list_read(memory, rsdp_pa, &list, &width, fault))
		return ERR_BAD_ACPI;
	size_t count = (list.len - ACPI_TABLE_HEADER_SIZE) / width;

	if (count > ACPI_TABLES_MAX)
		return fault_set(fault, ERR_BAD_ACPI, "number of ACPI tables", rsdp_pa, count);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *entry = list.ptr + ACPI_TABLE_HEADER_SIZE + i * width;
		uint64_t pa = width == 8 ? le64_get(entry) : le32_get(entry);

		if (pa && !table_read(memory, pa, signature, ret, fault))
			return ERR_OK;
	}
	return ERR_BAD_ACPI;
}

enum err acpi_srat_immovable(struct span srat, struct range_set *ret, struct fault *fault)
{
	size_t off = ACPI_SRAT_ENTRIES;

	ret->count = 0;
	while (off < srat.len) {
		const uint8_t *entry = srat.ptr + off;
		size_t left = srat.len - off;
		size_t len = left > ACPI_SRAT_LENGTH ? entry[ACPI_SRAT_LENGTH] : 0;

		if (len < 2 || len > left)
			return fault_set(fault, ERR_BAD_ACPI, "SRAT entry", off, len);
		if (entry[ACPI_SRAT_TYPE] == ACPI_SRAT_MEMORY && len >= ACPI_SRAT_MEMORY_SIZE) {
			struct range r = range_make(le64_get(entry + ACPI_SRAT_MEMORY_BASE),
				le64_get(entry + ACPI_SRAT_MEMORY_BYTES));
			uint32_t flags = le32_get(entry + ACPI_SRAT_MEMORY_FLAGS);

			if ((flags & ACPI_SRAT_ENABLED) && !(flags & ACPI_SRAT_HOT_PLUGGABLE) &&
				range_set_push(ret, r))
				return fault_set(
					fault, ERR_NO_SPACE, "SRAT entry", off, r.start);
		}
		off += len;
	}
	range_set_settle(ret);
	return ERR_OK;
}
