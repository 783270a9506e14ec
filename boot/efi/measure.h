/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring: whoever holds the TPM's PCRs against expected values learns what was booted. Nothing that
 * fails here ends a boot, but a kernel that is not the one that it should be: a TPM that was not told
 * does not unseal.
 */
#ifndef BOOT_EFI_MEASURE_H
#define BOOT_EFI_MEASURE_H

#include "boot/efi/efi.h"
#include "core/sha256.h"

/*
 * Who measures: EFI_TCG2_PROTOCOL, or, where there is none, EFI_CC_MEASUREMENT_PROTOCOL, which
 * confidential guests have and whose functions have the same numbers. protocol is 0 without either.
 */
struct efi_measurer {
	uint64_t protocol;
	bool cc;
};
struct efi_measurer efi_measurer(void);

/* measure.c: what Linux's stub measures, LoadOptions at the PE entry and an initrd from LoadFile2. */
void efi_measure_options(uint64_t loaded_image);
void efi_measure_initrd(uint64_t pa, uint64_t size);

/* measure_kernel.c: the decoded kernel, under bzforge.measure=PCR. */
struct kernel_measure {
	bool wanted;
	unsigned int pcr;
	uint64_t gap_pa; /* room for a chunk that belongs to no part of the kernel in memory */
	struct sha256 sha;
};

/* Errors: NO_MEMORY. */
enum err kernel_measure_init(const struct efi_boot *b, struct kernel_measure *ret) MUST_CHECK;
/* Each chunk in turn, just decoded and unfiltered, before the next one may overwrite it. */
void kernel_measure_chunk(struct kernel_measure *k, const struct manifest *m, uint32_t i,
	struct span out);
/* All chunks are there, nothing is relocated. Errors: ELF_CHANGED, NO_MEMORY, those of core/reloc_compact. */
enum err kernel_measure_finish(struct kernel_measure *k, const struct efi_boot *b,
	struct fault *fault) MUST_CHECK;

/* Extend a PCR with the hash of data; the event's own bytes say in words what that is. */
void efi_measure(unsigned int pcr, uint32_t tag, struct span words, struct span data);

/*
 * The same as an event of type EV_IPL, as systemd's stub does it: text is UTF-16 with NUL. Was it measured?
 */
bool efi_measure_ipl(unsigned int pcr, struct span text, struct span data);

/* tpm.c: the firmware's event log as a configuration table for the kernel; after all measuring. */
void efi_event_log(void);

#endif /* BOOT_EFI_MEASURE_H */
