/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 1's part of calling other processors: may they be called, who are they, where is room? */
#ifndef BOOT_STUB_PROCESSORS_H
#define BOOT_STUB_PROCESSORS_H

#include "boot/stub/stage1.h"

/*
 * Fill in handover->smp, whose plan and the rest are complete. Whatever is in the way leaves the boot
 * processor alone with its work, and a line that says why.
 */
void processors_plan(struct stage1 *s, bool entered_32, struct handover *handover);

#endif /* BOOT_STUB_PROCESSORS_H */
