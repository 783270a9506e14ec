/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/pcr: predicted PCRs against values made with Python's hashlib, as in:
 *   e = lambda pcr, data: sha256(pcr + sha256(data).digest()).digest()
 */
#include "tests/unit/unit.h"

#include "host/pcr.h"
#include "host/text.h"

#define LINE "console=ttyS0 \xc3\xa9"
#define MEASURE9 "bzforge.measure=9"
#define MEASURE12 "bzforge.measure=12"

static uint8_t initrd_bytes[] = "an initrd";
static const struct input initrd = {.name = "initrd", .ptr = initrd_bytes, .len = 9};
static const struct input other_initrd = {.name = "initrd", .ptr = initrd_bytes, .len = 8};

static const struct {
	const char *name;
	const char *cmdline, *own;
	bool no_nul, stock;
	const struct input *initrd;
	uint8_t digest; /* the kernel's: 32 times this */
	const char *pcr9, *pcr12; /* NULL: not extended by anything, not even reported */
	bool handover;
} cases[] = {
	{"nothing", NULL, NULL, false, false, NULL, 1,
		"0000000000000000000000000000000000000000000000000000000000000000",
		NULL},
	{"a command line", LINE, NULL, false, false, NULL, 1,
		"84a4bb872702fb09282a2eac83eb4cc2a782cdedbcb1ce3fd31a9eafa5928173",
		NULL},
	{"without its NUL", LINE, NULL, true, false, NULL, 1,
		"c405146fef2abdf8e0cf4408ae1d25a0b5c27365536aacf8488765e54c3ef282",
		NULL},
	{"an empty line is a NUL", "", NULL, false, false, NULL, 1,
		"fcecb56acc303862b30eb342c4990beb50b5e0ab89722449c2d9a73f37b019fe",
		NULL},
	{"an empty line without NUL is nothing", "", NULL, true, false, NULL, 1,
		"0000000000000000000000000000000000000000000000000000000000000000",
		NULL},
	{"an initrd", NULL, NULL, false, false, &initrd, 1,
		"d3003c39379f22126041f8ca8bc2ea3c2950661d591b4fced9886d5c17922d65",
		NULL},
	{"command line, then initrd", LINE, NULL, false, false, &initrd, 1,
		"1bca961744763856bc93bbd8bb75b5acd00fd0fad0f5fac978e75ceebc723a5f",
		NULL},
	{"another initrd", LINE, NULL, false, false, &other_initrd, 1,
		"6a8178ba8c8b094a0c5673460dfbbba612be519f877711531db1d75a0f1d9af6",
		NULL},
	{"kernel in a PCR of its own", MEASURE12, NULL, false, false, NULL, 1,
		"075855cb652708e2a9c3cc6eaa005f7cf6ec21d431ed303ca72be3f5b5070927",
		"5fab1c918510712354443f535bf22771205f9e63b022127e455b2187a7e8370b"},
	{"another kernel", MEASURE12, NULL, false, false, NULL, 2,
		"075855cb652708e2a9c3cc6eaa005f7cf6ec21d431ed303ca72be3f5b5070927",
		"f9f88fe2a7874ff9bae1baf550353a48e58fad6bdd4476ef03434ee55d4c4604"},
	{"all in one", MEASURE9, NULL, false, false, &initrd, 1,
		"25fe28f5dc7a635f4196fc97185bd6fd9beb793555fc35752430e226b197ff61",
		NULL},
	{"the image's own line asks for it, and is not measured itself", NULL, MEASURE12, false, false, NULL, 1,
		"0000000000000000000000000000000000000000000000000000000000000000",
		"5fab1c918510712354443f535bf22771205f9e63b022127e455b2187a7e8370b"},
	{"a kernel that bzforge has not made", MEASURE12, NULL, false, true, NULL, 1,
		"075855cb652708e2a9c3cc6eaa005f7cf6ec21d431ed303ca72be3f5b5070927",
		NULL},
	{"by the handover entry the line is read, but not measured", MEASURE12, NULL, false, false, &initrd, 1,
		"d3003c39379f22126041f8ca8bc2ea3c2950661d591b4fced9886d5c17922d65",
		"5fab1c918510712354443f535bf22771205f9e63b022127e455b2187a7e8370b", true},
};

static void test_values(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct kernel k = {.name = "image", .ours = !cases[i].stock};
		struct pcr_input in = {
			.cmdline = cases[i].cmdline,
			.no_nul = cases[i].no_nul,
			.handover = cases[i].handover,
			.initrd = cases[i].initrd,
		};
		struct pcr_prediction p;
		char hex[SHA256_SIZE * 2 + 1];

		memset(k.sha256, cases[i].digest, SHA256_SIZE);
		if (cases[i].own)
			k.cmdline = text_span(cases[i].own);
		CHECK_EQ(name, pcr_predict(&k, &in, &p), STATUS_DONE);
		CHECK_EQ(name, p.count, cases[i].pcr12 ? 2 : 1);
		CHECK_EQ(name, p.pcr[0].index, 9);
		text_digest(p.pcr[0].after, hex);
		assert_string_equal(hex, cases[i].pcr9);
		if (!cases[i].pcr12)
			continue;
		CHECK_EQ(name, p.pcr[1].index, 12);
		text_digest(p.pcr[1].after, hex);
		assert_string_equal(hex, cases[i].pcr12);
	}
}

static void test_refused(void **state)
{
	struct kernel k = {.name = "image", .ours = true};
	struct pcr_input in = {.cmdline = "bzforge.measure=7"};
	struct pcr_prediction p;

	assert_int_equal(pcr_predict(&k, &in, &p), STATUS_BAD_INPUT);
}

static void test_before(void **state)
{
#define HEX "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
	static const struct {
		const char *text;
		unsigned int pcr;
		bool good;
	} texts[] = {
		{"9:" HEX, 9, true},
		{"0:" HEX, 0, true},
		{"23:" HEX, 23, true},
		{"24:" HEX, 0, false},
		{"-1:" HEX, 0, false},
		{" 9:" HEX, 0, false},
		{":" HEX, 0, false},
		{"9" HEX, 0, false},
		{"9:" HEX "0", 0, false},
		{"9:0g" HEX, 0, false},
		{"18446744073709551625:" HEX, 0, false},
		{"9:", 0, false},
		{"", 0, false},
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		uint8_t before[PCR_COUNT][SHA256_SIZE] = {0};

		CHECK_EQ(texts[i].text, pcr_parse(texts[i].text, before), texts[i].good);
		for (unsigned int n = 0; n < PCR_COUNT; n++) {
			bool set = texts[i].good && n == texts[i].pcr;

			CHECK_EQ(texts[i].text, before[n][1], set ? 0x11 : 0);
			CHECK_EQ(texts[i].text, before[n][31], set ? 0xff : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
