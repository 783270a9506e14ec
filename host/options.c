/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parsing option values.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "host/blobs.h"
#include "host/compress.h"
#include "host/options.h"

#define MIB (1024 * 1024)

struct codec_option codec_option_default(void)
{
	return (struct codec_option){
		.codec = CODEC_ZSTD,
		.level = compress_rules(CODEC_ZSTD)->level_best,
		.chunk_size = compress_rules(CODEC_ZSTD)->chunk_size,
	};
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
	const struct compress_rules *rules;
	char names[64];
	enum codec codec;
	long level;

	blob_codec_names(names, sizeof(names));
	if (codec_by_name(name, &codec)) {
		argp_error(state, "'%.*s' is not a codec (this version writes: %s)", (int)name.len,
			arg, names);
		return;
	}
	if (!blob_stub(codec).len) {
		argp_error(state,
			"images with codec %s cannot be written (this version writes: %s)",
			codec_name(codec), names);
		return;
	}
	rules = compress_rules(codec);
	level = rules->level_best;
	if (*colon && rules->level_best < rules->level_min) {
		argp_error(state, "codec %s has no levels", codec_name(codec));
		return;
	}
	if (*colon && !number(colon + 1, rules->level_min, rules->level_best, &level)) {
		argp_error(state, "'%s' is not a level of %s (%d to %d)", colon + 1,
			codec_name(codec), rules->level_min, rules->level_best);
		return;
	}
	ret->codec = codec;
	ret->level = (int)level;
	if (!ret->chunk_given)
		ret->chunk_size = rules->chunk_size;
}

uint64_t parse_max_output(const struct argp_state *state, const char *arg)
{
	return (uint64_t)parse_number(
		       state, arg, "--max-output (a number of MiB)", 1, UINT32_MAX / MIB) * MIB;
}

/* A number of bytes, KiB (K) or MiB (M). */
static bool size(const char *text, long min, long max, long *ret)
{
	char digits[16] = {0};
	size_t len = strlen(text);
	long unit = 1;

	if (len && (text[len - 1] == 'K' || text[len - 1] == 'M')) {
		unit = text[len - 1] == 'K' ? 1024 : 1024 * 1024;
		len--;
	}
	if (!len || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	if (!number(digits, (min + unit - 1) / unit, max / unit, ret))
		return false;
	*ret *= unit;
	return true;
}

void parse_chunk(const struct argp_state *state, const char *arg, struct codec_option *ret)
{
	long value = CHUNK_WHOLE;

	if (strcmp(arg, "whole") && !size(arg, CHUNK_SIZE_MIN, CHUNK_SIZE_MAX, &value)) {
		argp_error(state, "'%s' is not a size of chunks (1M to 1024M, or whole)", arg);
		return;
	}
	ret->chunk_size = (uint32_t)value;
	ret->chunk_given = true;
}

void codec_option_check(const struct argp_state *state, const struct codec_option *option)
{
	if (codec_is_stream(option->codec) && option->chunk_size != CHUNK_WHOLE)
		argp_error(state, "codec %s cannot be cut into chunks",
			codec_name(option->codec));
}

long parse_number(
	const struct argp_state *state, const char *arg, const char *what, long min, long max)
{
	long value = min;

	if (!number(arg, min, max, &value))
		argp_error(state, "'%s' is not a %s (%ld to %ld)", arg, what, min, max);
	return value;
}

void parse_operand(
	const struct argp_state *state, const char *arg, const char *what, const char **ret)
{
	if (*ret)
		argp_error(state, "more than one %s", what);
	*ret = arg;
}

void require_operand(const struct argp_state *state, const char *what, const char *operand)
{
	if (!operand)
		argp_error(state, "no %s", what);
}
