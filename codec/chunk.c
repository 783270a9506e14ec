/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunks of our images by codec number: which decoder, margin and workspace. Entered by the host
 * tool only; a stub is linked with one decoder and calls it by its name.
 */
#include "codec/codec.h"

#define FOR_EACH_CODEC(X)                                                                          \
	X(NONE, none)                                                                              \
	X(GZIP, gzip)                                                                              \
	X(BZIP2, bzip2)                                                                            \
	X(LZMA, lzma)                                                                              \
	X(XZ, xz)                                                                                  \
	X(LZO, lzo)                                                                                \
	X(LZ4, lz4)                                                                                \
	X(ZSTD, zstd)

enum err codec_chunk(enum codec codec, const struct codec_job *job, struct fault *fault)
{
	switch (codec) {
#define CHUNK(number, name)                                                                        \
	case CODEC_##number:                                                                       \
		return codec_##name##_chunk(job, fault);
		FOR_EACH_CODEC(CHUNK)
	}
	return fault_set(fault, ERR_CODEC_UNKNOWN, "codec", 0, codec);
}

uint64_t codec_chunk_margin(enum codec codec, uint64_t out_size)
{
	switch (codec) {
#define MARGIN(number, name)                                                                       \
	case CODEC_##number:                                                                       \
		return codec_##name##_margin(out_size);
		FOR_EACH_CODEC(MARGIN)
	}
	return 0;
}

uint64_t codec_chunk_workspace(enum codec codec, uint64_t out_size)
{
	switch (codec) {
#define WORKSPACE(number, name)                                                                    \
	case CODEC_##number:                                                                       \
		return codec_##name##_workspace(out_size);
		FOR_EACH_CODEC(WORKSPACE)
	}
	return 0;
}

bool codec_is_stream(enum codec codec)
{
	return codec == CODEC_LZMA;
}
