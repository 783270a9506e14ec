/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline as a table.
 */
#include <inttypes.h>
#include <string.h>
#include "host/trace.h"

static int by_processor(const struct trace *t)
{
	uint32_t highest = 0;

	for (size_t i = 0; i < t->marks; i++)
		highest = t->mark[i].cpu > highest ? t->mark[i].cpu : highest;
	return highest > 0;
}

/* A chunk's beginning is not told: its end says how long it took. */
static void put_mark(const struct trace *t, size_t i, int processors, FILE *f)
{
	const struct trace_mark *m = &t->mark[i];
	uint64_t total = trace_total(t), took = trace_took(t, i);
	double share = total ? 100.0 * (double)took / (double)total : 0;
	char name[TRACE_NAME_MAX + 24];

	if (m->chunk == TRACE_NO_CHUNK)
		snprintf(name, sizeof(name), "%s", m->stage);
	else
		snprintf(name, sizeof(name), "chunk %" PRIu32, m->chunk);
	fprintf(f, "  %-18s", name);
	if (processors)
		fprintf(f, "  cpu %-3" PRIu32, m->cpu);
	fprintf(f, " %16" PRIu64 " %16" PRIu64 " %6.2f %%\n", m->ticks, took, share);
}

void trace_print(const struct trace *t, const char *unit, FILE *f)
{
	int processors = by_processor(t);

	if (!t->marks)
		return;
	fprintf(f, "\nTimeline, in %s\n  %-18s%s %16s %16s %8s\n", unit, "done", processors ? "         " : "",
		"at", "took", "share");
	for (size_t i = 0; i < t->marks; i++) {
		if (strcmp(t->mark[i].stage, "chunk-start"))
			put_mark(t, i, processors, f);
	}
	fprintf(f, "  %-18s%s %16" PRIu64 "\n", "all of it", processors ? "         " : "", trace_total(t));
	if (t->lost)
		fprintf(f, "  (%zu more lines, for which there was no room)\n", t->lost);
}
