/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every unit test uses: cmocka with the headers it wants in front, CHECK that names the case,
 * and reproducible random numbers for property tests.
 *
 * Each test program is built twice from the same source: against core with the address and
 * undefined behaviour sanitizers, and against the objects that the stub is linked from.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One line of a table: name is the behaviour that the line is about. */
#define CHECK(name, condition)                                                                     \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg("%s: not true: %s", (name), #condition);                          \
	} while (0)

#define CHECK_EQ(name, got, want)                                                                  \
	do {                                                                                       \
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want);                         \
		if (got_ != want_)                                                                 \
			fail_msg("%s: %s is 0x%llx, not 0x%llx", (name), #got,                     \
				(unsigned long long)got_, (unsigned long long)want_);              \
	} while (0)

static inline struct span text_span(const char *text)
{
	return (struct span){(const uint8_t *)text, strlen(text)};
}

/* The same numbers on every run: a failure can be repeated. [Steele, Lea, Flood: SplitMix, 2014] */
struct unit_random {
	uint64_t state;
};

static inline uint64_t unit_random(struct unit_random *r)
{
	uint64_t v = r->state += 0x9e3779b97f4a7c15;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
	v = (v ^ v >> 27) * 0x94d049bb133111eb;
	return v ^ v >> 31;
}

static inline uint64_t unit_below(struct unit_random *r, uint64_t n)
{
	return unit_random(r) % n;
}

#endif /* TESTS_UNIT_H */
