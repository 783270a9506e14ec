/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge boot --trace: the boot that is shown, and a silent one in front of it, which tells where the
 * image and the kernel will be.
 *
 * Registers come from QEMU's own log of the CPU (-d cpu), limited to the entries (-dfilter): nothing stops, so
 * nothing that is timed is disturbed. What the log must know beforehand is the places. With one CPU and
 * the image loaded by QEMU itself, time is the count of instructions (-icount) and chance has a seed: both
 * boots are then the same, KASLR's choice included, and a tick of the timeline is an instruction. With a
 * drive instructions are counted, too, but no two boots are the same; with more CPUs or UEFI the real clock
 * runs. Then the kernel's place is known beforehand only without KASLR. docs/decisions/0040-watching-a-boot.md.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include "core/bzimage.h"
#include "host/boot.h"
#include "host/boot_elf.h"
#include "host/kvm.h"
#include "host/output.h"
#include "host/trace_stops.h"
#include "spec/image.h"

#define REHEARSAL_S  120
#define LOG_SIZE     (64 * 1024)
#define FIXED_CLOCK  "2020-01-01T00:00:00"
#define STAMP_SIZE   32
#define WORK_SIZE_LEAST 0x74000 /* of the stub's work area [docs/memory-map.md] */

struct watched {
	const struct boot *b;
	struct trace trace;
	struct trace_stops stops;
	struct memory_file log; /* of the CPU's states */
	bool counted; /* time is the count of instructions */
	bool exact; /* and both boots are the same one */
	bool told;
	char clock[STAMP_SIZE]; /* the guest's, when it starts */
	enum status status; /* of telling */
};

static enum trace_way way(const struct boot *b)
{
	if (b->uefi)
		return TRACE_WAY_UEFI;
	return b->drive ? TRACE_WAY_DISK : TRACE_WAY_IMAGE;
}

/*
 * An instruction is a nanosecond. What makes two boots the same one besides: waiting takes no time, chance has
 * a seed, the clock a beginning. A drive answers when the host likes.
 */
static void add_clock(const struct watched *w, uint32_t seed, struct qemu_args *args)
{
	if (!w->counted)
		return;
	qemu_add(args, "-icount");
	qemu_add(args, w->exact ? "shift=0,sleep=off" : "shift=0");
	if (!w->exact)
		return;
	qemu_add(args, "-seed");
	qemu_add(args, "%u", seed);
	qemu_add(args, "-rtc");
	qemu_add(args, "base=%s,clock=vm", w->clock);
}

/* Until the kernel is entered, or, where nobody says so, until it speaks. */
static bool see_rehearsal(void *ctx, const char *line)
{
	struct trace *t = ctx;

	trace_line(t, line);
	return !t->entry_pa && !strstr(line, "Linux version ");
}

/* Who has not much time for the boot has no more for its rehearsal. */
static unsigned int rehearsal_s(const struct boot *b)
{
	return b->timeout_s && b->timeout_s < REHEARSAL_S ? (unsigned int)b->timeout_s : REHEARSAL_S;
}

static enum status rehearse(const struct watched *w, uint32_t seed, struct trace *ret)
{
	const struct guest_wish wish = {.timeout_s = rehearsal_s(w->b), .see = see_rehearsal, .ctx = ret};
	struct guest_report *end = malloc(sizeof(*end));
	struct boot_machine machine = {0};
	enum status status;

	if (!end)
		return report_no_memory(w->b->name);
	status = boot_machine_make(w->b, false, true, "stdio", &machine);
	if (!status)
		add_clock(w, seed, &machine.args);
	if (!status)
		status = guest_run(machine.args.arg, &wish, end);
	boot_machine_free(&machine);
	free(end);
	return status;
}

static enum status draw(const struct watched *w, const char *unit)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	enum status status;

	if (!f)
		return report_no_memory(w->b->svg);
	trace_svg(&w->trace, w->b->name, unit, f);
	if (fclose(f))
		status = report_no_memory(w->b->svg);
	else
		status = output_write(w->b->svg, (struct span){(const uint8_t *)text, len});
	free(text);
	return status;
}

/* Registers, timeline, drawing: once, as soon as there is nothing more to come. */
static enum status tell(struct watched *w)
{
	const char *unit = w->counted ? "instructions" : "ticks of the time-stamp counter";
	char *log = malloc(LOG_SIZE), *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	enum status status = STATUS_DONE;

	w->told = true;
	if (log && w->log.path[0]) {
		memory_file_text(&w->log, log, LOG_SIZE);
		trace_stops_read(&w->stops, log);
	}
	if (f) {
		if (w->log.path[0])
			trace_stops_print(&w->stops, f);
		trace_print(&w->trace, unit, f);
	}
	if (!f || fclose(f) || !log)
		status = report_no_memory(w->b->name);
	else
		report_table(text);
	if (!status && !w->trace.marks)
		report(w->b->name, "no timeline: that is what our boot code tells, with bzforge.debug on the "
				   "command line");
	if (!status && w->b->svg)
		status = draw(w, unit);
	free(text);
	free(log);
	return status;
}

/* The first line that is not ours, behind the last stage, is the kernel's. */
static bool see(void *ctx, const char *line)
{
	struct watched *w = ctx;

	if (w->trace.entry_pa && !w->told && line[0] && !strstr(line, "bzforge:"))
		w->status = tell(w);
	trace_line(&w->trace, line);
	return true;
}

static enum status show(struct watched *w, uint32_t seed)
{
	const struct guest_wish wish = {(unsigned int)w->b->timeout_s, .attended = true, .see = see, .ctx = w};
	bool kvm = !w->counted && kvm_usable();
	struct guest_report *end = malloc(sizeof(*end));
	struct boot_machine machine = {0};
	char filter[TRACE_FILTER_MAX];
	enum status status;

	if (!end)
		return report_no_memory(w->b->name);
	status = boot_machine_make(w->b, kvm, true, "stdio", &machine);
	if (!status)
		add_clock(w, seed, &machine.args);
	if (!status && !kvm)
		status = memory_file_open(w->b->name, (struct span){0}, &w->log);
	if (!status && !kvm) {
		trace_stops_filter(&w->stops, filter);
		qemu_add(&machine.args, "-d");
		qemu_add(&machine.args, "cpu");
		qemu_add(&machine.args, "-dfilter");
		qemu_add(&machine.args, "%s", filter);
		qemu_add(&machine.args, "-D");
		qemu_add(&machine.args, "%s", w->log.path);
	}
	if (!status && machine.args.no_memory)
		status = report_no_memory(w->b->name);
	if (!status)
		status = guest_run(machine.args.arg, &wish, end);
	if (!status && !w->told)
		w->status = tell(w);
	if (!status)
		status = boot_end(w->b, end);
	boot_machine_free(&machine);
	memory_file_close(&w->log);
	free(end);
	return w->status ? w->status : status;
}

/* 0 for an image that is not ours; in a disk there is an image of which nothing is known. */
static uint32_t work_size(const struct boot *b)
{
	struct bzimage image;
	uint32_t size;

	if (b->drive)
		return WORK_SIZE_LEAST;
	if (!boot_is_ours(b) || bzimage_parse(b->image, &image, NULL) ||
		span_le32(b->image, (uint64_t)image.setup_size + STUB_INFO_OFFSET + STUB_INFO_WORK_SIZE, &size))
		return 0;
	return size;
}

static void read_code(const struct boot *b, struct trace_code *ret)
{
	struct boot_elf stub;

	*ret = (struct trace_code){0};
	boot_elf_stub(b->image, &stub);
	if (!boot_elf_symbol(&stub, "enter64_from32", &ret->long_mode) ||
		!boot_elf_symbol(&stub, "stage2_enter", &ret->stage2))
		*ret = (struct trace_code){0};
	boot_elf_free(&stub);
}

enum status boot_trace(const struct boot *b)
{
	struct watched *w = calloc(1, sizeof(*w));
	struct trace *rehearsal = calloc(1, sizeof(*rehearsal));
	uint32_t seed = b->seed;
	struct trace_code code;
	time_t now = time(NULL);
	enum status status = STATUS_DONE;
	struct tm utc;

	if (!w || !rehearsal)
		status = report_no_memory(b->name);
	if (!status && !b->seeded && getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint32_t)now;
	if (!status) {
		w->b = b;
		w->trace.work_size = work_size(b);
		w->counted = b->cpus == 1 && !b->uefi;
		w->exact = w->counted && !b->drive;
		if (b->seeded || !gmtime_r(&now, &utc) ||
			!strftime(w->clock, sizeof(w->clock), "%Y-%m-%dT%H:%M:%S", &utc))
			snprintf(w->clock, sizeof(w->clock), "%s", FIXED_CLOCK);
		if (b->drive || boot_is_ours(b))
			status = rehearse(w, seed, rehearsal);
	}
	if (!status) {
		read_code(b, &code);
		trace_stops_make(rehearsal, &code, way(b), &w->stops);
		status = show(w, seed);
	}
	free(rehearsal);
	free(w);
	return status;
}
