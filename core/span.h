/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bounded view of bytes that come from outside. Every read is checked; offsets are 64 bits wide so
 * that a hostile offset cannot wrap. Outputs are untouched on failure.
 */
#ifndef CORE_SPAN_H
#define CORE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/err.h"

struct span {
	const uint8_t *ptr;
	size_t len; /* bytes */
};

/* Do [off, off + len) lie inside s? */
static inline bool span_has(struct span s, uint64_t off, uint64_t len)
{
	return off <= s.len && len <= s.len - off;
}

static inline MUST_CHECK enum err span_sub(struct span s, uint64_t off, uint64_t len,
	struct span *ret)
{
	if (!span_has(s, off, len))
		return ERR_TRUNCATED;
	*ret = (struct span){s.ptr + (size_t)off, (size_t)len};
	return ERR_OK;
}

static inline uint16_t le16_get(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32_get(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t le64_get(const uint8_t *p)
{
	return le32_get(p) | (uint64_t)le32_get(p + 4) << 32;
}

static inline void le16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void le32_put(uint8_t *p, uint32_t v)
{
	le16_put(p, (uint16_t)v);
	le16_put(p + 2, (uint16_t)(v >> 16));
}

static inline void le64_put(uint8_t *p, uint64_t v)
{
	le32_put(p, (uint32_t)v);
	le32_put(p + 4, (uint32_t)(v >> 32));
}

static inline MUST_CHECK enum err span_u8(struct span s, uint64_t off, uint8_t *ret)
{
	if (!span_has(s, off, 1))
		return ERR_TRUNCATED;
	*ret = s.ptr[(size_t)off];
	return ERR_OK;
}

static inline MUST_CHECK enum err span_le16(struct span s, uint64_t off, uint16_t *ret)
{
	if (!span_has(s, off, 2))
		return ERR_TRUNCATED;
	*ret = le16_get(s.ptr + (size_t)off);
	return ERR_OK;
}

static inline MUST_CHECK enum err span_le32(struct span s, uint64_t off, uint32_t *ret)
{
	if (!span_has(s, off, 4))
		return ERR_TRUNCATED;
	*ret = le32_get(s.ptr + (size_t)off);
	return ERR_OK;
}

static inline MUST_CHECK enum err span_le64(struct span s, uint64_t off, uint64_t *ret)
{
	if (!span_has(s, off, 8))
		return ERR_TRUNCATED;
	*ret = le64_get(s.ptr + (size_t)off);
	return ERR_OK;
}

#endif /* CORE_SPAN_H */
