/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the tool that other programs load: they lie in a folder of the build beside the tool where it
 * was built, all in libexec/bzforge/ where it is installed.
 */
#ifndef HOST_LIBEXEC_H
#define HOST_LIBEXEC_H

#include <limits.h>
#include "host/report.h"

/* folder: "bench", "boot/stub". False if the part is in neither place. */
bool libexec_path(const char *folder, const char *part, char ret_path[PATH_MAX]);

/* Of bench/. Prints when the part is in neither place. */
enum status libexec_find(const char *part, char ret_path[PATH_MAX]);

#endif /* HOST_LIBEXEC_H */
