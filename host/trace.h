/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a boot tells of itself under bzforge.debug, as values: the timeline, and where everything lay. What
 * comes from the guest is hostile: every text is bounded and printable, every list has an end.
 *
 *   trace_line, line by line  ->  trace_print (a table), trace_svg (a drawing), trace_stops (entries)
 */
#ifndef HOST_TRACE_H
#define HOST_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TRACE_MARKS_MAX  1024
#define TRACE_RANGES_MAX 64
#define TRACE_CPUS_MAX	 64 /* lanes: what higher processors do is not shown */
#define TRACE_NAME_MAX	 24
#define TRACE_NO_CHUNK	 UINT32_MAX

/* A stage was reached: one line "bzforge: time TICKS cpu N chunk N STAGE". */
struct trace_mark {
	uint64_t ticks; /* from the first one on */
	uint32_t cpu, chunk; /* or TRACE_NO_CHUNK */
	char stage[TRACE_NAME_MAX];
};

/* [start, end) of the memory map, or of what must stay as it is. */
struct trace_range {
	uint64_t start, end;
	bool ram, kept;
	char name[TRACE_NAME_MAX];
};

struct trace {
	struct trace_mark mark[TRACE_MARKS_MAX];
	size_t marks;
	struct trace_range range[TRACE_RANGES_MAX];
	size_t ranges;
	size_t lost; /* marks and ranges for which there was no room */
	/* Physical addresses; what is not known is 0. */
	uint64_t image_pa, image_size, work_pa, boot_params_pa;
	uint64_t work_size; /* no line says it: the image's header does */
	uint64_t kernel_pa, kernel_size, virtual_delta;
	uint64_t payload_pa, payload_size, stub_pa, planned_work_pa;
	uint64_t entry_pa;
	bool moved; /* the stub runs in a copy of itself */
};

/* A line from the serial port; what is not ours, or not as it should be, does not count. */
void trace_line(struct trace *t, const char *line);

/* From the mark before it on the same processor, or from 0; a chunk's end counts from what was before its start. */
uint64_t trace_took(const struct trace *t, size_t i);
/* The highest of all marks. */
uint64_t trace_total(const struct trace *t);

/* The table of the timeline. unit: "instructions", "ticks". */
void trace_print(const struct trace *t, const char *unit, FILE *f);
/* Timeline and memory, as SVG. */
void trace_svg(const struct trace *t, const char *title, const char *unit, FILE *f);
/* trace_svg's second half: height in *ret_height, drawn below y. */
void trace_map_svg(const struct trace *t, int y, int *ret_height, FILE *f);

/* Text that SVG can take. */
void trace_put_text(FILE *f, const char *s);

#endif /* HOST_TRACE_H */
