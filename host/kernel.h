/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel files as commands open them: the library takes them apart (lib/kernel.h), here is said what is
 * wrong.
 */
#ifndef HOST_KERNEL_H
#define HOST_KERNEL_H

#include "host/input.h"
#include "lib/kernel.h"

/*
 * Take in apart; in must outlive *ret. Fails only when memory runs out (prints); whatever is wrong
 * with the file goes to ret->problems.
 */
enum status kernel_open(const struct input *in, enum relocs_from relocs, struct kernel *ret);

enum status kernel_open_with(
	const struct input *in, const struct kernel_options *options, struct kernel *ret);

/*
 * For commands that need a whole kernel of whatever kind (k->kernel): fails, and prints the problems, or
 * that this is no kernel image.
 */
enum status kernel_require_content(const struct kernel *k);
/* For commands that need one that our stub can load: an ELF for x86-64 (k->elf). */
enum status kernel_require_whole(const struct kernel *k);

#endif /* HOST_KERNEL_H */
