/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of compress(): one writer per codec, each over its library, in NAME_write.c. All have
 * compress()'s arguments and result, less the codec. Most of them compress chunks one by one, in
 * any order, and join the results; what they share is in pack.c.
 */
#ifndef HOST_WRITERS_H
#define HOST_WRITERS_H

#include <stdatomic.h>
#include "host/compress.h"

typedef enum status writer(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size);

writer none_write, gzip_write, bzip2_write, lzma_write, xz_write, lzo_write, lz4_write, zstd_write;

/* One chunk on its way. */
struct pack {
	struct span in;
	int level;
	bool first, last;
	uint8_t *out;
	size_t cap;
	size_t size; /* result: bytes in out */
	uint64_t note; /* result: whatever the writer wants to remember of the chunk */
	_Atomic uint64_t *done; /* bytes of content compressed so far, in all chunks */
};

struct pack_codec {
	const char *library; /* for messages */
	size_t (*bound)(size_t in_size); /* how large the result can get */
	/*
	 * Compress one chunk, called in any thread. Returns NULL, or words for what went wrong, which
	 * are static. Adds in.len to *done, all at once or as it goes on.
	 */
	const char *(*pack)(struct pack *p);
};

extern const struct pack_codec gzip_pack, bzip2_pack, lzo_pack, lz4_pack;

/* p->out and all that comes out, from what goes in. Returns NULL, or words for what went wrong. */
const char *pack_chunk(const struct pack_codec *codec, struct pack *p);

struct packed {
	uint8_t *stream; /* owned */
	size_t size, cap;
	uint64_t *notes; /* owned; one a chunk */
};

/*
 * Compress all chunks and put them behind head, which becomes part of the first; room bytes are left
 * for packed_add. Prints. packed_free in any case.
 */
enum status pack_chunks(const struct pack_codec *codec, int level, struct span content,
	struct chunk_list *chunks, struct span head, size_t room, struct packed *ret);
/* More bytes at the end of the stream, a part of the last chunk. */
void packed_add(struct packed *p, struct chunk_list *chunks, const uint8_t *bytes, size_t size);
/* Hand the stream over. */
void packed_take(struct packed *p, uint8_t **ret_stream, size_t *ret_size);
void packed_free(struct packed *p);

/* The library cannot compress, and why. Prints. */
enum status compress_failed(const char *library, const char *words);

#endif /* HOST_WRITERS_H */
