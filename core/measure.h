/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own measurement: what the stub and `bzforge inspect --pcr` must agree on.
 *
 *   digest    SHA-256 over the ELF, then its relocations in Linux's format (MANIFEST_KERNEL_SHA256)
 *   measured  those 32 bytes: a PCR of any bank is extended with its bank's hash of them
 *   event     EV_EVENT_TAG: MEASURE_TAG_KERNEL, MEASURE_WORDS_KERNEL with its NUL, then the 32 bytes
 */
#ifndef CORE_MEASURE_H
#define CORE_MEASURE_H

#include "core/sha256.h"
#include "core/span.h"

#define MEASURE_TAG_KERNEL   0x4b667a62 /* "bzfK" */
#define MEASURE_WORDS_KERNEL "bzforge kernel SHA-256"

/* PCRs of a static operating system: those below are the firmware's, those above are not sealed by it. */
#define MEASURE_PCR_MIN 8
#define MEASURE_PCR_MAX 15

enum measure {
	MEASURE_OFF,
	MEASURE_ON,
	MEASURE_BAD, /* no PCR that may be used */
};

/* bzforge.measure=PCR, or off; the last one counts. ret_pcr is written for MEASURE_ON only. */
enum measure measure_wanted(struct span cmdline, unsigned int *ret_pcr);

/* What a PCR of the SHA-256 bank becomes by an event whose data has that digest. [TPM 2.0 part 3, 22.2] */
void measure_extend(uint8_t pcr[SHA256_SIZE], const uint8_t digest[SHA256_SIZE]);

#endif /* CORE_MEASURE_H */
