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

/*
 * For commands that need a whole kernel: fails, and prints the problems, or that this is no kernel
 * image.
 */
enum status kernel_require_whole(const struct kernel *k);

#endif /* HOST_KERNEL_H */
