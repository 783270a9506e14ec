/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the kernel goes: chosen from the firmware's memory map by the same steps as without firmware
 * (core/slots.h), then asked for at just that place. Between map and request the firmware may have
 * taken the place for itself; then another one is drawn.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/entropy.h"
#include "boot/stub/levels.h"
#include "boot/stub/libc.h"
#include "core/cmdline.h"
#include "core/e820.h"
#include "core/efi_e820.h"
#include "core/slots.h"

#define DRAWS_MAX 16
#define FIRST_MIB 0x100000

/* The map, as sets of ranges. The table of E820 entries is only in between. */
static enum err memory_take(struct efi_boot *b, struct memory *m, struct fault *fault)
{
	struct efi_memory_map room = {0};
	uint64_t table_pa = 0;
	size_t count, cap;
	enum err err = efi_memory_map(&room);

	if (err)
		return fault_set(fault, err, "GetMemoryMap", 0, 0);
	cap = (size_t)(room.size / room.desc_size);
	err = efi_memory_below(cap * E820_ENTRY_SIZE, UINT64_MAX, EFI_LOADER_DATA, &table_pa);
	if (err)
		goto out;
	struct span bytes = phys_span(room.pa, room.size);
	const struct efi_map map = {bytes, (uint32_t)room.desc_size, room.desc_version};
	const struct memory_input in = {.efi = &map, .cmdline = b->cmdline};

	memory_init(m);
	err = efi_e820(bytes, room.desc_size, phys_ptr(table_pa), cap, &count, fault);
	if (!err)
		err = e820_split(phys_span(table_pa, count * E820_ENTRY_SIZE), &m->ram,
			&m->reserved, fault);
	if (!err)
		err = memory_settle(m, &in, fault);
	if (!err)
		err = memory_keep(m, (struct range){0, FIRST_MIB}, KEEP_FIRST_MIB);
out:
	efi_memory_free(table_pa);
	efi_memory_free(room.pa);
	return err;
}

static struct slots_image slots_image(const struct efi_boot *b, uint64_t extent)
{
	bool high = (b->info.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G) && !efi_narrow();

	return (struct slots_image){
		.image_pa = 0, /* where firmware put us says nothing about where a kernel may go */
		.in_use = range_make(b->stub_pa, b->info.image_size),
		.extent = extent,
		.mem_size = b->image.mem_size,
		.align = b->image.alignment,
		.pref_address = b->image.pref_address,
		.max_pa = slots_max_pa(high, levels_wanted_five(b->info.xloadflags, b->cmdline)),
		.movable = b->manifest.flags & MANIFEST_FLAG_MOVABLE,
		.window = b->manifest.flags & MANIFEST_FLAG_VIRTUAL,
	};
}

/* A random place that the firmware gives us, or none: *ret_choice says so. */
static enum err draw(struct efi_boot *b, struct memory *m, const struct slots_image *image,
	struct slots_choice *ret_choice)
{
	struct random_state random;
	struct slots_found found;
	enum err err;

	entropy_collect(&random, b->bp, efi_random_seed());
	err = slots_find(m, image, &found);
	for (int i = 0; i < DRAWS_MAX && (!err || err == ERR_ADDRESS_TAKEN); i++) {
		err = slots_draw(m, image, &random, ret_choice);
		if (err || !ret_choice->physical_count)
			break;
		err = efi_memory_at(range_make(ret_choice->physical, image->extent),
			EFI_LOADER_DATA);
		if (!err)
			break;
	}
	memset(&random, 0, sizeof(random));
	say("places to choose from: %lu physical, %lu virtual", ret_choice->physical_count,
		ret_choice->virtual_count);
	return err;
}

/* Not randomised: the preferred address, or, if it is taken and the kernel can move, the lowest. */
static enum err lowest(struct efi_boot *b, struct memory *m, const struct slots_image *image,
	uint64_t *ret_pa, struct fault *fault)
{
	struct kaslr_bounds bounds = slots_bounds(image);
	uint64_t pa = image->pref_address;
	enum err err = efi_memory_at(range_make(pa, image->extent), EFI_LOADER_DATA);

	if (err == ERR_ADDRESS_TAKEN && image->movable) {
		say("0x%lx is not free", image->pref_address);
		err = kaslr_slot(&m->limited, &bounds, 0, &pa);
		if (err)
			return fault_set(fault, ERR_NO_MEMORY, "a place for the kernel", 0,
				image->extent);
		err = efi_memory_at(range_make(pa, image->extent), EFI_LOADER_DATA);
	}
	if (err)
		return fault_set(fault, err, "kernel's memory", pa, image->extent);
	*ret_pa = pa;
	return ERR_OK;
}

enum err efi_place(struct efi_boot *b, uint64_t *ret_virtual_delta, struct fault *fault)
{
	struct memory *m = phys_ptr(b->work_pa + WORK_HEAP);
	struct slots_choice choice = {0};
	struct slots_image image;
	uint64_t extent, output_pa;
	enum err err = place_extent(&b->image, &extent);

	if (!err)
		err = memory_take(b, m, fault);
	if (err)
		return err;
	image = slots_image(b, extent);
	if (cmdline_has(b->cmdline, "nokaslr"))
		say("not randomised: nokaslr");
	else if (image.movable || image.window)
		err = draw(b, m, &image, &choice);
	if (err)
		return err;
	output_pa = choice.physical;
	if (!choice.physical_count)
		err = lowest(b, m, &image, &output_pa, fault);
	if (!err)
		err = place_apart(&b->image, output_pa, b->stub_pa, b->work_pa, &b->plan);
	if (!err)
		err = place_check(&b->image, &b->plan);
	if (err)
		return err;
	*ret_virtual_delta = choice.virtual_count ? choice.virtual_offset - image.pref_address : 0;
	b->bp->hdr.loadflags = (uint8_t)((b->bp->hdr.loadflags & ~LOADFLAG_KASLR) |
		(choice.physical_count || choice.virtual_count ? LOADFLAG_KASLR : 0));
	say("kernel to 0x%lx, 0x%lx bytes, virtual +0x%lx", output_pa, extent, *ret_virtual_delta);
	return ERR_OK;
}
