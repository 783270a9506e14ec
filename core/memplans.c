/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See memplans.h. Runs in the stub and in `bzforge kaslr`. Words behind "--" are for init. */
#include "core/memplans.h"

#include "core/cmdline.h"
#include "core/memparam.h"

/* The next "name=value" word in front of "--". */
static bool next_word(struct span cmdline, size_t *pos, struct cmdline_word *ret)
{
	while (cmdline_next(cmdline, pos, ret)) {
		if (ret->has_value)
			return true;
		if (cmdline_equal(ret->name, "--"))
			return false;
	}
	return false;
}

static bool number(struct span *text, uint64_t *ret)
{
	size_t used;

	if (memparam_number(*text, ret, &used))
		return false;
	*text = (struct span){text->ptr + used, text->len - used};
	return true;
}

static bool take(struct span *text, char c)
{
	if (!text->len || text->ptr[0] != (uint8_t)c)
		return false;
	*text = (struct span){text->ptr + 1, text->len - 1};
	return true;
}

/* N, or NODE:N,NODE:N... added up; as much as could be read. */
static uint64_t pages_parse(struct span text)
{
	uint64_t n, sum = 0;

	if (!number(&text, &n))
		return 0;
	if (!take(&text, ':'))
		return n;
	do {
		if (!number(&text, &n))
			break;
		sum = sum > UINT64_MAX - n ? UINT64_MAX : sum + n;
	} while (take(&text, ',') && number(&text, &n) && take(&text, ':'));
	return sum;
}

static bool is_gib(struct span text)
{
	uint64_t n;

	return number(&text, &n) && n == GIB_PAGE;
}

uint64_t memplans_gib_pages(struct span cmdline)
{
	struct cmdline_word word;
	size_t pos = 0;
	uint64_t of_default = 0, explicit = 0;
	bool sized = false, gib = false, default_gib = false;

	while (next_word(cmdline, &pos, &word)) {
		if (cmdline_equal(word.name, "default_hugepagesz")) {
			default_gib = is_gib(word.value);
		} else if (cmdline_equal(word.name, "hugepagesz")) {
			sized = true;
			gib = is_gib(word.value);
		} else if (cmdline_equal(word.name, "hugepages")) {
			if (!sized)
				of_default = pages_parse(word.value);
			else if (gib)
				explicit = pages_parse(word.value);
		}
	}
	return default_gib && of_default > explicit ? of_default : explicit;
}

enum err memplans_keep_gib_pages(struct range_set *usable, uint64_t count, uint64_t *ret_kept)
{
	uint64_t kept = 0, start;

	for (size_t i = 0; i < usable->count && kept < count; i++) {
		struct range r = usable->r[i];
		uint64_t end = align_down(r.end, GIB_PAGE);
		size_t before = usable->count;

		if (align_up(r.start, GIB_PAGE, &start) || start >= end)
			continue;
		uint64_t pages = (end - start) / GIB_PAGE;

		if (pages > count - kept)
			pages = count - kept;
		enum err e = range_set_remove(
			usable, (struct range){start, start + pages * GIB_PAGE});

		if (e)
			return e;
		kept += pages;
		/* What is left of the range holds no further one, or no further one is wanted. */
		i += usable->count - before;
	}
	*ret_kept = kept;
	return ERR_OK;
}

/* SIZE, or RANGE:SIZE,RANGE:SIZE...; then @OFFSET. */
static bool crashkernel_parse(struct span text, struct range *ret)
{
	uint64_t size = 0, n, offset;

	for (;;) {
		if (!number(&text, &n))
			return false;
		if (take(&text, '-')) {
			uint64_t end;

			number(&text, &end); /* may be missing: no upper end */
			if (!take(&text, ':') || !number(&text, &n))
				return false;
		}
		size = n > size ? n : size;
		if (!take(&text, ','))
			break;
	}
	if (!take(&text, '@') || !number(&text, &offset) || !size)
		return false;
	*ret = range_make(offset, size);
	return true;
}

bool memplans_next_crashkernel(struct span cmdline, size_t *pos, struct range *ret)
{
	struct cmdline_word word;

	while (next_word(cmdline, pos, &word)) {
		if (cmdline_equal(word.name, "crashkernel") && crashkernel_parse(word.value, ret))
			return true;
	}
	return false;
}

bool memplans_movable_node(struct span cmdline)
{
	return cmdline_has(cmdline, "movable_node");
}

bool memplans_soft_reserve(struct span cmdline)
{
	struct cmdline_word word;
	size_t pos = 0;
	bool soft_reserve = true;

	while (next_word(cmdline, &pos, &word)) {
		struct span rest = word.value;

		if (!cmdline_equal(word.name, "efi"))
			continue;
		while (rest.len) {
			struct span item = {rest.ptr, 0};

			while (item.len < rest.len && rest.ptr[item.len] != ',')
				item.len++;
			if (cmdline_equal(item, "nosoftreserve"))
				soft_reserve = false;
			rest = (struct span){rest.ptr + item.len, rest.len - item.len};
			take(&rest, ',');
		}
	}
	return soft_reserve;
}

uint64_t memplans_acpi_rsdp(struct span cmdline)
{
	static const uint8_t prefix[] = {'0', 'x'};
	struct span value;
	uint64_t pa = 0;

	if (!cmdline_value(cmdline, "acpi_rsdp", &value))
		return 0;
	/* kexec writes hexadecimal digits with the prefix; Linux reads it as such without, too. */
	if (value.len > 2 && value.ptr[0] == prefix[0] && (value.ptr[1] | 0x20) == prefix[1]) {
		value.ptr += 2;
		value.len -= 2;
	}
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i], low = c | 0x20;
		uint8_t digit = c >= '0' && c <= '9' ? c - '0'
			: low >= 'a' && low <= 'f'   ? low - 'a' + 10
						     : 16;

		if (digit == 16 || pa >> 60)
			return 0;
		pa = pa << 4 | digit;
	}
	return pa;
}
