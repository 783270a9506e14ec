/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EFI_LOAD_OPTION, a boot option as firmware keeps it [UEFI 2.10 3.1.3]. An image should be handed the
 * optional data at its end; some firmware (Dell's of around 2020) hands over the whole.
 */
#ifndef CORE_LOAD_OPTION_H
#define CORE_LOAD_OPTION_H

#include "core/span.h"

/* The optional data, if that is a whole EFI_LOAD_OPTION, else all of it. Text never is one. */
struct span load_option_data(struct span options);

#endif /* CORE_LOAD_OPTION_H */
