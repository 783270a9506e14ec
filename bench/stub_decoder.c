/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a shared object of a stub's decoder. Linked with the very objects that the stub of
 * that codec is linked from: kernel.c, crew.c, queue.c and decode.c (chunks shared out, checked, decoded
 * to where they run), checksum.c, libc.c (memcpy, malloc), the codec's files, its library. Only what an
 * ordinary program may not do is replaced here: the gate switches control registers and the stack, some
 * hundred instructions a chunk; and nothing is said.
 */
#include "bench/decoder.h"
#include "bench/stub_decoder.h"
#include "boot/stub/console.h"
#include "boot/stub/gate.h"
#include "boot/stub/libc.h"

extern const struct stub_decoder STUB_DECODER __attribute__((visibility("default")));

const struct stub_decoder STUB_DECODER = {kernel_decode, crew_init, crew_serve, crew_dismiss};

struct heap *heap_mine(void)
{
	static __thread struct heap heap;

	return &heap;
}

void gate_init(uint64_t gate_pa, uint64_t canary)
{
	(void)gate_pa;
	(void)canary;
}

enum err gate_enter(uint64_t gate_pa, gate_function *function, void *ctx)
{
	(void)gate_pa;
	function(ctx);
	return ERR_OK;
}

void gate_leave(enum err err)
{
	(void)err;
	__builtin_trap();
}

void say(const char *format, ...)
{
	(void)format;
}

void complain(const char *format, ...)
{
	(void)format;
}
