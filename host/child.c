/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running other programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "host/child.h"
#include "host/clock.h"

#define EXIT_WAIT_S 2 /* from the end of output on: for a program to end by itself */
#define EXEC_FAILED 127
#define PIECE       65536

bool child_present(const char *name)
{
	const char *path = getenv("PATH");
	char *file;
	bool found = false;

	if (strchr(name, '/'))
		return !access(name, X_OK);
	while (path && !found) {
		size_t len = (size_t)(strchrnul(path, ':') - path);

		if (asprintf(&file, "%.*s/%s", len ? (int)len : 1, len ? path : ".", name) < 0)
			return false;
		found = !access(file, X_OK);
		free(file);
		path = path[len] ? path + len + 1 : NULL;
	}
	return found;
}

/* In the child: only async-signal-safe calls, and no return. */
static void run_child(char *const *argv, enum child_input input, int output, int failure)
{
	sigset_t none;
	int code, nothing;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* none outlives the tool */
	if (input == CHILD_NOTHING) {
		nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (nothing >= 0)
			dup2(nothing, STDIN_FILENO);
	}
	dup2(output, STDOUT_FILENO);
	execvp(argv[0], argv);
	code = errno;
	if (write(failure, &code, sizeof(code)) < 0)
		_exit(EXEC_FAILED);
	_exit(EXEC_FAILED);
}

enum status child_start(char *const *argv, enum child_input input, struct child *ret)
{
	int output[2], failure[2], code = 0;

	*ret = (struct child){.name = argv[0]};
	if (pipe2(output, O_CLOEXEC) < 0) {
		report_errno(argv[0], "cannot run");
		return STATUS_ENVIRONMENT;
	}
	if (pipe2(failure, O_CLOEXEC) < 0) {
		report_errno(argv[0], "cannot run");
		close(output[0]);
		close(output[1]);
		return STATUS_ENVIRONMENT;
	}
	fflush(stdout);
	ret->started = clock_seconds();
	ret->pid = fork();
	if (!ret->pid)
		run_child(argv, input, output[1], failure[1]);
	if (ret->pid < 0)
		code = errno;
	close(output[1]);
	close(failure[1]);
	ret->output = output[0];
	if (!code && read(failure[0], &code, sizeof(code)) != sizeof(code))
		code = 0; /* exec closed it: the program runs */
	close(failure[0]);
	if (!code)
		return STATUS_DONE;
	if (ret->pid > 0)
		waitpid(ret->pid, NULL, 0);
	close(ret->output);
	errno = code;
	report_errno(argv[0], "cannot run");
	return STATUS_ENVIRONMENT;
}

enum status child_read(const struct child *c, double deadline, char *buf, size_t cap,
	ssize_t *ret_size)
{
	struct pollfd fd = {.fd = c->output, .events = POLLIN};

	for (;;) {
		double left = deadline - clock_seconds();
		int ready;

		if (left <= 0) {
			*ret_size = -1;
			return STATUS_DONE;
		}
		ready = poll(&fd, 1, left > 1000 ? 1000 * 1000 : (int)(left * 1000) + 1);
		if (ready < 0 && errno != EINTR) {
			report_errno(c->name, "cannot wait for output");
			return STATUS_ENVIRONMENT;
		}
		if (ready > 0)
			break;
	}
	*ret_size = read(c->output, buf, cap);
	if (*ret_size < 0)
		*ret_size = 0;
	return STATUS_DONE;
}

/* It is killed, not asked to go: QEMU says on standard error who asked. */
int child_stop(struct child *c, bool closed)
{
	double deadline = clock_seconds() + (closed ? EXIT_WAIT_S : 0);
	int wait_status = 0;

	while (waitpid(c->pid, &wait_status, WNOHANG) == 0) {
		if (clock_seconds() >= deadline) {
			kill(c->pid, SIGKILL);
			waitpid(c->pid, &wait_status, 0);
			break;
		}
		poll(NULL, 0, 10);
	}
	close(c->output);
	return wait_status;
}

enum status child_check(const struct child *c, int wait_status)
{
	if (!wait_status)
		return STATUS_DONE;
	report(c->name, "failed (%s %d)", WIFEXITED(wait_status) ? "exit status" : "signal",
		WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : WTERMSIG(wait_status));
	return STATUS_ENVIRONMENT;
}

enum status child_output(char *const *argv, unsigned int timeout_s, size_t cap, char **ret,
	size_t *ret_size)
{
	char *text = malloc(cap + 1);
	enum status status;
	struct child c;
	size_t size = 0;
	ssize_t n = 1;
	int wait_status;

	if (!text)
		return report_no_memory(argv[0]);
	status = child_start(argv, CHILD_NOTHING, &c);
	if (status) {
		free(text);
		return status;
	}
	while (!status && n > 0 && size < cap) {
		size_t room = cap - size < PIECE ? cap - size : PIECE;

		status = child_read(&c, timeout_s ? c.started + timeout_s : CHILD_FOREVER, text + size,
			room, &n);
		if (!status && n > 0)
			size += (size_t)n;
	}
	wait_status = child_stop(&c, n == 0);
	if (!status && n < 0) {
		report(argv[0], "did not end within %u s", timeout_s);
		status = STATUS_ENVIRONMENT;
	}
	if (!status && n > 0) {
		report(argv[0], "printed more than %zu bytes", cap);
		status = STATUS_ENVIRONMENT;
	}
	if (!status)
		status = child_check(&c, wait_status);
	if (status) {
		free(text);
		return status;
	}
	text[size] = 0;
	*ret = text;
	*ret_size = size;
	return STATUS_DONE;
}
