/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's table of symbols: every layout from 4.4 to 7.0, and what must not be taken for one. */
#include "tests/unit/kallsyms_build.h"

#define X86   0xffffffff81000000ull
#define ARM64 0xffff800080000000ull
#define RISCV 0xffffffff80000000ull
#define I386  0xc1000000ull
#define ARM   0xc0008000ull

#define ABS  KALLSYMS_ABSOLUTE
#define REL  KALLSYMS_RELATIVE
#define CPU  KALLSYMS_PERCPU
#define HERE KALLSYMS_PLACE

/* clang-format off */
static const struct layout layouts[] = {
	/* name                                  form  word  big  behind marker seqs align sizes va */
	{"4.4, 64 bits",                         ABS,  8, false, false,  8,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"4.4, 32 bits",                         ABS,  4, false, false,  4,     0,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"4.4, 32 bits, big endian",             ABS,  4, true,  false,  4,     0,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"4.6, 64 bits",                         REL,  8, false, false,  8,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"4.6, 64 bits, per-CPU",                CPU,  8, false, false,  8,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"4.6, 64 bits, big endian",             REL,  8, true,  false,  8,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"4.6, 32 bits",                         REL,  4, false, false,  4,     0,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"4.20, 64 bits",                        REL,  8, false, false,  4,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"4.20, 64 bits, per-CPU",               CPU,  8, false, false,  4,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"5.x, 64 bits, absolute",               ABS,  8, false, false,  4,     0,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"6.1, long names",                      CPU,  8, false, false,  4,     0,   8,    0,    X86, LONG_NAMES, KALLSYMS_OTHER},
	{"6.2 before its release",               CPU,  8, false, false,  4,     4,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"6.2",                                  CPU,  8, false, false,  4,     3,   8,    0,    X86, LONG_NAMES, KALLSYMS_OTHER},
	{"6.2, 32 bits",                         REL,  4, false, false,  4,     3,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"6.2, 64 bits, big endian",             REL,  8, true,  false,  4,     3,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"with a table of sizes",                CPU,  8, false, false,  4,     3,   8,    4,    X86, 0, KALLSYMS_OTHER},
	{"with sizes that are words",            REL,  8, false, false,  4,     0,   8,    8,    X86, 0, KALLSYMS_OTHER},
	{"absolute, with sizes",                 ABS,  8, false, false,  4,     0,   8,    8,    X86, 0, KALLSYMS_OTHER},
	{"6.4, per-CPU",                         CPU,  8, false, true,   4,     3,   8,    0,    X86, LONG_NAMES, KALLSYMS_OTHER},
	{"6.4, 64 bits",                         REL,  8, false, true,   4,     3,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"6.4, 64 bits, big endian",             REL,  8, true,  true,   4,     3,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"6.4, 32 bits",                         REL,  4, false, true,   4,     3,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"6.4, 64 bits, absolute",               ABS,  8, false, true,   4,     3,   8,    0,    X86, 0, KALLSYMS_OTHER},
	{"6.4, 32 bits, absolute",               ABS,  4, false, true,   4,     3,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"7.0, 64 bits",                         HERE, 8, false, true,   4,     3,   4,    0,    X86, LONG_NAMES, KALLSYMS_OTHER},
	{"7.0, 64 bits, big endian",             HERE, 8, true,  true,   4,     3,   4,    0,    X86, 0, KALLSYMS_OTHER},
	{"7.0, 32 bits",                         HERE, 4, false, true,   4,     3,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"7.0, 32 bits that cannot move",        ABS,  4, false, true,   4,     3,   4,    0,    I386, 0, KALLSYMS_OTHER},
	{"code only",                            REL,  8, false, false,  4,     3,   8,    0,    X86, CODE_ONLY, KALLSYMS_OTHER},
	{"code only, 32 bits",                   REL,  4, false, false,  4,     3,   4,    0,    I386, CODE_ONLY, KALLSYMS_OTHER},
	{"code only, 7.0",                       HERE, 8, false, true,   4,     3,   4,    0,    X86, CODE_ONLY, KALLSYMS_OTHER},
};

/* Kernels in one piece, whose address is to be found. */
static const struct layout images[] = {
	{"arm64",                                REL,  8, false, false,  4,     3,   8,    0,    ARM64, 0, KALLSYMS_ARM64},
	{"arm64, base in a relocation",          REL,  8, false, false,  4,     3,   8,    0,    ARM64, ZERO_BASE, KALLSYMS_ARM64},
	{"arm64, code only",                     REL,  8, false, false,  4,     3,   8,    0,    ARM64, CODE_ONLY, KALLSYMS_ARM64},
	{"arm64, code only, base in relocation", REL,  8, false, false,  4,     3,   8,    0,    ARM64, ZERO_BASE | CODE_ONLY, KALLSYMS_ARM64},
	{"arm64, 6.12",                          REL,  8, false, true,   4,     3,   8,    0,    ARM64, 0, KALLSYMS_ARM64},
	{"arm64, 7.0",                           HERE, 8, false, true,   4,     3,   4,    0,    ARM64, 0, KALLSYMS_ARM64},
	{"arm64, 4.4",                           ABS,  8, false, false,  8,     0,   8,    0,    ARM64, 0, KALLSYMS_ARM64},
	{"riscv64",                              REL,  8, false, true,   4,     3,   8,    0,    RISCV, 0, KALLSYMS_RISCV64},
	{"riscv64, code only",                   REL,  8, false, true,   4,     3,   8,    0,    RISCV, CODE_ONLY, KALLSYMS_RISCV64},
	{"riscv64, 7.0",                         HERE, 8, false, true,   4,     3,   4,    0,    RISCV, 0, KALLSYMS_RISCV64},
	{"arm",                                  REL,  4, false, false,  4,     3,   4,    0,    ARM, 0, KALLSYMS_ARM},
	{"arm, code only",                       REL,  4, false, false,  4,     3,   4,    0,    ARM, CODE_ONLY, KALLSYMS_ARM},
	{"arm, 7.0",                             ABS,  4, false, true,   4,     3,   4,    0,    ARM, 0, KALLSYMS_ARM},
	{"any, by its banner",                   REL,  8, false, false,  4,     3,   8,    0,    ARM64, 0, KALLSYMS_OTHER},
};
/* clang-format on */

static struct kernel_build build;

static enum err find(const struct layout *l, bool with_areas, struct kallsyms *ret, struct fault *fault)
{
	static struct kallsyms_area areas[2];
	struct kallsyms_image image = {.bytes = {build.bytes, KERNEL_SIZE},
		.big_endian = l->big_endian,
		.word = l->word,
		.code = l->code};

	/* two segments, the second one further away in memory than in the file */
	areas[0] = (struct kallsyms_area){0, KERNEL_DATA, l->va};
	areas[1] = (struct kallsyms_area){KERNEL_DATA, KERNEL_SIZE - KERNEL_DATA, l->va + KERNEL_DATA};
	if (with_areas) {
		image.areas = areas;
		image.area_count = 2;
	}
	return kallsyms_find(&image, ret, fault);
}

static void check_all(const struct layout *l, const struct kallsyms *k)
{
	struct kallsyms_iter it = kallsyms_begin(k);
	struct kallsyms_symbol s;
	uint32_t text = 0;

	CHECK_EQ(l->name, k->count, build.count);
	CHECK_EQ(l->name, k->form, l->form);
	for (unsigned int i = 0; i < build.count; i++) {
		CHECK(l->name, kallsyms_next(&it, &s));
		CHECK_EQ(l->name, s.va, build.symbol[i].va);
		CHECK_EQ(l->name, s.type, build.symbol[i].type);
		CHECK(l->name, !strcmp(s.name, build.symbol[i].name));
		CHECK_EQ(l->name, s.name_len, strlen(build.symbol[i].name));
		CHECK_EQ(l->name, kallsyms_address(k, i), build.symbol[i].va);
		text += s.name_len;
	}
	CHECK(l->name, !kallsyms_next(&it, &s));
	CHECK_EQ(l->name, k->text_size, text);
	CHECK_EQ(l->name, k->token_table, build.token_table);
	CHECK_EQ(l->name, k->token_index, build.token_index);
	CHECK_EQ(l->name, k->names, build.names);
	CHECK_EQ(l->name, k->markers, build.markers);
	CHECK_EQ(l->name, k->addresses, build.addresses);
}

static void test_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(layouts); i++) {
		struct fault fault = {0};
		struct kallsyms k;

		kernel_build(&layouts[i], &build);
		CHECK_EQ(layouts[i].name, find(&layouts[i], true, &k, &fault), ERR_OK);
		check_all(&layouts[i], &k);
	}
}

static void test_images(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(images); i++) {
		const struct kallsyms_area *area;
		struct fault fault = {0};
		struct kallsyms k;
		size_t count;

		kernel_build(&images[i], &build);
		CHECK_EQ(images[i].name, find(&images[i], false, &k, &fault), ERR_OK);
		check_all(&images[i], &k);
		area = kallsyms_areas(&k, &count);
		CHECK_EQ(images[i].name, count, 1);
		CHECK_EQ(images[i].name, area->va, images[i].va);
		CHECK_EQ(images[i].name, area->size, KERNEL_SIZE);
	}
}

/* Tables that look like tokens, in front of the right ones: identity maps of fonts and keyboards. */
static void test_looks_like_tokens(void **state)
{
	struct kallsyms k;

	(void)state;
	kernel_build(&layouts[0], &build);
	memset(build.bytes + 0x19000, 0, 512);
	for (unsigned int i = 0; i < 256; i++)
		le16_put(build.bytes + 0x19200 + 2 * i, (uint16_t)i);
	/* and 256 strings with their index, but no names */
	for (unsigned int i = 0; i < 256; i++) {
		memcpy(build.bytes + 0x1a000 + 4 * i, "abc", 4);
		le16_put(build.bytes + 0x1a400 + 2 * i, (uint16_t)(4 * i));
	}
	assert_int_equal(find(&layouts[0], true, &k, NULL), ERR_OK);
	check_all(&layouts[0], &k);
}

/* What is changed in a good kernel, and what is said then. */
enum damage {
	NO_TOKENS,
	TOKEN_NOT_TEXT,
	NO_COUNT,
	WRONG_MARKER,
	LENGTH_ZERO,
	BAD_TYPE,
	UNSORTED,
	BASE_ELSEWHERE,
	BANNER_GONE,
	TOO_SHORT,
};

static void damage(enum damage d)
{
	uint8_t *b = build.bytes;

	switch (d) {
	case NO_TOKENS:
		memset(b + build.token_index, 0, 512);
		break;
	case TOKEN_NOT_TEXT:
		b[build.token_table + 1] = 0x80;
		break;
	case NO_COUNT:
		le32_put(b + build.num_syms, 3);
		break;
	case WRONG_MARKER:
		b[build.markers + 4]++;
		break;
	case LENGTH_ZERO:
		b[build.names] = 0;
		break;
	case BAD_TYPE: /* of the first symbol: a digit */
		b[build.names + 1] = '0';
		break;
	case UNSORTED:
		le32_put(b + build.addresses + 4 * 300, 0xfffffff0);
		break;
	case BASE_ELSEWHERE:
		le64_put(b + build.base, X86 + 0x100000);
		break;
	case BANNER_GONE:
		b[KERNEL_BANNER] = 'l';
		break;
	case TOO_SHORT: /* addresses run out of the image */
		memset(b + build.addresses, 0x55, 4);
		break;
	}
}

static void test_damage(void **state)
{
	static const struct {
		const char *name;
		enum damage damage;
		enum err err;
	} cases[] = {
		{"no tokens", NO_TOKENS, ERR_KALLSYMS_NONE},
		{"tokens that are no text", TOKEN_NOT_TEXT, ERR_KALLSYMS_NONE},
		{"number of symbols", NO_COUNT, ERR_BAD_KALLSYMS},
		{"markers and names disagree", WRONG_MARKER, ERR_BAD_KALLSYMS},
		{"a name without length", LENGTH_ZERO, ERR_BAD_KALLSYMS},
		{"a type that nm has not", BAD_TYPE, ERR_BAD_KALLSYMS},
		{"addresses that go back", UNSORTED, ERR_KALLSYMS_ADDRESSES},
		{"base is not where code is", BASE_ELSEWHERE, ERR_KALLSYMS_ADDRESSES},
		{"banner is not what it should be", BANNER_GONE, ERR_KALLSYMS_ADDRESSES},
		{"first address is not the lowest", TOO_SHORT, ERR_KALLSYMS_ADDRESSES},
	};
	const struct layout *l = &layouts[19]; /* 6.4, 64 bits */

	(void)state;
	assert_string_equal(l->name, "6.4, 64 bits");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kallsyms k = {.count = 1234};
		struct fault fault = {0};

		kernel_build(l, &build);
		damage(cases[i].damage);
		CHECK_EQ(cases[i].name, find(l, true, &k, &fault), cases[i].err);
		CHECK(cases[i].name, fault.text != NULL);
		CHECK_EQ(cases[i].name, k.count, 1234);
	}
}

/* No banner, no calls that could be read: the table may be right, but nothing says where it belongs. */
static void test_unknown_address(void **state)
{
	struct layout l = images[2];
	struct kallsyms k;

	(void)state;
	kernel_build(&l, &build);
	l.code = KALLSYMS_OTHER;
	assert_int_equal(find(&l, false, &k, NULL), ERR_KALLSYMS_LOAD_ADDRESS);

	/* base is 0, and no relocation fills it in */
	l = images[1];
	kernel_build(&l, &build);
	memset(build.bytes + KERNEL_DATA, 0, KERNEL_SIZE - KERNEL_DATA);
	assert_int_equal(find(&l, false, &k, NULL), ERR_KALLSYMS_LOAD_ADDRESS);

	/* no pointer says where it was linked to */
	l = images[5];
	kernel_build(&l, &build);
	memset(build.bytes + KERNEL_DATA, 0, KERNEL_SIZE - KERNEL_DATA);
	assert_int_equal(find(&l, false, &k, NULL), ERR_KALLSYMS_LOAD_ADDRESS);
}

/* A relative table with a copy of itself where the other layout has it: both fit, so neither is taken. */
static void test_ambiguous(void **state)
{
	struct layout l = layouts[3]; /* 4.6: addresses in front */
	struct kallsyms k;
	size_t size = SYMBOLS * 4;

	(void)state;
	kernel_build(&l, &build);
	/* the banner's words at both places that it may be at */
	memcpy(build.bytes + build.token_index + 512, build.bytes + build.addresses, size);
	le64_put(build.bytes + build.token_index + 512 + size, X86 - 0x1000);
	memcpy(build.bytes + KERNEL_BANNER - 0x1000, "Linux version ", 14);
	assert_int_equal(find(&l, true, &k, NULL), ERR_OK); /* _text would lie in front of the kernel */
	le64_put(build.bytes + build.token_index + 512 + size, X86 + 0x1000);
	memcpy(build.bytes + KERNEL_BANNER + 0x1000, "Linux version ", 14);
	assert_int_equal(find(&l, true, &k, NULL), ERR_KALLSYMS_AMBIGUOUS);
}

/* Every prefix of a kernel: nothing is read behind its end (the sanitizer watches). */
static void test_prefixes(void **state)
{
	const struct layout *l = &layouts[0];

	(void)state;
	kernel_build(l, &build);
	for (size_t len = 0; len < KERNEL_SIZE; len += 1021) {
		uint8_t *copy = malloc(len + 1);
		struct kallsyms_area area = {0, len, l->va};
		struct kallsyms_image image = {
			.bytes = {copy, len}, .word = l->word, .areas = &area, .area_count = 1};
		struct kallsyms k;
		enum err e;

		memcpy(copy, build.bytes, len);
		e = kallsyms_find(&image, &k, NULL);
		CHECK("prefix", len > build.token_index + 512 || e == ERR_KALLSYMS_NONE);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_looks_like_tokens),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_unknown_address),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
