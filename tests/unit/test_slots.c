/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/memory and core/slots: from maps, wishes and avoided ranges to slots, against an oracle that
 * marks every cell of memory by itself and tries every place. Random maps: 100,000 of them, or, with
 * the argument --long, 10,000,000 (a minute with the stub's objects, ten with sanitizers).
 *
 * Long because the random world, its oracle and the code under test belong side by side.
 */
#include "tests/unit/unit.h"

#include "core/cmdline.h"
#include "core/e820.h"
#include "core/slots.h"
#include "spec/efi.h"

#define MIB   0x100000ull
#define GIB   0x40000000ull
#define CELL  (64 * MIB)
#define CELLS 192 /* 12 GiB */
#define GIB_CELLS (GIB / CELL)

static struct memory memory;
static unsigned long rounds = 100000;

/* --- the random case --- */

struct entry {
	uint64_t from, to; /* cells */
	uint32_t type; /* E820 or EFI */
	uint64_t attribute;
};

struct world {
	struct entry e820[12], efi[12];
	unsigned e820_count, efi_count;
	struct entry kept[4];
	unsigned kept_count;
	struct entry immovable[3];
	unsigned immovable_count;
	struct entry reserve[4], crash; /* memmap=$, crashkernel=@ */
	unsigned reserve_count;
	uint64_t mem_limit; /* cells; 0: none */
	unsigned gib_pages;
	struct entry own;
	struct slots_image image;
	char line[400];
};

static struct entry entry_make(struct unit_random *random, unsigned longest)
{
	uint64_t from = unit_below(random, CELLS);
	uint64_t to = from + unit_below(random, longest);

	return (struct entry){from, to > CELLS ? CELLS : to, 0, 0};
}

static void line_make(struct world *w, struct unit_random *random)
{
	char *at = w->line, *end = w->line + sizeof(w->line);

	*at = 0;
	if (w->mem_limit)
		at += snprintf(at, (size_t)(end - at), "mem=%lluM ",
			(unsigned long long)(w->mem_limit * 64));
	for (unsigned i = 0; i < w->reserve_count; i++)
		at += snprintf(at, (size_t)(end - at), "memmap=%lluM%c0x%llx ",
			(unsigned long long)((w->reserve[i].to - w->reserve[i].from) * 64),
			"$#!%"[unit_below(random, 4)],
			(unsigned long long)(w->reserve[i].from * CELL));
	if (w->crash.to > w->crash.from)
		at += snprintf(at, (size_t)(end - at), "crashkernel=%lluM@%lluM ",
			(unsigned long long)((w->crash.to - w->crash.from) * 64),
			(unsigned long long)(w->crash.from * 64));
	if (w->gib_pages)
		snprintf(at, (size_t)(end - at), "hugepagesz=1G hugepages=%u", w->gib_pages);
}

static void world_make(struct world *w, struct unit_random *random)
{
	static const uint32_t e820_types[] = {E820_RAM, E820_RAM, E820_RAM, E820_RESERVED, E820_ACPI, 99};
	static const uint32_t efi_types[] = {EFI_CONVENTIONAL_MEMORY, EFI_CONVENTIONAL_MEMORY,
		EFI_CONVENTIONAL_MEMORY, EFI_BOOT_SERVICES_DATA, EFI_UNACCEPTED_MEMORY};
	static const uint64_t attributes[] = {
		0, 0, EFI_MEMORY_MORE_RELIABLE, EFI_MEMORY_SP, EFI_MEMORY_SP | EFI_MEMORY_MORE_RELIABLE};

	memset(w, 0, sizeof(*w));
	w->e820_count = 1 + (unsigned)unit_below(random, 12);
	for (unsigned i = 0; i < w->e820_count; i++) {
		w->e820[i] = entry_make(random, i ? 60 : 193);
		w->e820[i].type = i ? e820_types[unit_below(random, COUNT(e820_types))] : E820_RAM;
	}
	if (unit_below(random, 3) == 0) {
		w->efi_count = 1 + (unsigned)unit_below(random, 12);
		for (unsigned i = 0; i < w->efi_count; i++) {
			w->efi[i] = entry_make(random, i ? 60 : 193);
			w->efi[i].type =
				i ? efi_types[unit_below(random, COUNT(efi_types))] : EFI_CONVENTIONAL_MEMORY;
			w->efi[i].attribute =
				i ? attributes[unit_below(random, COUNT(attributes))] : 0;
		}
	}
	for (w->kept_count = 0; w->kept_count < unit_below(random, 5); w->kept_count++)
		w->kept[w->kept_count] = entry_make(random, 6);
	if (unit_below(random, 4) == 0) {
		w->immovable_count = 1 + (unsigned)unit_below(random, 3);
		for (unsigned i = 0; i < w->immovable_count; i++) {
			w->immovable[i] = entry_make(random, 100);
			w->immovable[i].to = w->immovable[i].to > w->immovable[i].from
				? w->immovable[i].to : w->immovable[i].from + 1;
		}
	}
	for (w->reserve_count = 0; w->reserve_count < unit_below(random, 5); w->reserve_count++)
		w->reserve[w->reserve_count] = entry_make(random, 10);
	if (unit_below(random, 4) == 0)
		w->crash = entry_make(random, 6);
	if (unit_below(random, 4) == 0)
		w->mem_limit = 1 + unit_below(random, CELLS);
	if (unit_below(random, 3) == 0)
		w->gib_pages = 1 + (unsigned)unit_below(random, 6);
	uint64_t load = unit_below(random, 40);

	w->own = (struct entry){load, load + 1 + unit_below(random, 8), 0, 0};
	w->image = (struct slots_image){
		.image_pa = load * CELL,
		.in_use = {load * CELL, (load + 1) * CELL},
		.extent = (1 + unit_below(random, 20)) * CELL - unit_below(random, 3),
		.mem_size = MIB,
		.align = CELL << unit_below(random, 3),
		.pref_address = unit_below(random, 12) * CELL,
		.max_pa = unit_below(random, 4) ? UINT64_MAX : unit_below(random, CELLS) * CELL,
		.movable = true,
		.window = true,
	};
	line_make(w, random);
}

/* --- the oracle --- */

static void mark(bool cells[CELLS], struct entry e, bool value)
{
	for (uint64_t i = e.from; i < e.to; i++)
		cells[i] = value;
}

static void mark_efi(const struct world *w, bool cells[CELLS], bool mirrored[CELLS])
{
	bool conventional[CELLS] = {false}, taken[CELLS] = {false}, unaccepted[CELLS] = {false};

	for (unsigned i = 0; i < w->efi_count; i++) {
		const struct entry *e = &w->efi[i];

		if (e->type == EFI_UNACCEPTED_MEMORY)
			mark(unaccepted, *e, true);
		if (e->type != EFI_CONVENTIONAL_MEMORY || e->attribute & EFI_MEMORY_SP) {
			mark(taken, *e, true);
			continue;
		}
		mark(conventional, *e, true);
		if (e->attribute & EFI_MEMORY_MORE_RELIABLE)
			mark(mirrored, *e, true);
	}
	for (uint64_t i = 0; i < CELLS; i++) {
		bool own = i >= w->own.from && i < w->own.to;

		mirrored[i] = mirrored[i] && conventional[i] && !taken[i];
		cells[i] = cells[i] && !unaccepted[i] && ((conventional[i] && !taken[i]) || own);
	}
}

static bool fits(const bool cells[CELLS], const struct world *w, uint64_t pa)
{
	uint64_t end = pa + w->image.extent;

	if (end > CELLS * CELL || end > w->image.max_pa)
		return false;
	for (uint64_t i = pa / CELL; i * CELL < end; i++) {
		if (!cells[i])
			return false;
	}
	return true;
}

static unsigned places(const bool cells[CELLS], const struct world *w, uint64_t ret[CELLS])
{
	uint64_t load = w->image.image_pa < 512 * MIB ? w->image.image_pa : 512 * MIB;
	unsigned count = 0;

	for (uint64_t pa = 0; pa < CELLS * CELL; pa += w->image.align) {
		if (pa >= load && pa >= w->image.pref_address && fits(cells, w, pa))
			ret[count++] = pa;
	}
	return count;
}

static unsigned oracle(const struct world *w, uint64_t ret[CELLS])
{
	bool cells[CELLS] = {false}, mirrored[CELLS] = {false}, immovable[CELLS] = {false};
	unsigned kept = 0, count;

	for (unsigned i = 0; i < w->e820_count; i++) {
		if (w->e820[i].type == E820_RAM)
			mark(cells, w->e820[i], true);
	}
	for (unsigned i = 0; i < w->e820_count; i++) {
		if (w->e820[i].type != E820_RAM)
			mark(cells, w->e820[i], false);
	}
	if (w->efi_count)
		mark_efi(w, cells, mirrored);
	if (w->mem_limit)
		mark(cells, (struct entry){w->mem_limit, CELLS, 0, 0}, false);
	for (unsigned i = 0; i < w->reserve_count; i++)
		mark(cells, w->reserve[i], false);
	mark(cells, w->crash, false);
	for (unsigned i = 0; i < w->kept_count; i++)
		mark(cells, w->kept[i], false);
	cells[w->image.image_pa / CELL] = false;
	for (unsigned i = 0; i < w->immovable_count; i++)
		mark(immovable, w->immovable[i], true);
	for (unsigned i = 0; i < CELLS && w->immovable_count; i++)
		cells[i] = cells[i] && immovable[i];
	for (unsigned page = 0; page < CELLS / GIB_CELLS && kept < w->gib_pages; page++) {
		unsigned whole = 0;

		while (whole < GIB_CELLS && cells[page * GIB_CELLS + whole])
			whole++;
		if (whole == GIB_CELLS) {
			mark(cells, (struct entry){page * GIB_CELLS, (page + 1) * GIB_CELLS, 0, 0},
				false);
			kept++;
		}
	}
	for (unsigned i = 0; i < CELLS; i++)
		mirrored[i] = mirrored[i] && cells[i];
	count = places(mirrored, w, ret);
	return count ? count : places(cells, w, ret);
}

/* --- the code under test --- */

static void tables_make(const struct world *w, uint8_t *e820, uint8_t *efi)
{
	for (unsigned i = 0; i < w->e820_count; i++) {
		le64_put(e820 + i * 20, w->e820[i].from * CELL);
		le64_put(e820 + i * 20 + 8, (w->e820[i].to - w->e820[i].from) * CELL);
		le32_put(e820 + i * 20 + 16, w->e820[i].type);
	}
	memset(efi, 0, 12 * 48);
	for (unsigned i = 0; i < w->efi_count; i++) {
		le32_put(efi + i * 48, w->efi[i].type);
		le64_put(efi + i * 48 + 8, w->efi[i].from * CELL);
		le64_put(efi + i * 48 + 24, (w->efi[i].to - w->efi[i].from) * CELL >> 12);
		le64_put(efi + i * 48 + 32, w->efi[i].attribute);
	}
}

static void memory_fill(const struct world *w)
{
	uint8_t e820[12 * 20], efi[12 * 48];
	const struct efi_map map = {{efi, w->efi_count * 48}, 48, 1};
	const struct memory_input in = {w->efi_count ? &map : NULL,
		{w->own.from * CELL, w->own.to * CELL}, text_span(w->line)};

	tables_make(w, e820, efi);
	memory_init(&memory);
	assert_int_equal(e820_split((struct span){e820, w->e820_count * 20}, &memory.ram,
				 &memory.reserved, NULL), ERR_OK);
	assert_int_equal(memory_settle(&memory, &in, NULL), ERR_OK);
	for (unsigned i = 0; i < w->kept_count; i++)
		assert_int_equal(memory_keep(&memory,
			(struct range){w->kept[i].from * CELL, w->kept[i].to * CELL}, KEEP_OTHER),
			ERR_OK);
	for (unsigned i = 0; i < w->immovable_count; i++)
		assert_int_equal(range_set_add(&memory.immovable,
			(struct range){w->immovable[i].from * CELL, w->immovable[i].to * CELL}),
			ERR_OK);
}

static void test_like_brute_force(void **state)
{
	struct unit_random random = {4};
	struct random_state draws;
	unsigned long none = 0;

	random_init(&draws);
	for (unsigned long round = 0; round < rounds; round++) {
		struct world w;
		struct slots_found found;
		struct slots_choice choice;
		uint64_t want[CELLS], got;

		world_make(&w, &random);
		memory_fill(&w);
		unsigned count = oracle(&w, want);
		struct kaslr_bounds bounds = slots_bounds(&w.image);

		assert_int_equal(slots_find(&memory, &w.image, &found), ERR_OK);
		if (found.slots != count)
			fail_msg("round %lu: %llu slots, not %u (%s)", round,
				(unsigned long long)found.slots, count, w.line);
		for (unsigned i = 0; i < count; i++) {
			assert_int_equal(kaslr_slot(&memory.work, &bounds, i, &got), ERR_OK);
			assert_int_equal(got, want[i]);
		}
		assert_int_equal(slots_draw(&memory, &w.image, &draws, &choice), ERR_OK);
		assert_int_equal(choice.physical_count, count);
		none += !count;
		if (!count)
			continue;
		unsigned at = 0;

		while (at < count && want[at] != choice.physical)
			at++;
		assert_true(at < count);
	}
	/* The cases say something only if both kinds come up. */
	assert_in_range(none, rounds / 20, rounds * 19 / 20);
}

/* A map of 1000 entries in the worst order is settled, and the slots are the right ones. */
static void test_many_entries(void **state)
{
	static uint8_t table[1000 * 20];
	const struct memory_input in = {NULL, {0, 0}, {NULL, 0}};
	const struct slots_image image = {.extent = 2 * MIB, .align = 2 * MIB, .max_pa = UINT64_MAX,
		.mem_size = 2 * MIB, .movable = true};
	struct slots_found found;

	for (unsigned i = 0; i < 1000; i++) {
		le64_put(table + i * 20, (uint64_t)(i * 7919 % 1000) * 4 * MIB);
		le64_put(table + i * 20 + 8, 2 * MIB);
		le32_put(table + i * 20 + 16, E820_RAM);
	}
	memory_init(&memory);
	assert_int_equal(e820_split((struct span){table, sizeof(table)}, &memory.ram,
				 &memory.reserved, NULL), ERR_OK);
	assert_int_equal(memory_settle(&memory, &in, NULL), ERR_OK);
	assert_int_equal(slots_find(&memory, &image, &found), ERR_OK);
	assert_int_equal(found.slots, 1000);
	assert_int_equal(memory.work.count, 1000);
}

static void test_damaged_efi_map(void **state)
{
	uint8_t table[20];
	const struct efi_map map = {{table, 20}, 20, 1};
	const struct memory_input in = {&map, {0, 0}, {NULL, 0}};
	struct fault fault = {0};

	memory_init(&memory);
	assert_int_equal(range_set_add(&memory.ram, (struct range){0, GIB}), ERR_OK);
	assert_int_equal(memory_settle(&memory, &in, &fault), ERR_OK);
	assert_int_equal(memory.efi, EFI_MAP_BAD);
	assert_string_equal(fault.text, "efi_memdesc_size");
	assert_int_equal(range_set_bytes(&memory.limited), GIB);
}

/* What may not be chosen may still be written when there is no other way. */
static void test_soft_and_hard(void **state)
{
	const struct memory_input in = {NULL, {0, 0}, text_span("crashkernel=64M@128M")};

	memory_init(&memory);
	assert_int_equal(range_set_add(&memory.ram, (struct range){0, GIB}), ERR_OK);
	assert_int_equal(memory_settle(&memory, &in, NULL), ERR_OK);
	assert_int_equal(memory_keep(&memory, range_make(GIB / 2, MIB), KEEP_INITRD), ERR_OK);
	assert_true(range_set_covers(&memory.free, range_make(128 * MIB, 64 * MIB)));
	assert_false(range_set_touches(&memory.limited, range_make(128 * MIB, 64 * MIB)));
	assert_false(range_set_touches(&memory.free, range_make(GIB / 2, MIB)));
	assert_null(memory_find_kept(&memory, range_make(128 * MIB, 1), 0));
	assert_int_equal(memory_find_kept(&memory, range_make(GIB / 2, 1), 0)->reason, KEEP_INITRD);
	assert_null(memory_find_kept(&memory, range_make(GIB / 2, 1), GIB));
	for (unsigned reason = 0; reason < KEEP_COUNT; reason++)
		assert_string_not_equal(keep_text((enum keep)reason), "unknown");
}

static void test_limits(void **state)
{
	static const struct {
		uint64_t load, pref, min;
	} cases[] = {
		{MIB, 16 * MIB, 16 * MIB},
		{100 * MIB, 16 * MIB, 100 * MIB},
		{3 * GIB, 16 * MIB, 512 * MIB},
		{MIB, GIB, GIB},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct slots_image image = {
			.image_pa = cases[i].load, .pref_address = cases[i].pref};

		assert_int_equal(slots_bounds(&image).min, cases[i].min);
	}
	assert_int_equal(slots_max_pa(false, true), 4 * GIB);
	assert_int_equal(slots_max_pa(true, false), 1ull << 46);
	assert_int_equal(slots_max_pa(true, true), 1ull << 52);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_brute_force),
		cmocka_unit_test(test_many_entries),
		cmocka_unit_test(test_damaged_efi_map),
		cmocka_unit_test(test_soft_and_hard),
		cmocka_unit_test(test_limits),
	};

	if (argc > 1 && !strcmp(argv[1], "--long"))
		rounds = 10000000;
	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
