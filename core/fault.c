/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where and what: see err.h. Apart from the words, since not every stage has all of them. */
#include "core/err.h"

#include <stddef.h>

void fault_fill(struct fault *fault, const char *text, uint64_t offset, uint64_t value)
{
	if (fault)
		*fault = (struct fault){text, offset, value};
}
