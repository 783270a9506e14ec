/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See trace_stops.h. Two stops may have one address: the boot sector moves away from 0x7c00, and puts the
 * loader there.
 */
#include <inttypes.h>
#include "host/trace_stops.h"
#include "spec/disk.h"
#include "spec/image.h"

#define QEMU_SETUP   0x10000 /* where QEMU's -kernel puts the setup part of protocol 2.02 and later */
#define QEMU_KERNEL  0x100000 /* and the rest, loaded high */
#define LOADER_SETUP 0x20000 /* where our loader puts the setup part [boot/loader/layout.h] */
#define SETUP_START  0x200 /* the 16-bit entry in the setup part [boot.rst] */

static void add(struct trace_stops *s, const char *name, const char *file, uint64_t pa)
{
	if (s->count < TRACE_STOPS_MAX)
		s->stop[s->count++] = (struct trace_stop){.name = name, .file = file, .pa = pa};
}

void trace_stops_make(const struct trace *t, const struct trace_code *code, enum trace_way way,
	struct trace_stops *ret)
{
	uint64_t image_pa = t->image_pa;

	*ret = (struct trace_stops){0};
	if (way == TRACE_WAY_DISK) {
		add(ret, "boot sector", "boot/sector/sector.S", LOADER_ADDRESS);
		add(ret, "loader", "boot/loader/head.S", LOADER_ADDRESS);
		add(ret, "16-bit entry", "boot/setup/header.S", LOADER_SETUP + SETUP_START);
	} else if (way == TRACE_WAY_IMAGE) {
		add(ret, "16-bit entry", "boot/setup/header.S", QEMU_SETUP + SETUP_START);
		if (!image_pa)
			image_pa = QEMU_KERNEL;
	}
	if (image_pa && way == TRACE_WAY_UEFI) {
		add(ret, "EFI entry", "boot/efi/entry.S", image_pa + STUB_ENTRY_EFI);
	} else if (image_pa) {
		add(ret, "32-bit entry", "boot/stub/head.S", image_pa + STUB_ENTRY32);
		/* from 32 bits our stub does not go through its 64-bit entry, but behind it */
		if (code->long_mode || way != TRACE_WAY_DISK)
			add(ret, code->long_mode ? "64-bit code" : "64-bit entry", "boot/stub/entry64.S",
				image_pa + (code->long_mode ? code->long_mode : STUB_ENTRY64));
		if (t->moved && t->stub_pa && code->stage2)
			add(ret, "the stub's copy", "boot/stub/stage2.c", t->stub_pa + code->stage2);
	}
	if (t->entry_pa)
		add(ret, "kernel's first instruction", NULL, t->entry_pa);
}

void trace_stops_filter(const struct trace_stops *s, char ret[TRACE_FILTER_MAX])
{
	size_t len = 0;

	ret[0] = 0;
	for (size_t i = 0; i < s->count; i++)
		len += (size_t)snprintf(ret + len, TRACE_FILTER_MAX - len, "%s0x%" PRIx64 "+1", i ? "," : "",
			s->stop[i].pa);
}

/* The first stop at that address that was not reached yet; with paging on, addresses are mapped to themselves. */
static void reach(struct trace_stops *s, const struct cpu_state *state)
{
	uint64_t pa = cpu_state_linear(state);

	for (size_t i = 0; i < s->count; i++) {
		if (s->stop[i].pa == pa && !s->stop[i].reached) {
			s->stop[i].reached = true;
			s->stop[i].state = *state;
			return;
		}
	}
}

void trace_stops_read(struct trace_stops *s, const char *log)
{
	struct cpu_state state;

	while ((log = cpu_state_parse(log, &state)))
		reach(s, &state);
}

void trace_stops_print(const struct trace_stops *s, FILE *f)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct trace_stop *stop = &s->stop[i];

		fprintf(f, "\n%s, 0x%" PRIx64, stop->name, stop->pa);
		if (stop->file)
			fprintf(f, " (%s)", stop->file);
		if (!stop->reached) {
			fprintf(f, ": the boot did not come by here\n");
			continue;
		}
		fprintf(f, "\n");
		cpu_state_print(&stop->state, f);
	}
}
