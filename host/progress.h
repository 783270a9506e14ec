/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Progress on a terminal for work that takes longer than a second: "bzforge: compressing 42 %", on
 * standard error, wiped away when done. Silent when standard error is no terminal.
 */
#ifndef HOST_PROGRESS_H
#define HOST_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "compressing" */
	uint64_t total;
	uint64_t started_ms;
	int shown; /* per cent on the screen, -1 for nothing */
	bool on;
};

void progress_start(struct progress *p, const char *what, uint64_t total);
void progress_update(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

/*
 * One step of a long job, shown until the next line of any kind: "bzforge: zstd: counting
 * instructions".
 */
void progress_note(const char *name, const char *step);
void progress_note_end(void);

#endif /* HOST_PROGRESS_H */
