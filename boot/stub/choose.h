/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel goes, physically and virtually. */
#ifndef BOOT_STUB_CHOOSE_H
#define BOOT_STUB_CHOOSE_H

#include "boot/stub/stage1.h"

struct choice {
	uint64_t output_pa;
	uint64_t virtual_delta; /* new virtual base less that at link time */
	bool randomised;
};

/*
 * Errors: those of place_start and range_set; no room for randomisation is none, but leads to the
 * place that the boot protocol names.
 */
enum err choose_place(struct stage1 *s, struct choice *ret) MUST_CHECK;

#endif /* BOOT_STUB_CHOOSE_H */
