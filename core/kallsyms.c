/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a table that has been found: names through the tokens, addresses in the table's form.
 */
#include "core/kallsyms_parts.h"

/*
 * Most tokens are short: eight bytes are copied, whatever the length. Behind the token table there is
 * token_index, and behind the name there is room.
 */
static void copy_token(char *to, const uint8_t *token, uint32_t len)
{
	for (uint32_t i = 0; i < len; i += 8)
		__builtin_memcpy(to + i, token + i, 8);
}

bool kallsyms_decode_name(const struct kallsyms *k, uint64_t *at, struct kallsyms_symbol *ret)
{
	const struct kallsyms_image *im = &k->image;
	const uint8_t *table = im->bytes.ptr + k->token_table, *codes;
	uint32_t len, done = 0, skip = 1; /* the first character is the type */
	uint64_t start;

	if (!name_length(im, *at, &len, &start))
		return false;
	codes = im->bytes.ptr + start;
	for (uint32_t i = 0; i < len; i++) {
		const uint8_t *token = table + k->token[codes[i]].at;
		uint32_t size = k->token[codes[i]].len;

		if (!size)
			continue;
		if (skip)
			ret->type = (char)*token;
		size -= skip;
		if (size > KALLSYMS_NAME_MAX - done)
			return false;
		copy_token(ret->name + done, token + skip, size);
		done += size;
		skip = 0;
	}
	ret->name[done] = 0;
	ret->name_len = done;
	*at = start + len;
	return !skip;
}

uint64_t kallsyms_address(const struct kallsyms *k, uint32_t i)
{
	const struct kallsyms_image *im = &k->image;
	uint64_t at = k->addresses + 4ull * i, mask = im->word == 8 ? UINT64_MAX : UINT32_MAX, va;
	uint32_t v;
	size_t count;

	if (k->form == KALLSYMS_ABSOLUTE)
		return image_number(im, k->addresses + (uint64_t)im->word * i, im->word);
	v = image_u32(im, at);
	switch (k->form) {
	case KALLSYMS_PERCPU:
		va = v >> 31 ? k->base - 1 - (uint64_t)(int32_t)v : v;
		break;
	case KALLSYMS_PLACE: {
		const struct kallsyms_area *a = kallsyms_areas(k, &count);

		/* The table lies in one area as a whole: kallsyms_find_addresses has seen to it. */
		while (count > 1 && !(at >= a->offset && at - a->offset < a->size)) {
			a++;
			count--;
		}
		va = a->va + (at - a->offset) + (uint64_t)(int32_t)v;
		break;
	}
	default:
		va = k->base + v;
	}
	return va & mask;
}

const struct kallsyms_area *kallsyms_areas(const struct kallsyms *k, size_t *ret_count)
{
	*ret_count = k->image.areas ? k->image.area_count : 1;
	return k->image.areas ? k->image.areas : &k->whole;
}

struct kallsyms_iter kallsyms_begin(const struct kallsyms *k)
{
	return (struct kallsyms_iter){.k = k, .at = k->names};
}

bool kallsyms_next(struct kallsyms_iter *it, struct kallsyms_symbol *ret)
{
	if (it->next == it->k->count || !kallsyms_decode_name(it->k, &it->at, ret))
		return false;
	ret->va = kallsyms_address(it->k, it->next++);
	return true;
}

enum err kallsyms_find(const struct kallsyms_image *image, struct kallsyms *ret, struct fault *fault)
{
	struct kallsyms k = {.image = *image};
	struct kallsyms_search search = {0};
	struct kallsyms_marks marks;
	bool found = false;
	enum err e;

	/* Other things may look like tokens; only the right ones have names with them. */
	while (!found && kallsyms_find_tokens(&k, &search))
		found = kallsyms_find_names(&k, &search);
	if (!found && !k.token_index)
		return fault_set(fault, ERR_KALLSYMS_NONE, "no token table", 0, image->bytes.len);
	if (!found)
		return fault_set(fault, ERR_BAD_KALLSYMS, "no names go with the token table",
			k.token_table, k.token_index - k.token_table);
	e = kallsyms_check_names(&k, &marks, fault);
	if (!e)
		e = kallsyms_find_addresses(&k, &marks, fault);
	if (!e)
		*ret = k;
	return e;
}
