/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a shared object of a stub's decoder. Linked with the very objects that the stub of
 * that codec is linked from: decode.c (checks, then decodes one chunk), checksum.c, libc.c (memcpy,
 * malloc), the codec's files, its library. Only what an ordinary program may not do is replaced
 * here: the gate switches control registers and the stack, some hundred instructions a chunk.
 */
#include "bench/decoder.h"
#include "boot/stub/decode.h"
#include "boot/stub/gate.h"
#include "boot/stub/libc.h"

typedef __typeof__(decode_chunk) chunk_decoder;
extern chunk_decoder STUB_DECODER __attribute__((visibility("default")));

enum err STUB_DECODER(const struct decode *d, const struct worker *worker, const struct elf_plan *elf,
	uint32_t i, struct span *ret_out, struct fault *fault)
{
	return decode_chunk(d, worker, elf, i, ret_out, fault);
}

struct heap *heap_mine(void)
{
	static __thread struct heap heap;

	return &heap;
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
