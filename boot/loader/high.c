/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An initrd above 4 GiB. Pages show it in the last of our four GiB, where the loader has no business; the kernel is
 * started at its 32-bit entry, with boot_params from us, since its setup part would make some that do not know of
 * such an initrd. There is such memory only on CPUs that have PAE.
 */
#include "boot/loader/loader.h"
#include "core/linux_plan.h"
#include "spec/x86.h"

#define DIRECTORIES   4 /* of a GiB each */
#define DIRECTORY     512 /* entries */
#define BIOS_DATA     0x400
#define ROWS_LESS_ONE 0x84 /* u8 */
#define FONT_HEIGHT   0x85 /* u16 */
#define VIDEO_TYPE_VGA 1 /* [screen_info.h] */

static uint64_t pointers[DIRECTORIES] __attribute__((aligned(32)));
static uint64_t pages[DIRECTORIES * DIRECTORY] __attribute__((aligned(PAGE_4K)));
static struct boot_params params;

uint8_t *high_window(uint64_t pa)
{
	uint32_t window = LOADER_WINDOW / PAGE_2M;

	for (uint32_t i = 0; i < DIRECTORIES * DIRECTORY; i++) {
		uint64_t at = (uint64_t)i * PAGE_2M;

		if (i >= window)
			at += (pa & ~(uint64_t)(PAGE_2M - 1)) - LOADER_WINDOW;
		pages[i] = at | PTE_PRESENT | PTE_WRITE | PTE_LARGE;
	}
	for (uint32_t i = 0; i < DIRECTORIES; i++)
		pointers[i] = (uintptr_t)(pages + i * DIRECTORY) | PTE_PRESENT;
	paging_on((uint32_t)(uintptr_t)pointers);
	return phys_bytes(LOADER_WINDOW + ((uint32_t)pa & (PAGE_2M - 1)));
}

/* The text screen as the BIOS has it. */
static void screen_put(struct screen_info *s)
{
	const uint8_t *data = phys_bytes(BIOS_DATA);
	struct bios_regs regs;

	__asm__("" : "+r"(data)); /* compilers take page 0 for a null pointer */
	bios_regs_init(&regs, 0x0f00); /* int 10h AH=0fh: mode, columns, page */
	bios_int(0x10, &regs);
	s->orig_video_mode = regs.al & 0x7f;
	s->orig_video_cols = regs.ah;
	bios_regs_init(&regs, 0x0300); /* int 10h AH=03h: cursor */
	bios_int(0x10, &regs);
	s->orig_x = regs.dl;
	s->orig_y = regs.dh;
	s->orig_video_lines = (uint8_t)(data[ROWS_LESS_ONE] + 1);
	s->orig_video_points = le16_get(data + FONT_HEIGHT);
	s->orig_video_isVGA = VIDEO_TYPE_VGA;
}

void high_boot(const struct linux_wish *wish, const struct linux_plan *plan)
{
	linux_plan_params(wish, plan, phys_bytes(plan->setup_pa), memory_map, memory_map_count, &params);
	screen_put(&params.screen_info);
	linux_jump32((uint32_t)plan->kernel_pa, &params);
}
