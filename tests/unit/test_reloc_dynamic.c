/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/reloc_dynamic: RELA and RELR of a position-independent kernel, good and damaged. */
#include "tests/unit/unit.h"

#include "core/reloc.h"

#define BASE   0x100000 /* link-time physical = virtual address */
#define SIZE   0x1000
#define OFFSET 0x1000 /* of the segment in the file */
#define RELA   0x400 /* offsets into the image */
#define RELR   0x600
#define DYN    0x800
#define DELTA  0xffffffff80000000

static const struct elf_plan plan = {
	.type = 3,
	.count = 1,
	.segment = {{OFFSET, BASE, BASE, SIZE, SIZE, 0x1000, 7}},
	.mem_base = BASE,
	.mem_size = SIZE,
	.dynamic_offset = OFFSET + DYN,
	.dynamic_size = 0x100,
};

struct kernel {
	uint8_t image[SIZE];
};

static void put_dynamic(struct kernel *k, unsigned n, uint64_t tag, uint64_t value)
{
	le64_put(k->image + DYN + 16 * n, tag);
	le64_put(k->image + DYN + 16 * n + 8, value);
}

static void put_rela(struct kernel *k, unsigned n, uint64_t off, uint64_t info, uint64_t addend)
{
	le64_put(k->image + RELA + 24 * n, off);
	le64_put(k->image + RELA + 24 * n + 8, info);
	le64_put(k->image + RELA + 24 * n + 16, addend);
}

/* Two RELA (at 0x10 and 0x18) and RELR: an address (0x100) and a bitmap for the next 63 words. */
static void build(struct kernel *k)
{
	memset(k, 0, sizeof(*k));
	put_rela(k, 0, BASE + 0x10, 8, BASE + 0x123);
	put_rela(k, 1, BASE + 0x18, 8, BASE + 0x456);
	le64_put(k->image + RELR, BASE + 0x100);
	le64_put(k->image + RELR + 8, 1 | 1ull << 1 | 1ull << 3 | 1ull << 63);
	le64_put(k->image + RELR + 16, 1 | 1ull << 1);
	put_dynamic(k, 0, 7, BASE + RELA);
	put_dynamic(k, 1, 8, 48);
	put_dynamic(k, 2, 9, 24);
	put_dynamic(k, 3, 36, BASE + RELR);
	put_dynamic(k, 4, 35, 24);
	put_dynamic(k, 5, 37, 8);
	put_dynamic(k, 6, 0, 0);
	for (unsigned at = 0x100; at < 0x400; at += 8)
		le64_put(k->image + at, BASE + at);
}

static enum err apply(struct kernel *k, struct fault *fault)
{
	const struct reloc_target target = {k->image, BASE, SIZE, 0};

	return reloc_apply_dynamic(&plan, &target, DELTA, fault);
}

static void test_apply(void **state)
{
	struct kernel k;

	build(&k);
	assert_int_equal(apply(&k, NULL), ERR_OK);
	assert_int_equal(le64_get(k.image + 0x10), DELTA + BASE + 0x123);
	assert_int_equal(le64_get(k.image + 0x18), DELTA + BASE + 0x456);
	for (unsigned at = 0x100; at < 0x400; at += 8) {
		/* 0x100 itself; bits 1, 3, 63 of the first bitmap; bit 1 of the second. */
		bool hit = at == 0x100 || at == 0x108 || at == 0x118 || at == 0x108 + 62 * 8 ||
			at == 0x108 + 63 * 8;

		assert_int_equal(le64_get(k.image + at), BASE + at + (hit ? DELTA : 0));
	}
}

static void test_no_dynamic_section(void **state)
{
	struct elf_plan none = plan;
	struct kernel k;

	build(&k);
	none.dynamic_size = 0;
	assert_int_equal(reloc_apply_dynamic(&none, &(struct reloc_target){k.image, BASE, SIZE, 0},
				 DELTA, NULL),
		ERR_OK);
	assert_int_equal(le64_get(k.image + 0x10), 0);
}

/* One 64-bit word of the image changed. */
static void test_damage(void **state)
{
	static const struct {
		const char *name;
		uint32_t at;
		uint64_t value;
		enum err e;
	} cases[] = {
		{"RELA outside the kernel", DYN + 8, BASE + SIZE, ERR_RELOC_OUTSIDE},
		{"RELA that runs over", DYN + 8, BASE + SIZE - 47, ERR_RELOC_OUTSIDE},
		{"RELA size that is no multiple", DYN + 24, 47, ERR_BAD_RELOC},
		{"RELA size that wraps", DYN + 24, 24 * (UINT64_MAX / 24), ERR_RELOC_OUTSIDE},
		{"RELA entries of another size", DYN + 40, 16, ERR_BAD_RELOC},
		{"RELR outside the kernel", DYN + 56, BASE - 8, ERR_RELOC_OUTSIDE},
		{"RELR size that is no multiple", DYN + 72, 23, ERR_BAD_RELOC},
		{"RELR entries of another size", DYN + 88, 4, ERR_BAD_RELOC},
		{"REL is not for x86-64", DYN + 96, 17, ERR_RELOC_KIND},
		{"a procedure linkage table", DYN + 96, 23, ERR_RELOC_KIND},
		{"a tag that means nothing to us", DYN + 96, 5, ERR_OK},
		{"a symbolic relocation", RELA + 8, 1, ERR_RELOC_KIND},
		{"R_X86_64_NONE does nothing", RELA + 8, 0, ERR_OK},
		{"a place below the kernel", RELA, BASE - 1, ERR_RELOC_OUTSIDE},
		{"the last place", RELA, BASE + SIZE - 8, ERR_OK},
		{"a place that runs over", RELA, BASE + SIZE - 7, ERR_RELOC_OUTSIDE},
		{"a RELR place that runs over", RELR, BASE + SIZE - 6, ERR_RELOC_OUTSIDE},
		{"a RELR bitmap that runs over", RELR, BASE + SIZE - 16, ERR_RELOC_OUTSIDE},
		{"a RELR bitmap without an address before it", RELR, 3, ERR_RELOC_OUTSIDE},
		{"a RELR bitmap without bits", RELR + 8, 1, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kernel k;
		struct fault fault = {0};
		enum err e;

		build(&k);
		le64_put(k.image + cases[i].at, cases[i].value);
		e = apply(&k, &fault);
		CHECK_EQ(cases[i].name, e, cases[i].e);
		CHECK(cases[i].name, !e || fault.text);
	}
}

static void test_dynamic_section_without_end(void **state)
{
	struct kernel k;

	build(&k);
	for (unsigned n = 6; n < 16; n++)
		put_dynamic(&k, n, 5, 0);
	assert_int_equal(apply(&k, NULL), ERR_BAD_RELOC);
}

static void test_dynamic_section_not_in_a_segment(void **state)
{
	static const struct {
		const char *name;
		uint64_t offset, size;
	} cases[] = {
		{"in front of all segments", OFFSET - 8, 0x20},
		{"runs over the end of its segment", OFFSET + SIZE - 8, 16},
		{"behind all segments", OFFSET + SIZE + 8, 16},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct elf_plan p = plan;
		struct kernel k;

		build(&k);
		p.dynamic_offset = cases[i].offset;
		p.dynamic_size = cases[i].size;
		CHECK_EQ(cases[i].name,
			reloc_apply_dynamic(
				&p, &(struct reloc_target){k.image, BASE, SIZE, 0}, DELTA, NULL),
			ERR_BAD_RELOC);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_no_dynamic_section),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_dynamic_section_without_end),
		cmocka_unit_test(test_dynamic_section_not_in_a_segment),
	};

	return cmocka_run_group_tests_name("reloc_dynamic", tests, NULL, NULL);
}
