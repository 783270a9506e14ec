/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a memory map for `bzforge kaslr`: a fault points into the text and names the field; what
 * was read is well formed, and put into core's memory it gives slots that lie in RAM.
 */
#include "fuzz/fuzz.h"

#include "core/e820.h"
#include "core/slots.h"
#include "host/map_text.h"

static struct map_text map;
static struct memory memory;

static void check_ranges(const struct map_list *list)
{
	FUZZ_CHECK(list->count <= MAP_TEXT_MAX);
	for (size_t i = 0; i < list->count; i++)
		FUZZ_CHECK(list->r[i].start <= list->r[i].end);
}

static void check_slots(struct span text)
{
	const struct efi_map efi = {{map.efi, map.efi_count * MAP_TEXT_MD_SIZE}, MAP_TEXT_MD_SIZE, 1};
	/* The text may also hold options: a second use of the same bytes. */
	const struct memory_input in = {map.efi_count ? &efi : NULL, {0x100000, 0x900000}, text};
	const struct slots_image image = {.image_pa = 0x100000, .in_use = {0x100000, 0x900000},
		.extent = 0x3ada7b4, .mem_size = 0x3a00000, .align = 0x200000,
		.pref_address = 0x1000000, .max_pa = slots_max_pa(true, false), .movable = true,
		.window = true};
	const struct kaslr_bounds bounds = slots_bounds(&image);
	struct slots_found found;
	uint64_t pa;

	memory_init(&memory);
	if (e820_split((struct span){map.e820, map.e820_count * E820_ENTRY_SIZE}, &memory.ram,
		    &memory.reserved, NULL) ||
		memory_settle(&memory, &in, NULL) || slots_find(&memory, &image, &found))
		return;
	for (uint64_t n = 0; n < found.slots && n < 100; n++) {
		uint64_t index = n < 50 ? n : found.slots - 1 - (n - 50);

		if (index >= found.slots)
			break;
		FUZZ_CHECK(!kaslr_slot(&memory.work, &bounds, index, &pa));
		struct range r = range_make(pa, bounds.size);

		FUZZ_CHECK(pa >= bounds.min && r.end <= bounds.max && pa % bounds.align == 0);
		FUZZ_CHECK(range_set_covers(&memory.limited, r) && !range_overlap(r, image.in_use));
		FUZZ_CHECK(!range_set_touches(&memory.reserved, r));
	}
	FUZZ_CHECK(kaslr_slot(&memory.work, &bounds, found.slots, &pa) == ERR_NO_MEMORY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {data, size};
	struct fault fault = {0};
	enum err e = map_text_parse(text, &map, &fault);

	if (e) {
		FUZZ_CHECK(e == ERR_BAD_MEMORY_MAP || e == ERR_NO_SPACE || e == ERR_NO_MEMORY_MAP);
		FUZZ_CHECK(fault.text && fault.offset <= size);
		FUZZ_CHECK(map_text_line(text, fault.offset) >= 1);
		return 0;
	}
	FUZZ_CHECK(map.e820_count <= MAP_TEXT_MAX && map.efi_count <= MAP_TEXT_MAX);
	FUZZ_CHECK(map.kept_count <= MEMORY_NAMED_MAX);
	check_ranges(&map.free);
	check_ranges(&map.mirrored);
	check_ranges(&map.immovable);
	check_slots(text);
	return 0;
}
