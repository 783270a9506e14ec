/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a new image apart again, with the code that reads other people's.
 */
#include <string.h>
#include "host/chunks.h"
#include "host/image_check.h"

enum status image_check(const char *name, struct span image, const uint8_t sha256[SHA256_SIZE])
{
	const struct input in = {
		.name = name, .ptr = (uint8_t *)(uintptr_t)image.ptr, .len = image.len};
	struct kernel k;
	enum status status;

	status = kernel_open(&in, RELOCS_AUTO, &k);
	if (!status && k.ours)
		status = chunks_check(&k);
	if (!status &&
		(k.problems.count || !k.ours || !k.has_elf ||
			memcmp(k.sha256, sha256, SHA256_SIZE))) {
		report(name, "the new image does not pass its own check; it is not written");
		report_problems(name, &k.problems);
		status = STATUS_ENVIRONMENT;
	}
	kernel_close(&k);
	return status;
}
