/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How 16-bit setup tells the stub when it reached its stages: under bzforge.debug, in bytes of boot_params
 * that mean nothing to a kernel and that the stub clears. Not part of any format: both come in one image.
 */
#ifndef BOOT_LIB_SETUP_STAMPS_H
#define BOOT_LIB_SETUP_STAMPS_H

#include <stddef.h>
#include "spec/bootparam.h"
#include "spec/timeline.h"

#define SETUP_STAMPS_AT    0xf00 /* in boot_params.pad9 */
#define SETUP_STAMPS_MAGIC 0x54537a62 /* "bzST" */
#define SETUP_STAMPS_MAX   (TIMELINE_PROTECTED - TIMELINE_SETUP + 1)

struct setup_stamps {
	uint32_t magic;
	uint32_t count;
	uint64_t tsc[SETUP_STAMPS_MAX]; /* of TIMELINE_SETUP and the stages behind it */
};
_Static_assert(SETUP_STAMPS_AT >= offsetof(struct boot_params, pad9) &&
		SETUP_STAMPS_AT + sizeof(struct setup_stamps) <= BP_SIZE, "setup_stamps");

#endif /* BOOT_LIB_SETUP_STAMPS_H */
