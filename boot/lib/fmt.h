/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small formatter into a caller's sink: %s %c %u %d %x %llx %llu %lu %lx %p %%, with width and 0 flag
 * (%08x, %-8s). Used by setup (16-bit) and stub (64-bit): the file is built for both. No division of
 * 64-bit values by library calls (-m16 has no libgcc).
 */
#ifndef BOOT_LIB_FMT_H
#define BOOT_LIB_FMT_H

#include <stdarg.h>

typedef void fmt_putc(char c, void *ctx); /* a function type, not a struct */
void fmt_vprint(fmt_putc *put, void *ctx, const char *format, va_list args);

#endif /* BOOT_LIB_FMT_H */
