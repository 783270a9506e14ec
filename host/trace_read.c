/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what the boot code says, line by line. See trace.h.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "host/trace.h"

static const char own_prefix[] = "bzforge: ";

/* The number at *text, which is moved behind it; hexadecimal after 0x. */
static bool number(const char **text, uint64_t *ret)
{
	bool hex = !strncmp(*text, "0x", 2);
	char *end;
	uint64_t n;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	n = strtoull(*text, &end, hex ? 16 : 10);
	if (errno)
		return false;
	*text = end;
	*ret = n;
	return true;
}

static void skip_spaces(const char **text)
{
	while (**text == ' ')
		++*text;
}

/* The word must come next. */
static bool word(const char **text, const char *expected)
{
	size_t len = strlen(expected);

	skip_spaces(text);
	if (strncmp(*text, expected, len))
		return false;
	*text += len;
	skip_spaces(text);
	return true;
}

/* Printable, cut to fit. */
static void name_copy(const char *text, char ret[TRACE_NAME_MAX])
{
	size_t i;

	for (i = 0; i < TRACE_NAME_MAX - 1 && text[i] >= ' ' && text[i] <= '~'; i++)
		ret[i] = text[i];
	ret[i] = 0;
}

/* "time   TICKS  cpu N  chunk N  STAGE"; a stage that is of no chunk has none, or "-". */
static void read_mark(struct trace *t, const char *text)
{
	struct trace_mark mark = {.chunk = TRACE_NO_CHUNK};
	uint64_t cpu, chunk;

	if (!word(&text, "time") || !number(&text, &mark.ticks) || !word(&text, "cpu") || !number(&text, &cpu))
		return;
	if (word(&text, "chunk ") && !word(&text, "-")) {
		if (!number(&text, &chunk) || chunk >= TRACE_NO_CHUNK)
			return;
		mark.chunk = (uint32_t)chunk;
	}
	skip_spaces(&text);
	name_copy(text, mark.stage);
	if (!islower((unsigned char)mark.stage[0]))
		return;
	if (t->marks == TRACE_MARKS_MAX || cpu >= TRACE_CPUS_MAX) {
		t->lost++;
		return;
	}
	mark.cpu = (uint32_t)cpu;
	t->mark[t->marks++] = mark;
}

/* "  keep       0x000000016020 - 0x000000017020 boot_params" */
static bool read_range(struct trace *t, const char *text)
{
	static const struct {
		const char *word;
		bool ram, kept;
	} kinds[] = {{"RAM", true, false}, {"not RAM", false, false}, {"keep", false, true}};
	struct trace_range r = {0};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !word(&text, kinds[i].word); i++)
		;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return false;
	if (!number(&text, &r.start) || !word(&text, "-") || !number(&text, &r.end) || r.end <= r.start)
		return false;
	if (t->ranges == TRACE_RANGES_MAX) {
		t->lost++;
		return true;
	}
	r.ram = kinds[i].ram;
	r.kept = kinds[i].kept;
	skip_spaces(&text);
	name_copy(*text ? text : kinds[i].word, r.name);
	t->range[t->ranges++] = r;
	return true;
}

/*
 * Lines of which some numbers count. A '#' in the pattern is a number, anything else stands for itself;
 * the numbers go where ret says, in that order, if all of the pattern is there.
 */
static bool match(const char *text, const char *pattern, uint64_t *const ret[])
{
	uint64_t found[4];
	size_t count = 0, i;

	for (; *pattern; pattern++) {
		if (*pattern == '#') {
			if (count == 4 || !number(&text, &found[count++]))
				return false;
		} else if (*text++ != *pattern) {
			return false;
		}
	}
	for (i = 0; i < count; i++)
		*ret[i] = found[i];
	return true;
}

static void read_places(struct trace *t, const char *text)
{
	uint64_t copy, copied_payload;
	const char *more = strstr(text, "; stub at ");
	const struct {
		const char *text, *pattern;
		uint64_t *ret[4];
	} lines[] = {
		{text, "image at #, # bytes, work area at #, boot_params at #",
			{&t->image_pa, &t->image_size, &t->work_pa, &t->boot_params_pa}},
		{text, "kernel to #, # bytes, virtual +#", {&t->kernel_pa, &t->kernel_size, &t->virtual_delta}},
		{text, "payload at #, # bytes", {&t->payload_pa, &t->payload_size}},
		{more ? more : "", "; stub at #, work area at #", {&t->stub_pa, &t->planned_work_pa}},
		{text, "entering the kernel at #", {&t->entry_pa}},
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		match(lines[i].text, lines[i].pattern, lines[i].ret);
	if (match(text, "moving stub to #, payload to #", (uint64_t *[]){&copy, &copied_payload})) {
		t->moved = true;
		t->stub_pa = copy;
	}
}

void trace_line(struct trace *t, const char *line)
{
	/* behind whatever else is on the line: firmware moves the cursor */
	const char *own = strstr(line, own_prefix);

	if (!own)
		return;
	own += sizeof(own_prefix) - 1;
	if (!strncmp(own, "time ", 5))
		read_mark(t, own);
	else if (*own != ' ' || !read_range(t, own))
		read_places(t, own);
}

uint64_t trace_took(const struct trace *t, size_t i)
{
	const struct trace_mark *m = &t->mark[i];
	uint64_t before = 0;
	size_t k = i;

	while (k-- > 0) {
		const struct trace_mark *p = &t->mark[k];

		if (p->cpu == m->cpu && strcmp(p->stage, "chunk-start")) {
			before = p->ticks;
			break;
		}
	}
	/* another processor begins when it is there */
	if (k == SIZE_MAX && m->cpu)
		before = m->ticks;
	return m->ticks > before ? m->ticks - before : 0;
}

uint64_t trace_total(const struct trace *t)
{
	uint64_t total = 0;

	for (size_t i = 0; i < t->marks; i++)
		total = t->mark[i].ticks > total ? t->mark[i].ticks : total;
	return total;
}
