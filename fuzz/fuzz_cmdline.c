/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a command line: words lie in it and are found again by name; joining loses nothing.
 */
#include "fuzz/fuzz.h"

#include "core/cmdline.h"

static void check_lookup(struct span line, const struct cmdline_word *word)
{
	struct cmdline_word other;
	struct span value = {0}, last = {0};
	char *name = malloc(word->name.len + 1);
	size_t pos = 0;
	bool any = false;

	FUZZ_CHECK(name);
	if (word->name.len)
		memcpy(name, word->name.ptr, word->name.len);
	name[word->name.len] = 0;
	FUZZ_CHECK(cmdline_equal(word->name, name));
	FUZZ_CHECK(cmdline_has(line, name));
	while (cmdline_next(line, &pos, &other)) {
		if (other.has_value && cmdline_equal(other.name, name)) {
			last = other.value;
			any = true;
		}
	}
	FUZZ_CHECK(cmdline_value(line, name, &value) == any);
	FUZZ_CHECK(!any || (value.ptr == last.ptr && value.len == last.len));
	free(name);
}

static void check_join(struct span first, struct span second)
{
	size_t cap = first.len + second.len + 2, len = 0, shorter;
	uint8_t *buf = malloc(cap);

	FUZZ_CHECK(buf);
	FUZZ_CHECK(!cmdline_join(first, second, buf, cap, &len));
	FUZZ_CHECK(len < cap && !buf[len] && strlen((char *)buf) == len);
	FUZZ_CHECK(cmdline_join(first, second, buf, len, &shorter) == ERR_CMDLINE_LONG);
	FUZZ_CHECK(!cmdline_join(first, second, buf, len + 1, &shorter) && shorter == len);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = {data, size};
	struct cmdline_word word;
	size_t pos = 0, before = 0;
	unsigned words = 0;

	while (cmdline_next(line, &pos, &word)) {
		FUZZ_CHECK(pos > before && pos <= size);
		before = pos;
		FUZZ_CHECK(fuzz_within(word.name, line));
		FUZZ_CHECK(!word.has_value || fuzz_within(word.value, line));
		FUZZ_CHECK(!word.name.len || !memchr(word.name.ptr, 0, word.name.len));
		if (words++ < 32)
			check_lookup(line, &word);
	}
	FUZZ_CHECK(!cmdline_next(line, &pos, &word));
	for (size_t cut = 0; cut <= size; cut += 1 + size / 4)
		check_join((struct span){data, cut}, (struct span){data + cut, size - cut});
	return 0;
}
