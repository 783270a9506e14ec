/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware's other processors, lent to us by EFI_MP_SERVICES_PROTOCOL [PI 1.8 II-13.4], to decode.
 * They run our code on stacks of ours, on the firmware's page tables and descriptors, and may call no
 * service; a fault on one of them ends in the firmware's handler. 64-bit firmware only.
 *
 *   boot processor   start --> kernel_decode --> stop --> relocate, clear ... --> settle --> leave
 *   others                 ... crew_serve ........ '--> back in the firmware ......'
 */
#ifndef BOOT_EFI_PROCESSORS_H
#define BOOT_EFI_PROCESSORS_H

#include "boot/efi/efi.h"
#include "boot/stub/crew.h"

/*
 * Have as many others serve in crew as there are, as are worth it (docs/decisions/0043), and as there is
 * memory for. Whatever stands against that: there are none, and nobody is told but under bzforge.debug.
 */
void efi_processors_start(const struct efi_boot *b, struct crew *crew);
/*
 * Decoding is over, well or not: dismiss them. When this returns none is in our code, none comes any
 * more, and the memory that they had is the firmware's again. Errors: STACK (one outgrew its stack).
 */
enum err efi_processors_stop(struct fault *fault) MUST_CHECK;
/*
 * Until this has returned the firmware may think that they are busy: it must come before ExitBootServices
 * and before going back. Takes at most a second.
 */
void efi_processors_settle(void);

/* What processors.S and processors.c share. */
struct processors_call {
	_Atomic uint32_t inside; /* processors between processors_enter's first and last instruction */
	_Atomic uint32_t next; /* number of the next one to come, from 0 */
	_Atomic uint32_t count; /* so many may stay, others go back at once */
	uint32_t wipe; /* clear what they have decoded in */
	uint64_t stack_top[CREW_MAX - 1];
	struct crew *crew;
};

/* processors.S: EFI_AP_PROCEDUREs. One that serves, and one that does nothing. */
void processors_enter(void *call) __attribute__((ms_abi));
void processors_nothing(void *unused) __attribute__((ms_abi));
/* processors.c, from processors.S: on that processor's own stack. */
void processors_serve(struct processors_call *call, unsigned int number);

#endif /* BOOT_EFI_PROCESSORS_H */
