/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/manifest: what is written parses to the same, a flipped bit is found, and a manifest whose
 * checksum is right but whose numbers contradict each other is refused, field by field.
 */
#include "tests/unit/unit.h"

#include "core/crc32c.h"
#include "core/manifest.h"
#include "spec/bootparam.h"

#define IMAGE_SIZE 0x20000
#define CHUNKS	   4
#define CAP	   1024

/* content: header 0x1000, segments to 0x9000, tail to 0xa000 */
static const struct manifest good = {
	.codec = 7,
	.flags = MANIFEST_FLAG_IN_PLACE | MANIFEST_FLAG_MOVABLE | MANIFEST_FLAG_VIRTUAL,
	.chunk_count = CHUNKS,
	.payload_off = 0x8000,
	.payload_size = 0x4000,
	.content_size = 0xa000,
	.elf_size = 0x9800,
	.mem_base = 0x1000000,
	.mem_size = 0x8000,
	.first_offset = 0x1000,
	.tail_offset = 0x9000,
	.reloc_layout = RELOC_LINUX_3,
	.reloc_coding = RELOC_COMPACT,
	.safe_offset = 0x5000,
	.workspace = 0x20000,
	.cmdline_off = 0xc000,
	.cmdline_size = 5,
	.cmdline_crc = 0x11111111,
	.initrd_off = 0x10000,
	.initrd_size = 0x10000,
	.initrd_crc = 0x22222222,
	.kernel_sha256 = {1, 2, 3},
};

static const struct manifest_chunk good_chunks[CHUNKS] = {
	{0x0000, 0x0100, 0x0000, 0x1000, 0xaaaaaaaa, 0},
	{0x0100, 0x2000, 0x1000, 0x4000, 0xbbbbbbbb, 1},
	{0x2180, 0x1000, 0x5000, 0x4000, 0xcccccccc,
		0}, /* bytes between inputs: a stream's framing */
	{0x3180, 0x0e80, 0x9000, 0x1000, 0xdddddddd, 3},
};

static struct span write_good(uint8_t *buf)
{
	assert_int_equal(manifest_write(&good, good_chunks, buf, CAP), ERR_OK);
	return (struct span){buf, manifest_size(CHUNKS)};
}

/* After a change behind the writer's back. */
static void put_crc(uint8_t *buf)
{
	uint32_t size = manifest_size(CHUNKS) - MANIFEST_CRC_SIZE;

	le32_put(buf + size, crc32c(0, (struct span){buf, size}));
}

static void test_round_trip(void **state)
{
	uint8_t buf[CAP], again[CAP];
	struct manifest_chunk chunks[CHUNKS];
	struct span bytes = write_good(buf);
	struct manifest m;
	struct fault fault = {0};

	/* Bytes behind the manifest do not matter. */
	bytes.len += 16;
	assert_int_equal(manifest_parse(bytes, IMAGE_SIZE, &m, &fault), ERR_OK);
	assert_int_equal(m.chunk_count, CHUNKS);
	for (uint32_t i = 0; i < CHUNKS; i++)
		chunks[i] = manifest_chunk(&m, i);
	assert_memory_equal(chunks, good_chunks, sizeof(chunks));
	/* Written again it is the same: no field was lost on the way. */
	assert_int_equal(manifest_write(&m, chunks, again, CAP), ERR_OK);
	assert_memory_equal(again, buf, manifest_size(CHUNKS));
}

/* A witness for spec/image.h: the offsets of the published format, typed again. */
static void test_layout(void **state)
{
	uint8_t buf[CAP];

	write_good(buf);
	assert_memory_equal(buf, "bzfM", 4);
	assert_int_equal(le32_get(buf + 4), 0x80 + 4 * 24 + 4);
	assert_int_equal(le16_get(buf + 8), 1);
	assert_int_equal(buf[10], 7);
	assert_int_equal(buf[11], 7);
	assert_int_equal(le32_get(buf + 12), 4);
	assert_int_equal(le32_get(buf + 16), 0x8000);
	assert_int_equal(le32_get(buf + 20), 0x4000);
	assert_int_equal(le32_get(buf + 24), 0xa000);
	assert_int_equal(le32_get(buf + 28), 0x9800);
	assert_int_equal(le64_get(buf + 32), 0x1000000);
	assert_int_equal(le64_get(buf + 40), 0x8000);
	assert_int_equal(le32_get(buf + 48), 0x1000);
	assert_int_equal(buf[52], 1);
	assert_int_equal(buf[53], 1);
	assert_int_equal(le32_get(buf + 56), 0x5000);
	assert_int_equal(le32_get(buf + 60), 0x20000);
	assert_int_equal(le32_get(buf + 64), 0xc000);
	assert_int_equal(le32_get(buf + 68), 5);
	assert_int_equal(le32_get(buf + 72), 0x10000);
	assert_int_equal(le32_get(buf + 76), 0x10000);
	assert_int_equal(le32_get(buf + 80), 0x22222222);
	assert_int_equal(le32_get(buf + 84), 0x11111111);
	assert_int_equal(le32_get(buf + 88), 0x9000);
	assert_int_equal(le32_get(buf + 92), 0);
	assert_memory_equal(buf + 96, good.kernel_sha256, 32);
	assert_int_equal(le32_get(buf + 128 + 24), 0x100);
	assert_int_equal(le32_get(buf + 128 + 24 + 4), 0x2000);
	assert_int_equal(le32_get(buf + 128 + 24 + 8), 0x1000);
	assert_int_equal(le32_get(buf + 128 + 24 + 12), 0x4000);
	assert_int_equal(le32_get(buf + 128 + 24 + 16), 0xbbbbbbbb);
	assert_int_equal(le32_get(buf + 128 + 24 + 20), 1);
}

static void test_any_flipped_bit_is_found(void **state)
{
	uint8_t buf[CAP];
	struct span bytes = write_good(buf);

	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		struct manifest m = {.codec = 99};

		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(manifest_parse(bytes, IMAGE_SIZE, &m, NULL), ERR_OK);
		assert_int_equal(m.codec, 99);
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t len = 0; len < bytes.len; len++) {
		struct manifest m;

		assert_int_equal(manifest_parse((struct span){buf, len}, IMAGE_SIZE, &m, NULL),
			ERR_TRUNCATED);
	}
}

#define CHUNK_AT(n, field) (MANIFEST_CHUNKS + (n)*MANIFEST_CHUNK_SIZE + MANIFEST_CHUNK_##field)

static void test_contradictions(void **state)
{
	static const struct {
		const char *name;
		uint32_t at, value;
		enum err e;
	} cases[] = {
		{"another version", MANIFEST_VERSION_AT, 2, ERR_MANIFEST_VERSION},
		{"another magic", MANIFEST_MAGIC_AT, 0, ERR_BAD_MANIFEST},
		{"an unknown flag", MANIFEST_CODEC, 7 | 0x87 << 8, ERR_BAD_MANIFEST},
		{"no chunks", MANIFEST_CHUNK_COUNT, 0, ERR_BAD_MANIFEST},
		{"more chunks than there is room for", MANIFEST_CHUNK_COUNT, CHUNKS + 1,
			ERR_BAD_MANIFEST},
		{"a number of chunks that overflows", MANIFEST_CHUNK_COUNT, 0x0aaaaaaf,
			ERR_BAD_MANIFEST},
		{"the payload ends behind the image", MANIFEST_PAYLOAD_SIZE, IMAGE_SIZE,
			ERR_BAD_MANIFEST},
		{"the payload starts behind the image", MANIFEST_PAYLOAD_OFF, 0xffffffff,
			ERR_BAD_MANIFEST},
		{"no content", MANIFEST_CONTENT_SIZE, 0, ERR_BAD_MANIFEST},
		{"content longer than its chunks", MANIFEST_CONTENT_SIZE, 0xa001, ERR_BAD_MANIFEST},
		{"content shorter than its chunks", MANIFEST_CONTENT_SIZE, 0x9fff,
			ERR_BAD_MANIFEST},
		{"the ELF is longer than the content", MANIFEST_ELF_SIZE, 0xa001, ERR_BAD_MANIFEST},
		{"a kernel of no size", MANIFEST_MEM_SIZE, 0, ERR_BAD_MANIFEST},
		{"no chunk begins with the segments", MANIFEST_FIRST_OFFSET, 0x1001,
			ERR_BAD_MANIFEST},
		{"segments start behind the tail", MANIFEST_FIRST_OFFSET, 0x9000, ERR_BAD_MANIFEST},
		{"no chunk ends with the segments", MANIFEST_TAIL_OFFSET, 0x8fff, ERR_BAD_MANIFEST},
		{"the tail starts behind the content", MANIFEST_TAIL_OFFSET, 0xa001,
			ERR_BAD_MANIFEST},
		{"an unknown relocation layout", MANIFEST_RELOC_LAYOUT, 4, ERR_BAD_MANIFEST},
		{"an unknown relocation coding", MANIFEST_RELOC_LAYOUT, 0x201, ERR_BAD_MANIFEST},
		{"a compact table of no layout", MANIFEST_RELOC_LAYOUT, 0x100, ERR_BAD_MANIFEST},
		{"a compact table of dynamic relocations", MANIFEST_RELOC_LAYOUT, 0x103,
			ERR_BAD_MANIFEST},
		{"the command line lies behind the image", MANIFEST_CMDLINE_SIZE, IMAGE_SIZE,
			ERR_BAD_MANIFEST},
		{"a command line without an offset", MANIFEST_CMDLINE_OFF, 0, ERR_BAD_MANIFEST},
		{"the initrd lies behind the image", MANIFEST_INITRD_SIZE, 0x10001,
			ERR_BAD_MANIFEST},
		{"an initrd without an offset", MANIFEST_INITRD_OFF, 0, ERR_BAD_MANIFEST},
		{"inputs overlap", CHUNK_AT(1, IN_OFF), 0xff, ERR_BAD_MANIFEST},
		{"an input of no size", CHUNK_AT(0, IN_SIZE), 0, ERR_BAD_MANIFEST},
		{"an input behind a chunk without", CHUNK_AT(1, IN_SIZE), 0, ERR_BAD_MANIFEST},
		{"a last chunk that goes on without input", CHUNK_AT(3, IN_SIZE), 0, ERR_OK},
		{"an input behind the payload", CHUNK_AT(3, IN_SIZE), 0xe81, ERR_BAD_MANIFEST},
		{"an input whose end overflows", CHUNK_AT(3, IN_SIZE), 0xffffffff,
			ERR_BAD_MANIFEST},
		{"a gap between outputs", CHUNK_AT(2, OUT_OFF), 0x5001, ERR_BAD_MANIFEST},
		{"outputs overlap", CHUNK_AT(2, OUT_OFF), 0x4fff, ERR_BAD_MANIFEST},
		{"an output of no size", CHUNK_AT(3, OUT_SIZE), 0, ERR_BAD_MANIFEST},
		{"an output whose end overflows", CHUNK_AT(3, OUT_SIZE), 0xffffffff,
			ERR_BAD_MANIFEST},
		{"a chunk that waits for one behind it", CHUNK_AT(1, READY), 2, ERR_BAD_MANIFEST},
	};
	uint8_t buf[CAP];
	struct span bytes = write_good(buf);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct manifest m;
		struct fault fault = {0};

		write_good(buf);
		if (cases[i].at == MANIFEST_VERSION_AT || cases[i].at == MANIFEST_CODEC)
			le16_put(buf + cases[i].at, (uint16_t)cases[i].value);
		else
			le32_put(buf + cases[i].at, cases[i].value);
		put_crc(buf);
		CHECK_EQ(cases[i].name, manifest_parse(bytes, IMAGE_SIZE, &m, &fault), cases[i].e);
		CHECK(cases[i].name, !cases[i].e || fault.text);
	}
}

static void test_flags(void **state)
{
	struct manifest m = good, parsed;
	uint8_t buf[CAP];

	for (unsigned bit = 0; bit < 8; bit++) {
		m.flags = (uint8_t)(good.flags | 1 << bit);
		assert_int_equal(manifest_write(&m, good_chunks, buf, CAP), ERR_OK);
		CHECK_EQ("0 to 4 are known, UKI is the last",
			manifest_parse((struct span){buf, CAP}, IMAGE_SIZE, &parsed, NULL),
			bit <= 4 ? ERR_OK : ERR_BAD_MANIFEST);
	}
}

static void test_apart_need_not_cut(void **state)
{
	struct manifest m = good, parsed;
	uint8_t buf[CAP];

	m.flags = 0;
	m.first_offset = 0x123;
	m.tail_offset = 0x8123;
	assert_int_equal(manifest_write(&m, good_chunks, buf, CAP), ERR_OK);
	assert_int_equal(
		manifest_parse((struct span){buf, CAP}, IMAGE_SIZE, &parsed, NULL), ERR_OK);
}

static void test_write_needs_room(void **state)
{
	uint8_t buf[CAP] = {0};
	struct manifest m = good;

	assert_int_equal(
		manifest_write(&good, good_chunks, buf, manifest_size(CHUNKS) - 1), ERR_NO_SPACE);
	m.chunk_count = MANIFEST_CHUNKS_MAX + 1;
	assert_int_equal(manifest_write(&m, good_chunks, buf, SIZE_MAX), ERR_NO_SPACE);
	m.chunk_count = UINT32_MAX;
	assert_int_equal(manifest_write(&m, good_chunks, buf, SIZE_MAX), ERR_NO_SPACE);
	assert_int_equal(buf[0], 0);
}

/* kernel_info: fixed part, then items of magic and size. */
static void test_find(void **state)
{
	static const struct {
		const char *name;
		uint32_t fixed, words[8];
		size_t count;
		size_t found; /* offset, 0 for none */
	} cases[] = {
		{"right behind the fixed part", 16, {MANIFEST_MAGIC, 12, 0}, 3, 16},
		{"a larger fixed part", 20, {0, MANIFEST_MAGIC, 12, 0}, 4, 20},
		{"behind another item", 16, {0x1234, 12, 0, MANIFEST_MAGIC, 8}, 5, 28},
		{"only another item", 16, {0x1234, 12, 0}, 3, 0},
		{"nothing behind the fixed part", 16, {0}, 0, 0},
		{"an item of size 0 ends the walk", 16, {0x1234, 0, MANIFEST_MAGIC, 8}, 4, 0},
		{"an item that runs over", 16, {MANIFEST_MAGIC, 13, 0}, 3, 0},
		{"an item whose size wraps", 16, {0x1234, 0xfffffff8, MANIFEST_MAGIC, 8}, 4, 0},
		{"a fixed part beyond the end", 0xffffffff, {MANIFEST_MAGIC, 8}, 2, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t info[48] = {0};
		struct span found = {0};
		struct span bytes = {info, 16 + 4 * cases[i].count};

		le32_put(info, KERNEL_INFO_MAGIC);
		le32_put(info + KERNEL_INFO_SIZE, cases[i].fixed);
		for (size_t n = 0; n < cases[i].count; n++)
			le32_put(info + 16 + 4 * n, cases[i].words[n]);
		CHECK_EQ(cases[i].name, manifest_find(bytes, &found), cases[i].found != 0);
		CHECK(cases[i].name, !cases[i].found || found.ptr == info + cases[i].found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_any_flipped_bit_is_found),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_apart_need_not_cut),
		cmocka_unit_test(test_write_needs_room),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
