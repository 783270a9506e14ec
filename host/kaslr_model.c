/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See kaslr_model.h. Why a piece of RAM is avoided is found by taking the stub's steps one after
 * the other, and looking at what each takes away.
 */
#include <stdlib.h>
#include <string.h>
#include "core/cmdline.h"
#include "core/e820.h"
#include "core/memplans.h"
#include "core/stub_info.h"
#include "host/kaslr_model.h"
#include "spec/efi.h"
#include "spec/image.h"

#define FIRST_MIB 0x100000

/* A set of its own, as large as any in struct memory. */
struct copy {
	struct range_set set;
	struct range r[2 * MEMORY_RANGES_MAX];
};

static void copy_set(struct copy *c, const struct range_set *from)
{
	memcpy(c->r, from->r, from->count * sizeof(*from->r));
	c->set = (struct range_set){c->r, from->count, 2 * MEMORY_RANGES_MAX};
}

static void note(struct kaslr_model *m, struct range r, const char *reason)
{
	if (range_empty(r))
		return;
	if (m->avoided_count < KASLR_RANGES_MAX)
		m->avoided[m->avoided_count++] = (struct kaslr_avoided){r, reason};
	else
		m->avoided_dropped++;
}

/* Note what was in before and is not in after; then before becomes after. */
static void note_lost(
	struct kaslr_model *m, struct copy *before, const struct range_set *after, const char *reason)
{
	for (size_t i = 0; i < before->set.count; i++) {
		struct range left = before->r[i];

		for (size_t j = 0; j < after->count && after->r[j].start < left.end; j++) {
			if (after->r[j].end <= left.start)
				continue;
			note(m, (struct range){left.start, after->r[j].start}, reason);
			left.start = after->r[j].end;
		}
		note(m, left, reason);
	}
	copy_set(before, after);
}

/* The stub without an E820 table has none to boot with; a log may lack it. */
static enum err efi_as_e820(const struct efi_map *efi, struct memory *m, struct fault *fault)
{
	size_t count = 0;
	enum err e = efi_map_check(efi, &count, fault);

	for (size_t i = 0; i < count && !e; i++) {
		struct efi_memory entry = efi_map_entry(efi, i);
		bool ram = entry.type == EFI_CONVENTIONAL_MEMORY || entry.type == EFI_LOADER_CODE ||
			entry.type == EFI_LOADER_DATA || entry.type == EFI_BOOT_SERVICES_CODE ||
			entry.type == EFI_BOOT_SERVICES_DATA;

		e = range_set_push(ram ? &m->ram : &m->reserved, entry.range);
	}
	range_set_settle(&m->ram);
	range_set_settle(&m->reserved);
	return e;
}

static enum err sets_fill(const struct map_text *map, struct memory *m, struct fault *fault)
{
	const struct efi_map efi = {{map->efi, map->efi_count * MAP_TEXT_MD_SIZE},
		MAP_TEXT_MD_SIZE, EFI_MD_VERSION};
	const struct span table = {map->e820, map->e820_count * E820_ENTRY_SIZE};

	memory_init(m);
	return map->e820_count ? e820_split(table, &m->ram, &m->reserved, fault)
			       : efi_as_e820(&efi, m, fault);
}

/* memory_settle with a part of what there is, and what it leaves to choose from. */
static enum err settle(struct kaslr_model *m, const struct map_text *map, bool with_efi,
	bool with_cmdline, struct fault *fault)
{
	const struct efi_map efi = {{map->efi, map->efi_count * MAP_TEXT_MD_SIZE},
		MAP_TEXT_MD_SIZE, EFI_MD_VERSION};
	const struct memory_input in = {
		.efi = with_efi && map->efi_count ? &efi : NULL,
		.own = range_make(m->slots_image.image_pa, m->init_size),
		.cmdline = with_cmdline ? m->cmdline : (struct span){NULL, 0},
	};
	enum err e = sets_fill(map, &m->memory, fault);

	return e ? e : memory_settle(&m->memory, &in, fault);
}

static enum err list_to_set(const struct map_list *list, struct range_set *set)
{
	for (size_t i = 0; i < list->count; i++) {
		enum err e = range_set_push(set, list->r[i]);

		if (e)
			return e;
	}
	range_set_settle(set);
	return ERR_OK;
}

/* What a trace knows besides the map: that very boot's kept ranges, free and special memory. */
static enum err trace_apply(
	struct kaslr_model *m, const struct map_text *map, struct copy *before)
{
	struct memory *memory = &m->memory;
	bool knows_kept = false;
	enum err e = ERR_OK;

	for (size_t i = 0; i < map->kept_count && !e; i++) {
		const struct kept_range *k = &map->kept[i];

		e = k->soft ? memory_shun(memory, k->range, k->reason)
			    : memory_keep(memory, k->range, k->reason);
		knows_kept = true;
		note_lost(m, before, &memory->limited, keep_text(k->reason));
	}
	if (!e && !knows_kept)
		e = memory_keep(memory, (struct range){0, FIRST_MIB}, KEEP_FIRST_MIB);
	note_lost(m, before, &memory->limited, keep_text(KEEP_FIRST_MIB));
	if (!e && map->free.count) {
		e = list_to_set(&map->free, memory_copy(memory, &(struct range_set){0}));
		if (!e)
			e = range_set_keep_only(&memory->limited, &memory->work);
		note_lost(m, before, &memory->limited, "not free in the traced boot");
	}
	if (!e && map->mirrored.count)
		e = list_to_set(&map->mirrored, &memory->mirrored);
	if (!e)
		e = list_to_set(&map->immovable, &memory->immovable);
	return e;
}

/* slots_find's steps one by one, by leaving out the wishes at first. */
static enum err find(struct kaslr_model *m, struct copy *before)
{
	struct memory *memory = &m->memory;
	size_t immovable = memory->immovable.count, mirrored = memory->mirrored.count;
	uint64_t gib_pages = memory->gib_pages;
	enum err e;

	memory->immovable.count = memory->mirrored.count = 0;
	memory->gib_pages = 0;
	e = slots_find(memory, &m->slots_image, &m->found);
	if (!e)
		note_lost(m, before, &memory->work, keep_text(KEEP_IMAGE));
	memory->immovable.count = immovable;
	if (!e)
		e = slots_find(memory, &m->slots_image, &m->found);
	if (!e)
		note_lost(m, before, &memory->work, "movable_node: can be unplugged");
	memory->gib_pages = gib_pages;
	if (!e)
		e = slots_find(memory, &m->slots_image, &m->found);
	if (!e)
		note_lost(m, before, &memory->work, "hugepages=: 1 GiB pages");
	memory->mirrored.count = mirrored;
	if (!e)
		e = slots_find(memory, &m->slots_image, &m->found);
	if (!e)
		note_lost(m, before, &memory->work, "not mirrored");
	return e;
}

static enum err memory_model(struct kaslr_model *m, const struct map_text *map, struct copy *before,
	struct fault *fault)
{
	enum err e = sets_fill(map, &m->memory, fault);

	if (e)
		return e;
	copy_set(before, &m->memory.ram);
	e = settle(m, map, false, false, fault);
	if (!e)
		note_lost(m, before, &m->memory.limited, "reserved by the map");
	if (!e)
		e = settle(m, map, true, false, fault);
	if (!e)
		note_lost(m, before, &m->memory.limited, "in use or set aside by EFI");
	if (!e)
		e = settle(m, map, true, true, fault);
	if (!e)
		note_lost(m, before, &m->memory.limited, "mem=, memmap= or crashkernel=");
	if (!e)
		e = trace_apply(m, map, before);
	return e ? e : find(m, before);
}

static void areas_make(struct kaslr_model *m)
{
	uint64_t before = 0;

	for (size_t i = 0; i < m->memory.work.count; i++) {
		struct kaslr_area *a = &m->area[m->area_count];

		a->range = m->memory.work.r[i];
		a->slots = m->slots_image.movable
			? kaslr_slots_in(a->range, &m->bounds, &a->first) : 0;
		a->before = before;
		before += a->slots;
		m->area_count += a->slots != 0;
	}
}

static enum err image_model(const struct kernel *k, struct kaslr_model *m, uint64_t load_pa)
{
	struct place_image image;
	struct stub_info info;
	uint64_t extent, end;
	struct span bytes;
	enum err e = span_sub(k->protected_mode, STUB_INFO_OFFSET, STUB_INFO_SIZE, &bytes);

	if (e)
		return e;
	info = stub_info_get(bytes.ptr);
	image = place_image_make(&info, &k->manifest);
	e = place_extent(&image, &extent);
	if (!e)
		e = align_up(load_pa + image.image_size, PLACE_PAGE, &end);
	if (!e)
		e = place_start(&image, load_pa, &m->default_pa);
	if (e)
		return e;
	m->init_size = info.init_size;
	m->slots_image = (struct slots_image){
		.image_pa = load_pa,
		.in_use = {load_pa, end + image.work_size},
		.extent = extent,
		.mem_size = image.mem_size,
		.align = image.alignment,
		.pref_address = image.pref_address,
		.max_pa = slots_max_pa(info.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G, false),
		.movable = image.movable,
		.window = k->manifest.flags & MANIFEST_FLAG_VIRTUAL,
	};
	m->bounds = slots_bounds(&m->slots_image);
	return ERR_OK;
}

enum status kaslr_model_make(const struct kernel *k, const struct map_text *map, uint64_t load_pa,
	struct kaslr_model *ret)
{
	struct copy *before = malloc(sizeof(*before));
	struct fault fault = {0};
	struct slots_choice choice;
	struct random_state random;
	enum err e;

	if (!before)
		return report_no_memory(k->name);
	ret->nokaslr = cmdline_has(ret->cmdline, "nokaslr");
	e = image_model(k, ret, map->has_image ? map->image_pa : load_pa);
	if (!e)
		e = memory_model(ret, map, before, &fault);
	free(before);
	if (e) {
		report_fault(ret->map_name, "memory map", e, &fault);
		return STATUS_BAD_INPUT;
	}
	areas_make(ret);
	random_init(&random);
	if (slots_draw(&ret->memory, &ret->slots_image, &random, &choice))
		choice = (struct slots_choice){0};
	ret->virtual_count = choice.virtual_count;
	ret->default_free = range_set_covers(
		&ret->memory.free, range_make(ret->default_pa, ret->slots_image.extent));
	return STATUS_DONE;
}

enum kaslr_cell kaslr_cell_at(const struct kaslr_model *m, struct range cell)
{
	for (size_t i = 0; i < m->area_count; i++) {
		const struct kaslr_area *a = &m->area[i];
		struct range reach = {a->first,
			a->first + (a->slots - 1) * m->bounds.align + m->bounds.size};

		if (range_overlap(reach, cell))
			return CELL_SLOTS;
	}
	if (range_set_touches(&m->memory.work, cell))
		return CELL_TOO_SMALL;
	return range_set_touches(&m->memory.ram, cell) ? CELL_AVOIDED : CELL_NOTHING;
}
