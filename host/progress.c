/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The progress line.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "host/progress.h"

#define QUIET_MS 1000 /* work shorter than this shows nothing */

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void progress_start(struct progress *p, const char *what, uint64_t total)
{
	*p = (struct progress){
		.what = what,
		.total = total ? total : 1,
		.started_ms = now_ms(),
		.shown = -1,
		.on = isatty(STDERR_FILENO),
	};
}

void progress_update(struct progress *p, uint64_t done)
{
	int percent = (int)(done >= p->total ? 100 : done * 100 / p->total);

	if (!p->on || percent == p->shown || now_ms() - p->started_ms < QUIET_MS)
		return;
	p->shown = percent;
	fprintf(stderr, "\rbzforge: %s %d %%", p->what, percent);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown >= 0)
		fputs("\r\033[K", stderr);
	p->shown = -1;
}

/* The cursor goes back to the beginning of the line, so that the next line is written over this. */
void progress_note(const char *name, const char *step)
{
	if (isatty(STDERR_FILENO)) {
		fprintf(stderr, "\r\033[Kbzforge: %s: %s\r", name, step);
		fflush(stderr);
	}
}

void progress_note_end(void)
{
	if (isatty(STDERR_FILENO)) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
}
