/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory map that EFI firmware gave to the loader, as it stands behind boot_params.efi_info. It
 * says what the E820 table cannot: which memory the loader and firmware use, which is mirrored, set
 * aside for a purpose, or not accepted yet.
 */
#ifndef CORE_EFI_MAP_H
#define CORE_EFI_MAP_H

#include "core/range.h"
#include "core/span.h"

struct efi_map {
	struct span bytes;
	uint32_t desc_size; /* distance of descriptors, from the map */
	uint32_t desc_version;
};

struct efi_memory {
	struct range range;
	uint32_t type;
	uint64_t attribute;
};

/*
 * Errors: BAD_MEMORY_MAP when descriptors are too small, of another version, or there is none. Bytes
 * behind the last whole descriptor are ignored.
 */
enum err efi_map_check(const struct efi_map *map, size_t *ret_count, struct fault *fault) MUST_CHECK;
/* Descriptor i of a checked map. */
struct efi_memory efi_map_entry(const struct efi_map *map, size_t i);

/* What of it may be chosen for a kernel? */
struct efi_sets {
	struct range_set *conventional; /* free for anybody: soft-reserved memory is not, see below */
	struct range_set *mirrored; /* what of it is mirrored */
	struct range_set *scratch; /* for the computation */
};
/* Memory that must not be touched before it has been accepted, into reserved. Errors as below. */
enum err efi_map_unaccepted(const struct efi_map *map, struct range_set *reserved,
	struct fault *fault) MUST_CHECK;
/*
 * soft_reserve: memory of specific purpose is not for us (without efi=nosoftreserve). Where
 * descriptors overlap, the one that is not conventional wins. Errors: BAD_MEMORY_MAP, NO_SPACE.
 */
enum err efi_map_split(const struct efi_map *map, bool soft_reserve, const struct efi_sets *sets,
	struct fault *fault) MUST_CHECK;

#endif /* CORE_EFI_MAP_H */
