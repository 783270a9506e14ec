/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest initramfs that a kernel can start a process from.
 */
#ifndef HOST_INITRAMFS_H
#define HOST_INITRAMFS_H

#include "core/span.h"

/*
 * A cpio archive ("newc") with /dev/console and the program as /init. Its size; 0 if cap bytes
 * are too few. INITRAMFS_MORE bytes more than the program are enough.
 */
#define INITRAMFS_MORE 1024
size_t initramfs_build(struct span program, uint8_t *buf, size_t cap);

#endif /* HOST_INITRAMFS_H */
