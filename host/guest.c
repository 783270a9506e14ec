/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running QEMU and watching its serial port.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "host/guest.h"

#define GRACE_S     3 /* from a refusal or panic on: for the rest of the message, or a reset */
#define EXIT_WAIT_S 2 /* from the end of output on: for QEMU to end by itself */
#define NEVER       1e18
#define EXEC_FAILED 127

static const char own_prefix[] = "bzforge: ";
static const char panic_text[] = "Kernel panic - not syncing";

struct guest {
	pid_t pid;
	int serial; /* read end of the pipe that is QEMU's standard output */
	double started;
	char line[GUEST_LINE_MAX];
	size_t line_len;
	struct guest_report *report;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One whole line from the serial port. */
static void see_line(struct guest *g)
{
	struct guest_report *r = g->report;
	const char *line = g->line;
	size_t prefix = sizeof(own_prefix) - 1;

	if (!strncmp(line, own_prefix, prefix)) {
		if (r->stages < GUEST_STAGES_MAX) {
			struct guest_stage *stage = &r->stage[r->stages++];

			stage->seconds = now() - g->started;
			snprintf(stage->line, sizeof(stage->line), "%s", line + prefix);
		}
		if (line[prefix] == 'E' && isdigit((unsigned char)line[prefix + 1]))
			r->end = GUEST_REFUSED;
	}
	if (strstr(line, panic_text))
		r->end = GUEST_PANICKED;
	if (r->end != GUEST_ENDED && !r->line[0])
		snprintf(r->line, sizeof(r->line), "%s", line);
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

/* In the child: only async-signal-safe calls, and no return. */
static void run_child(char *const *argv, int serial, int failure)
{
	sigset_t none;
	int code;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* no machine outlives the tool */
	dup2(serial, STDOUT_FILENO);
	execvp(argv[0], argv);
	code = errno;
	if (write(failure, &code, sizeof(code)) < 0)
		_exit(EXEC_FAILED);
	_exit(EXEC_FAILED);
}

static enum status start(char *const *argv, struct guest *g)
{
	int serial[2], failure[2], code = 0;

	if (pipe2(serial, O_CLOEXEC) < 0) {
		report_errno(argv[0], "cannot run");
		return STATUS_ENVIRONMENT;
	}
	if (pipe2(failure, O_CLOEXEC) < 0) {
		report_errno(argv[0], "cannot run");
		close(serial[0]);
		close(serial[1]);
		return STATUS_ENVIRONMENT;
	}
	fflush(stdout);
	g->started = now();
	g->pid = fork();
	if (!g->pid)
		run_child(argv, serial[1], failure[1]);
	if (g->pid < 0)
		code = errno;
	close(serial[1]);
	close(failure[1]);
	g->serial = serial[0];
	if (!code && read(failure[0], &code, sizeof(code)) != sizeof(code))
		code = 0; /* exec closed it: QEMU runs */
	close(failure[0]);
	if (!code)
		return STATUS_DONE;
	if (g->pid > 0)
		waitpid(g->pid, NULL, 0);
	close(g->serial);
	errno = code;
	report_errno(argv[0], "cannot run");
	return STATUS_ENVIRONMENT;
}

/* Copy and watch the serial port until QEMU closes it (true), or until the time is over (false). */
static enum status watch(struct guest *g, double deadline, bool *ret_closed)
{
	struct pollfd fd = {.fd = g->serial, .events = POLLIN};
	char buf[4096];

	*ret_closed = false;
	for (;;) {
		double left = deadline - now();
		ssize_t n;
		int ready;

		if (left <= 0)
			return STATUS_DONE;
		ready = poll(&fd, 1, left > 1000 ? 1000 * 1000 : (int)(left * 1000) + 1);
		if (ready < 0 && errno != EINTR) {
			report_errno("serial port", "cannot wait for output");
			return STATUS_ENVIRONMENT;
		}
		if (ready <= 0)
			continue;
		n = read(g->serial, buf, sizeof(buf));
		if (n <= 0) {
			*ret_closed = true;
			return STATUS_DONE;
		}
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n || fflush(stdout)) {
			report_errno("standard output", "cannot write");
			return STATUS_ENVIRONMENT;
		}
		see(g, buf, (size_t)n);
		if (g->report->end != GUEST_ENDED && deadline > now() + GRACE_S)
			deadline = now() + GRACE_S;
	}
}

/*
 * Wait for QEMU, or end it. It is killed, not asked to go: it has nothing to save, and says on
 * standard error who asked. Its wait status.
 */
static int stop(const struct guest *g, bool closed)
{
	double deadline = now() + (closed ? EXIT_WAIT_S : 0);
	int wait_status = 0;

	while (waitpid(g->pid, &wait_status, WNOHANG) == 0) {
		if (now() >= deadline) {
			kill(g->pid, SIGKILL);
			waitpid(g->pid, &wait_status, 0);
			break;
		}
		poll(NULL, 0, 10);
	}
	return wait_status;
}

enum status guest_run(char *const *argv, unsigned int timeout_s, struct guest_report *ret)
{
	struct guest g = {.report = ret};
	struct termios terminal;
	bool on_terminal = !tcgetattr(STDIN_FILENO, &terminal);
	enum status status;
	int wait_status;
	bool closed;

	*ret = (struct guest_report){.end = GUEST_ENDED};
	status = start(argv, &g);
	if (status)
		return status;
	status = watch(&g, timeout_s ? g.started + timeout_s : NEVER, &closed);
	wait_status = stop(&g, closed);
	close(g.serial);
	if (on_terminal) /* QEMU makes it raw, and may have had no chance to undo that */
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
	if (status)
		return status;
	if (g.line_len) {
		g.line[g.line_len] = 0;
		see_line(&g);
	}
	if (!closed && ret->end == GUEST_ENDED)
		ret->end = GUEST_TIMED_OUT;
	if (closed && ret->end == GUEST_ENDED && wait_status) {
		report(argv[0], "failed (%s %d)", WIFEXITED(wait_status) ? "exit status" : "signal",
			WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : WTERMSIG(wait_status));
		return STATUS_ENVIRONMENT;
	}
	return STATUS_DONE;
}
