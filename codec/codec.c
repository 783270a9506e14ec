/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Codecs: names, recognition by magic numbers. Pure; the decoders are in files of their own.
 */
#include "codec/codec.h"

#define LZ4_FRAME_MAGIC "\004\"M\030"

const char *codec_name(enum codec codec)
{
	switch (codec) {
	case CODEC_NONE:
		return "none";
	case CODEC_GZIP:
		return "gzip";
	case CODEC_BZIP2:
		return "bzip2";
	case CODEC_LZMA:
		return "lzma";
	case CODEC_XZ:
		return "xz";
	case CODEC_LZO:
		return "lzo";
	case CODEC_LZ4:
		return "lz4";
	case CODEC_ZSTD:
		return "zstd";
	}
	return "unknown";
}

static bool equals(struct span s, const char *text)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (!text[i] || s.ptr[i] != (uint8_t)text[i])
			return false;
	}
	return !text[i];
}

enum err codec_by_name(struct span name, enum codec *ret)
{
	int codec;

	for (codec = 0; codec < CODEC_COUNT; codec++) {
		if (equals(name, codec_name((enum codec)codec))) {
			*ret = (enum codec)codec;
			return ERR_OK;
		}
	}
	return ERR_CODEC_UNKNOWN;
}

static bool begins(struct span s, const char *magic, size_t len)
{
	size_t i;

	if (s.len < len)
		return false;
	for (i = 0; i < len; i++) {
		if (s.ptr[i] != (uint8_t)magic[i])
			return false;
	}
	return true;
}

/*
 * gzip [RFC 1952 2.3.1], xz [xz-file-format 2.1.1.1], zstd [RFC 8878 3.1.1]; lzma alone has no
 * magic: its first bytes are the properties 0x5d (lc=3 lp=0 pb=2, what everyone writes) and the low
 * half of a dictionary size that is a power of two; of lz4 the legacy frame, the only one Linux
 * reads, and the new one.
 */
enum err codec_detect(struct span payload, enum codec *ret)
{
	static const char magic[CODEC_COUNT][8] = {
		[CODEC_NONE] = "\177ELF",
		[CODEC_GZIP] = "\037\213\010",
		[CODEC_BZIP2] = "BZh",
		[CODEC_LZMA] = "\135\0\0",
		[CODEC_XZ] = "\3757zXZ\0",
		[CODEC_LZO] = "\211LZO\0\r\n",
		[CODEC_LZ4] = "\002!L\030",
		[CODEC_ZSTD] = "\050\265/\375",
	};
	static const uint8_t len[CODEC_COUNT] = {4, 3, 3, 3, 6, 7, 4, 4};
	int codec;

	for (codec = 0; codec < CODEC_COUNT; codec++) {
		if (begins(payload, magic[codec], len[codec])) {
			*ret = (enum codec)codec;
			return ERR_OK;
		}
	}
	if (begins(payload, LZ4_FRAME_MAGIC, 4)) {
		*ret = CODEC_LZ4;
		return ERR_OK;
	}
	return ERR_CODEC_UNKNOWN;
}
