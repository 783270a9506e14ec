/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of kallsyms share: reads in the image's byte order, at offsets that the caller has
 * checked, and what one of them has found out for the next.
 */
#ifndef CORE_KALLSYMS_PARTS_H
#define CORE_KALLSYMS_PARTS_H

#include "core/kallsyms.h"

#define TOKENS           256
#define TOKEN_INDEX_SIZE (2 * TOKENS)
#define MARKER_EVERY     256

static inline uint16_t image_u16(const struct kallsyms_image *im, uint64_t off)
{
	const uint8_t *p = im->bytes.ptr + off;

	return im->big_endian ? (uint16_t)(p[0] << 8 | p[1]) : le16_get(p);
}

static inline uint32_t image_u32(const struct kallsyms_image *im, uint64_t off)
{
	uint32_t v = le32_get(im->bytes.ptr + off);

	return im->big_endian ? __builtin_bswap32(v) : v;
}

static inline uint64_t image_u64(const struct kallsyms_image *im, uint64_t off)
{
	uint64_t v = le64_get(im->bytes.ptr + off);

	return im->big_endian ? __builtin_bswap64(v) : v;
}

static inline uint64_t image_number(const struct kallsyms_image *im, uint64_t off, unsigned int size)
{
	return size == 8 ? image_u64(im, off) : image_u32(im, off);
}

static inline uint64_t align_up(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

/* Symbols that checks need, by number. */
#define KALLSYMS_ABSENT UINT32_MAX
struct kallsyms_marks {
	uint32_t start, text, stext, banner; /* _start, _text, _stext, linux_banner */
};

/* At off: how long is the name (codes), and where do they begin? false: it runs out of the image. */
static inline bool name_length(const struct kallsyms_image *im, uint64_t off, uint32_t *ret_len,
	uint64_t *ret_codes)
{
	uint32_t len;

	if (off >= im->bytes.len)
		return false;
	len = im->bytes.ptr[off++];
	if (len & 0x80) {
		if (off >= im->bytes.len)
			return false;
		len = (len & 0x7f) | (uint32_t)im->bytes.ptr[off++] << 7;
	}
	*ret_len = len;
	*ret_codes = off;
	return span_has(im->bytes, off, len);
}

/* How far the search for tokens has come; steps bound the time that hostile bytes can take. */
struct kallsyms_search {
	uint64_t next;
	uint64_t steps;
};

/* Set token_table and token_index: the next in the image. */
bool kallsyms_find_tokens(struct kallsyms *k, struct kallsyms_search *s);
/* Set count, num_syms, names, markers; needs the tokens. */
bool kallsyms_find_names(struct kallsyms *k, struct kallsyms_search *s);
/* Every name decoded; set text_size. */
enum err kallsyms_check_names(struct kallsyms *k, struct kallsyms_marks *ret, struct fault *fault)
	MUST_CHECK;
/* Set form, addresses, base, and whole if the image came without areas. */
enum err kallsyms_find_addresses(struct kallsyms *k, const struct kallsyms_marks *marks,
	struct fault *fault) MUST_CHECK;
/*
 * For an image that came without areas: set whole, and base if it was 0. ret_proved: the kernel's calls
 * meet the symbols. Errors: KALLSYMS_LOAD_ADDRESS; KALLSYMS_ADDRESSES, this is the wrong table.
 */
enum err kallsyms_locate(struct kallsyms *k, const struct kallsyms_marks *marks, bool *ret_proved)
	MUST_CHECK;
/* Decode one name at *at and step over it. false: too long, or outside. */
bool kallsyms_decode_name(const struct kallsyms *k, uint64_t *at, struct kallsyms_symbol *ret);

#endif /* CORE_KALLSYMS_PARTS_H */
