/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole input file in memory. Read, not mapped: a file that shrinks while it is worked on must
 * not kill the tool, and both halves of a check must see the same bytes.
 */
#ifndef HOST_INPUT_H
#define HOST_INPUT_H

#include <sys/types.h>
#include "core/span.h"
#include "host/report.h"

/* Sizes and offsets in an image are 32 bits wide: nothing larger can be part of one. */
#define INPUT_MAX UINT32_MAX

struct input {
	const char *name; /* for messages */
	uint8_t *ptr;
	size_t len;
	bool is_file; /* dev and ino are valid: not standard input */
	dev_t dev;
	ino_t ino;
};

/* Read path ("-" is standard input). Prints; on failure *ret stays empty and may be freed. */
enum status input_read(const char *path, struct input *ret);
struct span input_span(const struct input *in);
void input_free(struct input *in);

#endif /* HOST_INPUT_H */
