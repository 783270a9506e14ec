/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of `bzforge inspect`, for people and as JSON.
 */
#ifndef HOST_INSPECT_H
#define HOST_INSPECT_H

#include "host/kernel.h"

void inspect_print_text(const struct kernel *k);
/* The keys are a contract: bzforge(1) lists them. */
enum status inspect_print_json(const struct kernel *k);

#endif /* HOST_INSPECT_H */
