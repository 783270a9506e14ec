/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/kernel_headers.c: a right header, and what may be wrong with it, a line each. */
#include "tests/unit/unit.h"

#include "core/kernel_headers.h"
#include "spec/kernels.h"
#include "spec/pe.h"

#define SIZE 256

static void be32_put(uint8_t *p, uint32_t v)
{
	le32_put(p, __builtin_bswap32(v));
}

/* One field of a header changed: what comes of it? */
struct change {
	const char *name;
	unsigned int offset;
	uint32_t value; /* as it is written: little-endian, or big-endian where the format is */
	enum err want;
};

static void make_arm_zimage(uint8_t *f)
{
	memset(f, 0, SIZE);
	le32_put(f + ZIMAGE_MAGIC, ZIMAGE_MAGIC_VALUE);
	le32_put(f + ZIMAGE_START, 0x1000);
	le32_put(f + ZIMAGE_END, 0x1000 + SIZE - 16);
	le32_put(f + ZIMAGE_ENDIAN, ZIMAGE_ENDIAN_VALUE);
	le32_put(f + ZIMAGE_MAGIC2, ZIMAGE_MAGIC2_VALUE);
	le32_put(f + ZIMAGE_TABLE, 0x80);
	le32_put(f + 0x80, 2); /* a tag that means nothing here */
	le32_put(f + 0x84, 0x12345678);
	le32_put(f + 0x88, 4);
	le32_put(f + 0x8c, ZIMAGE_TAG_KLSZ);
	le32_put(f + 0x90, 0x70);
}

static void test_arm_zimage(void **state)
{
	static const struct change changes[] = {
		{"right", 0, 0, ERR_OK},
		{"no magic", ZIMAGE_MAGIC, 0, ERR_BAD_ZIMAGE},
		{"end in front of start", ZIMAGE_END, 0xfff, ERR_BAD_ZIMAGE},
		{"no room for the header", ZIMAGE_END, 0x103b, ERR_BAD_ZIMAGE},
		{"table at the very end", ZIMAGE_TABLE, SIZE - 16, ERR_OK},
		{"table behind the file", ZIMAGE_TABLE, SIZE + 1, ERR_TRUNCATED},
		{"payload ends behind the file", 0x90, SIZE - 16 - 3, ERR_TRUNCATED},
		{"payload ends with the file", 0x90, SIZE - 16 - 4, ERR_OK},
		{"a tag of no words", 0x80, 0, ERR_OK},
		{"a tag that leads nowhere", 0x80, 0x40000000, ERR_TRUNCATED},
	};
	struct arm_zimage z;
	uint8_t f[SIZE];
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct change *c = &changes[i];

		make_arm_zimage(f);
		if (c->offset)
			le32_put(f + c->offset, c->value);
		CHECK_EQ(c->name, arm_zimage_parse((struct span){f, SIZE}, &z, NULL), c->want);
	}
	make_arm_zimage(f);
	assert_int_equal(arm_zimage_parse((struct span){f, SIZE}, &z, NULL), ERR_OK);
	assert_int_equal(z.image.len, SIZE - 16);
	assert_int_equal(z.payload_end, 0x74);
	assert_false(arm_zimage_present((struct span){f, ZIMAGE_HEADER_SIZE - 1}));
}

static void make_zboot(uint8_t *f)
{
	memset(f, 0, SIZE);
	le16_put(f, MZ_MAGIC);
	le32_put(f + ZBOOT_TYPE, ZBOOT_TYPE_VALUE);
	le32_put(f + ZBOOT_OFFSET, 0x80);
	le32_put(f + ZBOOT_SIZE, 0x70);
	memcpy(f + ZBOOT_CODEC, "zstd22", 6);
	le32_put(f + 0xf0, 1234);
}

static void test_zboot(void **state)
{
	static const struct change changes[] = {
		{"right", ZBOOT_OFFSET, 0x80, ERR_OK},
		{"no type", ZBOOT_TYPE, 0, ERR_BAD_ZBOOT},
		{"payload in the header", ZBOOT_OFFSET, 0x3f, ERR_BAD_ZBOOT},
		{"empty payload", ZBOOT_SIZE, 0, ERR_BAD_ZBOOT},
		{"payload up to the end", ZBOOT_SIZE, 0x80, ERR_OK},
		{"payload behind the end", ZBOOT_SIZE, 0x81, ERR_TRUNCATED},
		{"payload that runs over", ZBOOT_SIZE, 0xffffffff, ERR_TRUNCATED},
	};
	uint8_t f[SIZE];
	struct zboot z;
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		make_zboot(f);
		le32_put(f + changes[i].offset, changes[i].value);
		CHECK_EQ(changes[i].name, zboot_parse((struct span){f, SIZE}, &z, NULL), changes[i].want);
	}
	make_zboot(f);
	assert_int_equal(zboot_parse((struct span){f, SIZE}, &z, NULL), ERR_OK);
	assert_int_equal(z.codec.len, 6);
	assert_int_equal(z.content_size, 1234);
	assert_ptr_equal(z.payload.ptr, f + 0x80);
	memset(f + ZBOOT_CODEC, 'x', ZBOOT_CODEC_SIZE); /* no NUL */
	assert_int_equal(zboot_parse((struct span){f, SIZE}, &z, NULL), ERR_OK);
	assert_int_equal(z.codec.len, ZBOOT_CODEC_SIZE);
}

static void test_raw_image(void **state)
{
	struct raw_image image;
	uint8_t f[SIZE] = {0};

	assert_int_equal(raw_image_parse((struct span){f, SIZE}, &image, NULL), ERR_BAD_RAW_IMAGE);
	le32_put(f + IMAGE_MAGIC, IMAGE_ARM64_MAGIC);
	f[IMAGE_FLAGS] = 3 << 1; /* 64 KiB, little-endian */
	assert_int_equal(raw_image_parse((struct span){f, SIZE}, &image, NULL), ERR_OK);
	assert_false(image.riscv || image.big_endian);
	assert_int_equal(image.page_size, 65536);
	f[IMAGE_SIZE] = 63; /* less than its own header */
	assert_int_equal(raw_image_parse((struct span){f, SIZE}, &image, NULL), ERR_BAD_RAW_IMAGE);
	f[IMAGE_SIZE] = 64;
	le32_put(f + IMAGE_MAGIC, IMAGE_RISCV_MAGIC2);
	assert_int_equal(raw_image_parse((struct span){f, SIZE}, &image, NULL), ERR_OK);
	assert_true(image.riscv);
	assert_int_equal(image.page_size, 0);
	assert_false(raw_image_present((struct span){f, IMAGE_HEADER_SIZE - 1}));
}

static void make_uimage(uint8_t *f)
{
	memset(f, 0, SIZE);
	be32_put(f, UIMAGE_MAGIC_VALUE);
	be32_put(f + UIMAGE_HEADER_CRC, 77);
	be32_put(f + UIMAGE_SIZE, 100);
	f[UIMAGE_TYPE] = UIMAGE_TYPE_MULTI;
	memset(f + UIMAGE_NAME, 'n', UIMAGE_NAME_SIZE);
	be32_put(f + UIMAGE_HEADER_SIZE, 60);
	be32_put(f + UIMAGE_HEADER_SIZE + 4, 20);
}

static void test_uimage(void **state)
{
	static const struct change changes[] = {
		{"right", UIMAGE_SIZE, 100, ERR_OK},
		{"no magic", UIMAGE_MAGIC, 1, ERR_BAD_UIMAGE},
		{"another checksum", UIMAGE_HEADER_CRC, 78, ERR_BAD_UIMAGE},
		{"more than the file", UIMAGE_SIZE, SIZE - UIMAGE_HEADER_SIZE + 1, ERR_TRUNCATED},
		{"no part", UIMAGE_HEADER_SIZE, 0, ERR_BAD_UIMAGE},
		{"a part up to the end", UIMAGE_HEADER_SIZE, 88, ERR_OK},
		{"a part behind the end", UIMAGE_HEADER_SIZE, 89, ERR_BAD_UIMAGE},
	};
	struct uimage u;
	uint8_t f[SIZE];
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		make_uimage(f);
		be32_put(f + changes[i].offset, changes[i].value);
		CHECK_EQ(changes[i].name, uimage_parse((struct span){f, SIZE}, 77, &u, NULL),
			changes[i].want);
	}
	make_uimage(f);
	memset(f + UIMAGE_HEADER_SIZE, 0xff, 100); /* a list without an end */
	assert_int_equal(uimage_parse((struct span){f, SIZE}, 77, &u, NULL), ERR_TRUNCATED);
	f[UIMAGE_TYPE] = UIMAGE_TYPE_KERNEL;
	assert_int_equal(uimage_parse((struct span){f, SIZE}, 77, &u, NULL), ERR_OK);
	assert_int_equal(u.kernel.len, 100);
	assert_int_equal(u.name.len, UIMAGE_NAME_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arm_zimage),
		cmocka_unit_test(test_zboot),
		cmocka_unit_test(test_raw_image),
		cmocka_unit_test(test_uimage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
