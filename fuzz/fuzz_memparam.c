/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a command line with mem= and memmap=: memory is only taken away unless exactmap is
 * there, and numbers are what strtoull reads.
 */
#include "fuzz/fuzz.h"

#include <ctype.h>
#include <errno.h>

#include "core/memparam.h"

static void check_number(struct span text)
{
	char buf[64], *end;
	uint64_t value = 0, expected;
	size_t used = 0;
	enum err e = memparam_number(text, &value, &used);

	if (text.len >= sizeof(buf) || !text.len || !isdigit(text.ptr[0]))
		return;
	memcpy(buf, text.ptr, text.len);
	buf[text.len] = 0;
	errno = 0;
	expected = strtoull(buf, &end, 0);
	if (errno == ERANGE) {
		FUZZ_CHECK(e == ERR_OVERFLOW);
		return;
	}
	FUZZ_CHECK(e == ERR_OK || e == ERR_OVERFLOW);
	if (!e) {
		FUZZ_CHECK(used == (size_t)(end - buf) || used == (size_t)(end - buf) + 1);
		FUZZ_CHECK(used == (size_t)(end - buf) ? value == expected : value % 1024 == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct range before[] = {
		{0, 0x9fc00}, {0x100000, 0xbffe0000}, {0x100000000, 0x1c0000000}};
	const struct range_set all = {(struct range *)before, 3, 3};
	struct range r[64] = {before[0], before[1], before[2]};
	struct range_set usable = {r, 3, 64};
	struct span line = {data, size};
	bool exactmap = false;

	check_number(line);
	for (size_t i = 0; i + 8 <= size; i++)
		exactmap |= !memcmp(data + i, "exactmap", 8);
	if (memparam_apply(line, &usable))
		return 0;
	for (size_t i = 0; i < usable.count; i++) {
		FUZZ_CHECK(r[i].start < r[i].end);
		FUZZ_CHECK(!i || r[i - 1].end < r[i].start);
		FUZZ_CHECK(exactmap || range_set_covers(&all, r[i]));
	}
	return 0;
}
