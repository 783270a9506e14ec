/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of Linux's decoders as it stands in Linux's boot stub, to be called from a program.
 * bench/linux-reference.sh compiles this inside an unpacked Linux source, with the command line
 * that Linux's build has used for its arch/x86/boot/compressed/misc.c, LINUX_SOURCE being the file
 * of lib/ that this codec is in; string.c of the same folder is linked to it. Nothing of Linux is
 * in this tree.
 */
#include "misc.h"

#define STATIC static
#define MALLOC_VISIBLE
memptr free_mem_ptr, free_mem_end_ptr;
#include <linux/decompress/mm.h>
#define memzero(s, n) memset((s), 0, (n))
#define memmove       memmove
void *memmove(void *to, const void *from, size_t size);

#include LINUX_SOURCE
#include BENCH_DECODER_H_FILE

static const char *complaint;

static void complain(char *text)
{
	complaint = text;
}

/* string.c complains here when a copy overlaps itself. */
void warn(char *text)
{
	complaint = text;
}

extern linux_decoder LINUX_DECODER __attribute__((visibility("default")));

const char *LINUX_DECODER(unsigned char *in, unsigned long in_size, unsigned char *out,
	unsigned long out_size, void *heap)
{
	complaint = NULL;
	free_mem_ptr = (memptr)heap;
	free_mem_end_ptr = free_mem_ptr + LINUX_HEAP_SIZE;
	malloc_ptr = 0;
	malloc_count = 0;
	if (__decompress(in, (long)in_size, NULL, NULL, out, (long)out_size, NULL, complain) < 0 &&
		!complaint)
		return "decoder failed";
	return complaint;
}
