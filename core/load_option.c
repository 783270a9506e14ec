/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See load_option.h. Command lines begin with two characters, of which the second stands where the upper
 * half of the attributes is, and that is reserved and 0.
 *
 *   u32 attributes, u16 bytes of paths, description (UTF-16 with NUL), device paths, optional data
 */
#include "core/load_option.h"

#define ATTRIBUTES   0x00
#define PATHS_LENGTH 0x04
#define DESCRIPTION  0x06

#define ACTIVE          0x00000001
#define FORCE_RECONNECT 0x00000002
#define HIDDEN          0x00000008
#define CATEGORY        0x00001f00

/* A node of a device path [10.2]: type, subtype, length with this header. */
#define NODE_HEAD  4
#define END        0x7f
#define END_ENTIRE 0xff

/* Whole nodes up to the last byte, the last one of them an end. */
static bool are_paths(struct span list)
{
	size_t at = 0;
	bool ended = false;

	while (at < list.len) {
		uint16_t len;

		if (!span_has(list, at, NODE_HEAD))
			return false;
		len = le16_get(list.ptr + at + 2);
		if (len < NODE_HEAD || !span_has(list, at, len))
			return false;
		ended = list.ptr[at] == END && list.ptr[at + 1] == END_ENTIRE;
		at += len;
	}
	return ended;
}

struct span load_option_data(struct span options)
{
	struct span paths, data;
	uint32_t attributes;
	uint16_t length;
	size_t at = DESCRIPTION;

	if (span_le32(options, ATTRIBUTES, &attributes) ||
		span_le16(options, PATHS_LENGTH, &length) ||
		(attributes & ~(uint32_t)(ACTIVE | FORCE_RECONNECT | HIDDEN | CATEGORY)))
		return options;
	do {
		if (!span_has(options, at, 2))
			return options;
		at += 2;
	} while (le16_get(options.ptr + at - 2));
	if (span_sub(options, at, length, &paths) || !are_paths(paths) ||
		span_sub(options, at + length, options.len - at - length, &data))
		return options;
	return data;
}
