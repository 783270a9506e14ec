/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/fit: which node is the kernel, where its data is, and blobs that are cut or changed. A FIT of these
 * tests, of which a case has any part:
 *
 *   / { images { fdt-1 {...}; kernel-1 {...}; kernel-2 {...}; }; configurations { default; conf-1 {...}; }; }
 */
#include <libfdt.h>
#include "tests/unit/unit.h"

#include "lib/fit.h"

#define SIZE	  4096 /* of a file: the tree, then what lies behind it */
#define OUTSIDE	  0x800 /* data that is not in the tree */
#define DATA_SIZE 8

static uint8_t file[SIZE];

/* Properties of kernel-1; "" is one that is not there. */
struct image {
	const char *type, *data, *compression;
	uint32_t data_size, data_position, data_offset; /* UINT32_MAX: none */
};

#define NONE UINT32_MAX
#define INSIDE(type, data) {type, data, "gzip", NONE, NONE, NONE}

struct tree {
	bool no_images;
	const char *first; /* kernel-1's type, "": no such node */
	const char *second; /* kernel-2's */
	const char *chosen; /* the default configuration, "": none is named; NULL: no configurations */
	const char *kernel; /* what conf-1 says is its kernel, "": nothing */
};

static void put_text(const char *name, const char *text)
{
	if (*text)
		assert_int_equal(fdt_property_string(file, name, text), 0);
}

static void put_word(const char *name, uint32_t value)
{
	if (value != NONE)
		assert_int_equal(fdt_property_u32(file, name, value), 0);
}

static void put_image(const char *name, const struct image *image)
{
	assert_int_equal(fdt_begin_node(file, name), 0);
	put_text("type", image->type);
	put_text("arch", "arm64");
	put_text("compression", image->compression);
	if (*image->data)
		assert_int_equal(fdt_property(file, "data", image->data, DATA_SIZE), 0);
	put_word("data-size", image->data_size);
	put_word("data-position", image->data_position);
	put_word("data-offset", image->data_offset);
	assert_int_equal(fdt_end_node(file), 0);
}

static void begin(void)
{
	memset(file, 0xee, sizeof(file));
	assert_int_equal(fdt_create(file, OUTSIDE), 0);
	assert_int_equal(fdt_finish_reservemap(file), 0);
	assert_int_equal(fdt_begin_node(file, ""), 0);
}

static void end(void)
{
	assert_int_equal(fdt_end_node(file), 0);
	assert_int_equal(fdt_finish(file), 0);
}

static void put_configurations(const char *chosen, const char *kernel)
{
	assert_int_equal(fdt_begin_node(file, "configurations"), 0);
	put_text("default", chosen);
	assert_int_equal(fdt_begin_node(file, "conf-1"), 0);
	put_text("kernel", kernel);
	assert_int_equal(fdt_end_node(file), 0);
	assert_int_equal(fdt_end_node(file), 0);
}

static void build(const struct tree *t)
{
	const struct image fdt = INSIDE("flat_dt", "treetree");
	const struct image first = INSIDE(t->first, "1111data"), second = INSIDE(t->second, "2222data");

	begin();
	if (!t->no_images) {
		assert_int_equal(fdt_begin_node(file, "images"), 0);
		put_image("fdt-1", &fdt);
		if (*t->first)
			put_image("kernel-1", &first);
		if (*t->second)
			put_image("kernel-2", &second);
		assert_int_equal(fdt_end_node(file), 0);
	}
	if (t->chosen)
		put_configurations(t->chosen, t->kernel);
	end();
}

static void test_which_is_the_kernel(void **state)
{
	static const struct {
		const char *name;
		struct tree tree;
		const char *want; /* NULL: BAD_FIT */
	} cases[] = {
		{"the default configuration's", {false, "kernel", "kernel", "conf-1", "kernel-2"}, "kernel-2"},
		{"whatever its type", {false, "kernel", "standalone", "conf-1", "kernel-2"}, "kernel-2"},
		{"no configurations: the first", {false, "kernel", "kernel", NULL, ""}, "kernel-1"},
		{"the first of that type", {false, "ramdisk", "kernel", NULL, ""}, "kernel-2"},
		{"kernel_noload is one", {false, "ramdisk", "kernel_noload", NULL, ""}, "kernel-2"},
		{"no default", {false, "kernel", "kernel", "", "kernel-2"}, "kernel-1"},
		{"default that is not there", {false, "kernel", "kernel", "conf-2", "kernel-2"}, "kernel-1"},
		{"configuration without kernel", {false, "kernel", "kernel", "conf-1", ""}, "kernel-1"},
		{"of an image that is not there", {false, "kernel", "", "conf-1", "kernel-2"}, "kernel-1"},
		{"no image of that type", {false, "ramdisk", "kern", NULL, ""}, NULL},
		{"no images at all", {false, "", "", "conf-1", "kernel-1"}, NULL},
		{"no node of images", {true, "", "", "conf-1", "kernel-1"}, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *want = cases[i].want;
		struct fit fit = {{0}, {0}, {0}, {0}};
		struct fault fault = {0};
		enum err e;

		build(&cases[i].tree);
		e = fit_parse((struct span){file, SIZE}, &fit, &fault);
		CHECK_EQ(cases[i].name, e, want ? ERR_OK : ERR_BAD_FIT);
		if (!want) {
			CHECK(cases[i].name, !fit.kernel.ptr && !strcmp(fault.text, "no kernel in /images"));
			continue;
		}
		CHECK(cases[i].name, fit.name.len == 8 && !memcmp(fit.name.ptr, want, 8));
		CHECK(cases[i].name, fit.kernel.len == DATA_SIZE && fit.kernel.ptr[0] == (uint8_t)want[7]);
		CHECK(cases[i].name, fit.arch.len == 5 && !memcmp(fit.arch.ptr, "arm64", 5));
		CHECK(cases[i].name, fit.compression.len == 4 && !memcmp(fit.compression.ptr, "gzip", 4));
	}
}

/* A tree with just that kernel; returns where the tree ends, on a multiple of four. */
static uint32_t build_one(const struct image *image)
{
	begin();
	assert_int_equal(fdt_begin_node(file, "images"), 0);
	put_image("kernel-1", image);
	assert_int_equal(fdt_end_node(file), 0);
	end();
	return (fdt_totalsize(file) + 3) & ~3u;
}

static void test_where_its_data_is(void **state)
{
	enum { IN_TREE = 1, BEHIND_TREE = 2 };
	static const struct {
		const char *name;
		struct image image;
		enum err err;
		uint64_t at; /* in the file, or of the enum */
	} cases[] = {
		{"in the tree", INSIDE("kernel", "datadata"), ERR_OK, IN_TREE},
		{"in the tree before all else", {"kernel", "datadata", "", 4, OUTSIDE, 0}, ERR_OK, IN_TREE},
		{"at a place", {"kernel", "", "", DATA_SIZE, OUTSIDE, NONE}, ERR_OK, OUTSIDE},
		{"at a place before behind the tree", {"kernel", "", "", DATA_SIZE, OUTSIDE, 16}, ERR_OK, OUTSIDE},
		{"behind the tree", {"kernel", "", "", DATA_SIZE, NONE, 0}, ERR_OK, BEHIND_TREE},
		{"up to the file's end", {"kernel", "", "", DATA_SIZE, SIZE - DATA_SIZE, NONE}, ERR_OK,
			SIZE - DATA_SIZE},
		{"a byte too long", {"kernel", "", "", DATA_SIZE, SIZE - DATA_SIZE + 1, NONE}, ERR_TRUNCATED, 0},
		{"behind the file", {"kernel", "", "", DATA_SIZE, 0xfffffff0, NONE}, ERR_TRUNCATED, 0},
		{"size of all there is", {"kernel", "", "", 0xfffffff0, NONE, 0xfffffff0}, ERR_TRUNCATED, 0},
		{"size alone", {"kernel", "", "", DATA_SIZE, NONE, NONE}, ERR_BAD_FIT, 0},
		{"place alone", {"kernel", "", "", NONE, OUTSIDE, NONE}, ERR_BAD_FIT, 0},
		{"nothing", {"kernel", "", "", NONE, NONE, NONE}, ERR_BAD_FIT, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t behind = build_one(&cases[i].image);
		struct fit fit;

		CHECK_EQ(cases[i].name, fit_parse((struct span){file, SIZE}, &fit, NULL), cases[i].err);
		if (cases[i].err)
			continue;
		CHECK_EQ(cases[i].name, fit.kernel.len, DATA_SIZE);
		if (cases[i].at == IN_TREE)
			CHECK(cases[i].name, !memcmp(fit.kernel.ptr, "datadata", DATA_SIZE));
		else
			CHECK_EQ(cases[i].name, fit.kernel.ptr - file,
				cases[i].at == BEHIND_TREE ? behind : cases[i].at);
	}
}

/* A number of another width is none. */
static void test_words_of_wrong_length(void **state)
{
	struct fit fit;

	begin();
	assert_int_equal(fdt_begin_node(file, "images"), 0);
	assert_int_equal(fdt_begin_node(file, "kernel-1"), 0);
	put_text("type", "kernel");
	assert_int_equal(fdt_property_u64(file, "data-size", DATA_SIZE), 0);
	put_word("data-position", OUTSIDE);
	assert_int_equal(fdt_end_node(file), 0);
	assert_int_equal(fdt_end_node(file), 0);
	end();
	assert_int_equal(fit_parse((struct span){file, SIZE}, &fit, NULL), ERR_BAD_FIT);
}

static bool inside(struct span file_span, struct span part)
{
	return !part.len || (part.ptr >= file_span.ptr &&
				    part.ptr - file_span.ptr + part.len <= file_span.len);
}

/* In memory of just that size, so that a byte too far is found. */
static enum err parse_exactly(const uint8_t *bytes, size_t len)
{
	uint8_t *exact = malloc(len + !len);
	struct span span = {exact, len};
	struct fit fit = {{0}, {0}, {0}, {0}};
	enum err e;

	memcpy(exact, bytes, len);
	e = fit_parse(span, &fit, NULL);
	assert_true(inside(span, fit.kernel) && inside(span, fit.name));
	assert_true(inside(span, fit.arch) && inside(span, fit.compression));
	free(exact);
	return e;
}

static void test_cut_anywhere(void **state)
{
	static const struct tree tree = {false, "kernel", "kernel", "conf-1", "kernel-2"};
	size_t len, size;

	build(&tree);
	size = fdt_totalsize(file);
	for (len = 0; len < size; len++)
		assert_int_not_equal(parse_exactly(file, len), ERR_OK);
	assert_int_equal(parse_exactly(file, size), ERR_OK);
}

static void test_changed_anywhere(void **state)
{
	static const struct tree tree = {false, "kernel", "kernel", "conf-1", "kernel-2"};
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	size_t pos, i, size;

	build(&tree);
	size = fdt_totalsize(file);
	for (pos = 0; pos < size; pos++) {
		for (i = 0; i < COUNT(flips); i++) {
			file[pos] ^= flips[i];
			(void)!parse_exactly(file, size);
			file[pos] ^= flips[i];
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_is_the_kernel),
		cmocka_unit_test(test_where_its_data_is),
		cmocka_unit_test(test_words_of_wrong_length),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_changed_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
