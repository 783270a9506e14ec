/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding streams into memory of their own, and finding one where no header says where it is.
 */
#ifndef LIB_UNPACK_H
#define LIB_UNPACK_H

#include "codec/codec.h"

struct unpacked {
	uint8_t *bytes; /* of memory_reserve, size bytes; NULL: nothing came out */
	size_t size;
	size_t used; /* bytes of the input */
};

/*
 * What comes out of input bytes may have at most this many: limit, or, if that is 0, 64 times as many and
 * at least 256 MiB. Kernels get 3 to 10 times smaller, one full of zeros 50 times.
 */
uint64_t unpack_limit(uint64_t limit, size_t input);

/*
 * All streams at the start of in, limit bytes of output at most. Errors: those of codec_decode_some, but
 * OUTPUT_LIMIT instead of CHUNK_LENGTH, and NO_MEMORY. The fault's offset counts from the start of in.
 */
enum err unpack_stream(enum codec codec, struct span in, uint64_t limit, struct unpacked *ret,
	struct fault *fault) MUST_CHECK;

/* What a search is for. */
struct search {
	struct span area;
	/*
	 * Offset in area where the payload ends, with the size of its content in the last four bytes (of gzip
	 * a part of the stream, else behind it); 0: not known. If it is known, only a stream that ends there
	 * counts; else only one that holds an ELF or a Linux kernel.
	 */
	size_t payload_end;
	uint64_t limit; /* bytes of output, of all trials together */
};

struct found {
	enum codec codec;
	size_t offset; /* of the stream in area */
	struct unpacked content;
};

/* Try every place where a stream of any codec could begin, in order. Errors: NO_PAYLOAD, NO_MEMORY. */
enum err search_payload(const struct search *search, struct found *ret) MUST_CHECK;

#endif /* LIB_UNPACK_H */
