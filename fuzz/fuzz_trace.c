/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what a guest says on its serial port, and as what QEMU says of its CPU. Oracle: names are
 * printable, kept ranges go forwards, no stage took longer than all of it, and the drawing has nothing of
 * the guest's that could be an element.
 */
#include "fuzz/fuzz.h"

#include "host/trace_stops.h"

static struct trace trace;
static struct trace_stops stops;

static void check_name(const char *name)
{
	for (; *name; name++)
		FUZZ_CHECK(*name >= ' ' && *name <= '~');
}

static void check_trace(void)
{
	for (size_t i = 0; i < trace.marks; i++) {
		check_name(trace.mark[i].stage);
		FUZZ_CHECK(trace.mark[i].cpu < TRACE_CPUS_MAX);
		FUZZ_CHECK(trace_took(&trace, i) <= trace_total(&trace));
	}
	for (size_t i = 0; i < trace.ranges; i++) {
		check_name(trace.range[i].name);
		FUZZ_CHECK(trace.range[i].start < trace.range[i].end);
	}
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void draw(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	FUZZ_CHECK(f);
	trace_print(&trace, "ticks", f);
	trace_stops_print(&stops, f);
	fclose(f);
	free(text);
	text = NULL;
	f = open_memstream(&text, &len);
	FUZZ_CHECK(f);
	trace_svg(&trace, "image", "ticks", f);
	fclose(f);
	FUZZ_CHECK(count_of(text, "<") == count_of(text, "<text") * 2 + count_of(text, "<rect") +
			count_of(text, "<line") + 2);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *line, *rest;
	const struct trace_code code = {0x1d09, 0x45d5};

	FUZZ_CHECK(text);
	memcpy(text, data, size);
	text[size] = 0;
	trace = (struct trace){.work_size = 0x74000};
	stops = (struct trace_stops){0};
	for (rest = text; (line = strsep(&rest, "\n"));)
		trace_line(&trace, line);
	check_trace();
	trace_stops_make(&trace, &code, (enum trace_way)(size % 3), &stops);
	FUZZ_CHECK(stops.count <= TRACE_STOPS_MAX);
	memcpy(text, data, size);
	trace_stops_read(&stops, text);
	draw();
	free(text);
	return 0;
}
