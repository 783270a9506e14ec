/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See linux_plan.h. */
#include "core/linux_plan.h"
#include "core/cmdline.h"
#include "core/memparam.h"

#define PROTOCOL_HEAP      0x0201 /* heap_end_ptr */
#define PROTOCOL_CMDLINE   0x0202 /* cmd_line_ptr, and any segment */
#define PROTOCOL_INITRD    0x0203 /* initrd_addr_max */
#define PROTOCOL_RELOC     0x0205
#define PROTOCOL_CMDSIZE   0x0206 /* cmdline_size */
#define PROTOCOL_ALIGN     0x020a /* min_alignment, pref_address, init_size */
#define PROTOCOL_XLOADFLAGS 0x020c
#define SEGMENT_SIZE       0x10000
#define HEAP_END           0xe000 /* the command line has the rest of the segment */
#define OLD_HEAP_END       0x9000 /* [boot.rst "Memory Layout"] */
#define OLD_CMDLINE_END    0xa000
#define OLD_CMDLINE_LEN    255
#define OLD_INITRD_MAX     0x37ffffff /* [boot.rst initrd_addr_max] */
#define STACK_MIN          0x1000 /* that a setup part needs behind itself */
#define HEAP_OFFSET        0x200 /* heap_end_ptr counts from the jump */
#define HIGH_MEMORY        0x100000
#define MEMORY_END         0x100000000 /* the header's fields have 32 bits */
#define HIGH_END           0x400000000000 /* 64 TiB, as much as kernels map with four levels of page tables */
#define PAGE               0x1000
#define LOADER_UNKNOWN     0xff /* type_of_loader without a number of our own */
#define SYSSIZE_UNIT       16

static bool is_old(const struct bzimage *image)
{
	return image->protocol < PROTOCOL_CMDLINE;
}

static bool is_low(const struct bzimage *image)
{
	return !(image->hdr.loadflags & LOADFLAG_LOADED_HIGH);
}

/* The segment below 1 MiB: setup part, heap and stack, command line. */
static enum err plan_low(const struct linux_wish *wish, struct linux_plan *plan, struct fault *fault)
{
	const struct bzimage *image = wish->image;
	bool old = is_old(image) || is_low(image);
	uint32_t len_max = OLD_CMDLINE_LEN;

	plan->setup_pa = old ? wish->old_setup_pa : wish->setup_pa;
	plan->setup_size = image->setup_size;
	plan->heap_end = old ? OLD_HEAP_END : HEAP_END;
	plan->cmdline_pa = plan->setup_pa + plan->heap_end;
	plan->cmdline_room = (old ? OLD_CMDLINE_END : SEGMENT_SIZE) - plan->heap_end;
	if (image->setup_size > plan->heap_end - STACK_MIN)
		return fault_set(fault, ERR_BAD_SETUP_HEADER, "setup_sects", HDR_SETUP_SECTS,
			image->hdr.setup_sects);
	if (image->protocol >= PROTOCOL_CMDSIZE)
		len_max = image->hdr.cmdline_size;
	if (len_max > plan->cmdline_room - 1)
		len_max = plan->cmdline_room - 1;
	if (wish->cmdline_len > len_max)
		return fault_set(fault, ERR_CMDLINE_LONG, "cmdline_size", HDR_CMDLINE_SIZE, len_max);
	return ERR_OK;
}

/* How much memory the kernel needs from where it is loaded, until it reads the memory map itself. */
static uint64_t kernel_needs(const struct bzimage *image, uint64_t kernel_size)
{
	if (is_low(image))
		return ZIMAGE_SIZE_MAX;
	if (image->protocol >= PROTOCOL_ALIGN && image->hdr.init_size > kernel_size)
		return image->hdr.init_size;
	return kernel_size;
}

static bool is_free(const struct range_set *free, uint64_t pa, uint64_t size)
{
	return pa >= HIGH_MEMORY && pa + size <= MEMORY_END &&
		range_set_covers(free, range_make(pa, size));
}

static enum err plan_low_kernel(const struct range_set *free, struct linux_plan *plan, struct fault *fault)
{
	plan->low = true;
	if (plan->kernel_size > ZIMAGE_SIZE_MAX)
		return fault_set(fault, ERR_KERNEL_MEMORY, "bytes of a zImage", HDR_LOADFLAGS, plan->kernel_size);
	if (range_set_find_low(free, ZIMAGE_SIZE_MAX, PAGE, HIGH_MEMORY, MEMORY_END, &plan->kernel_pa))
		return fault_set(fault, ERR_KERNEL_MEMORY, "bytes needed", HDR_LOADFLAGS, ZIMAGE_SIZE_MAX);
	return ERR_OK;
}

/*
 * Where it likes to be; else, if it can be anywhere, as low as possible, at its alignment or at less, if
 * it says that less will do.
 */
static enum err plan_kernel(const struct linux_wish *wish, const struct range_set *free,
	struct linux_plan *plan, struct fault *fault)
{
	const struct bzimage *image = wish->image;
	uint64_t needs = kernel_needs(image, plan->kernel_size);
	bool aligned = image->protocol >= PROTOCOL_ALIGN;
	bool movable = image->protocol >= PROTOCOL_RELOC && image->hdr.relocatable_kernel;
	uint64_t liked = aligned ? image->hdr.pref_address : HIGH_MEMORY;
	unsigned int shift = 0, least;

	if (is_free(free, liked, needs)) {
		plan->kernel_pa = liked;
		return ERR_OK;
	}
	if (movable) {
		while (image->hdr.kernel_alignment >> (shift + 1))
			shift++;
		least = aligned && image->hdr.min_alignment < shift ? image->hdr.min_alignment : shift;
		if (least < 12)
			least = shift < 12 ? shift : 12;
		for (; shift + 1 > least; shift--)
			if (!range_set_find_low(free, needs, (uint64_t)1 << shift, HIGH_MEMORY, MEMORY_END,
				    &plan->kernel_pa))
				return ERR_OK;
	}
	return fault_set(fault, ERR_KERNEL_MEMORY, "bytes needed", HDR_INIT_SIZE, needs);
}

/* Does it read the fields that say so? It is entered in 32-bit mode then, with memory mapped by itself. */
static bool can_reach_high(const struct bzimage *image)
{
	const uint16_t both = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G;

	return image->protocol >= PROTOCOL_XLOADFLAGS && (image->hdr.xloadflags & both) == both;
}

static enum err plan_initrd(const struct linux_wish *wish, const struct range_set *free,
	struct linux_plan *plan, struct fault *fault)
{
	const struct bzimage *image = wish->image;
	uint64_t end = OLD_INITRD_MAX + 1;

	plan->initrd_pa = 0;
	if (!wish->initrd_size)
		return ERR_OK;
	if (image->protocol >= PROTOCOL_INITRD)
		end = (uint64_t)image->hdr.initrd_addr_max + 1;
	if (wish->initrd_size <= UINT32_MAX &&
		!range_set_find_high(free, wish->initrd_size, PAGE, HIGH_MEMORY, end, &plan->initrd_pa))
		return ERR_OK;
	if (can_reach_high(image) &&
		!range_set_find_high(free, wish->initrd_size, PAGE, MEMORY_END, HIGH_END, &plan->initrd_pa))
		return ERR_OK;
	return fault_set(fault, ERR_INITRD_MEMORY, "bytes needed", HDR_INITRD_ADDR_MAX, wish->initrd_size);
}

enum err linux_plan_make(const struct linux_wish *wish, struct range_set *scratch, struct linux_plan *ret,
	struct fault *fault)
{
	const struct bzimage *image = wish->image;
	struct linux_plan plan = {0};
	enum err e = plan_low(wish, &plan, fault);

	if (e)
		return e;
	/* syssize counts paragraphs: the last one may be there in part. */
	if (image->image_size >= wish->file_size + SYSSIZE_UNIT)
		return fault_set(fault, ERR_TRUNCATED, "syssize", HDR_SYSSIZE, image->hdr.syssize);
	plan.kernel_size = (image->image_size < wish->file_size ? image->image_size : wish->file_size) -
		image->setup_size;
	if (!plan.kernel_size)
		return fault_set(fault, ERR_TRUNCATED, "syssize", HDR_SYSSIZE, 0);
	scratch->count = 0;
	for (size_t i = 0; i < wish->usable->count; i++) {
		e = range_set_add(scratch, wish->usable->r[i]);
		if (e)
			return e;
	}
	e = is_low(image) ? plan_low_kernel(scratch, &plan, fault) : plan_kernel(wish, scratch, &plan, fault);
	if (e)
		return e;
	e = range_set_remove(scratch,
		range_make(plan.kernel_pa, kernel_needs(image, plan.kernel_size)));
	if (!e)
		e = plan_initrd(wish, scratch, &plan, fault);
	if (!e)
		*ret = plan;
	return e;
}

void linux_plan_fill(const struct linux_wish *wish, const struct linux_plan *plan, uint16_t vid_mode,
	bool quiet, uint8_t *setup)
{
	const struct bzimage *image = wish->image;

	setup[HDR_TYPE_OF_LOADER] = LOADER_UNKNOWN;
	le16_put(setup + HDR_VID_MODE, vid_mode);
	if (quiet)
		setup[HDR_LOADFLAGS] |= LOADFLAG_QUIET;
	if (image->protocol >= PROTOCOL_HEAP) {
		setup[HDR_LOADFLAGS] |= LOADFLAG_CAN_USE_HEAP;
		le16_put(setup + HDR_HEAP_END_PTR, (uint16_t)(plan->heap_end - HEAP_OFFSET));
	}
	if (is_old(image)) {
		le16_put(setup + OLD_CL_ADDRESS, OLD_CL_MAGIC);
		le16_put(setup + OLD_CL_ADDRESS + 2, (uint16_t)plan->heap_end);
		if (image->protocol >= PROTOCOL_HEAP)
			le16_put(setup + HDR_SETUP_MOVE_SIZE, OLD_CMDLINE_END);
	} else {
		le32_put(setup + HDR_CMD_LINE_PTR, plan->cmdline_pa);
	}
	if (!plan->low) /* else it has the address that the setup part itself moves it to */
		le32_put(setup + HDR_CODE32_START, (uint32_t)plan->kernel_pa);
	le32_put(setup + HDR_RAMDISK_IMAGE, (uint32_t)plan->initrd_pa);
	le32_put(setup + HDR_RAMDISK_SIZE, plan->initrd_pa ? (uint32_t)wish->initrd_size : 0);
}

void linux_plan_params(const struct linux_wish *wish, const struct linux_plan *plan, const uint8_t *setup,
	const struct e820_entry *map, size_t count, struct boot_params *ret)
{
	uint32_t end = wish->image->hdr_end < HDR_END ? wish->image->hdr_end : HDR_END;

	__builtin_memset(ret, 0, sizeof(*ret));
	__builtin_memcpy((uint8_t *)ret + HDR_START, setup + HDR_START, end - HDR_START);
	boot_params_set_initrd(ret, plan->initrd_pa, wish->initrd_size);
	__builtin_memcpy(ret->e820_table, map, count * sizeof(*map));
	ret->e820_entries = (uint8_t)count;
}

uint16_t linux_vga_mode(struct span cmdline)
{
	struct span v;
	uint64_t number;
	size_t used;

	if (!cmdline_value(cmdline, "vga", &v) || cmdline_equal(v, "normal"))
		return VID_MODE_NORMAL;
	if (cmdline_equal(v, "ext"))
		return VID_MODE_EXTENDED;
	if (cmdline_equal(v, "ask"))
		return VID_MODE_ASK;
	if (memparam_number(v, &number, &used) || used != v.len || number > UINT16_MAX)
		return VID_MODE_NORMAL;
	return (uint16_t)number;
}
