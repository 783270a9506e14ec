/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chunk of an xz payload: one block of the one stream, by liblzma's block decoder. The stream
 * header in front of the first block and index and footer behind the last one are read here
 * [xz-file-format 2.1, 4]. A block does not say which check it carries; ours carry a CRC-32, as Linux
 * demands it, and the first chunk's stream header must say so. The library compares that CRC.
 *
 * Entered in the stub's 64-bit mode through the decoder gate, and in the host tool. Nothing outside
 * the output is written.
 *
 *
 * Workspace
 *
 * liblzma decodes into a dictionary of its own and copies from there to the output. No match reaches
 * further back than the beginning of the block, so a dictionary of the chunk's size will do, whatever
 * the block's header asks for: that header is decoded to a struct, and the struct corrected. Besides,
 * the decoders' states, 37 KiB [measured with liblzma 5.4, every allocation added up].
 *
 *
 * The in-place margin
 *
 * A chunk of C bytes is decoded over its own input of P bytes, which ends M bytes above the output.
 * Output is written from the dictionary, that is: after the input that it came from was read. With o
 * bytes written and i bytes read, the unread rest starts at C + M - P + i, and must not lie below o:
 *
 *         0              o                          C     C + M
 *         | written      |                          |     |
 *                           | read | still to be read ... |
 *                        C + M - P + i
 *
 *         M  >=  (P - i) - (C - o)
 *
 * by how much what is unread is larger than what it decodes to:
 *
 *   - LZMA2 keeps content in chunks of its own, each behind a header of 3 to 6 bytes. A chunk that
 *     does not get smaller is stored, so that none is larger than its content and its header. How many
 *     are there? An encoder closes a chunk when its packed size comes near 64 KiB; a literal takes
 *     at most nine binary decisions of 6.05 bits each (a probability is never below 31/2048), so there
 *     is at least 8 KiB of content in it.
 *   - In the middle of an LZMA2 chunk all of its packed bytes, 64 KiB at most, may be unread while
 *     next to nothing of its content is missing.
 *   - In front of a first block 12 bytes of stream header, and the block's header of at most 1024.
 *   - Behind the last LZMA2 chunk its end mark, 3 bytes of padding and the check. Behind a last block
 *     the index, with 10 bytes for each block of a payload below 4 GiB, and the footer. They are never
 *     read, but lie between the rest and the end.
 */
#include <lzma.h>
#include "codec/arena.h"
#include "codec/codec.h"

#define STREAM_HEADER_SIZE 12
#define INDEX_MIN          8 /* indicator, number of records, padding, CRC-32 */
#define FOOTER_SIZE        12
#define BLOCKS_MAX         4096 /* MANIFEST_CHUNKS_MAX */
#define INDEX_MAX          (BLOCKS_MAX * 10 + 16)
#define BLOCK_TRAILER_SIZE (1 + 3 + 4)
#define LZMA2_CHUNK_PACKED (64 * 1024)
#define LZMA2_CONTENT_MIN  (8 * 1024)
#define LZMA2_HEADER_MAX   6
#define STATE_SIZE         (64 * 1024)

/* The whole decoder, but for what lies in the workspace. */
struct decoder {
	struct arena arena;
	lzma_allocator allocator;
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	lzma_block block;
	lzma_stream lz;
};

uint64_t codec_xz_margin(uint64_t out_size)
{
	return LZMA2_CHUNK_PACKED + (out_size / LZMA2_CONTENT_MIN + 1) * LZMA2_HEADER_MAX +
		STREAM_HEADER_SIZE + LZMA_BLOCK_HEADER_SIZE_MAX + BLOCK_TRAILER_SIZE + INDEX_MAX +
		FOOTER_SIZE;
}

uint64_t codec_xz_workspace(uint64_t out_size)
{
	uint64_t dictionary = out_size > LZMA_DICT_SIZE_MIN ? out_size : LZMA_DICT_SIZE_MIN;

	return STATE_SIZE + ((dictionary + ARENA_ALIGN - 1) & ~(uint64_t)(ARENA_ALIGN - 1));
}

static void *allocate(void *arena, size_t count, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(count, size, &bytes) ? NULL : arena_take(arena, bytes);
}

static void release(void *arena, void *memory)
{
	(void)arena;
	(void)memory;
}

/* The only stream header that we write: no unknown flags, check CRC-32, and its own CRC. */
static enum err stream_header(struct span in, struct fault *fault)
{
	static const uint8_t expected[STREAM_HEADER_SIZE] = {
		0xfd, '7', 'z', 'X', 'Z', 0, 0, LZMA_CHECK_CRC32, 0x69, 0x22, 0xde, 0x36};

	if (in.len < STREAM_HEADER_SIZE)
		return fault_set(fault, ERR_TRUNCATED, "xz stream header", 0, in.len);
	for (unsigned int i = 0; i < STREAM_HEADER_SIZE; i++) {
		if (in.ptr[i] != expected[i])
			return fault_set(fault, ERR_BAD_STREAM, "xz stream header", i, in.ptr[i]);
	}
	return ERR_OK;
}

static enum err library_error(lzma_ret result, const char *text, uint64_t at, struct fault *fault)
{
	return fault_set(fault, result == LZMA_MEM_ERROR ? ERR_WORKSPACE : ERR_BAD_STREAM, text, at,
		result);
}

static enum err block_header(struct decoder *d, const struct codec_job *job, uint64_t at,
	struct fault *fault)
{
	lzma_block *block = &d->block;
	struct span header;
	uint8_t size;

	if (span_u8(job->in, at, &size))
		return fault_set(fault, ERR_TRUNCATED, "xz block header", at, job->in.len);
	if (!size) /* what an index begins with */
		return fault_set(fault, ERR_BAD_STREAM, "xz block header", at, 0);
	block->version = 1;
	block->check = LZMA_CHECK_CRC32;
	block->header_size = lzma_block_header_size_decode(size);
	block->filters = d->filters;
	if (span_sub(job->in, at, block->header_size, &header))
		return fault_set(fault, ERR_TRUNCATED, "xz block header", at, job->in.len);
	lzma_ret result = lzma_block_header_decode(block, &d->allocator, header.ptr);

	if (result != LZMA_OK)
		return library_error(result, "xz block header", at, fault);
	if (block->uncompressed_size != LZMA_VLI_UNKNOWN &&
		block->uncompressed_size != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "xz block's size", at,
			block->uncompressed_size);
	for (lzma_filter *f = d->filters; f->id != LZMA_VLI_UNKNOWN; f++) {
		lzma_options_lzma *options = f->options;

		if (f->id == LZMA_FILTER_LZMA2 && options->dict_size > job->out_size)
			options->dict_size = job->out_size > LZMA_DICT_SIZE_MIN
				? (uint32_t)job->out_size
				: LZMA_DICT_SIZE_MIN;
	}
	return ERR_OK;
}

static enum err block_content(struct decoder *d, const struct codec_job *job, uint64_t at,
	uint64_t *ret_at, struct fault *fault)
{
	lzma_stream *lz = &d->lz;
	lzma_ret result = lzma_block_decoder(lz, &d->block);

	if (result != LZMA_OK)
		return library_error(result, "xz block", at, fault);
	lz->next_in = job->in.ptr + at;
	lz->avail_in = job->in.len - at;
	lz->next_out = job->out;
	lz->avail_out = job->out_size;
	/* LZMA_OK when input or room is used up; once more, and that is LZMA_BUF_ERROR. */
	while (result == LZMA_OK)
		result = lzma_code(lz, LZMA_FINISH);
	at += lz->total_in;
	if (result == LZMA_BUF_ERROR && lz->avail_in)
		return fault_set(fault, ERR_CHUNK_LENGTH, "xz block is longer", at, job->out_size);
	if (result == LZMA_BUF_ERROR)
		return fault_set(fault, ERR_TRUNCATED, "xz block", at, lz->total_out);
	if (result != LZMA_STREAM_END)
		return library_error(result, "xz block", at, fault);
	if (lz->avail_out)
		return fault_set(fault, ERR_CHUNK_LENGTH, "xz block is shorter", at, lz->total_out);
	*ret_at = at;
	return ERR_OK;
}

enum err codec_xz_chunk(const struct codec_job *job, struct fault *fault)
{
	struct decoder d = {
		.arena = arena_make(job->workspace, job->workspace_size),
		.allocator = {.alloc = allocate, .free = release},
	};
	uint64_t at = job->first ? STREAM_HEADER_SIZE : 0;
	enum err err = job->first ? stream_header(job->in, fault) : ERR_OK;

	d.allocator.opaque = &d.arena;
	d.lz.allocator = &d.allocator;
	if (!err)
		err = block_header(&d, job, at, fault);
	if (!err)
		err = block_content(&d, job, at + d.block.header_size, &at, fault);
	if (err)
		return err;
	uint64_t left = job->in.len - at;
	const uint8_t *end = job->in.ptr + job->in.len;

	if (job->last && (left < INDEX_MIN + FOOTER_SIZE || end[-2] != 'Y' || end[-1] != 'Z'))
		return fault_set(fault, ERR_TRUNCATED, "xz index and footer", at, left);
	if (!job->last && left)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind the xz block", at, left);
	return ERR_OK;
}
