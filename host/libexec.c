/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the tool's own parts.
 */
#include <libgen.h>
#include <stdio.h>
#include <unistd.h>
#include "host/libexec.h"

bool libexec_path(const char *folder, const char *part, char ret_path[PATH_MAX])
{
	char self[PATH_MAX], path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = 0;
		n = snprintf(path, sizeof(path), "%s/%s/%s", dirname(self), folder, part);
		if (n < (ssize_t)sizeof(path) && !access(path, R_OK)) {
			snprintf(ret_path, PATH_MAX, "%s", path);
			return true;
		}
	}
	n = snprintf(path, sizeof(path), "%s/%s", BZFORGE_LIBEXEC, part);
	if (n >= (ssize_t)sizeof(path) || access(path, R_OK))
		return false;
	snprintf(ret_path, PATH_MAX, "%s", path);
	return true;
}

enum status libexec_find(const char *part, char ret_path[PATH_MAX])
{
	if (libexec_path("bench", part, ret_path))
		return STATUS_DONE;
	report(part, "is not there: build and install all of bzforge");
	return STATUS_ENVIRONMENT;
}
