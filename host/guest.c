/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running QEMU and watching its serial port.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "host/child.h"
#include "host/clock.h"
#include "host/guest.h"

#define GRACE_S 3 /* from a refusal or panic on: for the rest of the message, or a reset */
#define NEVER   1e18

static const char own_prefix[] = "bzforge: ";
static const char timeline_word[] = "time "; /* a line of a table, which is no stage */
static const char panic_text[] = "Kernel panic - not syncing";

struct guest {
	struct child qemu;
	char line[GUEST_LINE_MAX];
	size_t line_len;
	const struct guest_wish *wish;
	bool enough;
	struct guest_report *report;
};

/* One whole line from the serial port. */
static void see_line(struct guest *g)
{
	struct guest_report *r = g->report;
	const char *line = g->line;
	size_t prefix = sizeof(own_prefix) - 1;

	if (!strncmp(line, own_prefix, prefix)) {
		if (r->stages < GUEST_STAGES_MAX &&
			strncmp(line + prefix, timeline_word, sizeof(timeline_word) - 1)) {
			struct guest_stage *stage = &r->stage[r->stages++];

			stage->seconds = clock_seconds() - g->qemu.started;
			snprintf(stage->line, sizeof(stage->line), "%s", line + prefix);
		}
		if (line[prefix] == 'E' && isdigit((unsigned char)line[prefix + 1]))
			r->end = GUEST_REFUSED;
	}
	if (strstr(line, panic_text))
		r->end = GUEST_PANICKED;
	if (r->end != GUEST_ENDED && !r->line[0])
		snprintf(r->line, sizeof(r->line), "%s", line);
	if (!g->enough && g->wish->see)
		g->enough = !g->wish->see(g->wish->ctx, line);
}

static void see(struct guest *g, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			g->line[g->line_len] = 0;
			see_line(g);
			g->line_len = 0;
		} else if (bytes[i] != '\r' && g->line_len < GUEST_LINE_MAX - 1) {
			g->line[g->line_len++] = bytes[i];
		}
	}
}

/* Watch the serial port until QEMU closes it (true), or until the time is over or enough is seen (false). */
static enum status watch(struct guest *g, bool show, double deadline, bool *ret_closed)
{
	char buf[4096];

	for (;;) {
		enum status status;
		ssize_t n;

		status = child_read(&g->qemu, deadline, buf, sizeof(buf), &n);
		if (status || n <= 0) {
			*ret_closed = !status && n == 0;
			return status;
		}
		if (show && (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n || fflush(stdout))) {
			report_errno("standard output", "cannot write");
			return STATUS_ENVIRONMENT;
		}
		see(g, buf, (size_t)n);
		if (g->enough) {
			*ret_closed = false;
			return STATUS_DONE;
		}
		if (g->report->end != GUEST_ENDED && deadline > clock_seconds() + GRACE_S)
			deadline = clock_seconds() + GRACE_S;
	}
}

enum status guest_run(char *const *argv, const struct guest_wish *wish, struct guest_report *ret)
{
	struct guest g = {.wish = wish, .report = ret};
	struct termios terminal;
	bool on_terminal = wish->attended && !tcgetattr(STDIN_FILENO, &terminal);
	bool closed = false;
	enum status status;
	int wait_status;

	*ret = (struct guest_report){.end = GUEST_ENDED};
	status = child_start(argv, wish->attended ? CHILD_TERMINAL : CHILD_NOTHING, &g.qemu);
	if (status)
		return status;
	status = watch(&g, wish->attended,
		wish->timeout_s ? g.qemu.started + wish->timeout_s : NEVER, &closed);
	wait_status = child_stop(&g.qemu, closed);
	if (on_terminal) /* QEMU makes it raw, and may have had no chance to undo that */
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	if (status)
		return status;
	if (g.line_len) {
		g.line[g.line_len] = 0;
		see_line(&g);
	}
	if (!closed && ret->end == GUEST_ENDED)
		ret->end = g.enough ? GUEST_CUT : GUEST_TIMED_OUT;
	if (closed && ret->end == GUEST_ENDED)
		return child_check(&g.qemu, wait_status);
	return STATUS_DONE;
}
