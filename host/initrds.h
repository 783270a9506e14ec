/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several initrds as one, for whoever takes but one.
 */
#ifndef HOST_INITRDS_H
#define HOST_INITRDS_H

#include "core/span.h"

/*
 * One behind the other, each at a multiple of four, as the kernel reads them. To be freed; NULL: no
 * memory.
 */
uint8_t *initrds_join(const struct span *initrd, size_t count, struct span *ret);

#endif /* HOST_INITRDS_H */
