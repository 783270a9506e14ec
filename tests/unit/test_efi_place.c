/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/place: where the kernel goes by the firmware's map, and what if the firmware was faster. */
#include "tests/unit/fake_firmware.h"
#include "tests/unit/place_stock.h"
#include "boot/stub/entropy.h"
#include "boot/stub/levels.h"
#include "core/bzimage.h"

#define STUB_PA 0x7e000000 /* where firmware put the image: a number, nothing reads there */
#define FREE    EFI_CONVENTIONAL_MEMORY
#define LOADER  EFI_LOADER_DATA
#define BOOT    EFI_BOOT_SERVICES_DATA
#define NEW_SEED 64 /* draws for each case */

static uint8_t work[WORK_HEAP + sizeof(struct memory)] __attribute__((aligned(4096)));
static uint64_t seed;

/* --- what the stub's other files would do --- */

void entropy_collect(struct random_state *random, const struct boot_params *bp, struct span firmware_seed)
{
	seed++;
	random_init(random);
	random_mix(random, 1, (struct span){(const uint8_t *)&seed, sizeof(seed)});
}

bool levels_wanted_five(uint16_t xloadflags, struct span cmdline)
{
	return false;
}

/* --- machines --- */

/*        0      1 MiB                                    512 MiB          2 GiB
 * large  | free | free ................................................... | */
static const struct fake_region large[] = {
	{FREE, 0, 0xa0000}, {FREE, MIB, 2 * GIB},
};
/* taken  | free | free up to 16 MiB | boot services | free from 24 MiB ..... | 512 MiB */
static const struct fake_region taken[] = {
	{FREE, 0, 0xa0000}, {FREE, MIB, 16 * MIB}, {BOOT, 16 * MIB, 24 * MIB},
	{FREE, 24 * MIB, 512 * MIB},
};
/* one    | loader's ...... | free: one place | loader's ...................... | 512 MiB */
static const struct fake_region one[] = {
	{LOADER, MIB, 128 * MIB}, {FREE, 128 * MIB, 188 * MIB}, {LOADER, 188 * MIB, 512 * MIB},
};
/* none   | free, but nowhere enough in one piece */
static const struct fake_region none[] = {
	{FREE, 16 * MIB, 60 * MIB}, {BOOT, 60 * MIB, 64 * MIB}, {FREE, 64 * MIB, 120 * MIB},
};
/* high   | loader's ......................... | 4 GiB | free ................... | 8 GiB */
static const struct fake_region high[] = {
	{LOADER, MIB, 2 * GIB}, {FREE, 4 * GIB, 8 * GIB},
};

#define MAP(map) map, COUNT(map)

static const struct {
	const char *name, *cmdline;
	const struct fake_region *map;
	size_t regions;
	uint16_t xloadflags;
	bool fixed; /* a kernel that runs where it was linked only */
	int refused; /* so many places the firmware has just taken */
	uint64_t memory; /* that AllocatePages still gives */
	enum err err;
	uint64_t low, high; /* where it must be */
	bool random;
} cases[] = {
	{"anywhere", "", MAP(large), 0, false, 0, MIB, ERR_OK, 16 * MIB, 2 * GIB, true},
	{"firmware has taken the first three", "", MAP(large), 0, false, 3, MIB, ERR_OK, 16 * MIB,
		2 * GIB, true},
	{"firmware takes every place", "", MAP(large), 0, false, 1000, MIB, ERR_ADDRESS_TAKEN, 0, 0,
		false},
	{"nokaslr", "nokaslr", MAP(large), 0, false, 0, MIB, ERR_OK, 16 * MIB, 79 * MIB, false},
	{"nokaslr, somebody is there", "nokaslr", MAP(taken), 0, false, 0, MIB, ERR_OK, 24 * MIB,
		88 * MIB, false},
	{"nokaslr, somebody is there, and then there, too", "nokaslr", MAP(taken), 0, false, 1000, MIB,
		ERR_ADDRESS_TAKEN, 0, 0, false},
	{"cannot be moved", "", MAP(large), 0, true, 0, MIB, ERR_OK, 16 * MIB, 79 * MIB, false},
	{"cannot be moved, somebody is there", "", MAP(taken), 0, true, 0, MIB, ERR_ADDRESS_TAKEN, 0,
		0, false},
	{"only what is free: one place", "", MAP(one), 0, false, 0, MIB, ERR_OK, 128 * MIB, 188 * MIB,
		true},
	{"no piece is large enough", "", MAP(none), 0, false, 0, MIB, ERR_NO_MEMORY, 0, 0, false},
	{"mem= keeps it below", "mem=128M", MAP(large), 0, false, 0, MIB, ERR_OK, 16 * MIB, 128 * MIB,
		true},
	{"mem= leaves no room", "mem=64M nokaslr", MAP(taken), 0, false, 0, MIB, ERR_NO_MEMORY, 0, 0,
		false},
	{"above 4 GiB if it can", "", MAP(high), XLF_CAN_BE_LOADED_ABOVE_4G, false, 0, MIB, ERR_OK,
		4 * GIB, 8 * GIB, true},
	{"not above 4 GiB if it cannot", "", MAP(high), 0, false, 0, MIB, ERR_NO_MEMORY, 0, 0, false},
	{"no memory for the map", "", MAP(large), 0, false, 0, 0, ERR_NO_MEMORY, 0, 0, false},
	{"no memory for its E820 form", "", MAP(large), 0, false, 0, EFI_PAGE_SIZE, ERR_NO_MEMORY,
		0, 0, false},
};

static struct efi_boot boot_make(struct boot_params *bp, size_t i)
{
	struct efi_boot b = fake_boot(bp, cases[i].cmdline);

	b.stub_pa = STUB_PA;
	b.work_pa = (uint64_t)work;
	b.image = stock;
	b.image.movable = !cases[i].fixed;
	b.info.image_size = stock.image_size;
	b.info.xloadflags = cases[i].xloadflags;
	b.manifest.flags = cases[i].fixed ? 0 : MANIFEST_FLAG_MOVABLE | MANIFEST_FLAG_VIRTUAL;
	fake.map = cases[i].map;
	fake.map_entries = cases[i].regions;
	fake.at_refused = cases[i].refused;
	fake.memory_left = cases[i].memory;
	return b;
}

static void check_place(const char *name, size_t i, const struct efi_boot *b, uint64_t delta)
{
	uint64_t end = b->plan.output_pa + b->plan.extent;

	CHECK(name, b->plan.output_pa >= cases[i].low && end <= cases[i].high);
	CHECK_EQ(name, b->plan.output_pa % stock.alignment, 0);
	CHECK_EQ(name, b->plan.stub_pa, STUB_PA);
	CHECK_EQ(name, b->plan.payload_pa, STUB_PA + stock.payload_off);
	/* what was asked for is what the plan writes, and nothing else is out */
	CHECK_EQ(name, fake.at_pa, b->plan.output_pa);
	CHECK_EQ(name, fake.at_pages, (b->plan.extent + EFI_PAGE_SIZE - 1) / EFI_PAGE_SIZE);
	CHECK_EQ(name, fake.pages_out, fake.at_pages);
	CHECK_EQ(name, !!(b->bp->hdr.loadflags & LOADFLAG_KASLR), cases[i].random);
	CHECK_EQ(name, delta % stock.alignment, 0);
	CHECK(name, cases[i].random || !delta);
}

static void test_places(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		uint64_t places[NEW_SEED], deltas[NEW_SEED];
		size_t moved = 0, shifted = 0;

		for (size_t draw = 0; draw < NEW_SEED; draw++) {
			struct boot_params bp;
			struct fault fault = {0};
			uint64_t delta = 1;

			fake_start();
			struct efi_boot b = boot_make(&bp, i);

			bp.hdr.loadflags = LOADFLAG_KASLR; /* whatever the loader left */
			CHECK_EQ(name, efi_place(&b, &delta, &fault), cases[i].err);
			if (cases[i].err) {
				CHECK_EQ(name, fake.pages_out, 0);
				CHECK_EQ(name, delta, 1);
			} else {
				check_place(name, i, &b, delta);
			}
			places[draw] = b.plan.output_pa;
			deltas[draw] = delta;
			moved += places[draw] != places[0];
			shifted += deltas[draw] != deltas[0];
			fake_end();
		}
		/* with one place only the virtual address is left to be random */
		CHECK(name, !moved == !(cases[i].random && cases[i].map != one));
		CHECK(name, !shifted == !cases[i].random);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("efi_place", tests, NULL, NULL);
}
