/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many instructions does an image need from its 32-bit entry to its kernel's first? QEMU's
 * plugin bench/icount counts them; docs/benchmarks.md says what counts as one.
 */
#ifndef HOST_COUNT_H
#define HOST_COUNT_H

#include "host/kernel.h"
#include "host/memory_file.h"

#define COUNT_CODE_SIZE 32 /* code at an entry that is enough to know it again */

/* What the plugin reports. */
struct count {
	bool entered; /* the image's entry was seen */
	bool arrived; /* and the kernel's */
	uint64_t instructions; /* 0 if only the clock was looked at */
	uint64_t nanoseconds; /* by this machine's clock */
	uint64_t kernel_va; /* where that was */
};

/*
 * The first bytes of the kernel's code, at most COUNT_CODE_SIZE: as many as relocation leaves alone.
 * len 0: none.
 */
struct span count_kernel_code(const struct kernel *k);

/* The plugin's lines "NAME VALUE". False if one is missing or not as it should be. */
bool count_parse(const char *text, struct count *ret);

/*
 * Boot the image, which is k's, until its kernel is reached. plugin: path of icount.so. Prints;
 * BAD_INPUT if the kernel is not reached.
 */
enum status count_instructions(const struct kernel *k, const struct memory_file *image,
	const char *plugin, bool kaslr, struct count *ret);

/* The same way, on so many CPUs, nothing counted, with nokaslr. *ret_seconds: from entry to kernel. */
enum status count_seconds(const struct kernel *k, const struct memory_file *image, const char *plugin,
	unsigned int cpus, double *ret_seconds);

#endif /* HOST_COUNT_H */
