/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two kinds of shared objects that bench/decode loads, each with one name that can be seen. Neither
 * needs a C library: both bring the memcpy and the malloc that they have at boot.
 */
#ifndef BENCH_DECODER_H
#define BENCH_DECODER_H

/*
 * decoder-CODEC.so, from stub_decoder.c and the objects of the stub with that codec: kernel_decode() of
 * boot/stub/kernel.h, and what makes the crew that it works with (boot/stub/crew.h).
 */
#define STUB_DECODER stub_decoder

/*
 * linux-CODEC.so, from linux_decoder.c and Linux's source: a whole stream, as Linux's
 * extract_kernel() has it decoded. in_size includes the four bytes of size behind the stream. heap:
 * at least LINUX_HEAP_SIZE bytes. NULL, or what the decoder complained about.
 */
#define LINUX_DECODER   linux_decode
#define LINUX_HEAP_SIZE 0x400000 /* what the hungriest, bzip2, is given at boot */

typedef const char *linux_decoder(unsigned char *in, unsigned long in_size, unsigned char *out,
	unsigned long out_size, void *heap);

#endif /* BENCH_DECODER_H */
