/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/kernel*: files made of layers, small ones: which layers are seen, what comes out, what is complained
 * of; and the same files cut at every byte and changed at every byte. What real kernels look like is tested
 * from outside (tests/cli/test_formats.py).
 */
#include <zlib.h>
#include "tests/unit/elf_build.h"

#include "lib/contradict.h"
#include "lib/crc32.h"
#include "lib/kernel.h"
#include "tests/unit_host/wrap_bzimage.h"

#define SIZE   0x20000
#define BANNER "Linux version 9.8.7-test (somebody) #1"

static uint8_t file[SIZE];
static size_t size;

/* --- building from the inside out: each takes what is in file, and puts something around it --- */

static void wrap_text(void)
{
	memset(file, 0x90, 0x400);
	memcpy(file + 0x200, BANNER, sizeof(BANNER));
	size = 0x400;
}

static void wrap_elf(void)
{
	static const struct elf_load loads[] = {
		{0x1000, 0xffffffff81000000, 0x1000000, 0x1000, 0x2000}, {0}};
	static uint8_t elf[ELF_BUILD_SIZE];

	elf_build(elf, 2, 0x1000000, loads);
	memcpy(elf + 0x1800, BANNER, sizeof(BANNER));
	size = 0x2000;
	memcpy(file, elf, size);
}

static void wrap_arm64(void)
{
	wrap_text();
	memset(file, 0, 64);
	le64_put(file + 16, 0x10000);
	memcpy(file + 56, "ARMd", 4);
}

static void wrap_gzip(void)
{
	static uint8_t in[SIZE];
	z_stream z = {.next_in = in, .avail_in = (uInt)size, .next_out = file, .avail_out = SIZE};

	memcpy(in, file, size);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size = z.total_out;
	assert_int_equal(deflateEnd(&z), Z_OK);
}

static void put_be32(uint8_t *p, uint32_t v)
{
	le32_put(p, __builtin_bswap32(v));
}

static void wrap_uimage(void)
{
	memmove(file + 64, file, size);
	memset(file, 0, 64);
	put_be32(file, 0x27051956);
	put_be32(file + 12, (uint32_t)size);
	put_be32(file + 24, crc32_update(0, (struct span){file + 64, size}));
	file[30] = 2;
	put_be32(file + 4, crc32_update(0, (struct span){file, 64}));
	size += 64;
}

/* A PE without code, the payload behind its header. */
static void wrap_zboot(void)
{
	memmove(file + 0x200, file, size);
	memset(file, 0, 0x200);
	memcpy(file, "MZ\0\0zimg", 8);
	le32_put(file + 8, 0x200);
	le32_put(file + 12, (uint32_t)size);
	memcpy(file + 24, "gzip", 4);
	le32_put(file + 0x3c, 0x40);
	le32_put(file + 0x40, 0x4550);
	le16_put(file + 0x44, 0xaa64);
	le16_put(file + 0x54, 0x70);
	le16_put(file + 0x58, 0x20b);
	le32_put(file + 0x58 + 56, 0x1000);
	le32_put(file + 0x58 + 60, 0x200);
	size += 0x200;
}

static void wrap_arm_zimage(void)
{
	memmove(file + 0x100, file, size);
	memset(file, 0, 0x100);
	size += 0x100;
	le32_put(file + 0x24, 0x016f2818);
	le32_put(file + 0x2c, (uint32_t)size);
	le32_put(file + 0x30, 0x04030201);
}

/* What a wrapper's code is followed by. */
static void wrap_s390(void)
{
	memmove(file + 0x10800, file, size);
	memset(file, 0, 0x10800);
	memcpy(file + 0x10008, "S390EP", 6);
	size += 0x10800;
}

/* vmlinuz of MIPS: the stream in the middle of a segment. */
static void wrap_mips(void)
{
	uint8_t header[0x54] = {0x7f, 'E', 'L', 'F', 1, 1, 1};

	memmove(file + 0x200, file, size);
	memset(file, 0, 0x200);
	size += 0x200;
	memset(file + size, 0, 0x100);
	size += 0x100;
	le16_put(header + 0x10, 2);
	le16_put(header + 0x12, 8);
	le32_put(header + 0x1c, 0x34);
	le16_put(header + 0x2a, 0x20);
	le16_put(header + 0x2c, 1);
	le32_put(header + 0x34, 1);
	le32_put(header + 0x34 + 16, (uint32_t)size);
	le32_put(header + 0x34 + 20, (uint32_t)size);
	memcpy(file, header, sizeof(header));
}

static void wrap_x86(void)
{
	memmove(file + WRAP_PAYLOAD, file, size);
	size = wrap_bzimage(file, size, 0x100000);
	memset(file + size, 0, 64);
}

typedef void wrap(void);

/* --- */

static enum err read_exactly(size_t len, const struct kernel_options *options, struct kernel *ret, uint8_t **ret_bytes)
{
	*ret_bytes = malloc(len + !len);
	memcpy(*ret_bytes, file, len);
	return kernel_read((struct span){*ret_bytes, len}, options, ret);
}

/* "gzip > ELF" */
static void describe(const struct kernel *k, char *buf, size_t cap)
{
	size_t n = 0;

	buf[0] = 0;
	for (size_t i = 0; i < k->layer_count; i++)
		n += (size_t)snprintf(buf + n, cap - n, "%s%s%s", i ? " > " : "",
			k->layer[i].format == KERNEL_STREAM ? codec_name(k->layer[i].codec)
							    : format_name(k->layer[i].format),
			k->layer[i].searched ? "?" : "");
}

#define WRAPS_MAX 16
static const struct image {
	const char *want;
	wrap *wraps[WRAPS_MAX];
	const char *arch;
} images[] = {
	{"ELF", {wrap_elf}, "x86-64"},
	{"arm64 Image", {wrap_arm64}, "arm64"},
	{"gzip > arm64 Image", {wrap_arm64, wrap_gzip}, "arm64"},
	{"gzip > gzip > ELF", {wrap_elf, wrap_gzip, wrap_gzip}, "x86-64"},
	{"gzip > raw kernel", {wrap_text, wrap_gzip}, NULL},
	{"uImage > gzip > ELF", {wrap_elf, wrap_gzip, wrap_uimage}, "x86-64"},
	{"uImage > raw kernel", {wrap_text, wrap_uimage}, NULL},
	{"EFI zboot > gzip > arm64 Image", {wrap_arm64, wrap_gzip, wrap_zboot}, "arm64"},
	{"gzip > EFI zboot > gzip > arm64 Image", {wrap_arm64, wrap_gzip, wrap_zboot, wrap_gzip}, "arm64"},
	{"ARM zImage > gzip? > raw kernel", {wrap_text, wrap_gzip, wrap_arm_zimage}, "arm"},
	{"s390 bzImage > gzip? > raw kernel", {wrap_text, wrap_gzip, wrap_s390}, "s390x"},
	{"s390 bzImage", {wrap_text, wrap_s390}, "s390x"},
	{"ELF > gzip? > raw kernel", {wrap_text, wrap_gzip, wrap_mips}, "mipsel"},
	{"ELF > gzip? > ELF", {wrap_elf, wrap_gzip, wrap_mips}, "x86-64"},
	{"ELF", {wrap_text, wrap_mips}, "mipsel"},
	{"bzImage > gzip > ELF", {wrap_elf, wrap_gzip, wrap_x86}, "x86-64"},
	{"uImage > bzImage > gzip > ELF", {wrap_elf, wrap_gzip, wrap_x86, wrap_uimage}, "x86-64"},
};

static void build(const struct image *image)
{
	for (size_t i = 0; i < WRAPS_MAX && image->wraps[i]; i++)
		image->wraps[i]();
}

static void test_layers(void **state)
{
	for (size_t i = 0; i < COUNT(images); i++) {
		const char *name = images[i].want;
		struct kernel k;
		uint8_t *bytes;
		char got[200];

		build(&images[i]);
		assert_int_equal(read_exactly(size, NULL, &k, &bytes), ERR_OK);
		describe(&k, got, sizeof(got));
		CHECK(name, !strcmp(got, name));
		CHECK_EQ(name, k.problems.count, 0);
		CHECK(name, k.has_kernel && k.has_digest);
		CHECK(name, images[i].arch ? k.arch && !strcmp(k.arch, images[i].arch) : !k.arch);
		CHECK(name, k.release.len == 10 && !memcmp(k.release.ptr, "9.8.7-test", 10));
		CHECK_EQ(name, k.has_elf, k.arch && !strcmp(k.arch, "x86-64"));
		kernel_close(&k);
		free(bytes);
	}
}

/* A shallow look names the same image, and decodes nothing that is the image's own. */
static void test_shallow(void **state)
{
	const struct kernel_options shallow = {.shallow = true};

	for (size_t i = 0; i < COUNT(images); i++) {
		struct kernel k;
		uint8_t *bytes;
		char got[200];

		build(&images[i]);
		assert_int_equal(read_exactly(size, &shallow, &k, &bytes), ERR_OK);
		describe(&k, got, sizeof(got));
		CHECK(images[i].want, !strncmp(images[i].want, got, strlen(got)));
		CHECK(images[i].want, !k.content && !k.problems.count);
		CHECK_EQ(images[i].want, k.left_out, !k.has_kernel);
		kernel_close(&k);
		free(bytes);
	}
}

static void check_pointers(const struct kernel *k)
{
	assert_true(k->layer_count <= KERNEL_LAYERS_MAX && k->owned_count <= KERNEL_OWNED_MAX);
	assert_true(k->problems.count <= PROBLEMS_MAX);
	assert_true(!k->has_elf || k->has_kernel);
	/* what is given out can be read */
	if (k->has_kernel)
		(void)!crc32_update(0, k->kernel);
	(void)!crc32_update(0, k->relocs);
	(void)!crc32_update(0, k->release);
	for (size_t i = 0; i < k->layer_count; i++)
		(void)!crc32_update(0, k->layer[i].bytes);
}

static void test_cut_anywhere(void **state)
{
	for (size_t i = 0; i < COUNT(images); i++) {
		build(&images[i]);
		for (size_t len = 0; len < size; len += len < 0x300 || len > size - 40 ? 1 : size / 200 + 1) {
			struct kernel k;
			uint8_t *bytes;

			assert_int_equal(read_exactly(len, NULL, &k, &bytes), ERR_OK);
			check_pointers(&k);
			kernel_find_contradictions(&k);
			/* a stream that is not all there does not become a kernel */
			if (k.layer_count && k.layer[0].format == KERNEL_STREAM)
				CHECK(images[i].want, !k.has_kernel && k.problems.count);
			kernel_close(&k);
			free(bytes);
		}
	}
}

static void test_changed_anywhere(void **state)
{
	const struct kernel_options options = {.max_output = 1 << 20};

	for (size_t i = 0; i < COUNT(images); i++) {
		build(&images[i]);
		for (size_t pos = 0; pos < size; pos += pos < 0x300 ? 1 : size / 200 + 1) {
			struct kernel k;
			uint8_t *bytes;

			file[pos] ^= 0xff;
			assert_int_equal(read_exactly(size, &options, &k, &bytes), ERR_OK);
			check_pointers(&k);
			kernel_find_contradictions(&k);
			kernel_close(&k);
			free(bytes);
			file[pos] ^= 0xff;
		}
	}
}

static enum err first_problem(const struct kernel_options *options)
{
	struct kernel k;
	uint8_t *bytes;
	enum err e;

	assert_int_equal(read_exactly(size, options, &k, &bytes), ERR_OK);
	e = k.problems.count ? k.problems.p[0].err : ERR_OK;
	kernel_close(&k);
	free(bytes);
	return e;
}

static void test_limits(void **state)
{
	struct kernel_options options = {.max_output = 0x2000};

	wrap_elf();
	wrap_gzip();
	assert_int_equal(first_problem(&options), ERR_OK);
	options.max_output--;
	assert_int_equal(first_problem(&options), ERR_OUTPUT_LIMIT);
	/* layers: twelve, with the ELF */
	wrap_elf();
	for (int i = 0; i < KERNEL_LAYERS_MAX - 1; i++)
		wrap_gzip();
	assert_int_equal(first_problem(NULL), ERR_OK);
	wrap_gzip();
	assert_int_equal(first_problem(NULL), ERR_TOO_NESTED);
	for (int i = 0; i < 20; i++)
		wrap_gzip();
	assert_int_equal(first_problem(NULL), ERR_TOO_NESTED);
}

static void test_complaints(void **state)
{
	static const struct {
		const char *name;
		wrap *wraps[4];
		size_t at; /* from the start; or, if from_end, from the end */
		bool from_end;
		enum err err;
	} cases[] = {
		{"checksum of a stream", {wrap_elf, wrap_gzip}, 8, true, ERR_BAD_STREAM},
		{"a stream's size", {wrap_elf, wrap_gzip}, 1, true, ERR_BAD_STREAM},
		{"uImage's header", {wrap_elf, wrap_uimage}, 16, false, ERR_BAD_UIMAGE},
		{"uImage's data", {wrap_text, wrap_uimage}, 1, true, ERR_UIMAGE_CRC},
		{"zboot's codec", {wrap_arm64, wrap_gzip, wrap_zboot}, 24, false, ERR_BAD_ZBOOT},
		{"zboot's payload", {wrap_arm64, wrap_gzip, wrap_zboot}, 5, true, ERR_BAD_STREAM},
		{"payload's codec", {wrap_elf, wrap_gzip, wrap_x86}, 0x500, false, ERR_CODEC_UNKNOWN},
		{"payload_offset", {wrap_elf, wrap_gzip, wrap_x86}, 0x24b, false, ERR_BAD_SETUP_HEADER},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t j = 0; j < 4 && cases[i].wraps[j]; j++)
			cases[i].wraps[j]();
		file[cases[i].from_end ? size - cases[i].at : cases[i].at] ^= 0xff;
		CHECK_EQ(cases[i].name, first_problem(NULL), cases[i].err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_shallow),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_changed_anywhere),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_complaints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
