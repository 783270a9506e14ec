/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/inspect_size: init_size of images that exist, taken apart again. The numbers are those of Debian's
 * packages, of Linux's own builds of 6.1 (bench/linux-reference.sh), and of our images of the same kernels.
 */
#include "tests/unit/elf_build.h"

#include "host/inspect.h"
#include "spec/image.h"

#define KIB 1024ull
#define MIB (1024 * KIB)

static uint8_t elf[ELF_BUILD_SIZE], head[0x100];

/* The kernel as an ELF of one segment; 0: it is not known. */
static void put_memory(struct kernel *k, uint64_t bytes)
{
	const struct elf_load loads[] = {{0x1000, 0xffffffff81000000, 0x1000000, 0x1000, bytes}, {0}};

	k->has_any = bytes;
	if (!bytes)
		return;
	elf_build(elf, 2, 0x1000000, loads);
	assert_int_equal(elf_file_read((struct span){elf, sizeof(elf)}, &k->any, NULL), ERR_OK);
}

static void test_linux(void **state)
{
	enum { KERNEL, DECOMPRESSION, UNKNOWN };
	static const struct {
		const char *name;
		uint64_t init_size, content, payload, loaded, memory, besides;
		int decides;
	} cases[] = {
		/* content - payload + content / 256 + 128 KiB, up to a page; wrapper; its bss */
		{"6.1 amd64, xz", 66682880, 65906612, 8122480, 8225280, 60817408, 282112, DECOMPRESSION},
		{"6.1 amd64, not decoded", 66682880, 65906612, 8122480, 8225280, 0, 282112, DECOMPRESSION},
		{"6.1 cloud-amd64, lz4", 53968896, 53243444, 14063308, 14164480, 48234496, 282112, DECOMPRESSION},
		{"6.1 686-pae, xz", 18042880, 16404132, 5691412, 5739008, 18042880 - 4096, 1392128, DECOMPRESSION},
		{"the kernel takes more", 80 * MIB, 60 * MIB, 8 * MIB, 9 * MIB, 80 * MIB, 0, KERNEL},
		{"to its last page", 80 * MIB, 60 * MIB, 8 * MIB, 9 * MIB, 80 * MIB - 4095, 0, KERNEL},
		{"a page less", 80 * MIB, 60 * MIB, 8 * MIB, 9 * MIB, 80 * MIB - 4096, 0, UNKNOWN},
		{"payload larger than content", 200 * KIB, 10 * KIB, 11 * KIB, 20 * KIB, 0, 48 * KIB, DECOMPRESSION},
		{"too little for anything", 1 * MIB, 60 * MIB, 8 * MIB, 9 * MIB, 0, 0, UNKNOWN},
		{"a number out of the air", 0xffffffff, 60 * MIB, 8 * MIB, 9 * MIB, 60 * MIB, 0, UNKNOWN},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kernel k = {.content_size = cases[i].content};
		struct init_size r;
		uint64_t sum = 0;

		k.image.hdr.init_size = (uint32_t)cases[i].init_size;
		k.image.payload.len = cases[i].payload;
		k.protected_mode.len = cases[i].loaded;
		put_memory(&k, cases[i].memory);
		inspect_init_size(&k, &r);
		CHECK_EQ(cases[i].name, r.explained, cases[i].decides != UNKNOWN);
		if (cases[i].decides == UNKNOWN)
			continue;
		for (size_t j = 0; j < r.count; j++)
			sum += r.part[j].decides ? r.part[j].bytes : 0;
		if (cases[i].decides == KERNEL) {
			CHECK(cases[i].name, r.count == 1 && strstr(r.part[0].name, "kernel's memory"));
			CHECK_EQ(cases[i].name, (sum + 4095) / 4096 * 4096, cases[i].init_size);
		} else {
			CHECK_EQ(cases[i].name, r.besides, cases[i].besides);
			CHECK_EQ(cases[i].name, sum + r.besides, cases[i].init_size);
		}
	}
}

/* stub_info, typed once more [docs/image-format.md]. */
static void put_stub_info(uint32_t work, uint32_t image, uint32_t manifest_off, uint32_t manifest_size)
{
	uint8_t *p = head + 0x10;

	memset(head, 0, sizeof(head));
	le32_put(p + 0x0c, work);
	le32_put(p + 0x10, image);
	le32_put(p + 0x14, manifest_off);
	le32_put(p + 0x18, manifest_size);
	le64_put(p + 0x20, 0x1000000);
	le32_put(p + 0x28, 0x200000);
}

/* Debian's 6.1 amd64 kernel as zstd, by our own manifest; then with one thing changed. */
static void put_ours(struct kernel *k)
{
	put_stub_info(0x74000, 9798144, 0x39ec0, 0x1d4);
	*k = (struct kernel){.protected_mode = {head, sizeof(head)},
		.ours = true,
		.manifest = {.flags = MANIFEST_FLAG_IN_PLACE | MANIFEST_FLAG_MOVABLE,
			.payload_off = 0x3b000,
			.payload_size = 9556201,
			.content_size = 65251506,
			.mem_base = 0x1000000,
			.mem_size = 60817408,
			.first_offset = 0x200000,
			.tail_offset = 65011712,
			.safe_offset = 51633872}};
	k->image.hdr.init_size = 0x3b0b000;
}

static void check_parts(const char *name, const struct init_size *r, size_t count, const uint64_t *want)
{
	CHECK_EQ(name, r->count, count);
	for (size_t i = 0; i < count; i++)
		CHECK_EQ(name, r->part[i].bytes, want[i]);
}

static size_t decides(const struct init_size *r)
{
	size_t which = r->count;

	for (size_t i = 0; i < r->count; i++) {
		if (r->part[i].decides) {
			assert_int_equal(which, r->count); /* just one does */
			which = i;
		}
	}
	return which;
}

enum { OUTPUT, AS_LOADED, PAYLOAD };

static void test_ours(void **state)
{
	static const uint64_t stock[] = {0x3a3b000, 0x9cd000, 0x3a5c000};
	struct kernel k;
	struct init_size r;

	put_ours(&k);
	inspect_init_size(&k, &r);
	check_parts("stock", &r, COUNT(stock), stock);
	assert_int_equal(decides(&r), PAYLOAD);
	assert_int_equal(r.besides, 0xaf000);
	assert_true(r.explained);
	/* somebody else's idea of init_size */
	k.image.hdr.init_size += 0x1000;
	inspect_init_size(&k, &r);
	assert_false(r.explained);
	check_parts("another init_size", &r, COUNT(stock), stock);
}

static void test_what_decides(void **state)
{
	static const struct {
		const char *name;
		uint32_t safe_offset, image, init_size;
		bool apart;
		size_t decides;
		uint64_t bytes, besides; /* besides 0: there is none */
	} cases[] = {
		{"nothing overlaps", 0, 9798144, 0x3a3b000 + 0xaf000, false, OUTPUT, 0x3a3b000, 0xaf000},
		{"content behind the kernel", 0, 9798144, 0x783b000 + 0xaf000, true, OUTPUT, 0x783b000, 0xaf000},
		{"an initrd of 64 MiB in the image", 0, 9798144 + 64 * MIB, 0x49cd000 + 0xaf000, false, AS_LOADED,
			0x49cd000, 0xaf000},
		{"a file of 200 MiB", 0, 200 * MIB, 200 * MIB + 0x74000 + 0xaf000, false, AS_LOADED,
			200 * MIB + 0x74000, 0xaf000},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct init_size r;
		struct kernel k;

		put_ours(&k);
		put_stub_info(0x74000, cases[i].image, 0x39ec0, 0x1d4);
		k.manifest.safe_offset = cases[i].safe_offset;
		if (cases[i].apart)
			k.manifest.flags = 0;
		k.image.hdr.init_size = cases[i].init_size;
		inspect_init_size(&k, &r);
		CHECK_EQ(cases[i].name, decides(&r), cases[i].decides);
		CHECK_EQ(cases[i].name, r.part[cases[i].decides].bytes, cases[i].bytes);
		CHECK_EQ(cases[i].name, r.besides, cases[i].besides);
		CHECK(cases[i].name, r.explained);
	}
}

/* A manifest that has passed its checks can still make sums overflow with what is in the head. */
static void test_nothing_to_say(void **state)
{
	struct init_size r;
	struct kernel k;

	put_ours(&k);
	k.image.hdr.init_size = 0; /* before protocol 2.10 */
	inspect_init_size(&k, &r);
	assert_int_equal(r.count, 0);
	for (size_t len = 0; len < 0x50; len++) {
		uint8_t *exact = malloc(len + !len);

		put_ours(&k);
		memcpy(exact, head, len);
		k.protected_mode = (struct span){exact, len};
		inspect_init_size(&k, &r);
		assert_int_equal(r.count, 0);
		free(exact);
	}
	put_ours(&k);
	put_stub_info(UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX);
	inspect_init_size(&k, &r);
	assert_false(r.explained);
	put_ours(&k);
	k.manifest.mem_size = UINT64_MAX - 100;
	inspect_init_size(&k, &r);
	assert_int_equal(r.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linux),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_what_decides),
		cmocka_unit_test(test_nothing_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
