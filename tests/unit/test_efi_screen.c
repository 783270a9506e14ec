/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot/efi/screen, splash: frame buffers to screen_info, pictures on screens, against a fake firmware. */
#include "tests/unit/fake_firmware.h"

#define HANDLE 0x3000

static const struct efi_guid console_out = EFI_GUID(0xd3b36f2c, 0xd551, 0x11d4, 0x9a, 0x46, 0x00, 0x90,
	0x27, 0x3f, 0xc1, 0x4d);

/* GRAPHICS_OUTPUT [12.9.2]: three functions, then a pointer to the mode. */
struct gop {
	void *functions[3];
	struct {
		uint32_t max, mode;
		uint32_t *info; /* version, width, height, format, four masks, pitch */
		uint64_t info_size, base, size;
	} *mode;
};

#define GOP(name, base_, ...)                                                                      \
	uint32_t name##_info[9] = {0, __VA_ARGS__};                                                \
	__typeof__(*((struct gop *)0)->mode) name##_mode = {1, 0, name##_info, 36, base_, 1 << 20};  \
	struct gop name = {.mode = (void *)&name##_mode}

/* width, height, format, red, green, blue, reserved, pixels a line */
static const struct {
	const char *name;
	uint32_t info[8];
	uint64_t base;
	bool drawn;
	struct { /* size and position of red, green, blue, reserved */
		uint8_t channel[8];
		uint16_t depth, pitch;
	} want;
} modes[] = {
	{"red first", {1024, 768, 0, 0, 0, 0, 0, 1024}, 0xc0000000, true,
		{{8, 0, 8, 8, 8, 16, 8, 24}, 32, 4096}},
	{"blue first", {1280, 800, 1, 0, 0, 0, 0, 1280}, 0xc0000000, true,
		{{8, 16, 8, 8, 8, 0, 8, 24}, 32, 5120}},
	{"a longer line than is shown", {1366, 768, 1, 0, 0, 0, 0, 1376}, 0xc0000000, true,
		{{8, 16, 8, 8, 8, 0, 8, 24}, 32, 5504}},
	{"masks of 16 bits", {640, 480, 2, 0xf800, 0x07e0, 0x001f, 0, 640}, 0xc0000000, true,
		{{5, 11, 6, 5, 5, 0, 0, 0}, 16, 1280}},
	{"masks of 30 bits", {640, 480, 2, 0x3ff00000, 0xffc00, 0x3ff, 0xc0000000, 640}, 0xc0000000,
		true, {{10, 20, 10, 10, 10, 0, 2, 30}, 32, 2560}},
	{"above 4 GiB", {1024, 768, 0, 0, 0, 0, 0, 1024}, 0x3800000000, true,
		{{8, 0, 8, 8, 8, 16, 8, 24}, 32, 4096}},
	{"only block transfers", {1024, 768, 3, 0, 0, 0, 0, 1024}, 0xc0000000, false, {{0}, 0, 0}},
	{"a format that there is none", {1024, 768, 9, 0, 0, 0, 0, 1024}, 0xc0000000, false,
		{{0}, 0, 0}},
	{"no frame buffer", {1024, 768, 0, 0, 0, 0, 0, 1024}, 0, false, {{0}, 0, 0}},
};

static void test_modes(void **state)
{
	for (size_t i = 0; i < COUNT(modes); i++) {
		const char *name = modes[i].name;
		struct boot_params bp = {0};
		const struct screen_info *s = &bp.screen_info;
		GOP(gop, modes[i].base, 0);

		memcpy(gop_info + 1, modes[i].info, sizeof(modes[i].info));
		fake_start();
		fake_protocol_add(HANDLE, EFI_GRAPHICS_OUTPUT_GUID, &gop);
		efi_screen(&bp);
		fake_end();
		CHECK_EQ(name, s->orig_video_isVGA, modes[i].drawn ? 0x70 : 0);
		if (!modes[i].drawn)
			continue;
		CHECK_EQ(name, s->lfb_width, modes[i].info[0]);
		CHECK_EQ(name, s->lfb_height, modes[i].info[1]);
		CHECK_EQ(name, s->lfb_base | (uint64_t)s->ext_lfb_base << 32, modes[i].base);
		CHECK_EQ(name, s->capabilities, modes[i].base >> 32 ? 2 : 0);
		CHECK_EQ(name, s->lfb_depth, modes[i].want.depth);
		CHECK_EQ(name, s->lfb_linelength, modes[i].want.pitch);
		CHECK_EQ(name, s->lfb_size, modes[i].want.pitch * modes[i].info[1]);
		CHECK_EQ(name, s->pages, 1);
		CHECK(name, !memcmp(&s->red_size, modes[i].want.channel, 8));
	}
}

static void test_none(void **state)
{
	struct boot_params bp = {0}, nothing = {0};
	struct gop broken = {.mode = NULL};

	fake_start();
	efi_screen(&bp);
	assert_memory_equal(&bp, &nothing, sizeof(bp));
	fake_protocol_add(HANDLE, EFI_GRAPHICS_OUTPUT_GUID, &broken);
	efi_screen(&bp);
	assert_memory_equal(&bp, &nothing, sizeof(bp));
	fake_end();
}

/* The one that firmware's console is on, wherever it stands; else the first that can be drawn to. */
static void test_which(void **state)
{
	static const struct {
		const char *name;
		int console; /* -1: none of them */
		uint16_t width;
	} cases[] = {
		{"no console", -1, 200},
		{"the first cannot be drawn to", 0, 200},
		{"the second", 1, 200},
		{"the third", 2, 300},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp = {0};
		GOP(first, 0xc0000000, 100, 100, 3, 0, 0, 0, 0, 100);
		GOP(second, 0xd0000000, 200, 100, 1, 0, 0, 0, 0, 200);
		GOP(third, 0xe0000000, 300, 100, 1, 0, 0, 0, 0, 300);
		struct gop *all[] = {&first, &second, &third};

		fake_start();
		for (uint64_t g = 0; g < COUNT(all); g++) {
			fake_protocol_add(HANDLE + g, EFI_GRAPHICS_OUTPUT_GUID, all[g]);
			if ((int)g == cases[i].console)
				fake_protocol_add(HANDLE + g, console_out, &bp);
		}
		efi_screen(&bp);
		CHECK_EQ(cases[i].name, bp.screen_info.lfb_width, cases[i].width);
		fake_end();
	}
}

/* EDID_ACTIVE before EDID_DISCOVERED, and only a whole block. [12.9.2.4] */
static void test_edid(void **state)
{
	static const uint8_t active[128] = {1}, discovered[256] = {2};
	static const struct {
		const char *name;
		bool has_active;
		uint32_t active_size, discovered_size;
		uint8_t want;
	} cases[] = {
		{"active", true, 128, 256, 1},
		{"active is empty", true, 0, 256, 2},
		{"only discovered", false, 0, 256, 2},
		{"less than a block", false, 0, 127, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct boot_params bp = {0};
		GOP(gop, 0xc0000000, 200, 100, 1, 0, 0, 0, 0, 200);
		struct {
			uint32_t size;
			const uint8_t *data;
		} a = {cases[i].active_size, active}, d = {cases[i].discovered_size, discovered};

		fake_start();
		fake_protocol_add(HANDLE, EFI_GRAPHICS_OUTPUT_GUID, &gop);
		fake_protocol_add(HANDLE, EFI_EDID_DISCOVERED_GUID, &d);
		if (cases[i].has_active)
			fake_protocol_add(HANDLE, EFI_EDID_ACTIVE_GUID, &a);
		efi_screen(&bp);
		CHECK_EQ(cases[i].name, bp.edid_info[0], cases[i].want);
		fake_end();
	}
}

/* --- splash.c --- */

static struct {
	uint64_t operation, from_x, from_y, x, y, width, height, delta;
	uint32_t first; /* pixel */
} drawn[4];
static unsigned int draws;
static uint64_t draw_status;

static uint64_t EFIAPI blt(void *self, const uint32_t *pixels, uint32_t operation, uint64_t from_x, uint64_t from_y,
	uint64_t x, uint64_t y, uint64_t width, uint64_t height, uint64_t delta)
{
	fake_used(false);
	assert_true(self && draws < COUNT(drawn));
	drawn[draws].operation = operation;
	drawn[draws].from_x = from_x;
	drawn[draws].from_y = from_y;
	drawn[draws].x = x;
	drawn[draws].y = y;
	drawn[draws].width = width;
	drawn[draws].height = height;
	drawn[draws].delta = delta;
	drawn[draws].first = *pixels;
	draws++;
	return draw_status;
}

/* 24 bits a pixel, all of one colour. */
static struct span picture(uint32_t width, uint32_t height, uint32_t colour)
{
	uint32_t row = (3 * width + 3) & ~3u;
	uint8_t *p = calloc(1, 54 + (size_t)row * height);

	memcpy(p, "BM", 2);
	p[10] = 54;
	p[14] = 40;
	memcpy(p + 18, &width, 4);
	memcpy(p + 22, &height, 4);
	p[26] = 1;
	p[28] = 24;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			memcpy(p + 54 + y * row + 3 * x, &colour, 3);
	return (struct span){p, 54 + (size_t)row * height};
}

static void test_splash(void **state)
{
	static const struct {
		const char *name;
		uint32_t width, height, cut; /* of the picture; bytes that are missing */
		uint64_t status;
		uint64_t memory;
		unsigned int draws;
		bool said;
	} cases[] = {
		{"in the middle", 31, 10, 0, 0, UINT64_MAX, 2, false},
		{"as large as the screen", 200, 100, 0, 0, UINT64_MAX, 2, false},
		{"wider than the screen", 201, 100, 0, 0, UINT64_MAX, 0, true},
		{"higher than the screen", 200, 101, 0, 0, UINT64_MAX, 0, true},
		{"a byte is missing", 31, 10, 1, 0, UINT64_MAX, 0, true},
		{"firmware refuses", 31, 10, 0, EFI_UNSUPPORTED, UINT64_MAX, 1, true},
		{"no memory", 100, 100, 0, 0, 4096, 0, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct span bmp = picture(cases[i].width, cases[i].height, 0x123456);
		GOP(gop, 0xc0000000, 200, 100, 1, 0, 0, 0, 0, 200);

		gop.functions[2] = (void *)blt;
		fake_start();
		if (cases[i].memory != UINT64_MAX)
			fake.memory_left = cases[i].memory;
		fake_protocol_add(HANDLE, EFI_GRAPHICS_OUTPUT_GUID, &gop);
		draws = 0;
		draw_status = cases[i].status;
		bmp.len -= cases[i].cut;
		efi_splash(bmp);
		CHECK_EQ(name, draws, cases[i].draws);
		CHECK(name, cases[i].said == (fake_said != NULL));
		CHECK_EQ(name, fake.pages_out, 0);
		fake_end();
		free((void *)bmp.ptr);
		if (draws < 2)
			continue;
		CHECK(name, drawn[0].operation == 0 && !drawn[0].first && !drawn[0].x && !drawn[0].y);
		CHECK(name, drawn[0].width == 200 && drawn[0].height == 100);
		CHECK(name, drawn[1].operation == 2 && drawn[1].first == 0x123456);
		CHECK(name, !drawn[1].from_x && !drawn[1].from_y && !drawn[1].delta);
		CHECK_EQ(name, drawn[1].x, (200 - cases[i].width) / 2);
		CHECK_EQ(name, drawn[1].y, (100 - cases[i].height) / 2);
		CHECK(name, drawn[1].width == cases[i].width && drawn[1].height == cases[i].height);
	}
}

/* No picture, no screen: nothing happens. */
static void test_no_splash(void **state)
{
	struct span bmp = picture(4, 4, 1);
	GOP(gop, 0xc0000000, 200, 100, 1, 0, 0, 0, 0, 200);

	fake_start();
	draws = 0;
	efi_splash(bmp);
	fake_protocol_add(HANDLE, EFI_GRAPHICS_OUTPUT_GUID, &gop);
	gop.functions[2] = (void *)blt;
	efi_splash((struct span){NULL, 0});
	assert_int_equal(draws, 0);
	assert_null(fake_said);
	fake_end();
	free((void *)bmp.ptr);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_edid),
		cmocka_unit_test(test_splash),
		cmocka_unit_test(test_no_splash),
	};

	return cmocka_run_group_tests_name("efi_screen", tests, NULL, NULL);
}
