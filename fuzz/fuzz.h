/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every fuzz target uses. A target is one function, LLVMFuzzerTestOneInput; it is built twice:
 * with clang's libFuzzer (meson option "fuzz"), and around replay_main.c, which runs the corpus in
 * every test run. The sanitizers look for reads and writes that should not be; FUZZ_CHECK states
 * what must hold of the results.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Is part inside of whole? An empty part is. */
static inline bool fuzz_within(struct span part, struct span whole)
{
	return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static inline bool fuzz_same(struct span a, struct span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/* Input taken from the front in little-endian pieces; zeros when it is used up. */
static inline uint64_t fuzz_take(struct span *input, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes && input->len; i++) {
		v |= (uint64_t)input->ptr[0] << (8 * i);
		input->ptr++;
		input->len--;
	}
	return v;
}

#endif /* FUZZ_FUZZ_H */
