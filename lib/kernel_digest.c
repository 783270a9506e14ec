/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digest of a kernel. It takes longer than decoding lz4 does, so that it runs beside that, on a thread
 * (hasher.h): it follows the content of a bzImage as it comes out, and ends before kernel_read does. Whether
 * there is a thread changes nothing but the time.
 */
#include <stdlib.h>
#include "lib/digest.h"
#include "lib/hasher.h"
#include "lib/kernel.h"
#include "lib/threads.h"

#define WORTH_A_THREAD (1024 * 1024) /* of less, SHA-256 takes as long as starting one does */
#define HEADERS        (64 * 1024) /* of content: has all program headers in it, as a rule */

static bool wanted(const struct kernel *k)
{
	return k->ours || !k->options.no_digest;
}

static struct hasher *start(const struct kernel *k, size_t size)
{
	return hasher_start(k->options.alone || size < WORTH_A_THREAD || threads_processors() < 2);
}

/* How much of the content will be the kernel, as it seems by now; 0: nobody knows. */
static uint64_t expected_size(const struct kernel *k, size_t made)
{
	struct elf_plan plan;

	if (k->ours)
		return k->manifest.elf_size;
	return elf_plan((struct span){k->content, made}, k->content_size, &plan, NULL) ? 0 : plan.elf_size;
}

void kernel_digest_follow(struct kernel *k, size_t made)
{
	struct span bytes = {k->content, made};

	if (!wanted(k) || made < HEADERS)
		return;
	if (!k->hasher) {
		k->hasher = start(k, k->content_size);
		k->hasher_limit = expected_size(k, made);
	}
	if (bytes.len > k->hasher_limit)
		bytes.len = (size_t)k->hasher_limit;
	if (k->hasher)
		hasher_arrived(k->hasher, bytes);
}

void kernel_digest_begin(struct kernel *k)
{
	if (!wanted(k))
		return;
	if (!k->hasher)
		k->hasher = start(k, k->kernel.len);
	if (k->hasher)
		hasher_all(k->hasher, k->kernel, k->relocs);
}

void kernel_digest_end(struct kernel *k)
{
	struct sha256 s;

	if (!wanted(k))
		return;
	k->has_digest = true;
	if (k->hasher) {
		hasher_end(k->hasher, k->sha256);
		k->hasher = NULL;
		return;
	}
	/* no memory even for that */
	sha256_init(&s);
	digest_update(&s, k->kernel);
	digest_update(&s, k->relocs);
	sha256_final(&s, k->sha256);
}

void kernel_digest_drop(struct kernel *k)
{
	hasher_drop(k->hasher);
	k->hasher = NULL;
}
