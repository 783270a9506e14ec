/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image's PE sections: which part of it is what to UEFI firmware. */
#ifndef HOST_IMAGE_PE_H
#define HOST_IMAGE_PE_H

#include "host/image_plan.h"

/* Write PE header and the setup part's tail into b->image. ERR_NO_SPACE cannot happen to our stubs. */
enum err image_pe(struct build *b) MUST_CHECK;

/* Our lines of .sbat. */
struct span image_pe_sbat(void);

#endif /* HOST_IMAGE_PE_H */
