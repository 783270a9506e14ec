/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding over the payload, in every order that ready_after permits. For each codec a small kernel
 * is cut and compressed as an image's would be, and decoded with the stub's decoders in one buffer,
 * the payload as low as place_check lets it lie:
 *
 *   | output, extent bytes .......................... | margin |
 *   | safe_offset      | payload .............................. |
 *
 * There are too many orders to try one by one, and no need to. What the buffer holds between two
 * chunks depends only on which are done: their outputs lie apart (but the first one's, which all
 * others wait for), and each step is seen to change nothing but its own output. So every set of done
 * chunks that can be reached is tried with every chunk that may come next. The number of orders that
 * this covers is counted along the way.
 *
 * Without sanitizers: where the payload is too low on purpose, libraries copy between places that
 * overlap. Buffer and workspace end at fences instead.
 */
#include "tests/unit/chunk_unit.h"
#include "tests/unit/elf_build.h"

#include "core/crc32c.h"
#include "host/compress.h"

#define KIB	   1024u
#define CHUNK	   (512 * KIB) /* libzstd cuts no finer */
#define CHUNKS_MAX 10
#define ELF_TYPE   2 /* ET_EXEC */
#define HEAD_SIZE  0x8000
#define WORK_SIZE  0x10000

/* --- kernels --- */

#define BASE	     0x1000000
#define CONTENT_SIZE (0x280000u + 0x30000u)

/*
 * In the file     | header | run: 1.06 MiB | gap | run: 1 MiB | tail |
 * in memory                | run: 1.06 MiB | run: 1 MiB | bss | tail |
 */
static const struct elf_load in_place[] = {
	{0x10000, 0xffffffff81000000, BASE, 0x110000, 0x110000},
	{0x180000, 0xffffffff81118000, BASE + 0x118000, 0x100000, 0x120000},
	{0, 0, 0, 0, 0},
};

/* The ELF header is part of the first run, and runs lie apart in memory. */
static const struct elf_load no_header[] = {
	{0, 0xffffffff81000000, BASE, 0x100000, 0x100000},
	{0x140000, 0xffffffff81200000, BASE + 0x200000, 0x140000, 0x140000},
	{0, 0, 0, 0, 0},
};

/* The first in memory is the last in the file: content is decoded whole behind the kernel. */
static const struct elf_load apart[] = {
	{0x150000, 0xffffffff81000000, BASE, 0x130000, 0x130000},
	{0x10000, 0xffffffff81140000, BASE + 0x140000, 0x140000, 0x140000},
	{0, 0, 0, 0, 0},
};

enum filling { MIXED, RANDOM_FIRST, RANDOM_LAST };

/* Pages of random bytes and pages of zeros. */
static uint8_t *make_kernel(const struct elf_load *loads, enum filling filling)
{
	uint8_t *content = calloc(1, CONTENT_SIZE), header[ELF_BUILD_SIZE];
	struct unit_random random = {filling};

	assert_non_null(content);
	for (uint32_t page = 0; page < CONTENT_SIZE; page += PAGE) {
		bool low = page < CONTENT_SIZE / 2;
		bool noise = filling == MIXED ? unit_below(&random, 2) :
						low == (filling == RANDOM_FIRST);

		for (uint32_t i = 0; noise && i < PAGE; i++)
			content[page + i] = (uint8_t)unit_random(&random);
	}
	elf_build(header, ELF_TYPE, loads[0].paddr, loads);
	memcpy(content, header, PAGE);
	return content;
}

/* --- an image of one, and the buffer that it is decoded in --- */

struct subject {
	enum codec codec;
	const char *name;
	uint8_t *content, *stream;
	size_t stream_size;
	struct chunk_list *chunks;
	struct elf_plan elf;
	struct place_image image;
	struct place_plan plan; /* output_pa 0: addresses are offsets in the buffer */
	struct fenced workspace, buffer;
	size_t workspace_size;
	uint8_t *memory; /* the buffer's memory_size bytes, up to its fence */
	size_t memory_size;
	uint8_t *before; /* what it held before a step */
	size_t payload; /* where it begins in the buffer */
};

static void prove_plan(struct subject *s)
{
	uint64_t extent, behind = (s->image.mem_size + PAGE - 1) / PAGE * PAGE;

	assert_int_equal(place_extent(&s->image, &extent), ERR_OK);
	s->plan = (struct place_plan){.extent = extent, .sequential = true};
	if (s->image.in_place) {
		s->plan.tail_pa = behind;
	} else {
		s->plan.content_pa = s->plan.header_pa = behind;
		s->plan.tail_pa = behind + s->image.tail_offset;
	}
	s->plan.payload_pa = s->image.safe_offset;
	s->plan.stub_pa = (s->image.safe_offset + s->stream_size + extent + PAGE) / PAGE * PAGE;
	s->plan.work_pa = s->plan.stub_pa + HEAD_SIZE;
	assert_int_equal(place_check(&s->image, &s->plan), ERR_OK);
	if (s->plan.payload_pa) {
		s->plan.payload_pa--;
		assert_int_equal(place_check(&s->image, &s->plan), ERR_NO_SPACE);
		s->plan.payload_pa++;
	}
}

static struct subject subject_make(
	enum codec codec, const struct elf_load *loads, enum filling filling)
{
	const struct compress_rules *rules = compress_rules(codec);
	uint32_t chunk_size = rules->chunk_size == CHUNK_WHOLE ? CHUNK_WHOLE : CHUNK;
	struct subject s = {.codec = codec, .name = codec_name(codec)};
	struct span content = {make_kernel(loads, filling), CONTENT_SIZE};

	s.content = (uint8_t *)(uintptr_t)content.ptr;
	assert_int_equal(elf_plan(content, content.len, &s.elf, NULL), ERR_OK);
	s.chunks = calloc(1, sizeof(*s.chunks));
	assert_non_null(s.chunks);
	assert_int_equal(
		chunks_cut(&s.elf, content.len, s.elf.in_place, chunk_size, s.chunks), ERR_OK);
	assert_in_range(s.chunks->count, 1, CHUNKS_MAX);
	assert_int_equal(compress(codec, rules->level_min, content, s.chunks, &s.stream,
				 &s.stream_size),
		STATUS_DONE);
	s.image = (struct place_image){
		.image_size = HEAD_SIZE + s.stream_size,
		.head_size = HEAD_SIZE,
		.work_size = WORK_SIZE,
		.payload_off = HEAD_SIZE,
		.payload_size = s.stream_size,
		.content_size = content.len,
		.first_offset = s.elf.first_offset,
		.tail_offset = s.elf.tail_offset,
		.mem_base = s.elf.mem_base,
		.mem_size = s.elf.mem_size,
		.pref_address = s.elf.mem_base,
		.alignment = 0x200000,
		.in_place = s.elf.in_place,
		.movable = true,
	};
	assert_int_equal(chunks_order(codec, s.chunks, &s.image, &s.elf,
				 (struct span){s.stream, s.stream_size}, &s.image.safe_offset),
		ERR_OK);
	prove_plan(&s);
	s.workspace_size = (size_t)chunks_workspace(codec, s.chunks);
	assert_int_equal(s.workspace_size % 64, 0);
	s.workspace = fenced_make(s.workspace_size);
	s.payload = (size_t)s.image.safe_offset;
	s.memory_size = s.payload + s.stream_size;
	if (s.memory_size < s.plan.extent)
		s.memory_size = (size_t)s.plan.extent;
	s.buffer = fenced_make(s.memory_size);
	s.memory = s.buffer.end - s.memory_size;
	s.before = malloc(s.memory_size);
	assert_non_null(s.before);
	return s;
}

static void subject_free(struct subject *s)
{
	free(s->content);
	free(s->stream);
	free(s->chunks);
	free(s->before);
	fenced_free(&s->workspace);
	fenced_free(&s->buffer);
}

static void destination(const struct subject *s, uint32_t i, size_t *ret_to, bool *ret_skip)
{
	const struct manifest_chunk *c = &s->chunks->c[i];
	uint64_t pa;

	assert_int_equal(place_chunk(&s->image, &s->plan, i ? &s->elf : NULL, c->out_off,
				 c->out_size, &pa, ret_skip),
		ERR_OK);
	*ret_to = (size_t)pa;
}

/* What must be there when chunk i has come out. */
static void put_output(const struct subject *s, uint8_t *memory, uint32_t i)
{
	const struct manifest_chunk *c = &s->chunks->c[i];
	size_t to;
	bool skip;

	destination(s, i, &to, &skip);
	if (!skip)
		memcpy(memory + to, s->content + c->out_off, c->out_size);
}

/* The buffer when the chunks of a set (bit i: chunk i) are done, and no other. */
static void set_state(const struct subject *s, uint8_t *memory, uint32_t done)
{
	memset(memory, FILL, s->memory_size);
	memcpy(memory + s->payload, s->stream, s->stream_size);
	for (uint32_t i = 0; i < s->chunks->count; i++) {
		if (done >> i & 1)
			put_output(s, memory, i);
	}
}

static bool input_is_whole(const struct subject *s, uint32_t i)
{
	const struct manifest_chunk *c = &s->chunks->c[i];
	struct span in = {s->memory + s->payload + c->in_off, c->in_size};

	return crc32c(0, in) == c->crc32c;
}

/*
 * As the stub does it: the checksum, also of what need not be decoded, then the decoder. Does the
 * chunk come out right, and nothing else change?
 */
static bool step(struct subject *s, uint32_t i)
{
	const struct manifest_chunk *c = &s->chunks->c[i];
	struct codec_job job = {
		.in = {s->memory + s->payload + c->in_off, c->in_size},
		.out_size = c->out_size,
		.workspace = s->workspace.end - s->workspace_size,
		.workspace_size = s->workspace_size,
		.first = i == 0,
		.last = i + 1 == s->chunks->count,
	};
	size_t to;
	bool skip;

	if (!input_is_whole(s, i))
		return false;
	destination(s, i, &to, &skip);
	if (skip && job.in.len)
		return true;
	job.out = skip ? NULL : s->memory + to;
	memcpy(s->before, s->memory, s->memory_size);
	if (codec_chunk(s->codec, &job, NULL))
		return false;
	put_output(s, s->before, i);
	return !memcmp(s->memory, s->before, s->memory_size);
}

static bool permitted(const struct subject *s, uint32_t done, uint32_t i)
{
	uint32_t first = (1u << s->chunks->c[i].ready_after) - 1;

	return !(done >> i & 1) && (done & first) == first;
}

/* All orders; returns how many there are. */
static uint64_t every_order(struct subject *s)
{
	uint32_t count = s->chunks->count, all = (1u << count) - 1;
	uint64_t *orders = calloc((size_t)all + 1, sizeof(*orders)), found;

	assert_non_null(orders);
	orders[0] = 1;
	for (uint32_t done = 0; done < all; done++) {
		for (uint32_t i = 0; orders[done] && i < count; i++) {
			if (!permitted(s, done, i))
				continue;
			if (i && !done)
				fail_msg("%s: chunk %u does not wait for the first", s->name, i);
			set_state(s, s->memory, done);
			if (!step(s, i))
				fail_msg("%s: chunk %u of %u fails when 0x%x are done", s->name, i,
					count, done);
			orders[done | 1u << i] += orders[done];
		}
	}
	found = orders[all];
	free(orders);
	return found;
}

/* From the first to the last, without going back: what a stream's decoder remembers goes on. */
static bool in_order(struct subject *s)
{
	set_state(s, s->memory, 0);
	for (uint32_t i = 0; i < s->chunks->count; i++) {
		if (!step(s, i))
			return false;
	}
	return true;
}

/*
 * How many chunks, decoded as the second one although ready_after has them wait, spoil a chunk that
 * they were to wait for? (The others would have kept to the margin without using it up.)
 */
static unsigned int forbidden_that_break(struct subject *s)
{
	unsigned int broken = 0;

	for (uint32_t i = 1; i < s->chunks->count; i++) {
		bool whole = true;

		if (permitted(s, 1, i))
			continue;
		set_state(s, s->memory, 0);
		(void)step(s, 0);
		(void)step(s, i);
		for (uint32_t j = 1; j < s->chunks->c[i].ready_after; j++)
			whole &= step(s, j);
		broken += !whole;
	}
	return broken;
}

/*
 * Lower by the codec's margin and a page, is something overwritten before it is read? Where pages of
 * random bytes come last, input and output go side by side to the end.
 */
static bool overlap_is_found(struct subject *s)
{
	uint64_t margin = codec_is_stream(s->codec) ? s->chunks->stream_margin :
						      codec_chunk_margin(s->codec, CHUNK);

	if (s->payload < margin + PAGE)
		return false;
	s->payload -= (size_t)margin + PAGE;
	return !in_order(s);
}

static const struct {
	const char *name;
	const struct elf_load *loads;
	bool in_place;
	enum filling filling;
} kernels[] = {
	{"header in front, mixed", in_place, true, MIXED},
	{"header in front, random first", in_place, true, RANDOM_FIRST},
	{"header in front, random last", in_place, true, RANDOM_LAST},
	{"no header, mixed", no_header, true, MIXED},
	{"apart, random last", apart, false, RANDOM_LAST},
};

static void test_every_permitted_order(void **state)
{
	enum codec codec = (enum codec)(uintptr_t)*state;
	unsigned int broken = 0, found = 0;
	uint64_t orders = 0;

	for (size_t k = 0; k < COUNT(kernels); k++) {
		const char *name = kernels[k].name;
		struct subject s = subject_make(codec, kernels[k].loads, kernels[k].filling);

		CHECK_EQ(name, s.image.in_place, kernels[k].in_place);
		CHECK(name, s.payload < s.plan.extent); /* they do overlap */
		CHECK(name, in_order(&s));
		orders += codec_is_stream(codec) ? 1 : every_order(&s);
		broken += forbidden_that_break(&s);
		found += overlap_is_found(&s);
		subject_free(&s);
	}
	print_message("%s: %llu orders; %u forbidden ones break; %u overlaps found\n",
		codec_name(codec), (unsigned long long)orders, broken, found);
	/* There is a choice at all, what is forbidden is not so for nothing, and overlap shows. */
	CHECK(codec_name(codec), codec_is_stream(codec) || orders > COUNT(kernels));
	CHECK(codec_name(codec), broken > 0);
	CHECK(codec_name(codec), found > 0);
}

#define EACH(codec) {#codec, test_every_permitted_order, NULL, NULL, (void *)(uintptr_t)(codec)}

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

	return cmocka_run_group_tests_name("orders", tests, NULL, NULL);
}
