/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starting a kernel by the boot protocol, at its 16-bit entry but for what high.c is for: core/linux_plan.c
 * says what goes where, this reads it there. See linux_plan.h for the picture.
 */
#include "boot/loader/loader.h"
#include "core/cmdline.h"
#include "core/linux_plan.h"
#include "core/memparam.h"

#define RANGES_MAX  160
#define INITRD_ALIGN 4 /* of one behind another [initramfs buffer format] */
#define HEAD_SIZE   0x1000

static struct part kernel, initrds[BLS_INITRDS_MAX];
static uint32_t initrd_count;
static uint8_t head[HEAD_SIZE];
static struct range usable_ranges[RANGES_MAX], scratch_ranges[RANGES_MAX];

static struct bzimage image;
static struct linux_wish wish;
static struct range_set usable;

/* Which file is it that something is wrong with? */
static struct span at_fault;

static enum err find_files(const struct entry *entry, struct fault *fault)
{
	enum err e = ERR_OK;

	initrd_count = 0;
	kernel = entry->kernel;
	if (entry->kind == ENTRY_PARTS && entry->initrd.size)
		initrds[initrd_count++] = entry->initrd;
	if (entry->kind != ENTRY_CONF)
		return ERR_OK;
	at_fault = entry->conf.kernel;
	e = part_find(entry->volume, at_fault, &kernel, fault);
	for (uint32_t i = 0; !e && i < entry->conf.initrd_count; i++) {
		at_fault = entry->conf.initrd[i];
		e = part_find(entry->volume, at_fault, &initrds[initrd_count++], fault);
	}
	return e;
}

static uint64_t initrd_total(void)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < initrd_count; i++)
		total = ((total + INITRD_ALIGN - 1) & ~(uint64_t)(INITRD_ALIGN - 1)) + initrds[i].size;
	return total;
}

static enum err read_kernel(const struct linux_plan *plan, struct span name, struct fault *fault)
{
	struct part setup = kernel, rest = kernel;
	enum err e;

	setup.size = plan->setup_size;
	e = part_read(&setup, phys_bytes(plan->setup_pa), (struct span){0}, fault);
	if (e)
		return e;
	rest.offset += plan->setup_size;
	rest.size = (uint32_t)plan->kernel_size;
	return part_read(&rest, phys_bytes((uint32_t)plan->kernel_pa), name, fault);
}

/* Memory wherever it is; above 4 GiB HIGH_WINDOW_SIZE of it. */
static uint8_t *reach(uint64_t pa)
{
	return pa >> 32 ? high_window(pa) : phys_bytes((uint32_t)pa);
}

static enum err read_initrds(const struct entry *entry, uint64_t pa, struct fault *fault)
{
	for (uint32_t i = 0; i < initrd_count; i++) {
		struct part piece = initrds[i];
		uint32_t left = piece.size;

		while (pa % INITRD_ALIGN)
			*reach(pa++) = 0;
		at_fault = entry->kind == ENTRY_CONF ? entry->conf.initrd[i] : entry->name;
		do {
			enum err e;

			piece.size = left;
			if (pa >> 32 && left > HIGH_WINDOW_SIZE)
				piece.size = HIGH_WINDOW_SIZE;
			e = part_read(&piece, reach(pa), at_fault, fault);
			if (e)
				return e;
			pa += piece.size;
			piece.offset += piece.size;
			left -= piece.size;
		} while (left);
	}
	return ERR_OK;
}

static enum err load(const struct entry *entry, struct span cmdline, struct linux_plan *plan,
	struct fault *fault)
{
	struct range_set scratch = {scratch_ranges, 0, RANGES_MAX};
	struct part first;
	enum err e;

	at_fault = entry->name;
	if (entry->error)
		return entry->error;
	e = find_files(entry, fault);
	if (e)
		return e;
	at_fault = entry->kind == ENTRY_CONF ? entry->conf.kernel : entry->name;
	first = kernel;
	if (first.size > HEAD_SIZE)
		first.size = HEAD_SIZE;
	e = part_read(&first, head, (struct span){0}, fault);
	if (!e)
		e = bzimage_parse_head((struct span){head, first.size}, kernel.size, &image, fault);
	if (e)
		return e;
	wish = (struct linux_wish){.image = &image, .file_size = kernel.size, .initrd_size = initrd_total(),
		.setup_pa = LOADER_SETUP, .old_setup_pa = LOADER_OLD_SETUP, .usable = &usable,
		.cmdline_len = (uint32_t)cmdline.len};
	usable = (struct range_set){usable_ranges, 0, RANGES_MAX};
	for (size_t i = 0; i < memory_usable.count; i++)
		usable.r[usable.count++] = memory_usable.r[i];
	e = memparam_apply(cmdline, &usable);
	if (!e)
		e = linux_plan_make(&wish, &scratch, plan, fault);
	if (!e && bios_low_kb() * 1024u < plan->cmdline_pa + plan->cmdline_room)
		e = fault_set(fault, ERR_LOW_MEMORY, "KiB there are", 0, bios_low_kb());
	if (e)
		return e;
	e = read_kernel(plan, at_fault, fault);
	if (!e)
		e = read_initrds(entry, plan->initrd_pa, fault);
	if (plan->initrd_pa >> 32)
		paging_off();
	if (e)
		return e;
	linux_plan_fill(&wish, plan, linux_vga_mode(cmdline), cmdline_has(cmdline, "quiet"),
		phys_bytes(plan->setup_pa));
	return ERR_OK;
}

void linux_boot(const struct entry *entry, const char *cmdline)
{
	size_t len = __builtin_strlen(cmdline);
	struct fault fault = {0};
	struct linux_plan plan;
	enum err e = load(entry, (struct span){(const uint8_t *)cmdline, len}, &plan, &fault);

	if (e) {
		complain(e, at_fault, &fault);
		return;
	}
	entry_count_try(entry);
	__builtin_memcpy(phys_bytes(plan.cmdline_pa), cmdline, len + 1);
	if (plan.initrd_pa >> 32)
		high_boot(&wish, &plan);
	linux_jump(plan.setup_pa >> 4, plan.heap_end, plan.low ? (uint32_t)plan.kernel_pa : 0);
}
