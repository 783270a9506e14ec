/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/zstd_write with host/chunks: one frame for every reader, and each chunk by itself for the
 * stub's decoder.
 */
#include "tests/unit/unit.h"

#include <zstd.h>
#include "host/zstd_write.h"

#define MIB (1024 * 1024)

/* Runs of equal bytes between random ones, a little like a kernel. */
static uint8_t *make_content(size_t size)
{
	uint8_t *p = malloc(size);
	struct unit_random r = {42};
	size_t i = 0;

	while (i < size) {
		uint64_t v = unit_random(&r);
		size_t run = v % 61;

		for (; run && i < size; run--, i++)
			p[i] = v & 0x4000 ? 0 : (uint8_t)(v >> (run % 7 * 8));
	}
	return p;
}

/* Decode chunk i with nothing but its own input, into memory of the exact size. */
static void check_chunk(
	const struct manifest_chunk *c, uint32_t i, const uint8_t *stream, const uint8_t *content)
{
	struct codec_job job = {.out_size = c->out_size};
	uint8_t *in = malloc(c->in_size);
	struct fault fault;

	memcpy(in, stream + c->in_off, c->in_size);
	job.in = (struct span){in, c->in_size};
	job.out = malloc(c->out_size);
	job.workspace_size = codec_zstd_workspace();
	job.workspace = aligned_alloc(64, (job.workspace_size + 63) / 64 * 64);
	assert_int_equal(codec_zstd_chunk(&job, i == 0, &fault), ERR_OK);
	assert_memory_equal(job.out, content + c->out_off, c->out_size);
	free(in);
	free(job.out);
	free(job.workspace);
}

static void check(const uint32_t *cuts, size_t count)
{
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	size_t size = 0, stream_size, i;
	uint8_t *content, *stream, *out;

	for (i = 0; i < count; i++) {
		chunks->c[i] =
			(struct manifest_chunk){.out_off = (uint32_t)size, .out_size = cuts[i]};
		size += cuts[i];
	}
	chunks->count = (uint32_t)count;
	content = make_content(size);
	assert_int_equal(zstd_write((struct span){content, size}, 1, chunks, &stream, &stream_size),
		STATUS_DONE);

	out = malloc(size);
	assert_int_equal(ZSTD_findFrameCompressedSize(stream, stream_size), stream_size);
	assert_int_equal(ZSTD_getFrameContentSize(stream, stream_size), size);
	assert_int_equal(ZSTD_decompress(out, size, stream, stream_size), size);
	assert_memory_equal(out, content, size);
	for (i = 0; i < count; i++)
		check_chunk(&chunks->c[i], (uint32_t)i, stream, content);
	free(out);
	free(content);
	free(stream);
	free(chunks);
}

static void test_chunks(void **state)
{
	check((const uint32_t[]){100}, 1);
	check((const uint32_t[]){ZSTD_ONE_CHUNK_MAX}, 1);
	check((const uint32_t[]){4096, ZSTD_ONE_CHUNK_MAX}, 2);
	check((const uint32_t[]){CHUNK_SIZE, CHUNK_SIZE, 5}, 3); /* whole ones need no flush */
	check((const uint32_t[]){2 * MIB, CHUNK_SIZE, 1 * MIB, 1, 3 * MIB, CHUNK_SIZE}, 6);
}

static void test_cut_apart(void **state)
{
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	struct elf_plan plan = {0};

	assert_int_equal(chunks_cut(&plan, 2 * CHUNK_SIZE + 1, false, chunks), ERR_OK);
	assert_int_equal(chunks->count, 3);
	assert_int_equal(chunks->c[1].out_off, CHUNK_SIZE);
	assert_int_equal(chunks->c[2].out_size, 1);
	assert_int_equal(
		chunks_cut(&plan, (uint64_t)CHUNK_SIZE * MANIFEST_CHUNKS_MAX + 1, false, chunks),
		ERR_NO_SPACE);
	free(chunks);
}

static void test_cut_in_place(void **state)
{
	static const uint32_t offsets[] = {0, 0x200000, 0xa00000, 0xc00000};
	struct chunk_list *chunks = calloc(1, sizeof(*chunks));
	struct elf_plan plan = {
		.count = 1,
		.segment = {{.offset = 0x200000,
			.paddr = 0x1000000,
			.filesz = 0xa00000,
			.memsz = 0xa00000}},
		.mem_base = 0x1000000,
		.mem_size = 0xa00000,
		.first_offset = 0x200000,
		.tail_offset = 0xc00000,
		.in_place = true,
	};
	uint32_t i;

	assert_int_equal(chunks_cut(&plan, 0xc00010, true, chunks), ERR_OK);
	assert_int_equal(chunks->count, COUNT(offsets));
	for (i = 0; i < COUNT(offsets); i++)
		CHECK_EQ("chunk begins at", chunks->c[i].out_off, offsets[i]);
	assert_int_equal(chunks->c[3].out_size, 0x10);
	free(chunks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_cut_apart),
		cmocka_unit_test(test_cut_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
