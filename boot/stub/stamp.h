/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One stamp for the timeline, by whichever processor. Apart from timeline.h, which only the boot processor
 * uses, so that what several processors run can stamp wherever it is run, tests included.
 */
#ifndef BOOT_STUB_STAMP_H
#define BOOT_STUB_STAMP_H

#include "core/timeline.h"

/* Where stamps go from now on; NULL, as it is at first: nobody wants to know. */
void stamp_into(struct timeline *table);
struct timeline *stamp_table(void);

/* This processor has done that, now. chunk may be TIMELINE_NO_CHUNK. */
void stamp(enum timeline_stage stage, unsigned int cpu, uint32_t chunk);
/* The boot processor has. */
void stamp_boot(enum timeline_stage stage);

#endif /* BOOT_STUB_STAMP_H */
