/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/cpio: archives byte by byte, and what there is no room for. */
#include "tests/unit/unit.h"

#include "core/cpio.h"

/* Numbers of an entry: inode, mode, uid, gid, links, time, size, four of devices, bytes of the name, 0 */
#define ZERO "00000000"
#define ENTRY(inode, mode, size, name) \
	"070701" inode mode ZERO ZERO "00000001" ZERO size ZERO ZERO ZERO ZERO name ZERO
#define TRAILER ENTRY(ZERO, ZERO, ZERO, "0000000B") "TRAILER!!!\0\0\0\0"

/* 0500 is 0x140: a folder of 041 in front. 110 bytes of header: names of 3, 7, 11, ... need one NUL only. */
static const char want[] =
	ENTRY("00000001", "0000416d", ZERO, "00000007") ".extra\0\0\0\0"
	ENTRY("00000002", "00004140", ZERO, "0000000f") ".extra/secrets\0\0\0\0"
	ENTRY("00000003", "00008100", "00000005", "00000014") ".extra/secrets/a.cr\0\0\0" "hello\0\0\0"
	ENTRY("00000004", "00008124", ZERO, "00000014") ".extra/secrets/b.cr\0\0\0"
	TRAILER;

static enum err write(struct cpio *c)
{
	uint8_t *data = (uint8_t *)1;
	enum err err = cpio_add_folder(c, ".extra/secrets", 0500);

	if (!err)
		err = cpio_add_file(c, ".extra/secrets", text_span("a.cr"), 0400, 5, &data);
	if (!err && c->buf)
		memcpy(data, "hello", 5);
	if (!err)
		err = cpio_add_file(c, ".extra/secrets", text_span("b.cr"), 0444, 0, &data);
	return err ? err : cpio_finish(c);
}

static void test_bytes(void **state)
{
	size_t size = sizeof(want) - 1;
	uint8_t *got = malloc(size);
	struct cpio c = cpio_start(NULL, 0);

	assert_int_equal(write(&c), ERR_OK);
	assert_int_equal(c.at, size);
	memset(got, 0xa5, size);
	c = cpio_start(got, size);
	assert_int_equal(write(&c), ERR_OK);
	assert_int_equal(c.at, size);
	assert_memory_equal(got, want, size);
	free(got);
}

/* However little room there is, nothing is written behind it (the sanitizer looks on). */
static void test_room(void **state)
{
	for (size_t cap = 0; cap < sizeof(want) - 1; cap++) {
		uint8_t *got = malloc(cap + 1);
		struct cpio c = cpio_start(got, cap);

		got[cap] = 0x5a;
		assert_int_equal(write(&c), ERR_NO_SPACE);
		assert_true(c.at <= cap && got[cap] == 0x5a);
		free(got);
	}
}

static void test_limits(void **state)
{
	static const struct {
		const char *name;
		uint64_t size;
		enum err want;
	} cases[] = {
		{"as large as the format can say", UINT32_MAX, ERR_OK},
		{"one more", 1ull << 32, ERR_OVERFLOW},
		{"all there is", UINT64_MAX, ERR_OVERFLOW},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cpio c = cpio_start(NULL, 0);
		uint8_t *data = (uint8_t *)1;

		CHECK_EQ(cases[i].name, cpio_add_file(&c, "f", text_span("n"), 0444, cases[i].size, &data),
			cases[i].want);
		CHECK_EQ(cases[i].name, c.at, cases[i].want ? 0 : 116 - 2 + 2 + 0x100000000);
		CHECK(cases[i].name, (data == NULL) == !cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
