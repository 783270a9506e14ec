/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing a finished image for Secure Boot, which is sbsign's work [sbsign(1)]: keys may lie where only
 * it finds them.
 */
#ifndef HOST_SIGN_H
#define HOST_SIGN_H

#include "core/span.h"
#include "host/report.h"

struct sign_option {
	const char *key, *cert; /* PEM files; NULL: do not sign */
};

/* Before the work starts: can it be signed, and written to path? Prints. */
enum status sign_check(const struct sign_option *sign, const char *path);

/* Write image to path, whole, signed, and checked, or not at all. Prints. */
enum status sign_write(const struct sign_option *sign, const char *path, struct span image);

#endif /* HOST_SIGN_H */
