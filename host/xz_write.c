/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The xz and lzma writers over liblzma.
 *
 * xz: one stream [xz-file-format], one block a chunk, with the x86 branch filter and CRC-32 as
 * Linux's build does it; the dictionary is as large as the chunk, no decoder needs more. Each block
 * is compressed by itself; header, index and footer are put around them here.
 *
 * lzma: the format before xz, which is one sequence from beginning to end. All of it is the first
 * chunk's input; the others go on where the one before them stopped.
 */
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include "host/writers.h"

#define LEVEL_BEST   9 /* at which every effort is made: "9e" of the command */
#define XZ_DICT_MAX  (64u * 1024 * 1024) /* of the largest preset */
#define LZMA_DICT_MIN (64u * 1024)
#define LZMA_DICT_MAX (16u * 1024 * 1024)
#define LZMA_HEADER_DICT 1 /* offset of a u32 [lzma_file_format.txt 1.1] */
#define STEP         (256 * 1024) /* of input between two looks at the progress */
#define LZMA_OUT_MIN (64 * 1024)
#define MEASURE_STEP (64 * 1024)

static const char no_memory[] = "not enough memory";

static bool options(int level, uint32_t dict_size, lzma_options_lzma *ret)
{
	uint32_t preset = (uint32_t)level | (level == LEVEL_BEST ? LZMA_PRESET_EXTREME : 0);

	if (lzma_lzma_preset(ret, preset))
		return false;
	ret->dict_size = dict_size;
	return true;
}

/* Let lz, whose output is set, eat in. Returns NULL or what went wrong. */
static const char *run(lzma_stream *lz, struct span in, _Atomic uint64_t *done)
{
	lzma_ret result = LZMA_OK;
	size_t fed = 0;

	while (result == LZMA_OK && lz->avail_out) {
		size_t step = in.len - fed < STEP ? in.len - fed : STEP;

		lz->next_in = in.ptr + fed;
		lz->avail_in = step;
		fed += step;
		result = lzma_code(lz, fed == in.len ? LZMA_FINISH : LZMA_RUN);
		*done += step - lz->avail_in;
		fed -= lz->avail_in;
	}
	if (result == LZMA_STREAM_END)
		return NULL;
	return result == LZMA_MEM_ERROR ? no_memory : "no room";
}

/* --- xz --- */

static size_t xz_bound(size_t in_size)
{
	/* What does not get smaller is stored in LZMA2 chunks of 64 KiB with headers of 3 bytes. */
	return in_size + in_size / 8192 + LZMA_BLOCK_HEADER_SIZE_MAX + LZMA_CHECK_SIZE_MAX + 4096;
}

/* The smallest power of two that holds size bytes. */
static uint32_t xz_dict(size_t size)
{
	uint32_t dict = LZMA_DICT_SIZE_MIN;

	while (dict < size && dict < XZ_DICT_MAX)
		dict *= 2;
	return dict;
}

/* filter: LZMA_FILTER_X86 in front of LZMA2, or LZMA_VLI_UNKNOWN for nothing. */
static const char *xz_pack_behind(struct pack *p, lzma_vli filter)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	lzma_options_lzma lzma2;
	lzma_filter chain[] = {
		{filter, NULL},
		{LZMA_FILTER_LZMA2, &lzma2},
		{LZMA_VLI_UNKNOWN, NULL},
	};
	lzma_block block = {
		.version = 0,
		.check = LZMA_CHECK_CRC32,
		.compressed_size = LZMA_VLI_UNKNOWN,
		.uncompressed_size = LZMA_VLI_UNKNOWN,
		.filters = filter == LZMA_VLI_UNKNOWN ? chain + 1 : chain,
	};
	const char *words = NULL;

	if (!options(p->level, xz_dict(p->in.len), &lzma2) || lzma_block_header_size(&block) ||
		lzma_block_header_encode(&block, p->out))
		return "its options are refused";
	if (lzma_block_encoder(&lz, &block) != LZMA_OK)
		return no_memory;
	lz.next_out = p->out + block.header_size;
	lz.avail_out = p->cap - block.header_size;
	words = run(&lz, p->in, p->done);
	p->size = block.header_size + lz.total_out;
	p->note = lzma_block_unpadded_size(&block);
	lzma_end(&lz);
	return words;
}

static const char *xz_pack(struct pack *p)
{
	return xz_pack_behind(p, LZMA_FILTER_X86);
}

/* The content has been through a filter of ours. */
static const char *xz_pack_filtered(struct pack *p)
{
	return xz_pack_behind(p, LZMA_VLI_UNKNOWN);
}

/* Index and footer, and their size. */
static bool xz_ending(const struct packed *packed, const struct chunk_list *chunks,
	const lzma_stream_flags *flags, uint8_t *out, size_t cap, size_t *ret_size)
{
	lzma_stream_flags footer = *flags;
	lzma_index *index = lzma_index_init(NULL);
	size_t size = 0;
	bool good = index != NULL;
	uint32_t i;

	for (i = 0; i < chunks->count && good; i++)
		good = lzma_index_append(index, NULL, packed->notes[i], chunks->c[i].out_size) ==
			LZMA_OK;
	good = good && lzma_index_buffer_encode(index, out, &size, cap) == LZMA_OK &&
		cap - size >= LZMA_STREAM_HEADER_SIZE;
	if (good) {
		footer.backward_size = size;
		good = lzma_stream_footer_encode(&footer, out + size) == LZMA_OK;
	}
	lzma_index_end(index, NULL);
	*ret_size = size + LZMA_STREAM_HEADER_SIZE;
	return good;
}

enum status xz_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	const struct pack_codec codec = {
		"liblzma", xz_bound, chunks->filtered ? xz_pack_filtered : xz_pack};
	const lzma_stream_flags flags = {.version = 0, .check = LZMA_CHECK_CRC32};
	/* Two numbers of at most 9 bytes a block; marker, count, padding and CRC-32 around them. */
	size_t room = chunks->count * (size_t)(2 * LZMA_VLI_BYTES_MAX) + 32 + LZMA_STREAM_HEADER_SIZE;
	uint8_t header[LZMA_STREAM_HEADER_SIZE], *ending = malloc(room);
	struct packed packed = {0};
	enum status status;
	size_t size;

	if (!ending)
		return report_no_memory(NULL);
	if (lzma_stream_header_encode(&flags, header) != LZMA_OK) {
		status = compress_failed(codec.library, "its options are refused");
		goto out;
	}
	status = pack_chunks(&codec, level, content, chunks, (struct span){header, sizeof(header)},
		room, &packed);
	if (!status && !xz_ending(&packed, chunks, &flags, ending, room, &size))
		status = compress_failed(codec.library, no_memory);
	if (!status) {
		packed_add(&packed, chunks, ending, size);
		packed_take(&packed, ret_stream, ret_size);
	}
out:
	packed_free(&packed);
	free(ending);
	return status;
}

/* --- lzma --- */

static size_t lzma_bound(size_t in_size)
{
	/* There is no way to store: noise grows by less than this. */
	return in_size + in_size / 16 + LZMA_OUT_MIN;
}

/*
 * The stub needs room for the dictionary. 16 MiB cost 0.1 % of the size against the 64 MiB of level 9
 * [Debian's 6.1 kernel], and a small content needs less: a power of two not above it, or one and a
 * half.
 */
static uint32_t lzma_dict(size_t size)
{
	uint32_t dict = LZMA_DICT_MIN;

	while (dict * 2 <= size && dict * 2 <= LZMA_DICT_MAX)
		dict *= 2;
	if (dict > LZMA_DICT_MIN && dict + dict / 2 <= size && dict < LZMA_DICT_MAX)
		dict += dict / 2;
	return dict;
}

static const char *lzma_pack(struct pack *p)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	lzma_options_lzma lzma1;
	const char *words;

	if (!options(p->level, lzma_dict(p->in.len), &lzma1))
		return "its options are refused";
	if (lzma_alone_encoder(&lz, &lzma1) != LZMA_OK)
		return no_memory;
	lz.next_out = p->out;
	lz.avail_out = p->cap;
	words = run(&lz, p->in, p->done);
	p->size = lz.total_out;
	lzma_end(&lz);
	/*
	 * The header always asks for 16 MiB: with its lower three bytes 0 the number is part of what
	 * readers take for a magic number [Linux's scripts/extract-vmlinux: 5d 00 00 00]. The stub gives
	 * the decoder what the manifest says, and no match reaches further.
	 */
	if (!words)
		le32_put(p->out + LZMA_HEADER_DICT, LZMA_DICT_MAX);
	return words;
}

/*
 * The in-place margin: by how much what is unread is ever larger than what is still to come out.
 * No bound that holds for all streams is close, so this one is measured, in steps of output: all the
 * way through a step at least as much is read as before it, and no more is out than after it. It
 * also proves the stream.
 */
static enum status measure(struct span stream, struct span content, uint64_t *ret_margin)
{
	lzma_stream lz = LZMA_STREAM_INIT;
	uint8_t *out = malloc(MEASURE_STEP);
	enum status status = STATUS_ENVIRONMENT;
	uint64_t margin = 0, unread, missing;
	lzma_ret result;
	size_t at, step;

	if (!out || lzma_alone_decoder(&lz, UINT64_MAX) != LZMA_OK) {
		report_no_memory(NULL);
		goto out;
	}
	lz.next_in = stream.ptr;
	lz.avail_in = stream.len;
	for (at = 0; at < content.len; at += step) {
		step = content.len - at < MEASURE_STEP ? content.len - at : MEASURE_STEP;
		unread = lz.avail_in;
		missing = content.len - at - step;
		if (unread > missing && unread - missing > margin)
			margin = unread - missing;
		lz.next_out = out;
		lz.avail_out = step;
		result = lzma_code(&lz, LZMA_RUN);
		if ((result != LZMA_OK && result != LZMA_STREAM_END) || lz.avail_out ||
			memcmp(out, content.ptr + at, step)) {
			compress_failed("liblzma", "its own output does not decode");
			goto out;
		}
	}
	*ret_margin = margin;
	status = STATUS_DONE;
out:
	lzma_end(&lz);
	free(out);
	return status;
}

enum status lzma_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	static const struct pack_codec codec = {"liblzma", lzma_bound, lzma_pack};
	struct chunk_list *all = calloc(1, sizeof(*all)); /* one chunk with everything in it */
	struct packed packed = {0};
	enum status status;
	uint32_t i;

	if (!all)
		return report_no_memory(NULL);
	all->count = 1;
	all->c[0] = (struct manifest_chunk){.out_size = (uint32_t)content.len};
	status = pack_chunks(&codec, level, content, all, (struct span){0}, 0, &packed);
	if (!status)
		status = measure((struct span){packed.stream, packed.size}, content,
			&chunks->stream_margin);
	if (!status) {
		chunks->stream_window = lzma_dict(content.len);
		chunks->c[0].in_off = 0;
		chunks->c[0].in_size = (uint32_t)packed.size;
		for (i = 1; i < chunks->count; i++) {
			chunks->c[i].in_off = (uint32_t)packed.size;
			chunks->c[i].in_size = 0;
		}
		packed_take(&packed, ret_stream, ret_size);
	}
	packed_free(&packed);
	free(all);
	return status;
}
