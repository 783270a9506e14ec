/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words for what the loader can say: the same as everybody's (core/err.h), without those that only kernels'
 * stubs and the host tool need. A number without words is still a number in docs/messages.md.
 */
#include "core/err.h"

#define OURS(number) ((number) <= ERR_BAD_SETUP_HEADER || (number) == ERR_CMDLINE_LONG ||           \
	((number) >= ERR_BAD_MEMORY_MAP && (number) <= ERR_NO_MEMORY) || (number) == ERR_A20 ||      \
	((number) >= ERR_BAD_PARTITIONS && (number) <= ERR_LOW_MEMORY))

const char *err_text(enum err e)
{
#define WORDS(name, number, text)                                                                  \
	if (OURS(number) && e == ERR_##name)                                                       \
		return text;
	ERR_LIST(WORDS)
#undef WORDS
	return "see docs/messages.md";
}
