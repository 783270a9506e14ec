/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a shared object of a stub's decoder. Linked with the very objects that the stub of
 * that codec is linked from: decode.c (checks, then decodes one chunk), checksum.c, libc.c (memcpy,
 * malloc), the codec's files, its library. Only what an ordinary program may not do is replaced
 * here: the gate switches control registers and the stack, some hundred instructions a chunk, and
 * die() restarts the machine.
 */
#include "bench/decoder.h"
#include "boot/stub/decode.h"
#include "boot/stub/die.h"
#include "boot/stub/gate.h"

typedef __typeof__(decode_chunk) chunk_decoder;
extern chunk_decoder STUB_DECODER __attribute__((visibility("default")));

enum err STUB_DECODER(const struct decode *d, const struct elf_plan *elf, uint32_t i,
	struct span *ret_out, struct fault *fault)
{
	return decode_chunk(d, elf, i, ret_out, fault);
}

enum err gate_enter(gate_function *function, void *ctx)
{
	function(ctx);
	return ERR_OK;
}

void die(enum err err, const struct fault *fault)
{
	(void)err;
	(void)fault;
	__builtin_trap();
}
