/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel goes, physically and virtually. */
#ifndef BOOT_STUB_CHOOSE_H
#define BOOT_STUB_CHOOSE_H

#include "boot/stub/memory.h"
#include "core/manifest.h"
#include "core/place.h"

struct choice {
	uint64_t output_pa;
	uint64_t virtual_delta; /* new virtual base less that at link time */
	bool randomised;
};

/*
 * work: the range behind the image that stage 1 uses. Errors: those of place_start and range_set; no
 * room for randomisation is none, but leads to the place that the boot protocol names.
 */
enum err choose_place(const struct place_image *image, const struct manifest *m,
	const struct stub_info *info, uint64_t image_pa, struct range work, const struct boot_params *bp,
	struct span cmdline, struct memory *memory, struct choice *ret) MUST_CHECK;

#endif /* BOOT_STUB_CHOOSE_H */
