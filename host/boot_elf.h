/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot code's own ELF files, with symbols and lines for debuggers. They are used for an image only if
 * what they load is what lies in that image: one that another bzforge made has other addresses.
 */
#ifndef HOST_BOOT_ELF_H
#define HOST_BOOT_ELF_H

#include <limits.h>
#include "core/elf_file.h"
#include "host/input.h"

/* An all-zero struct may be asked (there is nothing) and freed, too. */
struct boot_elf {
	bool there;
	char path[PATH_MAX];
	struct input in;
	struct elf_file elf;
};

/* Those that fit to an image: its stub's, and its setup part's. What is not there, or differs, is left out. */
void boot_elf_stub(struct span image, struct boot_elf *ret);
void boot_elf_setup(struct span image, struct boot_elf *ret);
/* The loader's and the boot sector's of a disk: these move and unpack themselves, so nothing is compared. */
void boot_elf_loader(struct boot_elf *ret);
void boot_elf_sector(struct boot_elf *ret);
void boot_elf_free(struct boot_elf *e);

/* Does the ELF load at least from on what lies in code? [skip, skip_end) may differ. Link addresses. */
bool boot_elf_same(const struct elf_file *elf, struct span code, uint64_t from, uint64_t skip, uint64_t skip_end);
/* The value of that symbol; false if there is none. */
bool boot_elf_symbol(const struct boot_elf *e, const char *name, uint64_t *ret);

#endif /* HOST_BOOT_ELF_H */
