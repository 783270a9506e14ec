/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UTF-16 text, as UEFI hands it out, and UTF-8, as a kernel's command line is.
 */
#ifndef CORE_UTF16_H
#define CORE_UTF16_H

#include "core/span.h"

/*
 * Convert little-endian UTF-16, up to its end, its NUL or its first line feed. Half a surrogate pair
 * becomes U+FFFD. At most cap - 1 bytes and a NUL are written to buf (cap > 0), no character in part.
 * *ret_len: bytes that the whole text has, without NUL, whether they fitted or not.
 */
void utf16_to_utf8(struct span text, uint8_t *buf, size_t cap, size_t *ret_len);

/*
 * The other way. cap in units of 16 bits, NUL included. Bytes that are no UTF-8 become U+FFFD each.
 * Errors: NO_SPACE.
 */
enum err utf16_from_utf8(struct span text, uint16_t *buf, size_t cap) MUST_CHECK;

#endif /* CORE_UTF16_H */
