/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of an image that are each possible, but not together. Nothing that reads an image depends on
 * these, so only who asks what is wrong with a file looks for them.
 */
#ifndef LIB_CONTRADICT_H
#define LIB_CONTRADICT_H

#include "lib/kernel.h"

/* What contradicts goes to k->problems. */
void kernel_find_contradictions(struct kernel *k);

#endif /* LIB_CONTRADICT_H */
