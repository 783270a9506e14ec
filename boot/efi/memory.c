/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See memory.h. 64-bit mode, under boot services. */
#include "boot/efi/memory.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/libc.h"

#define BLOCKS_MAX 64
#define MAP_SPARE  64 /* descriptors that allocating the map itself, and what follows, may add */

static struct range blocks[BLOCKS_MAX];
static size_t block_count;

static uint64_t pages(uint64_t size)
{
	return size / EFI_PAGE_SIZE + (size % EFI_PAGE_SIZE != 0);
}

static enum err allocate(uint64_t how, uint64_t size, uint32_t type, uint64_t *pa)
{
	if (block_count == BLOCKS_MAX)
		return ERR_NO_SPACE;
	if (efi_narrow() && size > UINT32_MAX) /* the number of pages would be cut */
		return ERR_NO_MEMORY;
	if (efi_boot(EFI_ALLOCATE_PAGES, how, type, pages(size), efi_ptr(pa)))
		return how == EFI_ALLOCATE_ADDRESS ? ERR_ADDRESS_TAKEN : ERR_NO_MEMORY;
	blocks[block_count++] = range_make(*pa, pages(size) * EFI_PAGE_SIZE);
	return ERR_OK;
}

enum err efi_memory_below(uint64_t size, uint64_t max_pa, uint32_t type, uint64_t *ret_pa)
{
	/* In 32-bit firmware nobody, we included, has more mapped. */
	uint64_t pa = efi_narrow() && max_pa > UINT32_MAX ? UINT32_MAX : max_pa;
	enum err err = allocate(EFI_ALLOCATE_MAX_ADDRESS, size, type, &pa);

	if (err)
		return err;
	memset(phys_ptr(pa), 0, pages(size) * EFI_PAGE_SIZE);
	*ret_pa = pa;
	return ERR_OK;
}

enum err efi_memory_unset(uint64_t size, uint32_t type, uint64_t *ret_pa)
{
	uint64_t pa = efi_narrow() ? UINT32_MAX : UINT64_MAX;
	enum err err = allocate(EFI_ALLOCATE_MAX_ADDRESS, size, type, &pa);

	if (!err)
		*ret_pa = pa;
	return err;
}

enum err efi_memory_at(struct range r, uint32_t type)
{
	return allocate(EFI_ALLOCATE_ADDRESS, r.end - r.start, type, &r.start);
}

static void block_free(size_t i)
{
	uint64_t count = pages(blocks[i].end - blocks[i].start);

	/* The address is of 64 bits: two words in 32-bit firmware. */
	if (efi_narrow())
		efi_boot(EFI_FREE_PAGES, blocks[i].start, blocks[i].start >> 32, count);
	else
		efi_boot(EFI_FREE_PAGES, blocks[i].start, count);
}

void efi_memory_free(uint64_t pa)
{
	for (size_t i = 0; i < block_count; i++) {
		if (blocks[i].start != pa)
			continue;
		block_free(i);
		blocks[i] = blocks[--block_count];
		return;
	}
}

void efi_memory_release(void)
{
	while (block_count > 0)
		block_free(--block_count);
}

static uint64_t map_get(struct efi_memory_map *map)
{
	uint64_t size = map->capacity, key = 0, desc_size = 0, version = 0;
	uint64_t status = efi_boot(EFI_GET_MEMORY_MAP, efi_ptr(&size), map->pa, efi_ptr(&key),
		efi_ptr(&desc_size), efi_ptr(&version));

	map->size = size;
	map->key = key;
	map->desc_size = desc_size;
	map->desc_version = (uint32_t)version;
	return status;
}

enum err efi_memory_map(struct efi_memory_map *ret)
{
	struct efi_memory_map map = {0};

	if (map_get(&map) != EFI_BUFFER_TOO_SMALL || map.desc_size < EFI_MD_SIZE)
		return ERR_NO_MEMORY_MAP;
	map.capacity = map.size + MAP_SPARE * map.desc_size;
	enum err err = efi_memory_below(map.capacity, UINT32_MAX, EFI_LOADER_DATA, &map.pa);

	if (!err)
		err = efi_memory_map_again(&map);
	if (!err)
		*ret = map;
	return err;
}

enum err efi_memory_map_again(struct efi_memory_map *map)
{
	return map_get(map) ? ERR_NO_MEMORY_MAP : ERR_OK;
}
