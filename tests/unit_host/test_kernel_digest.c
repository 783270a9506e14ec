/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/kernel_digest: a file that is read with a thread for its digest and without one has the same digest and
 * the same problems.
 */
#include <zstd.h>
#include "tests/unit/elf_build.h"

#include "lib/digest.h"
#include "lib/kernel.h"
#include "tests/unit_host/wrap_bzimage.h"

/* A bzImage around a large ELF, of a codec that can be watched. */
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
	struct unit_random r = {11};

	for (size_t i = 0x1000; i < sizeof(elf); i++)
		elf[i] = (uint8_t)unit_random(&r); /* so that input and output are about as large */
	elf_build(elf, 2, 0x1000000, loads);
	memset(elf + ELF_SIZE, 0, behind);
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	size = ZSTD_compress2(z, file + WRAP_PAYLOAD, FILE_SIZE - 0x600, elf, ELF_SIZE + behind);
	assert_false(ZSTD_isError(size));
	ZSTD_freeCCtx(z);
	le32_put(file + WRAP_PAYLOAD + size, (uint32_t)(ELF_SIZE + behind));
	size += 4;
	size = wrap_bzimage(file, size, 0x400000);
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
			struct sha256 s;

			sha256_init(&s);
			digest_update(&s, k[0].kernel);
			digest_update(&s, k[0].relocs);
			sha256_final(&s, want);
			assert_memory_equal(k[0].sha256, want, SHA256_SIZE);
		}
		kernel_close(&k[0]);
		kernel_close(&k[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
