/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/search and lib/unpack: streams found among bytes that look like streams, limits of what may come out,
 * and streams that are cut. Streams are made by zlib and liblzma.
 */
#include <lzma.h>
#include <zlib.h>
#include "tests/unit/unit.h"

#include "lib/memory.h"
#include "lib/unpack.h"

#define SIZE	  0x4000
#define LIMIT	  0x10000
#define KERNEL	  "code Linux version 1.2.3 (a@b) code"
#define NO_KERNEL "just some text, as a help file might be"

static uint8_t area[SIZE];

static size_t put_gzip(size_t at, const void *content, size_t size)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)content,
		.avail_in = (uInt)size,
		.next_out = area + at,
		.avail_out = (uInt)(SIZE - at)};

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	at += z.total_out;
	assert_int_equal(deflateEnd(&z), Z_OK);
	return at;
}

static size_t put_xz(size_t at, const void *content, size_t size)
{
	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, content, size, area, &at, SIZE),
		LZMA_OK);
	return at;
}

/* In memory of just that size. */
static enum err search(size_t size, size_t payload_end, uint64_t limit, struct found *ret)
{
	uint8_t *exact = malloc(size + !size);
	struct search s = {{exact, size}, payload_end, limit};
	enum err e;

	memcpy(exact, area, size);
	*ret = (struct found){0};
	e = search_payload(&s, ret);
	free(exact);
	return e;
}

static void release(struct found *f)
{
	memory_release(f->content.bytes, f->content.size);
}

static void check_found(struct found *f, enum codec codec, size_t offset, const char *content)
{
	assert_int_equal(f->codec, codec);
	assert_int_equal(f->offset, offset);
	assert_int_equal(f->content.size, strlen(content));
	assert_memory_equal(f->content.bytes, content, strlen(content));
	release(f);
}

static void test_only_a_kernel_counts(void **state)
{
	struct found f;
	size_t end;

	memset(area, 0x90, SIZE);
	put_gzip(100, NO_KERNEL, sizeof(NO_KERNEL) - 1);
	assert_int_equal(search(SIZE, 0, LIMIT, &f), ERR_NO_PAYLOAD);
	end = put_xz(700, KERNEL, sizeof(KERNEL) - 1);
	assert_int_equal(search(SIZE, 0, LIMIT, &f), ERR_OK);
	assert_int_equal(f.content.used, end - 700);
	check_found(&f, CODEC_XZ, 700, KERNEL);
	put_gzip(400, "\177ELF and so on", 14);
	assert_int_equal(search(SIZE, 0, LIMIT, &f), ERR_OK);
	check_found(&f, CODEC_GZIP, 400, "\177ELF and so on");
}

/* If it is known where the payload ends, that alone counts. */
static void test_payload_end(void **state)
{
	struct found f;
	size_t end;

	memset(area, 0, SIZE);
	put_gzip(100, KERNEL, sizeof(KERNEL) - 1);
	end = put_gzip(700, NO_KERNEL, sizeof(NO_KERNEL) - 1);
	assert_int_equal(search(SIZE, end, LIMIT, &f), ERR_OK);
	check_found(&f, CODEC_GZIP, 700, NO_KERNEL);
	assert_int_equal(search(SIZE, end + 1, LIMIT, &f), ERR_NO_PAYLOAD);
	assert_int_equal(search(SIZE, end - 1, LIMIT, &f), ERR_NO_PAYLOAD);
	/* all but gzip have the size of the content behind the stream */
	memset(area, 0, SIZE);
	end = put_xz(700, NO_KERNEL, sizeof(NO_KERNEL) - 1) + 4;
	assert_int_equal(search(SIZE, end, LIMIT, &f), ERR_OK);
	check_found(&f, CODEC_XZ, 700, NO_KERNEL);
	assert_int_equal(search(SIZE, end - 4, LIMIT, &f), ERR_NO_PAYLOAD);
	for (end = 1; end < 8; end++) {
		put_xz(0, KERNEL, sizeof(KERNEL) - 1);
		assert_int_equal(search(SIZE, end, LIMIT, &f), ERR_NO_PAYLOAD);
	}
}

/* What begins like a stream and is none, each at the start of some zeros. */
static void test_false_starts(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
	} cases[] = {
		{"gzip, reserved flag", "\x1f\x8b\x08\xe0", 4},
		{"gzip, empty", "\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0", 20},
		{"gzip, wrong block", "\x1f\x8b\x08\0\0\0\0\0\0\3\7", 11},
		{"bzip2, level", "BZh0" "1AY&SY", 10},
		{"bzip2, no block", "BZh9" "1AY&SX", 10},
		{"bzip2, wrong block", "BZh9" "1AY&SY", 10},
		{"lzma, dictionary", "\x5d\1\0\0\0\377\377\377\377\377\377\377\377\0", 14},
		{"lzma, size", "\x5d\0\0\x80\0\0\0\0\0\1\0\0\0\0", 14},
		{"lzma, wrong data", "\x5d\0\0\x80\0\377\377\377\377\377\377\377\377\0\x12\x34", 16},
		{"xz, wrong flags", "\3757zXZ\0\0\1", 8},
		{"lzo, wrong header", "\x89LZO\0\r\n\x1a\n\x10\x40", 11},
		{"lz4, wrong block", "\2!L\x18\x03\0\0\0\xff\xff\xff", 11},
		{"lz4 frame, wrong header", "\4\"M\x18\x64\x40\0", 7},
		{"zstd, wrong block", "\x28\xb5\x2f\xfd\x20\x10\7\0\0", 9},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct found f;

		memset(area, 0, SIZE);
		memcpy(area, cases[i].bytes, cases[i].len);
		CHECK_EQ(cases[i].name, search(SIZE, 0, LIMIT, &f), ERR_NO_PAYLOAD);
		put_gzip(SIZE / 2, KERNEL, sizeof(KERNEL) - 1);
		CHECK_EQ(cases[i].name, search(SIZE, 0, LIMIT, &f), ERR_OK);
		CHECK_EQ(cases[i].name, f.offset, SIZE / 2);
		release(&f);
		/* and where the area ends with it */
		CHECK_EQ(cases[i].name, search(cases[i].len, 0, LIMIT, &f), ERR_NO_PAYLOAD);
	}
}

/* Starts of gzip streams that fail at once, one each 20 bytes; then a kernel. */
static enum err search_behind(size_t false_starts)
{
	size_t at = 0;
	struct found f;
	enum err e;

	memset(area, 0xff, SIZE);
	for (; false_starts; false_starts--, at += 20)
		memcpy(area + at, "\x1f\x8b\x08\0\0\0\0\0\0\3\7", 11);
	put_gzip(at, KERNEL, sizeof(KERNEL) - 1);
	e = search(SIZE, 0, LIMIT, &f);
	release(&f);
	return e;
}

static void test_bounded_trials(void **state)
{
	assert_int_equal(search_behind(255), ERR_OK);
	assert_int_equal(search_behind(256), ERR_NO_PAYLOAD);
}

/* The bytes of output are of all trials together: a file of small bombs ends the search soon. */
static void test_bounded_output(void **state)
{
	static uint8_t zeros[0x8000];
	struct found f;
	size_t at;

	memset(area, 0x90, SIZE);
	at = put_gzip(0, zeros, sizeof(zeros));
	put_gzip(at, "x", 1); /* in a row: decoded with it */
	put_gzip(0x1000, KERNEL, sizeof(KERNEL) - 1);
	assert_int_equal(search(SIZE, 0, sizeof(zeros) + 1 + sizeof(KERNEL), &f), ERR_OK);
	check_found(&f, CODEC_GZIP, 0x1000, KERNEL);
	assert_int_equal(search(SIZE, 0, sizeof(zeros) + 1 + sizeof(KERNEL) - 3, &f), ERR_NO_PAYLOAD);
	assert_int_equal(search(SIZE, 0, 0, &f), ERR_NO_PAYLOAD);
}

static void test_cut(void **state)
{
	struct found f;
	size_t end;

	memset(area, 0, SIZE);
	end = put_gzip(16, KERNEL, sizeof(KERNEL) - 1);
	for (size_t len = 0; len < end; len++)
		assert_int_equal(search(len, 0, LIMIT, &f), ERR_NO_PAYLOAD);
	end = put_xz(16, KERNEL, sizeof(KERNEL) - 1);
	for (size_t len = 0; len < end; len++)
		assert_int_equal(search(len, 0, LIMIT, &f), ERR_NO_PAYLOAD);
	assert_int_equal(search(end, 0, LIMIT, &f), ERR_OK);
	release(&f);
}

static void test_unpack_limit(void **state)
{
	assert_int_equal(unpack_limit(0, 0), 256 << 20);
	assert_int_equal(unpack_limit(0, 4 << 20), 256 << 20);
	assert_int_equal(unpack_limit(0, 5 << 20), (uint64_t)64 * 5 << 20);
	assert_int_equal(unpack_limit(0, UINT32_MAX), (uint64_t)UINT32_MAX * 64);
	assert_int_equal(unpack_limit(1000, 1 << 30), 1000);
}

static void test_unpack(void **state)
{
	struct unpacked u = {0};
	struct fault fault = {0};
	size_t one, end;

	memset(area, 0x90, SIZE);
	one = put_gzip(0, KERNEL, sizeof(KERNEL) - 1);
	end = put_gzip(one, NO_KERNEL, sizeof(NO_KERNEL) - 1);
	/* streams in a row are one; what lies behind them is not looked at */
	assert_int_equal(unpack_stream(CODEC_GZIP, (struct span){area, SIZE}, LIMIT, &u, NULL), ERR_OK);
	assert_int_equal(u.used, end);
	assert_int_equal(u.size, sizeof(KERNEL) + sizeof(NO_KERNEL) - 2);
	memory_release(u.bytes, u.size);
	/* exactly the limit, and a byte less */
	u = (struct unpacked){0};
	assert_int_equal(
		unpack_stream(CODEC_GZIP, (struct span){area, one}, sizeof(KERNEL) - 1, &u, NULL), ERR_OK);
	memory_release(u.bytes, u.size);
	u = (struct unpacked){0};
	assert_int_equal(unpack_stream(CODEC_GZIP, (struct span){area, one}, sizeof(KERNEL) - 2, &u, NULL),
		ERR_OUTPUT_LIMIT);
	assert_null(u.bytes);
	/* a checksum */
	area[one - 8] ^= 1;
	assert_int_not_equal(unpack_stream(CODEC_GZIP, (struct span){area, one}, LIMIT, &u, &fault), ERR_OK);
	assert_null(u.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_a_kernel_counts),
		cmocka_unit_test(test_payload_end),
		cmocka_unit_test(test_false_starts),
		cmocka_unit_test(test_bounded_trials),
		cmocka_unit_test(test_bounded_output),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_unpack_limit),
		cmocka_unit_test(test_unpack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
