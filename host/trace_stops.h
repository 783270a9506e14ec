/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The places of a boot where somebody wants to look at the CPU: entries of the boot code, and the kernel's
 * first instruction.
 */
#ifndef HOST_TRACE_STOPS_H
#define HOST_TRACE_STOPS_H

#include "host/cpu_state.h"
#include "host/trace.h"

#define TRACE_STOPS_MAX 8

enum trace_way {
	TRACE_WAY_IMAGE, /* QEMU's -kernel, BIOS */
	TRACE_WAY_DISK, /* BIOS, our boot sector */
	TRACE_WAY_UEFI,
};

/* Places in the stub that its symbols tell: offsets, 0 if they are not known. */
struct trace_code {
	uint64_t long_mode; /* where the 32-bit entry arrives in 64-bit mode */
	uint64_t stage2; /* where a copy of the stub goes on */
};

struct trace_stop {
	const char *name, *file; /* file: the source that runs from there on, in our images; may be NULL */
	uint64_t pa;
	bool reached;
	struct cpu_state state;
};

struct trace_stops {
	struct trace_stop stop[TRACE_STOPS_MAX];
	size_t count;
};

/* In the order in which a boot comes by; what *t and *code do not know is left out. */
void trace_stops_make(const struct trace *t, const struct trace_code *code, enum trace_way way,
	struct trace_stops *ret);

/* QEMU's -dfilter: each of them, one byte long. */
#define TRACE_FILTER_MAX (TRACE_STOPS_MAX * 24)
void trace_stops_filter(const struct trace_stops *s, char ret[TRACE_FILTER_MAX]);

/* What QEMU's -d cpu has written: the states at the stops. */
void trace_stops_read(struct trace_stops *s, const char *log);

void trace_stops_print(const struct trace_stops *s, FILE *f);

#endif /* HOST_TRACE_STOPS_H */
