/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsing option values.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "host/blobs.h"
#include "host/options.h"
#include "host/zstd_write.h"

struct codec_option codec_option_default(void)
{
	return (struct codec_option){CODEC_ZSTD, ZSTD_LEVEL_BEST};
}

static bool number(const char *text, long min, long max, long *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret = strtol(text, &end, 10);
	return !errno && !*end && *ret >= min && *ret <= max;
}

void parse_codec(const struct argp_state *state, const char *arg, struct codec_option *ret)
{
	const char *colon = strchrnul(arg, ':');
	struct span name = {(const uint8_t *)arg, (size_t)(colon - arg)};
	struct codec_option option = codec_option_default();
	char names[64];
	long level;

	blob_codec_names(names, sizeof(names));
	if (codec_by_name(name, &option.codec)) {
		argp_error(state, "'%.*s' is not a codec (this version writes: %s)", (int)name.len,
			arg, names);
		return;
	}
	if (!blob_stub(option.codec).len) {
		argp_error(state,
			"images with codec %s cannot be written (this version writes: %s)",
			codec_name(option.codec), names);
		return;
	}
	if (*colon) {
		if (!number(colon + 1, 1, ZSTD_LEVEL_BEST, &level)) {
			argp_error(state, "'%s' is not a level of %s (1 to %d)", colon + 1,
				codec_name(option.codec), ZSTD_LEVEL_BEST);
			return;
		}
		option.level = (int)level;
	}
	*ret = option;
}

long parse_number(
	const struct argp_state *state, const char *arg, const char *what, long min, long max)
{
	long value = min;

	if (!number(arg, min, max, &value))
		argp_error(state, "'%s' is not a %s (%ld to %ld)", arg, what, min, max);
	return value;
}
