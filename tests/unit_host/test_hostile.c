/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile streams, the same table for every codec and for both kinds of decoder: chunks of our
 * images (as the stub decodes them) and whole streams (as `bzforge extract` reads those of others).
 * Input, output and workspace each lie between pages that cannot be touched, right in front of one
 * fence and right behind the other: whoever reads or writes a byte too far is gone.
 *
 * What a stream must not do is the table's; that it is refused, or decodes to exactly the bytes
 * asked for, is checked everywhere.
 */
#include "tests/unit/chunk_unit.h"

#include "host/compress.h"

#define SIZE	   2000 /* of the content, so small that every byte of its stream can be tried */
#define BOMB_SIZE  (4u * 1024 * 1024)
#define STREAM_MAX 8192

struct subject {
	enum codec codec;
	bool whole; /* codec_decode, not codec_chunk */
	uint8_t content[SIZE];
	struct span stream; /* of content */
	struct span bomb; /* of BOMB_SIZE zeros */
	struct fenced work; /* for chunks; its end is the workspace's */
	size_t workspace_size;
};

static struct span compressed(enum codec codec, const uint8_t *content, size_t size)
{
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	uint8_t *stream;
	size_t len;

	assert_non_null(chunks);
	chunks->count = 1;
	chunks->c[0].out_size = (uint32_t)size;
	assert_int_equal(compress(codec, compress_rules(codec)->level_min,
				 (struct span){content, size}, chunks, &stream, &len),
		STATUS_DONE);
	free(chunks);
	return (struct span){stream, len};
}

static struct subject subject_make(enum codec codec, bool whole)
{
	struct subject s = {.codec = codec, .whole = whole};
	uint8_t *zeros = calloc(1, BOMB_SIZE);

	assert_non_null(zeros);
	chunk_content(s.content, TEXT, SIZE);
	s.stream = compressed(codec, s.content, SIZE);
	assert_in_range(s.stream.len, 1, STREAM_MAX);
	s.bomb = compressed(codec, zeros, BOMB_SIZE);
	free(zeros);
	s.workspace_size = whole ? 0 : (size_t)codec_chunk_workspace(codec, SIZE);
	s.work = fenced_make(s.workspace_size);
	return s;
}

static void subject_free(struct subject *s)
{
	free((void *)(uintptr_t)s->stream.ptr);
	free((void *)(uintptr_t)s->bomb.ptr);
	fenced_free(&s->work);
}

/* One call. first, last: what a chunk is told about its place. */
static enum err decode_at(const struct subject *s, struct span in, uint8_t *out, size_t out_size,
	bool first, bool last)
{
	struct codec_job job = {in, out, out_size, s->work.end - s->workspace_size,
		s->workspace_size, first, last};
	struct fault fault = {0};

	return s->whole ? codec_decode(s->codec, &job, &fault) :
			  codec_chunk(s->codec, &job, &fault);
}

/* As fenced_make, but one that has as many pages already is used again: there are many calls. */
static void fenced_reuse(struct fenced *f, size_t size)
{
	size_t inside = (size + PAGE - 1) / PAGE * PAGE;

	if (f->map && (size_t)(f->end - f->start) == inside) {
		memset(f->start, FILL, inside);
		return;
	}
	if (f->map)
		fenced_free(f);
	*f = fenced_make(size);
}

/* Between fences, at the end of the pages and at their beginning; nothing else may change. */
static enum err decode_fenced(const struct subject *s, struct span in, size_t out_size, bool first,
	bool last, bool *ret_same)
{
	static struct fenced i, o;
	enum err e = ERR_OK;

	*ret_same = out_size == SIZE;
	for (int at_end = 0; at_end < 2; at_end++) {
		fenced_reuse(&i, in.len);
		fenced_reuse(&o, out_size);
		uint8_t *from = at_end ? i.end - in.len : i.start;
		uint8_t *to = at_end ? o.end - out_size : o.start;

		if (in.len)
			memcpy(from, in.ptr, in.len);
		e = decode_at(s, (struct span){from, in.len}, to, out_size, first, last);
		*ret_same &= out_size == SIZE && !memcmp(to, s->content, SIZE);
		for (uint8_t *p = o.start; p < o.end; p++) {
			if ((p < to || p >= to + out_size) && *p != FILL)
				fail_msg("%s: wrote at %td of %zu", codec_name(s->codec), p - to,
					out_size);
		}
	}
	return e;
}

/* --- the table --- */

static const char *truncated(const struct subject *s)
{
	bool same;

	for (size_t len = 0; len < s->stream.len; len++) {
		enum err e = decode_fenced(
			s, (struct span){s->stream.ptr, len}, SIZE, true, true, &same);

		/* a chunk of zstd may do without the frame's checksum, behind all its content */
		if (!e && (s->whole || !same))
			return "a stream that is cut off was taken";
	}
	return NULL;
}

static const char *longer(const struct subject *s)
{
	uint8_t bytes[STREAM_MAX + 1];
	bool same;

	memcpy(bytes, s->stream.ptr, s->stream.len);
	bytes[s->stream.len] = 0;
	/* some allow padding; then it is still the same content */
	if (!decode_fenced(s, (struct span){bytes, s->stream.len + 1}, SIZE, true, true, &same) &&
		!same)
		return "a byte behind the stream changes its content";
	return NULL;
}

static const char *lying_lengths(const struct subject *s)
{
	static const size_t sizes[] = {0, 1, 2, SIZE / 2, SIZE - 1, SIZE + 1, 2 * SIZE, 70000};
	bool same;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		if (!decode_fenced(s, s->stream, sizes[i], true, true, &same))
			return "another length than the content's was taken";
	}
	return NULL;
}

static const char *bomb(const struct subject *s)
{
	bool same;

	if (!decode_fenced(s, s->bomb, SIZE, true, true, &same))
		return "a stream of much more than was asked for was taken";
	return NULL;
}

/* Every byte, two ways of spoiling it. The words do not matter, and some bytes mean nothing. */
static const char *changed(const struct subject *s)
{
	static const uint8_t masks[] = {0xff, 0x01};
	uint8_t bytes[STREAM_MAX];
	bool same;

	for (size_t at = 0; at < s->stream.len * COUNT(masks); at++) {
		memcpy(bytes, s->stream.ptr, s->stream.len);
		bytes[at / COUNT(masks)] ^= masks[at % COUNT(masks)];
		(void)!decode_fenced(
			s, (struct span){bytes, s->stream.len}, SIZE, true, true, &same);
	}
	return NULL;
}

static const char *noise(const struct subject *s)
{
	struct unit_random random = {s->codec};
	uint8_t bytes[STREAM_MAX];
	bool same;

	for (unsigned int round = 0; round < 300; round++) {
		size_t keep = unit_below(&random, s->stream.len);

		memcpy(bytes, s->stream.ptr, keep);
		for (size_t i = keep; i < s->stream.len; i++)
			bytes[i] = (uint8_t)unit_random(&random);
		(void)!decode_fenced(s, (struct span){bytes, s->stream.len}, SIZE, round & 1,
			round & 2, &same);
	}
	return NULL;
}

/* Told that it is in the middle, a decoder finds a header or an end that should not be there. */
static const char *another_place(const struct subject *s)
{
	bool same;

	for (unsigned int place = 0; place < 3; place++) {
		enum err e = decode_fenced(s, s->stream, SIZE, place & 1, place & 2, &same);

		if (!e && !same)
			return "a chunk at another place decodes to other content";
	}
	return NULL;
}

static const char *small_workspace(const struct subject *s)
{
	struct subject less = *s;
	bool same;

	if (s->whole)
		return NULL;
	for (less.workspace_size = 0; less.workspace_size < s->workspace_size;
		less.workspace_size += 64 + s->workspace_size / 16 / 64 * 64) {
		enum err e = decode_fenced(&less, s->stream, SIZE, true, true, &same);

		if (!e && !same)
			return "little workspace changes the content";
	}
	return NULL;
}

static const struct {
	const char *name;
	const char *(*run)(const struct subject *s);
} cases[] = {
	{"cut off at every byte", truncated},
	{"a byte too long", longer},
	{"lying lengths", lying_lengths},
	{"a bomb", bomb},
	{"every byte changed", changed},
	{"noise behind a good beginning", noise},
	{"first and last mistaken", another_place},
	{"too little workspace", small_workspace},
};

static void test_hostile(void **state)
{
	uintptr_t which = (uintptr_t)*state;
	struct subject s = subject_make((enum codec)(which / 2), which & 1);
	bool same;

	assert_int_equal(decode_fenced(&s, s.stream, SIZE, true, true, &same), ERR_OK);
	assert_true(same);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *wrong = cases[i].run(&s);

		if (wrong)
			fail_msg("%s, %s: %s", codec_name(s.codec), cases[i].name, wrong);
	}
	subject_free(&s);
}

#define EACH(codec)                                                                                \
	{#codec ", chunk", test_hostile, NULL, NULL, (void *)(uintptr_t)(2 * (codec))},            \
	{                                                                                          \
		#codec ", whole stream", test_hostile, NULL, NULL,                                 \
			(void *)(uintptr_t)(2 * (codec) + 1)                                       \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(CODEC_NONE),
		EACH(CODEC_GZIP),
		EACH(CODEC_BZIP2),
		EACH(CODEC_LZMA),
		EACH(CODEC_XZ),
		EACH(CODEC_LZO),
		EACH(CODEC_LZ4),
		EACH(CODEC_ZSTD),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
