/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressing ahead: while one thread still decodes the old payload, the others compress what has come
 * out of it already. Nothing depends on it: what is not ready, or was made from other bytes than those
 * that are to be compressed in the end, is made anew.
 */
#ifndef HOST_AHEAD_H
#define HOST_AHEAD_H

#include "host/image_options.h"
#include "host/writers.h"

/*
 * For an image with these options; so many threads besides the one that decodes. NULL: it would be of no
 * use, or there is no memory for it.
 */
struct ahead *ahead_start(const struct image_options *options, unsigned int threads);

/* For struct kernel_options, with a struct ahead as ctx. */
void ahead_arrived(void *ctx, struct span content, size_t size);

/* From now on no chunk is begun any more, since its user does that. */
void ahead_close(struct ahead *a);

/*
 * Has codec made of p's input what will be chunk i already, or is just doing it? Then wait for that, and
 * take the result over into p. In any thread, for each chunk once; closed.
 */
bool ahead_take(struct ahead *a, const struct pack_codec *codec, uint32_t i, struct pack *p);

/* Before the content goes; a may be NULL. */
void ahead_end(struct ahead *a);

#endif /* HOST_AHEAD_H */
