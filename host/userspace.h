/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long does an image take to userspace? Boots it in QEMU with an initramfs of our own, whose one
 * program says when it runs (guest_init.S).
 */
#ifndef HOST_USERSPACE_H
#define HOST_USERSPACE_H

#include "host/memory_file.h"

/* One boot. *ret_seconds: from QEMU's start on, firmware included. Prints; BAD_INPUT: not reached. */
enum status userspace_boot(const char *name, const struct memory_file *image, bool kvm,
	double *ret_seconds);

#endif /* HOST_USERSPACE_H */
