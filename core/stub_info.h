/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host tool writes into an image's head for its stub (spec/image.h, STUB_INFO_*): the stub reads it
 * where it runs, the host tool where it explains an image. With the manifest it is all that a place for the
 * kernel is planned with.
 */
#ifndef CORE_STUB_INFO_H
#define CORE_STUB_INFO_H

#include "core/manifest.h"
#include "core/place.h"

struct stub_info {
	uint64_t work_size; /* the heap, last of all, may be larger than in the stub as linked */
	uint64_t image_size;
	uint64_t manifest_off;
	uint64_t manifest_size;
	uint64_t init_size;
	uint64_t pref_address;
	uint64_t alignment;
	uint16_t xloadflags;
};

/* p: STUB_INFO_SIZE bytes, from STUB_INFO_OFFSET of the protected-mode part on. */
struct stub_info stub_info_get(const uint8_t *p);

struct place_image place_image_make(const struct stub_info *info, const struct manifest *m);

#endif /* CORE_STUB_INFO_H */
