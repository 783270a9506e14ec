/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands and option values that several commands take.
 */
#ifndef HOST_OPTIONS_H
#define HOST_OPTIONS_H

#include <argp.h>
#include "codec/codec.h"

struct codec_option {
	enum codec codec;
	int level;
	uint32_t chunk_size; /* of output, or CHUNK_WHOLE; the codec's default unless given */
	bool chunk_given;
};

/* What images are made with unless -c says otherwise: zstd at its best. */
struct codec_option codec_option_default(void);

/* "CODEC" or "CODEC:LEVEL". Ends the process with a usage error that names what is possible. */
void parse_codec(const struct argp_state *state, const char *arg, struct codec_option *ret);

/* "SIZE", "SIZEK", "SIZEM" or "whole". Ends the process with a usage error. */
void parse_chunk(const struct argp_state *state, const char *arg, struct codec_option *ret);

/* When all options are known: do they go together? Ends the process with a usage error. */
void codec_option_check(const struct argp_state *state, const struct codec_option *option);

/* A whole decimal number from min to max. Ends the process with a usage error. */
long parse_number(
	const struct argp_state *state, const char *arg, const char *what, long min, long max);

/* --max-output MIB, in bytes. Ends the process with a usage error. */
#define MAX_OUTPUT_OPTION(key)                                                                     \
	{"max-output", key, "MIB", 0,                                                              \
		"Decode no compressed data to more than that (default: 64 times FILE, at least 256 MiB)", 0}
uint64_t parse_max_output(const struct argp_state *state, const char *arg);

/* The one operand that a command works on, called what. A second one is a usage error. */
void parse_operand(
	const struct argp_state *state, const char *arg, const char *what, const char **ret);

/* When all words are known: ends the process with a usage error if there was no operand. */
void require_operand(const struct argp_state *state, const char *what, const char *operand);

#endif /* HOST_OPTIONS_H */
