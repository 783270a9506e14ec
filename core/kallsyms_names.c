/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where are the names? Tokens first, since nothing else in a kernel looks like them:
 *
 *   token_table   "str\0ing\0s\0..."  256 strings, some of them empty
 *   padding       to 4 or 8 bytes
 *   token_index   0, 4, 8, 10, ...    where each begins: fits the strings to the byte
 *
 * Then markers, somewhere in front of the tokens: an ascending row that begins with 0. Then names, which
 * end where markers begin: from the right start, and from no other, a walk along the names meets every
 * marker. The number of them stands right in front of that start.
 *
 * Bytes may be hostile: steps are counted, and after too many of them the search is given up.
 */
#include "core/kallsyms_parts.h"

#define TOKEN_MAX   512 /* longer ones there are not */
#define TOKENS_MIN  (TOKENS + 64) /* bytes of all: kernels have 900 and more. 256 are empty strings */
#define ALIGN_MAX   8
#define BLOCK       64 /* less than TOKEN_INDEX_SIZE */
#define STEPS_MAX   (1u << 27) /* well under a second */
#define NAME_MIN    2 /* length and a code */
#define NAME_BYTES  130 /* at most, on the average of 256 neighbours; usual are 10 to 20 */

static bool give_up(struct kallsyms_search *s, uint64_t more)
{
	s->steps += more;
	return s->steps > STEPS_MAX;
}

static bool printable(uint8_t c)
{
	return c > ' ' && c <= '~';
}

/* Does the table start at start, and have its strings where the index at index says? */
static bool tokens_fit(const struct kallsyms_image *im, uint64_t start, uint64_t index)
{
	const uint8_t *p = im->bytes.ptr + start;
	uint64_t at = 0, size = index - start;

	if (image_u16(im, index + 2 * (TOKENS - 1)) < TOKENS_MIN)
		return false;
	for (unsigned int i = 0; i < TOKENS; i++) {
		if (image_u16(im, index + 2 * i) != at)
			return false;
		while (at < size && printable(p[at]))
			at++;
		if (at == size || p[at])
			return false;
		at++;
	}
	while (at < size && !p[at])
		at++;
	return at == size;
}

/* Ascending by at least one, and by no more than a token? */
static bool is_index(const struct kallsyms_image *im, uint64_t at)
{
	uint32_t last = 0;

	for (unsigned int i = 1; i < TOKENS; i++) {
		uint32_t v = image_u16(im, at + 2 * i);

		if (v <= last || v - last > TOKEN_MAX)
			return false;
		last = v;
	}
	return true;
}

/* The strings are in order, and tokens_fit has seen them end. */
static void list_tokens(struct kallsyms *k)
{
	const uint8_t *table = k->image.bytes.ptr + k->token_table;

	for (unsigned int i = 0; i < TOKENS; i++) {
		uint16_t at = image_u16(&k->image, k->token_index + 2 * i), end = at;

		while (table[end])
			end++;
		k->token[i].at = at;
		k->token[i].len = (uint16_t)(end - at);
	}
}

static bool find_table(struct kallsyms *k, uint64_t index, struct kallsyms_search *s)
{
	const struct kallsyms_image *im = &k->image;
	uint64_t least = image_u16(im, index + 2 * (TOKENS - 1)) + 1u, size;

	/* From the first size that the last string and padding to 4 can make. */
	for (size = align_up(least, 4); size <= least + TOKEN_MAX + ALIGN_MAX && size <= index; size += 4) {
		if (give_up(s, TOKENS))
			return false;
		if (!tokens_fit(im, index - size, index))
			continue;
		k->token_table = index - size;
		k->token_index = index;
		list_tokens(k);
		return true;
	}
	return false;
}

/* The second entry of an index that begins at p, if the first one is 0; else something large. */
static uint32_t second_entry(const uint8_t *p, bool big_endian)
{
	uint32_t v = le32_get(p);

	return big_endian ? __builtin_bswap32(v) : v >> 16 | v << 16;
}

/* No index begins in these bytes: 16 places at once, since all of the kernel is gone through. */
static bool block_has_none(const uint8_t *p, bool big_endian)
{
	uint32_t some = 0;

	for (unsigned int i = 0; i < BLOCK; i += 4)
		some |= second_entry(p + i, big_endian) - 1 < TOKEN_MAX;
	return !some;
}

bool kallsyms_find_tokens(struct kallsyms *k, struct kallsyms_search *s)
{
	const struct kallsyms_image *im = &k->image;

	while (span_has(im->bytes, s->next, TOKEN_INDEX_SIZE)) {
		uint64_t at = s->next;

		if (at % BLOCK == 0 && block_has_none(im->bytes.ptr + at, im->big_endian)) {
			s->next += BLOCK;
			continue;
		}
		s->next += 4;
		/* what nearly every place fails: 0, then a little more */
		if (second_entry(im->bytes.ptr + at, im->big_endian) - 1 >= TOKEN_MAX)
			continue;
		if (give_up(s, 16))
			return false;
		if (is_index(im, at) && find_table(k, at, s))
			return true;
	}
	return false;
}

/* How many markers of that size begin at at? Each 256 names further, all in front of the tokens. */
static uint32_t count_markers(const struct kallsyms *k, uint64_t at, unsigned int size)
{
	uint64_t last = 0;
	uint32_t n = 1;

	if (image_number(&k->image, at, size))
		return 0;
	for (at += size; at + size <= k->token_table; at += size, n++) {
		uint64_t v = image_number(&k->image, at, size);

		if (v < last + NAME_MIN * MARKER_EVERY || v - last > NAME_BYTES * MARKER_EVERY ||
			n == KALLSYMS_COUNT_MAX / MARKER_EVERY)
			break;
		last = v;
	}
	return n;
}

/* The number right in front of names: padded to the alignment, a word until 4.19. */
static uint32_t count_before(const struct kallsyms *k, uint64_t names, uint32_t marker_count,
	uint64_t *ret_at)
{
	static const uint8_t back[] = {4, 8};

	for (unsigned int i = 0; i < sizeof(back) && names >= back[i]; i++) {
		uint32_t n = image_u32(&k->image, names - back[i]);

		if ((n + (uint64_t)MARKER_EVERY - 1) / MARKER_EVERY == marker_count) {
			/* a big-endian word begins earlier; so does the table in front of it */
			*ret_at = (names - back[i]) & ~(uint64_t)(k->image.word - 1);
			return n;
		}
	}
	return 0;
}

/* Do count names from names on meet all markers, and end right in front of them? */
static bool names_fit(const struct kallsyms *k, uint64_t names, uint32_t count, uint64_t markers,
	unsigned int marker_size, struct kallsyms_search *s)
{
	const struct kallsyms_image *im = &k->image;
	uint64_t at = names, codes;
	uint32_t len;

	for (uint32_t i = 0; i < count; i++) {
		if (i % MARKER_EVERY == 0 &&
			(give_up(s, MARKER_EVERY) ||
				image_number(im, markers + (uint64_t)marker_size * (i / MARKER_EVERY),
					marker_size) != at - names))
			return false;
		if (!name_length(im, at, &len, &codes) || !len)
			return false;
		at = codes + len;
		if (at > markers)
			return false;
	}
	return align_up(at, ALIGN_MAX) == align_up(markers, ALIGN_MAX);
}

/* With markers at a place: names in front of them that fit? */
static bool names_before(struct kallsyms *k, uint64_t markers, unsigned int size, uint32_t n,
	struct kallsyms_search *s)
{
	uint64_t last = image_number(&k->image, markers + (uint64_t)size * (n - 1), size);
	uint64_t lowest, at, num_syms = 0;
	uint32_t count;

	if (last + NAME_MIN > markers)
		return false;
	/* Most names have a length of one byte, so look near first: upwards in size, downwards in address. */
	lowest = markers - last > NAME_BYTES * MARKER_EVERY ?
		markers - last - NAME_BYTES * MARKER_EVERY : 0;
	for (at = (markers - last - NAME_MIN) & ~3ull; at >= lowest + 4; at -= 4) {
		if (give_up(s, 1))
			return false;
		count = count_before(k, at, n, &num_syms);
		if (!count || !names_fit(k, at, count, markers, size, s))
			continue;
		k->count = count;
		k->num_syms = num_syms;
		k->names = at;
		k->markers = markers;
		k->marker_size = size;
		return true;
	}
	return false;
}

/* Backwards from the tokens: in between is at most the order by name. */
bool kallsyms_find_names(struct kallsyms *k, struct kallsyms_search *s)
{
	const struct kallsyms_image *im = &k->image;
	uint64_t at = k->token_table & ~3ull;

	while (at >= 4) {
		at -= 4;
		if (give_up(s, 1))
			return false;
		if (image_u32(im, at))
			continue;
		for (unsigned int size = 4; size <= im->word; size += 4) {
			uint32_t n, less;

			if (at + 2 * size > k->token_table)
				continue;
			n = count_markers(k, at, size);
			if (give_up(s, 1 + n))
				return false;
			/* What follows the markers may look like another one. */
			for (less = 0; n > 1 && less < 2; less++, n--) {
				if (names_before(k, at, size, n, s))
					return true;
			}
		}
	}
	return false;
}

/* What nm writes in front of a name [nm(1)]. */
static bool is_type(char c)
{
	char lower = (char)(c | 0x20);

	return lower >= 'a' && lower <= 'w' && c != '?';
}

static bool is(const struct kallsyms_symbol *s, const char *name)
{
	uint32_t i = 0;

	while (i < s->name_len && name[i] == s->name[i])
		i++;
	return i == s->name_len && !name[i];
}

static void note(const struct kallsyms_symbol *s, uint32_t i, struct kallsyms_marks *marks)
{
	if (is(s, "_start"))
		marks->start = i;
	else if (is(s, "_text"))
		marks->text = i;
	else if (is(s, "_stext"))
		marks->stext = i;
	else if (is(s, "linux_banner"))
		marks->banner = i;
}

enum err kallsyms_check_names(
	struct kallsyms *k, struct kallsyms_marks *ret, struct fault *fault)
{
	struct kallsyms_marks marks = {
		KALLSYMS_ABSENT, KALLSYMS_ABSENT, KALLSYMS_ABSENT, KALLSYMS_ABSENT};
	struct kallsyms_symbol s;
	uint64_t at = k->names, before;
	uint32_t text = 0;

	for (uint32_t i = 0; i < k->count; i++) {
		before = at;
		if (!kallsyms_decode_name(k, &at, &s) || !s.name_len)
			return fault_set(fault, ERR_BAD_KALLSYMS, "length of a name", before, i);
		text += s.name_len;
		if (text > KALLSYMS_TEXT_MAX)
			return fault_set(fault, ERR_BAD_KALLSYMS, "length of all names", before, text);
		if (!is_type(s.type))
			return fault_set(
				fault, ERR_BAD_KALLSYMS, "type of a symbol", before, (uint8_t)s.type);
		for (uint32_t j = 0; j < s.name_len; j++) {
			if (!printable((uint8_t)s.name[j]))
				return fault_set(fault, ERR_BAD_KALLSYMS, "character of a name",
					before, (uint8_t)s.name[j]);
		}
		note(&s, i, &marks);
	}
	if (marks.text == KALLSYMS_ABSENT && marks.stext == KALLSYMS_ABSENT)
		return fault_set(
			fault, ERR_BAD_KALLSYMS, "neither _text nor _stext", k->names, k->count);
	k->text_size = text;
	*ret = marks;
	return ERR_OK;
}
