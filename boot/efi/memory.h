/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory from the firmware. Everything that was taken is given back by efi_memory_release, should the
 * boot fail, so that the next boot option finds the machine as it was.
 */
#ifndef BOOT_EFI_MEMORY_H
#define BOOT_EFI_MEMORY_H

#include "core/range.h"
#include "spec/efi_services.h"

/*
 * size bytes in whole pages, no byte above max_pa, zeroed; or exactly at pa (not zeroed). Errors:
 * NO_MEMORY; ADDRESS_TAKEN; NO_SPACE (more blocks than can be remembered).
 */
enum err efi_memory_below(uint64_t size, uint64_t max_pa, uint32_t type, uint64_t *ret_pa)
	MUST_CHECK;
/* The same anywhere, with whatever lay there. Errors: NO_MEMORY, NO_SPACE. */
enum err efi_memory_unset(uint64_t size, uint32_t type, uint64_t *ret_pa) MUST_CHECK;
enum err efi_memory_at(struct range r, uint32_t type) MUST_CHECK;
/* Give one block back, by its address. */
void efi_memory_free(uint64_t pa);
void efi_memory_release(void);

/*
 * The memory map as it is now, in memory of its own with room for spare descriptors more. Read it
 * again with efi_memory_map_again: that allocates nothing, as ExitBootServices demands.
 */
struct efi_memory_map {
	uint64_t pa, capacity; /* where it lies, room in bytes */
	uint64_t size; /* bytes used */
	uint64_t desc_size;
	uint32_t desc_version;
	uint64_t key;
};
enum err efi_memory_map(struct efi_memory_map *ret) MUST_CHECK;
enum err efi_memory_map_again(struct efi_memory_map *map) MUST_CHECK;

#endif /* BOOT_EFI_MEMORY_H */
