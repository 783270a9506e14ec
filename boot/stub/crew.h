/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processors that work together. The boot processor leads: it runs a function on all that have come,
 * itself included, and goes on when all are through. The others wait in crew_serve in between. Whoever
 * comes late joins what is going on, whoever never comes is not waited for. How they are called, and
 * what becomes of them afterwards, is smp.c's matter, or the firmware's; here is no instruction that a
 * program may not execute, so tests and `bzforge bench` run these very objects in threads.
 *
 *   boot processor   crew_run(f) --> f --> wait ----> crew_run(g) --> g --> wait --> crew_dismiss
 *   others           crew_serve  --> f -------- wait -----------------> g -----------> return
 */
#ifndef BOOT_STUB_CREW_H
#define BOOT_STUB_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More gain nothing: a kernel has about ten chunks. */
#define CREW_MAX 16

/* What a processor has for itself. */
struct worker {
	uint64_t gate_pa; /* where it decodes: gate.h */
	void *heap; /* workspace of its decoder */
	size_t heap_size;
	unsigned int cpu; /* 0: the boot processor */
};

/* Run by several processors at once. */
typedef void crew_function(void *ctx, const struct worker *worker);

struct crew {
	struct worker worker[CREW_MAX]; /* [0] is the boot processor's */
	crew_function *function;
	void *ctx;
	_Atomic uint32_t round; /* odd while function may be entered */
	_Atomic uint32_t busy; /* others that may be in it */
	_Atomic uint32_t present; /* others in crew_serve */
	_Atomic bool dismissed;
};

/* No others yet; boot is the boot processor's own. */
void crew_init(struct crew *crew, const struct worker *boot);
/* On the boot processor: function(ctx, worker) on all that are there. Returns when all are through. */
void crew_run(struct crew *crew, crew_function *function, void *ctx);
/* On any other, whose worker[] has been filled in: serve until dismissed. */
void crew_serve(struct crew *crew, unsigned int cpu);
/* On the boot processor, when nothing is run: let the others go. Returns when all are out. */
void crew_dismiss(struct crew *crew);

#endif /* BOOT_STUB_CREW_H */
