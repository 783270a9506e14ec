/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of chunk decoders share: memory between pages that cannot be touched, and decoding
 * in it, apart and over the chunk's own input.
 */
#ifndef TESTS_UNIT_CHUNK_H
#define TESTS_UNIT_CHUNK_H

#include "tests/unit/unit.h"

#include <sys/mman.h>

#include "codec/codec.h"

#define PAGE 4096
#define FILL 0xa5

typedef enum err chunk_function(const struct codec_job *job, struct fault *fault);

/* | PROT_NONE | size bytes, rounded up to pages | PROT_NONE | */
struct fenced {
	uint8_t *map;
	size_t map_size;
	uint8_t *start, *end;
};

static inline struct fenced fenced_make(size_t size)
{
	size_t inside = (size + PAGE - 1) / PAGE * PAGE;
	struct fenced f = {.map_size = inside + 2 * PAGE};

	f.map = mmap(NULL, f.map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(f.map != MAP_FAILED);
	f.start = f.map + PAGE;
	f.end = f.start + inside;
	assert_false(inside && mprotect(f.start, inside, PROT_READ | PROT_WRITE));
	if (inside)
		memset(f.start, FILL, inside);
	return f;
}

static inline void fenced_free(struct fenced *f)
{
	munmap(f->map, f->map_size);
}

/* Decode where input and output lie; in, out: whoever knows better than the sanitizers. */
static inline enum err chunk_run(chunk_function *decode, struct span in, uint8_t *out,
	size_t out_size, bool first, bool last)
{
	uint8_t workspace[64] __attribute__((aligned(64)));
	struct codec_job job = {in, out, out_size, workspace, sizeof(workspace), first, last};
	struct fault fault = {0};
	enum err e = decode(&job, &fault);

	assert_true(!e || fault.text);
	return e;
}

/*
 * Input and output each between fences, once with the fence right behind them and once with it
 * right in front. *ret_same: did it give content, and leave the rest as it was?
 */
static inline enum err chunk_fenced(chunk_function *decode, struct span in, struct span content,
	bool first, bool last, bool *ret_same)
{
	enum err e = ERR_OK;

	*ret_same = true;
	for (int at_end = 0; at_end < 2; at_end++) {
		struct fenced i = fenced_make(in.len), o = fenced_make(content.len);
		uint8_t *from = at_end ? i.end - in.len : i.start;
		uint8_t *to = at_end ? o.end - content.len : o.start;

		if (in.len)
			memcpy(from, in.ptr, in.len);
		e = chunk_run(decode, (struct span){from, in.len}, to, content.len, first, last);
		*ret_same &= !content.len || !memcmp(to, content.ptr, content.len);
		*ret_same &= !in.len || !memcmp(from, in.ptr, in.len);
		for (uint8_t *p = o.start; p < o.end; p++)
			*ret_same &= (p >= to && p < to + content.len) || *p == FILL;
		fenced_free(&i);
		fenced_free(&o);
	}
	return e;
}

/*
 *   fence or fill | output .................. | margin | fence
 *                 |        input, as late as it fits ..|
 *
 * Is the output right, and nothing in front of it changed? A larger input begins in front of the
 * output.
 */
static inline bool chunk_in_place(chunk_function *decode, struct span in, struct span content,
	uint64_t margin, bool first, bool last)
{
	size_t room = content.len + (size_t)margin, size = room > in.len ? room : in.len;
	struct fenced f = fenced_make(size + PAGE);
	uint8_t *out = f.end - room, *from = f.end - in.len;
	bool good;

	memcpy(from, in.ptr, in.len);
	good = !chunk_run(decode, (struct span){from, in.len}, out, content.len, first, last);
	good = good && !memcmp(out, content.ptr, content.len);
	for (uint8_t *p = f.start; p < out && p < from; p++)
		good &= *p == FILL;
	fenced_free(&f);
	return good;
}

/* Cut off anywhere; then with changed bytes. Both must only do no harm. */
static inline void chunk_damage(chunk_function *decode, struct span in, struct span content,
	bool first, bool last)
{
	struct unit_random random = {in.len};
	struct fenced i = fenced_make(in.len), o = fenced_make(content.len);
	uint8_t *from = i.end - in.len, *to = o.end - content.len;

	for (size_t len = 0; len < in.len; len++) {
		memcpy(i.end - len, in.ptr, len);
		assert_int_not_equal(chunk_run(decode, (struct span){i.end - len, len}, to,
					     content.len, first, last),
			ERR_OK);
	}
	for (unsigned round = 0; round < 3000; round++) {
		memcpy(from, in.ptr, in.len);
		for (unsigned n = 0; n <= round % 3; n++)
			from[unit_below(&random, in.len)] ^= (uint8_t)(1 + unit_below(&random, 255));
		(void)!chunk_run(decode, (struct span){from, in.len}, to, content.len, first, last);
	}
	fenced_free(&i);
	fenced_free(&o);
}

/* --- content that is easy and nasty --- */

enum chunk_kind { ZEROS, NOISE, TEXT, NOISE_WITH_REPEATS, NOISE_THEN_ZEROS, ZEROS_THEN_NOISE, KINDS };

static inline void chunk_content(uint8_t *content, enum chunk_kind kind, size_t size)
{
	struct unit_random random = {kind + 1};

	for (size_t i = 0; i < size; i++) {
		uint8_t noise = (uint8_t)unit_random(&random);

		switch (kind) {
		case TEXT:
			content[i] = (uint8_t)("the quick brown fox\n"[i % 20] + (noise < 8));
			break;
		case NOISE_WITH_REPEATS: /* barely compressible: a short match now and then */
			content[i] = i >= 5000 && i % 400 < 6 ? content[i - 4800] : noise;
			break;
		case NOISE_THEN_ZEROS:
			content[i] = i < size / 2 ? noise : 0;
			break;
		case ZEROS_THEN_NOISE:
			content[i] = i < size / 2 ? 0 : noise;
			break;
		default:
			content[i] = kind == NOISE ? noise : 0;
		}
	}
}

#endif /* TESTS_UNIT_CHUNK_H */
