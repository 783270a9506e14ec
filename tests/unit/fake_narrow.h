/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UEFI firmware of 32 bits in memory: tables of 32-bit words below 4 GiB, whose functions are numbers that
 * efi_call32() here looks up. What a function writes is as wide as firmware's words, and what lies behind
 * must stay as it was.
 */
#ifndef TESTS_FAKE_NARROW_H
#define TESTS_FAKE_NARROW_H

#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "tests/unit/unit.h"

#define NARROW_HANDLE 0x2001
#define NARROW_VOLUME 0x2002
#define NARROW_LOADER 0x2003
#define NARROW_CARD   0x2004

/* What the machine has. */
struct narrow {
	const char *file; /* on the volume, by the path \f */
	const char *archive; /* by LoadFile2 */
	int exits_refused;

	/* what was done */
	int64_t pages_out;
	int opens_out;
	uint64_t disconnected; /* a handle */
	uint16_t card_command; /* of the card, a bridge; what was written there */
	bool gone;
	const char *misuse;
};
extern struct narrow narrow;

void narrow_start(void);
void narrow_end(void);
/* A boot of which nothing is known yet. */
struct efi_boot narrow_boot(struct boot_params *bp, const char *cmdline);
/* LoadOptions of the loaded image. */
void narrow_options_set(const uint16_t *options, uint32_t bytes);

#endif /* TESTS_FAKE_NARROW_H */
