/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI as far as the place of a kernel needs it: with movable_node a kernel must not lie in memory
 * that can be unplugged, and which memory that is stands in the SRAT. Tables hang together by
 * physical addresses; whoever may touch memory passes a reader.
 */
#ifndef CORE_ACPI_H
#define CORE_ACPI_H

#include "core/range.h"
#include "core/span.h"

/* len bytes of physical memory at pa; fails where there is none that may be read. */
typedef enum err memory_read(void *ctx, uint64_t pa, uint64_t len, struct span *ret);

struct memory_reader {
	memory_read *read;
	void *ctx;
};

#define ACPI_TABLES_MAX  1024 /* a longer list is taken for damage */
#define ACPI_TABLE_MAX   0x100000 /* a longer table, too */

/* First root pointer with a good checksum in area, on a multiple of 16. Errors: BAD_ACPI. */
enum err acpi_rsdp_find(struct span area, uint64_t *ret_offset) MUST_CHECK;

/*
 * The first table of that signature with a good checksum, from the root pointer at rsdp_pa on.
 * Errors: BAD_ACPI (root pointer, list or table damaged, or no such table), those of read.
 */
enum err acpi_table_find(const struct memory_reader *memory, uint64_t rsdp_pa, uint32_t signature,
	struct span *ret, struct fault *fault) MUST_CHECK;

/* Memory that cannot be unplugged, by a whole SRAT, into a new set. Errors: BAD_ACPI, NO_SPACE. */
enum err acpi_srat_immovable(struct span srat, struct range_set *ret, struct fault *fault) MUST_CHECK;

#endif /* CORE_ACPI_H */
