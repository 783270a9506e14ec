/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decoded kernel: is it the one that was planned for, and is it ready to run? */
#ifndef BOOT_STUB_KERNEL_H
#define BOOT_STUB_KERNEL_H

#include "boot/stub/queue.h"
#include "core/elf.h"
#include "core/manifest.h"
#include "core/place.h"

/* prefix: the first decoded chunk. Errors: those of elf_plan; ELF_CHANGED. */
enum err kernel_check(const struct manifest *m, struct span prefix, struct elf_plan *ret,
	struct fault *fault) MUST_CHECK;

/*
 * Check and decode all chunks, and the ELF as soon as the first is there: on all of the crew, or, if
 * seen (may be NULL) shall see them or they hang together, on the boot processor alone, whose gate is
 * made ready here. Errors: those of decode_chunk, kernel_check and decode_unfilter.
 */
enum err kernel_decode(const struct decode *d, struct crew *crew, kernel_chunk_seen *seen, void *ctx,
	struct elf_plan *ret_elf, struct fault *fault) MUST_CHECK;

/*
 * All chunks have been decoded: put segments where they run, relocate, clear what the file does not
 * fill, by all of the crew as far as the work can be shared (NULL: this processor alone). virtual_delta
 * as in struct handover. ret_entry_pa: where the kernel starts. Errors: those of reloc_split,
 * reloc_apply and reloc_apply_dynamic.
 */
enum err kernel_finish(struct crew *crew, const struct manifest *m, const struct place_plan *place,
	const struct elf_plan *elf, uint64_t virtual_delta, uint64_t *ret_entry_pa,
	struct fault *fault) MUST_CHECK;

#endif /* BOOT_STUB_KERNEL_H */
