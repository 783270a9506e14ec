/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What gdb must be told to follow a boot: commands that go from entry to entry, with symbols where the code
 * really is.
 */
#ifndef HOST_GDB_LINES_H
#define HOST_GDB_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Physical addresses and paths; what is not known is 0, or NULL. */
struct gdb_plan {
	const char *socket;
	const char *setup_elf, *stub_elf, *sector_elf, *loader_elf, *kernel_elf;
	bool disk, uefi;
	uint64_t image_pa;
	/* of the stub's ELF */
	uint64_t long_mode, enter_at, stage2, stage2_main, finish, jump;
	/* the kernel's first instruction, as it is linked */
	uint64_t kernel_va;
};

void gdb_lines(const struct gdb_plan *p, FILE *f);

#endif /* HOST_GDB_LINES_H */
