/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formatter behind every console line of the boot code. Writes character by character into the
 * caller's sink, so it needs no buffer and cannot run over one. Entered by C code in 16-bit real
 * mode and in 64-bit mode. Numbers are divided in 16-bit limbs: 64-bit values work where the
 * compiler would otherwise call a library that is not there.
 */
#include <stdbool.h>
#include <stdint.h>
#include "boot/lib/fmt.h"

#define FMT_DIGITS_MAX 20 /* 2^64 - 1 in decimal */

struct fmt_field {
	unsigned int width;
	bool left; /* pad on the right */
	bool zero; /* pad with zeros */
};

static void fmt_pad(fmt_putc *put, void *ctx, char fill, unsigned int used, unsigned int width)
{
	for (; used < width; used++)
		put(fill, ctx);
}

static void fmt_string(fmt_putc *put, void *ctx, const struct fmt_field *field, const char *s)
{
	unsigned int len = 0;

	if (!s)
		s = "(null)";
	while (s[len])
		len++;
	if (!field->left)
		fmt_pad(put, ctx, ' ', len, field->width);
	for (unsigned int i = 0; i < len; i++)
		put(s[i], ctx);
	if (field->left)
		fmt_pad(put, ctx, ' ', len, field->width);
}

/* v / base into *v; returns the remainder. base is at most 16, so every step fits 32 bits. */
static unsigned int fmt_divide(uint64_t *v, unsigned int base)
{
	uint64_t quotient = 0;
	uint32_t rest = 0;

	for (int shift = 48; shift >= 0; shift -= 16) {
		uint32_t part = rest << 16 | (uint32_t)(*v >> shift & 0xffff);

		quotient |= (uint64_t)(part / base) << shift;
		rest = part % base;
	}
	*v = quotient;
	return rest;
}

static void fmt_number(fmt_putc *put, void *ctx, const struct fmt_field *field, uint64_t v,
	unsigned int base, bool negative)
{
	char digits[FMT_DIGITS_MAX];
	unsigned int count = 0, used;

	do
		digits[count++] = "0123456789abcdef"[fmt_divide(&v, base)];
	while (v);
	used = count + negative;

	if (!field->left && !field->zero)
		fmt_pad(put, ctx, ' ', used, field->width);
	if (negative)
		put('-', ctx);
	if (!field->left && field->zero)
		fmt_pad(put, ctx, '0', used, field->width);
	while (count)
		put(digits[--count], ctx);
	if (field->left)
		fmt_pad(put, ctx, ' ', used, field->width);
}

void fmt_vprint(fmt_putc *put, void *ctx, const char *format, va_list args)
{
	for (; *format; format++) {
		struct fmt_field field = {0};
		unsigned int longs = 0;
		uint64_t v;
		int64_t sv;

		if (*format != '%') {
			put(*format, ctx);
			continue;
		}
		for (format++; *format == '-' || *format == '0'; format++) {
			field.left |= *format == '-';
			field.zero |= *format == '0';
		}
		for (; *format >= '0' && *format <= '9'; format++)
			field.width = field.width * 10 + (unsigned int)(*format - '0');
		for (; *format == 'l'; format++)
			longs++;

		switch (*format) {
		case 's':
			fmt_string(put, ctx, &field, va_arg(args, const char *));
			break;
		case 'c':
			put((char)va_arg(args, int), ctx);
			break;
		case 'd':
			sv = longs > 1 ? va_arg(args, long long)
			   : longs ? va_arg(args, long) : va_arg(args, int);
			v = sv < 0 ? 0 - (uint64_t)sv : (uint64_t)sv;
			fmt_number(put, ctx, &field, v, 10, sv < 0);
			break;
		case 'u':
		case 'x':
			v = longs > 1 ? va_arg(args, unsigned long long)
			  : longs ? va_arg(args, unsigned long) : va_arg(args, unsigned int);
			fmt_number(put, ctx, &field, v, *format == 'x' ? 16 : 10, false);
			break;
		case 'p':
			fmt_number(put, ctx, &field, (uintptr_t)va_arg(args, void *), 16, false);
			break;
		case '\0':
			return;
		default: /* "%%", and whatever else stands for itself */
			put(*format, ctx);
			break;
		}
	}
}
