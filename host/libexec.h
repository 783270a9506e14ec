/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the tool that other programs load: they lie in the folder bench/ beside the tool where it
 * was built, in libexec/bzforge/ where it is installed.
 */
#ifndef HOST_LIBEXEC_H
#define HOST_LIBEXEC_H

#include <limits.h>
#include "host/report.h"

/* Prints when the part is in neither place. */
enum status libexec_find(const char *part, char ret_path[PATH_MAX]);

#endif /* HOST_LIBEXEC_H */
