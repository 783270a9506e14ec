/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memory the loader leaves us between bss and stack. 16-bit real mode.
 *
 *   setup_end ... heap_top   stack_floor ... %sp
 *
 * Without CAN_USE_HEAP there is no heap: whoever asks gets NULL and does without.
 */
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"

static uint16_t heap_next;
static uint16_t heap_top;

void heap_init(void)
{
	uint32_t end = boot_params.hdr.heap_end_ptr + 0x200u; /* [boot.rst heap_end_ptr] */
	uint32_t sp = esp_get();
	uint32_t stack_floor = sp > SETUP_STACK_SIZE ? sp - SETUP_STACK_SIZE : 0;

	heap_reset();
	heap_top = heap_next;
	if (!(boot_params.hdr.loadflags & LOADFLAG_CAN_USE_HEAP))
		return;
	if (end > stack_floor)
		end = stack_floor;
	if (end > heap_top)
		heap_top = (uint16_t)end;
}

void heap_reset(void)
{
	heap_next = bios_offset(setup_end);
}

size_t heap_room(void)
{
	return heap_top - heap_next;
}

void *heap_take(size_t size, size_t align)
{
	uint32_t base = (uint32_t)ds_get() << 4;
	uint32_t start = ((base + heap_next + align - 1) & ~(align - 1)) - base;

	if (start > heap_top || size > heap_top - start)
		return NULL;
	heap_next = (uint16_t)(start + size);
	return (void *)(uintptr_t)start;
}
