/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a boot loader that starts kernels at their 16-bit entry (32-bit, if the initrd lies above 4 GiB) puts what
 * it loads, and what it writes into the setup header [boot.rst "Loading The Rest of The Kernel", "Running the
 * Kernel"]. For kernels from protocol 2.00 on.
 *
 *   segment + 0       setup part
 *           + heap    its heap and stack, as far as heap_end
 *           + heap_end command line, as long as room permits
 *
 * A kernel that is loaded low (zImage) has its protected-mode part at 0x10000, and the segment at 0x90000 whatever
 * its protocol. That is where a loader itself lies, so it is read to high memory, and moved down last.
 */
#ifndef CORE_LINUX_PLAN_H
#define CORE_LINUX_PLAN_H

#include "core/bzimage.h"
#include "core/range.h"

struct linux_wish {
	const struct bzimage *image; /* from bzimage_parse_head */
	uint64_t file_size;
	uint64_t initrd_size; /* all of them, one behind the other */
	uint32_t cmdline_len; /* without NUL */
	uint32_t setup_pa; /* 64 KiB for the setup part, of 64 KiB */
	uint32_t old_setup_pa; /* the same for what wants 0x90000: protocol 2.01 and before, and zImages */
	const struct range_set *usable; /* free memory, after mem=; nothing below 1 MiB counts */
};

struct linux_plan {
	uint32_t setup_pa, setup_size;
	uint32_t heap_end; /* from setup_pa on; the stack's top, too */
	uint32_t cmdline_pa, cmdline_room; /* NUL included */
	uint64_t kernel_pa, kernel_size; /* the protected-mode part */
	bool low; /* at last ZIMAGE_SIZE_MAX bytes from kernel_pa on go to ZIMAGE_PA */
	uint64_t initrd_pa; /* 0: none; above 4 GiB only where all below is too small, and the kernel can */
};

/*
 * Errors: BAD_SETUP_HEADER (setup part that does not fit its segment), TRUNCATED, CMDLINE_LONG,
 * KERNEL_MEMORY and INITRD_MEMORY (value: bytes that were looked for), NO_SPACE.
 * scratch: room for the set's working copy.
 */
enum err linux_plan_make(const struct linux_wish *wish, struct range_set *scratch, struct linux_plan *ret,
	struct fault *fault) MUST_CHECK;

/*
 * Write what the kernel shall know into the setup header, and, for protocol 2.01 and before, the old
 * command line's magic. setup: the setup part's bytes, at least a sector and the header.
 * vid_mode: as vga= says. quiet: so says the command line.
 */
void linux_plan_fill(const struct linux_wish *wish, const struct linux_plan *plan, uint16_t vid_mode,
	bool quiet, uint8_t *setup);

/*
 * boot_params for an initrd above 4 GiB, which has no place in the setup header: the kernel must be started at its
 * 32-bit entry then. setup: from linux_plan_fill. map: count entries, at most BP_E820_MAX. The screen is left to the
 * loader.
 */
void linux_plan_params(const struct linux_wish *wish, const struct linux_plan *plan, const uint8_t *setup,
	const struct e820_entry *map, size_t count, struct boot_params *ret);

/* The video mode that vga= names, VID_MODE_NORMAL if there is none or it is nothing known. */
uint16_t linux_vga_mode(struct span cmdline);

#endif /* CORE_LINUX_PLAN_H */
