/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as LoadOptions: what is taken for the command line is their end or all of them, is the same
 * again, and as UTF-8 is as long in a small room as in a large one, text that can be turned back.
 */
#include "fuzz/fuzz.h"

#include "core/load_option.h"
#include "core/utf16.h"

#define HEAD_MIN 12 /* of a load option: attributes, length, a NUL, an end node */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {data, size}, text = load_option_data(all);
	uint8_t *large = malloc(2 * size + 1), small[16];
	uint16_t *wide = malloc(2 * (size + 1));
	size_t len, len_small;

	FUZZ_CHECK(text.ptr + text.len == data + size);
	FUZZ_CHECK(text.len == size || text.len + HEAD_MIN <= size);
	utf16_to_utf8(text, large, 2 * size + 1, &len);
	utf16_to_utf8(text, small, sizeof(small), &len_small);
	FUZZ_CHECK(len <= 2 * size && len == len_small);
	FUZZ_CHECK(strlen((const char *)large) == len);
	FUZZ_CHECK(!strncmp((const char *)large, (const char *)small, strlen((const char *)small)));
	FUZZ_CHECK(!memchr(large, '\n', len));
	FUZZ_CHECK(!utf16_from_utf8((struct span){large, len}, wide, size + 1));
	for (size_t i = 0; wide[i]; i++) {
		uint16_t unit = le16_get(text.ptr + 2 * i);

		FUZZ_CHECK(wide[i] == unit || (wide[i] == 0xfffd && unit >= 0xd800 && unit < 0xe000));
	}
	free(large);
	free(wide);
	return 0;
}
