/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * About how long one core takes to decode: what a fast core of 2024 needs for the stock kernel in our
 * chunks (docs/benchmarks.md). For deciding what is worth a fixed cost, so a slower core's figures, which
 * are larger, are not wanted.
 */
#ifndef CODEC_SPEED_H
#define CODEC_SPEED_H

#include "codec/codec.h"

/* Microseconds for a MiB that comes out. */
static inline uint32_t codec_us_per_mib(enum codec codec)
{
	switch (codec) {
	case CODEC_NONE: return 70;
	case CODEC_GZIP: return 700;
	case CODEC_BZIP2: return 15000;
	case CODEC_LZMA: return 8500;
	case CODEC_XZ: return 9200;
	case CODEC_LZO: return 2000;
	case CODEC_LZ4: return 130;
	case CODEC_ZSTD: return 580;
	}
	return 0;
}

#endif /* CODEC_SPEED_H */
