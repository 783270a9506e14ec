/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mem= and memmap= of the kernel's command line, applied to a set of usable memory
 * [admin-guide/kernel-parameters.txt]:
 *
 *   mem=N          nothing at or above N            memmap=N@S    N bytes at S are RAM
 *   memmap=N$S     N bytes at S are reserved        memmap=N#S    ... are ACPI data
 *   memmap=N!S     ... are persistent memory        memmap=exactmap   forget the firmware's map
 *
 * memmap= takes several, separated by commas, and may come any number of times. Numbers may be
 * decimal, 0x hex or 0 octal, with K, M, G, T, P or E behind them.
 */
#ifndef CORE_MEMPARAM_H
#define CORE_MEMPARAM_H

#include "core/range.h"
#include "core/span.h"

/*
 * Take from (or, for memmap=N@S after exactmap, add to) usable what the command line says. Words that
 * do not parse are ignored, as the kernel does. Errors: NO_SPACE.
 */
enum err memparam_apply(struct span cmdline, struct range_set *usable) MUST_CHECK;

/* "64M", "0x1000", "1G" as a number, and how many characters that took. Errors: BAD_NUMBER, OVERFLOW. */
enum err memparam_number(struct span text, uint64_t *ret_value, size_t *ret_used) MUST_CHECK;

#endif /* CORE_MEMPARAM_H */
