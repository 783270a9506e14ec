/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/extra: which files of a folder go along, in which order, as which archive. */
#include "tests/unit/unit.h"

#include "core/extra.h"

#define CAP 4

struct list {
	struct extra_file files[CAP];
	struct extra_list l;
};

static void start(struct list *t)
{
	memset(t, 0, sizeof(*t));
	t->l = (struct extra_list){t->files, 0, CAP};
}

static void test_wanted(void **state)
{
	static const struct {
		const char *name, *file;
		bool wanted;
	} cases[] = {
		{"a credential", "a.cred", true},
		{"as FAT has it", "A.CRED", true},
		{"nothing but the suffix is hidden", ".cred", false},
		{"hidden", ".a.cred", false},
		{"another suffix", "a.raw", false},
		{"shorter than the suffix", "cred", false},
		{"no suffix", "acred", false},
		{"not ASCII", "\xc3\xa4.cred", false},
		{"no name", "", false},
	};
	struct extra_kind kind = extra_kind(EXTRA_CREDENTIALS);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct list t;

		start(&t);
		CHECK_EQ(cases[i].name, extra_list_add(&t.l, &kind, text_span(cases[i].file), 1), ERR_OK);
		CHECK_EQ(cases[i].name, t.l.count, cases[i].wanted);
	}
}

/* Whatever order they come in. */
static void test_order(void **state)
{
	static const char *const files[] = {"B.raw", "a.raw", "a.raw.raw", "b.raw"};
	static const uint8_t orders[][CAP] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
	struct extra_kind kind = extra_kind(EXTRA_SYSEXTS);

	for (size_t i = 0; i < COUNT(orders); i++) {
		struct list t;

		start(&t);
		for (size_t j = 0; j < CAP; j++)
			assert_int_equal(extra_list_add(&t.l, &kind, text_span(files[orders[i][j]]),
				orders[i][j]), ERR_OK);
		for (size_t j = 0; j < CAP; j++) {
			assert_int_equal(t.files[j].size, j);
			assert_memory_equal(t.files[j].name, files[j], t.files[j].name_len);
		}
		assert_int_equal(extra_list_add(&t.l, &kind, text_span("c.raw"), 0), ERR_NO_SPACE);
		assert_int_equal(extra_list_add(&t.l, &kind, text_span("c.cred"), 0), ERR_OK);
	}
}

/* EFI_FILE_INFO [UEFI 2.10 13.5]: 8 bytes of size, u64 file size, 56 bytes, u64 attribute, name. */
static size_t info(uint8_t *p, uint64_t attribute, const char *name, size_t len)
{
	memset(p, 0, 0x50);
	le64_put(p + 8, 77);
	le64_put(p + 0x48, attribute);
	for (size_t i = 0; i <= len; i++)
		le16_put(p + 0x50 + 2 * i, i < len ? (uint8_t)name[i] : 0);
	return 0x50 + 2 * (len + 1);
}

static void test_info(void **state)
{
	static char longest[EXTRA_NAME_MAX + 2];
	struct extra_kind kind = extra_kind(EXTRA_CREDENTIALS);
	uint8_t bytes[0x50 + 2 * sizeof(longest)];
	struct list t;

	memset(longest, 'x', sizeof(longest));
	memcpy(longest + EXTRA_NAME_MAX - 5, ".cred", 5);
	start(&t);
	size_t size = info(bytes, 0x20, "a.cred", 6);

	assert_int_equal(extra_list_add_info(&t.l, &kind, (struct span){bytes, size}), ERR_OK);
	assert_int_equal(t.l.count, 1);
	assert_int_equal(t.files[0].size, 77);
	assert_memory_equal(t.files[0].name, "a.cred", 6);
	for (size_t cut = 0; cut < size; cut++) {
		uint8_t *copy = malloc(cut + 1);

		memcpy(copy, bytes, cut);
		assert_int_equal(extra_list_add_info(&t.l, &kind, (struct span){copy, cut}), ERR_OK);
		free(copy);
	}
	assert_int_equal(t.l.count, 1); /* without its NUL it is no name */
	size = info(bytes, 0x30, "d.cred", 6); /* a folder */
	assert_int_equal(extra_list_add_info(&t.l, &kind, (struct span){bytes, size}), ERR_OK);
	size = info(bytes, 0x20, longest, EXTRA_NAME_MAX + 1);
	assert_int_equal(extra_list_add_info(&t.l, &kind, (struct span){bytes, size}), ERR_OK);
	assert_int_equal(t.l.count, 1);
	size = info(bytes, 0x20, longest, EXTRA_NAME_MAX);
	assert_int_equal(extra_list_add_info(&t.l, &kind, (struct span){bytes, size}), ERR_OK);
	assert_int_equal(t.l.count, 2);
	assert_int_equal(t.files[1].name_len, EXTRA_NAME_MAX);
}

static bool read_file(void *ctx, const struct extra_file *f, uint8_t *data)
{
	if (f->name[0] == *(const char *)ctx)
		return false;
	memset(data, f->name[0], f->size);
	return true;
}

/* A file that cannot be read is as if it were not there: the next one gets its inode and place. */
static void test_pack(void **state)
{
	static const char *const files[] = {"a.cred", "b.cred", "c.cred"};
	struct extra_kind kind = extra_kind(EXTRA_CREDENTIALS);
	uint8_t whole[2048], without[2048];
	struct list all, two;

	start(&all);
	start(&two);
	for (size_t i = 0; i < COUNT(files); i++) {
		assert_int_equal(extra_list_add(&all.l, &kind, text_span(files[i]), 10), ERR_OK);
		if (i != 1)
			assert_int_equal(extra_list_add(&two.l, &kind, text_span(files[i]), 10), ERR_OK);
	}
	struct cpio count = cpio_start(NULL, 0), a = cpio_start(whole, sizeof(whole)),
		    b = cpio_start(without, sizeof(without));

	assert_int_equal(extra_pack(&all.l, &kind, &count, NULL, NULL), ERR_OK);
	assert_int_equal(extra_pack(&all.l, &kind, &a, read_file, (char[]){"b"}), ERR_OK);
	assert_int_equal(extra_pack(&two.l, &kind, &b, read_file, (char[]){"-"}), ERR_OK);
	assert_int_equal(a.at, b.at);
	assert_memory_equal(whole, without, a.at);
	assert_true(a.at < count.at);
	a = cpio_start(whole, sizeof(whole));
	assert_int_equal(extra_pack(&all.l, &kind, &a, read_file, (char[]){"-"}), ERR_OK);
	assert_int_equal(a.at, count.at);
}

static void test_section(void **state)
{
	struct extra_kind kind = extra_kind(EXTRA_PCRSIG);
	uint8_t got[1024];
	struct cpio c = cpio_start(got, sizeof(got));

	assert_int_equal(extra_pack_section(text_span("{}"), &kind, &c), ERR_OK);
	assert_memory_equal(got + 110, ".extra\0", 7);
	/* its own header behind 120 bytes; mode 0100444, size 2 */
	assert_memory_equal(got + 120 + 14, "00008124", 8);
	assert_memory_equal(got + 120 + 54, "00000002", 8);
	assert_memory_equal(got + 120 + 110, ".extra/tpm2-pcr-signature.json\0", 31);
	assert_memory_equal(got + 120 + 144, "{}\0\0", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_pack),
		cmocka_unit_test(test_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
