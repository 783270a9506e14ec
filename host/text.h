/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words for values that both forms of inspect's report and other commands use.
 */
#ifndef HOST_TEXT_H
#define HOST_TEXT_H

#include "core/sha256.h"
#include "host/kernel.h"

/*
 * Bytes from a file as one line that is safe to print on a terminal and in XML's text: what is not printable
 * ASCII becomes \xNN, and what does not fit is cut off with "...". cap: at least 8.
 */
void text_safe(struct span s, char *buf, size_t cap);

/* 64 hex digits and a NUL. */
void text_digest(const uint8_t digest[SHA256_SIZE], char ret[SHA256_SIZE * 2 + 1]);
/* "rwx" with '-' for what is not set. */
void text_segment_flags(uint32_t flags, char ret[4]);
/* The same of a PE section's flags. */
void text_section_flags(uint32_t flags, char ret[4]);
/* Name of one bit of xloadflags; NULL if it has none. */
const char *text_xloadflag(unsigned int bit);
/* The same of loadflags. */
const char *text_loadflag(unsigned int bit);
/* "right", "wrong", "none" */
const char *text_crc(enum image_crc crc);

#endif /* HOST_TEXT_H */
