/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/contradict: headers in which one field makes another one wrong, a line each; the same headers as every
 * Linux has them are left alone.
 */
#include "tests/unit/unit.h"

#include "lib/contradict.h"
#include "spec/image.h"

#define SETUP	  0x1000 /* bytes of the setup part */
#define FILE_SIZE 0x4000
#define MIB	  (1u << 20)

enum flags {
	PE_HEADER = 1, /* the file has one */
	ELF_64 = 2, /* a kernel of that class is in it */
	ELF_32 = 4,
	OURS = 8,
	NO_PAYLOAD = 16,
};

static uint8_t file[FILE_SIZE];
static struct kernel kernel;

struct header {
	uint16_t protocol;
	uint8_t min_alignment;
	uint32_t alignment;
	bool fixed;
	uint64_t pref;
	uint16_t xloadflags;
	uint32_t handover;
	uint64_t takes; /* memory, by the kernel's segments */
	uint32_t init_size;
	unsigned int flags;
};

/* A stock kernel for x86-64, as its header says it. */
static const struct header stock = {
	.protocol = 0x020f,
	.min_alignment = 21,
	.alignment = 2 * MIB,
	.pref = 16 * MIB,
	.xloadflags = 0x3f,
	.handover = 0x190,
	.takes = 60 * MIB,
	.init_size = 62 * MIB,
	.flags = PE_HEADER | ELF_64,
};

/* What differs from that. */
enum field { NO_FIELD, PROTOCOL, MIN_ALIGNMENT, FIXED_AT, XLOADFLAGS, HANDOVER_OFFSET, PREF_ADDRESS, INIT };

static void change(struct header *h, enum field field, uint64_t value)
{
	switch (field) {
	case NO_FIELD:
		break;
	case PROTOCOL:
		h->protocol = (uint16_t)value;
		break;
	case MIN_ALIGNMENT:
		h->min_alignment = (uint8_t)value;
		break;
	case FIXED_AT:
		h->fixed = true;
		h->pref = value;
		break;
	case XLOADFLAGS:
		h->xloadflags = (uint16_t)value;
		break;
	case HANDOVER_OFFSET:
		h->handover = (uint32_t)value;
		break;
	case PREF_ADDRESS:
		h->pref = value;
		break;
	case INIT:
		h->init_size = (uint32_t)value;
		break;
	}
}

static void build(const struct header *h)
{
	struct setup_header *hdr = &kernel.image.hdr;

	memset(file, 0, sizeof(file));
	if (h->flags & PE_HEADER) { /* PE32+, for x86-64, without sections */
		memcpy(file, "MZ", 2);
		le32_put(file + 0x3c, 0x40);
		le32_put(file + 0x40, 0x4550);
		le16_put(file + 0x44, 0x8664);
		le16_put(file + 0x54, 0x70);
		le16_put(file + 0x58, 0x20b);
		le32_put(file + 0x58 + 56, 0x1000);
		le32_put(file + 0x58 + 60, 0x200);
	}
	kernel = (struct kernel){.file = {file, sizeof(file)}};
	kernel.image.setup_size = SETUP;
	kernel.image.protocol = h->protocol;
	if (!(h->flags & NO_PAYLOAD))
		kernel.image.payload = (struct span){file + 0x2000, 0x1000};
	hdr->min_alignment = h->min_alignment;
	hdr->kernel_alignment = h->alignment;
	hdr->relocatable_kernel = !h->fixed;
	hdr->pref_address = h->pref;
	hdr->xloadflags = h->xloadflags;
	hdr->handover_offset = h->handover;
	hdr->init_size = h->init_size;
	kernel.has_elf = kernel.has_any = h->flags & ELF_64;
	kernel.has_any |= !!(h->flags & ELF_32);
	kernel.any.form.is64 = h->flags & ELF_64;
	kernel.plan.mem_size = h->takes;
	kernel.ours = h->flags & OURS;
	kernel.manifest.mem_size = h->takes;
	le32_put(file + SETUP + STUB_INFO_OFFSET + STUB_INFO_INIT_SIZE, h->init_size);
	le64_put(file + SETUP + STUB_INFO_OFFSET + STUB_INFO_PREF_ADDRESS, h->pref);
	le32_put(file + SETUP + STUB_INFO_OFFSET + STUB_INFO_ALIGNMENT, h->alignment);
	le16_put(file + SETUP + STUB_INFO_OFFSET + STUB_INFO_XLOADFLAGS, h->xloadflags);
}

static void check(const char *name, const char *want, enum err err, uint64_t offset, uint64_t value)
{
	const struct problem *p = &kernel.problems.p[0];

	kernel_find_contradictions(&kernel);
	CHECK_EQ(name, kernel.problems.count, !!want);
	if (!want)
		return;
	CHECK(name, strstr(p->fault.text, want));
	CHECK_EQ(name, p->err, err);
	CHECK_EQ(name, p->fault.offset, offset);
	CHECK_EQ(name, p->fault.value, value);
}

/* Offsets of the boot protocol, typed once more. */
enum { PREF = 0x258, INIT_SIZE = 0x260, MIN_ALIGN = 0x235, XLF = 0x236, HANDOVER = 0x264 };

static void test_headers(void **state)
{
	static const struct {
		const char *name;
		enum field field;
		uint64_t value;
		unsigned int flags;
		const char *want; /* part of the words; NULL: nothing is wrong */
		uint64_t offset;
	} cases[] = {
		{"stock", NO_FIELD, 0, PE_HEADER | ELF_64, NULL, 0},
		{"i386", XLOADFLAGS, 0, PE_HEADER | ELF_32, NULL, 0},
		{"nothing is known of the kernel", NO_FIELD, 0, PE_HEADER, NULL, 0},
		{"minimum above the wish", MIN_ALIGNMENT, 22, PE_HEADER, "min_alignment is above", MIN_ALIGN},
		{"minimum that no shift can do", MIN_ALIGNMENT, 32, PE_HEADER, "min_alignment is above", MIN_ALIGN},
		{"the most that it can", MIN_ALIGNMENT, 255, PE_HEADER, "min_alignment is above", MIN_ALIGN},
		{"not aligned", PREF_ADDRESS, 17 * MIB, PE_HEADER, "pref_address is not aligned", PREF},
		{"not aligned, but cannot move", FIXED_AT, 17 * MIB, PE_HEADER, NULL, 0},
		{"above 4 GiB, entered at 32 bits", XLOADFLAGS, 2, PE_HEADER, "above 4 GiB", XLF},
		{"5 levels enabled, unknown", XLOADFLAGS, 0x4b, PE_HEADER | ELF_64, "5-level", XLF},
		{"5 levels enabled, known", XLOADFLAGS, 0x6b, PE_HEADER | ELF_64, NULL, 0},
		{"handover without PE", NO_FIELD, 0x3f, ELF_64, "no PE header", XLF},
		{"handover at the last byte", HANDOVER_OFFSET, FILE_SIZE - SETUP - 1, PE_HEADER, NULL, 0},
		{"handover behind it", HANDOVER_OFFSET, FILE_SIZE - SETUP, PE_HEADER, "handover_offset", HANDOVER},
		{"handover that overflows", HANDOVER_OFFSET, UINT32_MAX, PE_HEADER, "handover_offset", HANDOVER},
		{"64-bit flags, 32-bit kernel", NO_FIELD, 0x3f, PE_HEADER | ELF_32, "class", XLF},
		{"32-bit flags, 64-bit kernel", XLOADFLAGS, 0, PE_HEADER | ELF_64, "class", XLF},
		{"protocol that has no xloadflags", PROTOCOL, 0x020b, ELF_32, NULL, 0},
		{"protocol that has no init_size", PROTOCOL, 0x0209, ELF_32, NULL, 0},
		{"not Linux: no payload", MIN_ALIGNMENT, 40, PE_HEADER | NO_PAYLOAD, NULL, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct header h = stock;

		change(&h, cases[i].field, cases[i].value);
		h.flags = cases[i].flags;
		build(&h);
		check(cases[i].name, cases[i].want, ERR_HEADER_CONTRADICTS, cases[i].offset, cases[i].value);
	}
}

static void test_init_size(void **state)
{
	static const struct {
		const char *name;
		uint32_t init_size;
		unsigned int flags;
		bool wrong;
	} cases[] = {
		{"just enough", 60 * MIB, PE_HEADER | ELF_64, false},
		{"a byte less", 60 * MIB - 1, PE_HEADER | ELF_64, true},
		{"by the manifest, not decoded", 59 * MIB, PE_HEADER | OURS, true},
		{"not known, not decoded", 59 * MIB, PE_HEADER, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct header h = stock;

		change(&h, INIT, cases[i].init_size);
		h.flags = cases[i].flags;
		build(&h);
		check(cases[i].name, cases[i].wrong ? "init_size" : NULL, ERR_INIT_SIZE_SMALL, INIT_SIZE,
			cases[i].init_size);
	}
}

/* What the stub plans with was copied when the image was made; who patches the header later forgets it. */
static void test_copies_for_the_stub(void **state)
{
	static const struct {
		const char *name;
		uint32_t at; /* in stub_info */
	} cases[] = {
		{"init_size", STUB_INFO_INIT_SIZE},
		{"pref_address", STUB_INFO_PREF_ADDRESS},
		{"kernel_alignment", STUB_INFO_ALIGNMENT},
		{"xloadflags", STUB_INFO_XLOADFLAGS},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t at = SETUP + STUB_INFO_OFFSET + cases[i].at;

		build(&stock);
		kernel.ours = true;
		check(cases[i].name, NULL, ERR_OK, 0, 0);
		file[at] ^= 0x40;
		kernel_find_contradictions(&kernel);
		CHECK_EQ(cases[i].name, kernel.problems.count, 1);
		CHECK(cases[i].name, strstr(kernel.problems.p[0].fault.text, cases[i].name));
		CHECK_EQ(cases[i].name, kernel.problems.p[0].fault.offset, at);
		kernel.problems.count = 0;
		kernel.ours = false; /* there it is the kernel's own code */
		check(cases[i].name, NULL, ERR_OK, 0, 0);
	}
}

/* A file that ends in the middle of what is compared. */
static void test_cut(void **state)
{
	uint8_t *exact;

	for (size_t len = 0; len < SETUP + STUB_INFO_OFFSET + STUB_INFO_SIZE; len += len < 0x200 ? 1 : 13) {
		build(&stock);
		kernel.ours = true;
		exact = malloc(len + !len);
		memcpy(exact, file, len);
		kernel.file = (struct span){exact, len};
		kernel_find_contradictions(&kernel);
		assert_int_equal(kernel.problems.count > 0, len <= SETUP + 0x190 || len < 0x200);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_init_size),
		cmocka_unit_test(test_copies_for_the_stub),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
