/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See efi_map.h. Runs in the stub and in `bzforge kaslr`. [UEFI 2.10 7.2.3] */
#include "core/efi_map.h"
#include "spec/efi.h"

enum err efi_map_check(const struct efi_map *map, size_t *ret_count, struct fault *fault)
{
	if (map->desc_size < EFI_MD_SIZE)
		return fault_set(fault, ERR_BAD_MEMORY_MAP, "efi_memdesc_size", 0, map->desc_size);
	if (map->desc_version != EFI_MD_VERSION)
		return fault_set(
			fault, ERR_BAD_MEMORY_MAP, "efi_memdesc_version", 0, map->desc_version);
	if (map->bytes.len < map->desc_size)
		return fault_set(fault, ERR_BAD_MEMORY_MAP, "efi_memmap_size", 0, map->bytes.len);
	*ret_count = map->bytes.len / map->desc_size;
	return ERR_OK;
}

struct efi_memory efi_map_entry(const struct efi_map *map, size_t i)
{
	const uint8_t *md = map->bytes.ptr + i * map->desc_size;
	uint64_t pages = le64_get(md + EFI_MD_NUMBER_OF_PAGES);
	bool huge = pages > UINT64_MAX >> EFI_PAGE_SHIFT;

	return (struct efi_memory){
		.range = range_make(le64_get(md + EFI_MD_PHYSICAL_START),
			huge ? UINT64_MAX : pages << EFI_PAGE_SHIFT),
		.type = le32_get(md + EFI_MD_TYPE),
		.attribute = le64_get(md + EFI_MD_ATTRIBUTE),
	};
}

static struct range_set *set_for(
	const struct efi_memory *m, bool soft_reserve, const struct efi_sets *sets)
{
	if (m->type != EFI_CONVENTIONAL_MEMORY)
		return sets->scratch;
	return soft_reserve && m->attribute & EFI_MEMORY_SP ? sets->scratch : sets->conventional;
}

static enum err remove_all(struct range_set *from, const struct range_set *what)
{
	for (size_t i = 0; i < what->count; i++) {
		enum err e = range_set_remove(from, what->r[i]);

		if (e)
			return e;
	}
	return ERR_OK;
}

enum err efi_map_unaccepted(
	const struct efi_map *map, struct range_set *reserved, struct fault *fault)
{
	size_t count = 0;
	enum err e = efi_map_check(map, &count, fault);

	for (size_t i = 0; i < count && !e; i++) {
		struct efi_memory m = efi_map_entry(map, i);

		if (m.type == EFI_UNACCEPTED_MEMORY && range_set_push(reserved, m.range))
			e = fault_set(fault, ERR_NO_SPACE, "EFI memory descriptor",
				i * map->desc_size, m.range.start);
	}
	range_set_settle(reserved);
	return e;
}

enum err efi_map_split(const struct efi_map *map, bool soft_reserve, const struct efi_sets *sets,
	struct fault *fault)
{
	size_t count = 0;
	enum err e = efi_map_check(map, &count, fault);

	if (e)
		return e;
	sets->conventional->count = sets->mirrored->count = 0;
	sets->scratch->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct efi_memory m = efi_map_entry(map, i);
		struct range_set *set = set_for(&m, soft_reserve, sets);

		e = range_set_push(set, m.range);
		if (!e && set == sets->conventional && m.attribute & EFI_MEMORY_MORE_RELIABLE)
			e = range_set_push(sets->mirrored, m.range);
		if (e)
			return fault_set(fault, e, "EFI memory descriptor", i * map->desc_size,
				m.range.start);
	}
	range_set_settle(sets->conventional);
	range_set_settle(sets->mirrored);
	range_set_settle(sets->scratch);
	e = remove_all(sets->conventional, sets->scratch);
	if (!e)
		e = range_set_keep_only(sets->mirrored, sets->conventional);
	return e ? fault_set(fault, e, "EFI memory map", 0, count) : ERR_OK;
}
