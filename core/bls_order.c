/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of boot entries, of versions, and patterns for names. See bls.h. */
#include "core/bls.h"

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_bytes(struct span a, struct span b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (a.ptr[i] != b.ptr[i])
			return a.ptr[i] < b.ptr[i] ? -1 : 1;
	return compare_numbers((uint32_t)a.len, (uint32_t)b.len);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_mark(uint8_t c)
{
	return c == '~' || c == '-' || c == '^' || c == '.';
}

/* The first byte, 0 at the end. */
static uint8_t head(struct span s)
{
	return s.len ? s.ptr[0] : 0;
}

static void drop(struct span *s, size_t n)
{
	s->ptr += n;
	s->len -= n;
}

/* Take off the run of bytes that are of a kind. */
static struct span take_run(struct span *s, bool (*is)(uint8_t))
{
	struct span run = {s->ptr, 0};

	while (run.len < s->len && is(s->ptr[run.len]))
		run.len++;
	drop(s, run.len);
	return run;
}

static int compare_digits(struct span a, struct span b)
{
	while (head(a) == '0')
		drop(&a, 1);
	while (head(b) == '0')
		drop(&b, 1);
	return a.len != b.len ? compare_numbers((uint32_t)a.len, (uint32_t)b.len) : compare_bytes(a, b);
}

/*
 * [Version Format Specification, "Version Comparison"], from left to right: other characters do not
 * count; "~" is older than anything, the end too; then the end is older than what goes on; "-" is older
 * than "^", which is older than ".", each older than letters and digits; digits are newer than letters,
 * and count as numbers.
 */
int bls_version_compare(struct span a, struct span b)
{
	static const uint8_t marks[] = {'-', '^', '.'};

	for (;;) {
		struct span x, y;
		int r;

		while (a.len && !is_digit(*a.ptr) && !is_alpha(*a.ptr) && !is_mark(*a.ptr))
			drop(&a, 1);
		while (b.len && !is_digit(*b.ptr) && !is_alpha(*b.ptr) && !is_mark(*b.ptr))
			drop(&b, 1);
		if (head(a) == '~' || head(b) == '~') {
			if (head(a) != head(b))
				return head(a) == '~' ? -1 : 1;
			drop(&a, 1);
			drop(&b, 1);
			continue;
		}
		if (!a.len || !b.len)
			return compare_numbers(!!a.len, !!b.len);
		for (unsigned int i = 0; i < sizeof(marks); i++) {
			if (head(a) != marks[i] && head(b) != marks[i])
				continue;
			if (head(a) != head(b))
				return head(a) == marks[i] ? -1 : 1;
			break;
		}
		if (is_mark(head(a))) {
			drop(&a, 1);
			drop(&b, 1);
			continue;
		}
		if (is_digit(head(a)) != is_digit(head(b)))
			return is_digit(head(a)) ? 1 : -1;
		if (is_digit(head(a))) {
			x = take_run(&a, is_digit);
			y = take_run(&b, is_digit);
			r = compare_digits(x, y);
		} else {
			x = take_run(&a, is_alpha);
			y = take_run(&b, is_alpha);
			r = compare_bytes(x, y);
		}
		if (r)
			return r;
	}
}

/*
 * [Boot Loader Specification, "Sorting"]: with a sort-key before without; then by sort-key and machine-id
 * upwards, by version downwards; else by name downwards.
 */
int bls_compare(const struct bls_key *a, const struct bls_key *b)
{
	bool a_bad = a->counted && !a->left, b_bad = b->counted && !b->left;
	int r;

	if (a_bad != b_bad)
		return a_bad ? 1 : -1;
	if (!a->sort_key.len != !b->sort_key.len)
		return a->sort_key.len ? -1 : 1;
	if (a->sort_key.len) {
		r = compare_bytes(a->sort_key, b->sort_key);
		if (!r)
			r = compare_bytes(a->machine_id, b->machine_id);
		if (!r)
			r = -bls_version_compare(a->version, b->version);
		if (r)
			return r;
	}
	r = -bls_version_compare(a->id, b->id);
	if (r || !a->counted || !b->counted)
		return r;
	r = -compare_numbers(a->left, b->left);
	return r ? r : compare_numbers(a->done, b->done);
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* [abc], [a-z], [!abc] at p: how many bytes, 0 if the bracket is never closed; does c match? */
static size_t match_set(struct span p, uint8_t c, bool *ret_match)
{
	size_t i = 1, first;
	bool no = i < p.len && (p.ptr[i] == '!' || p.ptr[i] == '^'), found = false;

	i += no;
	for (first = i; i < p.len && (p.ptr[i] != ']' || i == first); i++) {
		uint8_t from = lower(p.ptr[i]), to = from;

		if (i + 2 < p.len && p.ptr[i + 1] == '-' && p.ptr[i + 2] != ']') {
			to = lower(p.ptr[i + 2]);
			i += 2;
		}
		found |= c >= from && c <= to;
	}
	*ret_match = found != no;
	return i < p.len ? i + 1 : 0;
}

/* One place to come back to is enough: a later * makes an earlier one's other choices pointless. */
bool bls_glob(struct span pattern, struct span text)
{
	struct span star_pattern = {0}, star_text = {0};
	bool star = false;

	while (text.len || pattern.len) {
		bool match = false;
		size_t n = 1;

		if (head(pattern) == '*') {
			drop(&pattern, 1);
			star = true;
			star_pattern = pattern;
			star_text = text;
			continue;
		}
		if (pattern.len && text.len) {
			if (*pattern.ptr == '?')
				match = true;
			else if (*pattern.ptr != '[' || !(n = match_set(pattern, lower(*text.ptr), &match))) {
				n = 1;
				match = lower(*pattern.ptr) == lower(*text.ptr);
			}
		}
		if (match) {
			drop(&pattern, n);
			drop(&text, 1);
		} else if (star && star_text.len) {
			drop(&star_text, 1);
			pattern = star_pattern;
			text = star_text;
		} else {
			return false;
		}
	}
	return true;
}
