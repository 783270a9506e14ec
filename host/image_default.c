/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The setup header's fields for a kernel that does not come with one: what Linux's own build puts
 * there, as far as the ELF file does not ask for something else.
 */
#include "host/image_write.h"

#define DEFAULT_ROOT_FLAGS      1 /* mount the root read-only */
#define DEFAULT_CMDLINE_SIZE    2047 /* COMMAND_LINE_SIZE - 1 of every x86-64 Linux */
#define DEFAULT_INITRD_ADDR_MAX 0x7fffffff
#define DEFAULT_ALIGNMENT       0x200000 /* CONFIG_PHYSICAL_ALIGN */
#define DEFAULT_PREF_ADDRESS    0x1000000 /* CONFIG_PHYSICAL_START */

static unsigned int log2_of(uint64_t power)
{
	return (unsigned int)__builtin_ctzll(power);
}

void image_default_header(const struct elf_plan *plan, bool movable, struct setup_header *ret)
{
	uint64_t align = DEFAULT_ALIGNMENT;
	size_t i;

	/*
	 * A kernel that moves keeps the alignment of its segments; one that does not, has it
	 * anyway.
	 */
	for (i = 0; movable && i < plan->count; i++) {
		if (plan->segment[i].align > align && plan->segment[i].align <= UINT32_MAX)
			align = plan->segment[i].align;
	}
	while (!movable && plan->mem_base & (align - 1))
		align /= 2;
	*ret = (struct setup_header){
		.root_flags = DEFAULT_ROOT_FLAGS,
		.vid_mode = VID_MODE_NORMAL,
		.initrd_addr_max = DEFAULT_INITRD_ADDR_MAX,
		.kernel_alignment = (uint32_t)align,
		.min_alignment = (uint8_t)log2_of(align),
		.xloadflags = movable ? XLF_CAN_BE_LOADED_ABOVE_4G : 0,
		.cmdline_size = DEFAULT_CMDLINE_SIZE,
		.pref_address = plan->mem_base,
	};
	if (movable && plan->mem_base < IMAGE_LOWEST_PA)
		ret->pref_address = align > DEFAULT_PREF_ADDRESS ? align : DEFAULT_PREF_ADDRESS;
}
