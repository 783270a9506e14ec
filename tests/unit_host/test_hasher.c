/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/hasher against core/sha256: bytes that arrive in pieces, fewer or others in the end than had seemed
 * so, dropped at any time; each with a thread and without one. And kernel_read, which uses it: the same file
 * has the same digest and the same problems.
 */
#include <zstd.h>
#include "tests/unit/elf_build.h"

#include "lib/hasher.h"
#include "lib/kernel.h"

#define SIZE (5 << 20) /* several steps */

static uint8_t content[SIZE], other[SIZE];

static int set_up(void **state)
{
	struct unit_random r = {11};

	for (size_t i = 0; i < SIZE; i++) {
		content[i] = (uint8_t)unit_random(&r);
		other[i] = (uint8_t)~content[i];
	}
	return 0;
}

static void want_digest(struct span first, struct span second, uint8_t ret[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_update(&s, first);
	sha256_update(&s, second);
	sha256_final(&s, ret);
}

static const struct {
	const char *name;
	size_t arrived, step;
	const uint8_t *first;
	size_t first_len, second_len;
} cases[] = {
	{"nothing", 0, 1, content, 0, 0},
	{"all at once", 0, 1, content, SIZE, 0},
	{"in pieces", SIZE, 300001, content, SIZE, 0},
	{"in pieces, and more", SIZE / 2, 300001, content, SIZE, 1000},
	{"all arrived before", SIZE, SIZE, content, SIZE, 77},
	{"fewer than had arrived", SIZE, 1 << 20, content, SIZE / 3, 5},
	{"none of what had arrived", SIZE, 1 << 20, content, 0, 0},
	{"other bytes", SIZE, 1 << 20, other, SIZE, 9},
	{"fewer other bytes", SIZE, 1 << 20, other, 100, 0},
};

static void test_same_digest(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span first = {cases[i].first, cases[i].first_len};
		struct span second = {other, cases[i].second_len};
		uint8_t want[SHA256_SIZE], got[SHA256_SIZE];

		want_digest(first, second, want);
		for (int alone = 0; alone < 2; alone++) {
			struct hasher *h = hasher_start(alone);

			assert_non_null(h);
			for (size_t n = cases[i].step; n <= cases[i].arrived; n += cases[i].step)
				hasher_arrived(h, (struct span){content, n});
			hasher_all(h, first, second);
			hasher_end(h, got);
			CHECK(cases[i].name, !memcmp(got, want, SHA256_SIZE));
		}
	}
}

/* Whoever drops it may free the bytes: the sanitizer sees a thread that still reads. */
static void test_dropped(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int mode = 0; mode < 4; mode++) {
			struct hasher *h = hasher_start(mode & 1);
			size_t len = cases[i].arrived;
			uint8_t *bytes = malloc(len + 1);

			memcpy(bytes, content, len);
			hasher_arrived(h, (struct span){bytes, len});
			if (mode & 2)
				hasher_all(h, (struct span){bytes, len}, (struct span){0});
			hasher_drop(h);
			free(bytes);
		}
	}
	hasher_drop(NULL);
}

/* --- a bzImage around a large ELF, of a codec that can be watched --- */

#define ELF_SIZE  (3 << 20)
#define FILE_SIZE (4 << 20)

static uint8_t file[FILE_SIZE];
static size_t size;

static void make_bzimage(size_t behind)
{
	static const struct elf_load loads[] = {
		{0x1000, 0xffffffff81000000, 0x1000000, ELF_SIZE - 0x1000, ELF_SIZE}, {0}};
	static uint8_t elf[ELF_SIZE + 4096];
	ZSTD_CCtx *z = ZSTD_createCCtx();

	memcpy(elf, content, sizeof(elf));
	memset(elf, 0, 0x1000);
	elf_build(elf, 2, 0x1000000, loads);
	memset(elf + ELF_SIZE, 0, behind);
	memset(file, 0, 0x500);
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	size = ZSTD_compress2(z, file + 0x500, FILE_SIZE - 0x600, elf, ELF_SIZE + behind);
	assert_false(ZSTD_isError(size));
	ZSTD_freeCCtx(z);
	le32_put(file + 0x500 + size, (uint32_t)(ELF_SIZE + behind));
	size += 4;
	file[0x1f1] = 1;
	le32_put(file + 0x1f4, (uint32_t)(0x100 + size + 15) / 16);
	le16_put(file + 0x1fe, 0xaa55);
	le16_put(file + 0x200, 0x66eb);
	memcpy(file + 0x202, "HdrS", 4);
	le16_put(file + 0x206, 0x020f);
	file[0x211] = 1;
	le32_put(file + 0x214, 0x100000);
	le32_put(file + 0x230, 0x200000);
	file[0x234] = 1;
	file[0x235] = 21;
	le16_put(file + 0x236, 1);
	le32_put(file + 0x248, 0x100);
	le32_put(file + 0x24c, (uint32_t)size);
	le64_put(file + 0x258, 0x1000000);
	le32_put(file + 0x260, 0x400000);
	size = 0x400 + (0x100 + size + 15) / 16 * 16;
}

static void test_kernel_read(void **state)
{
	static const struct {
		const char *name;
		size_t behind; /* bytes of relocation table */
		size_t change, cut; /* at, bytes; 0: neither */
	} files[] = {
		{"whole", 0, 0, 0},
		{"with relocations", 12, 0, 0},
		{"damaged in the middle", 12, 0x100000, 0},
		{"damaged near the end", 0, 0x2f0000, 0},
		{"cut", 12, 0, 0x80000},
	};

	for (size_t i = 0; i < COUNT(files); i++) {
		struct kernel k[2];

		make_bzimage(files[i].behind);
		assert_true(size > files[i].change + 0x1000);
		if (files[i].change)
			memset(file + files[i].change, 0xa5, 64);
		for (int alone = 0; alone < 2; alone++) {
			const struct kernel_options options = {.alone = alone};

			assert_int_equal(kernel_read((struct span){file, size - files[i].cut}, &options,
						 &k[alone]),
				ERR_OK);
			assert_null(k[alone].hasher);
		}
		CHECK_EQ(files[i].name, k[0].has_digest, !files[i].change && !files[i].cut);
		CHECK_EQ(files[i].name, k[0].has_digest, k[1].has_digest);
		assert_memory_equal(k[0].sha256, k[1].sha256, SHA256_SIZE);
		CHECK_EQ(files[i].name, k[0].problems.count, k[1].problems.count);
		for (size_t j = 0; j < k[0].problems.count; j++) {
			const struct problem *p = &k[0].problems.p[j], *q = &k[1].problems.p[j];

			CHECK_EQ(files[i].name, p->err, q->err);
			CHECK_EQ(files[i].name, p->fault.offset, q->fault.offset);
			CHECK_EQ(files[i].name, p->fault.value, q->fault.value);
		}
		if (k[0].has_digest) {
			uint8_t want[SHA256_SIZE];

			want_digest(k[0].kernel, k[0].relocs, want);
			assert_memory_equal(k[0].sha256, want, SHA256_SIZE);
		}
		kernel_close(&k[0]);
		kernel_close(&k[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_digest),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_kernel_read),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
