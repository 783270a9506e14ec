/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading whole files and standard input, with a bound.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/input.h"

#define FIRST_STEP (64 * 1024)
#define HUGE_PAGE  (2 * 1024 * 1024)
#define LARGE	   HUGE_PAGE

static enum status too_large(const char *name)
{
	report(name, "is larger than 4 GiB");
	return STATUS_BAD_INPUT;
}

/*
 * In huge pages, where the system has them: of the time that it takes to read 14 MB, most goes into getting
 * 3500 small pages.
 */
static void *large(size_t size)
{
	size_t whole = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *p = aligned_alloc(HUGE_PAGE, whole);

	if (p)
		madvise(p, whole, MADV_HUGEPAGE); /* a hint: not having them is fine */
	return p;
}

/* Read fd to its end; hint is its size, if that is known. */
static enum status read_all(int fd, size_t hint, struct input *in)
{
	size_t cap = hint ? hint + 1 : FIRST_STEP; /* + 1: see the end without growing */

	in->ptr = cap < LARGE ? malloc(cap) : large(cap);
	if (!in->ptr)
		return report_no_memory(in->name);
	for (;;) {
		ssize_t n;

		if (in->len == cap) {
			uint8_t *bigger;

			cap *= 2;
			bigger = realloc(in->ptr, cap);
			if (!bigger)
				return report_no_memory(in->name);
			in->ptr = bigger;
		}
		n = read(fd, in->ptr + in->len, cap - in->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			report_errno(in->name, "cannot read");
			return STATUS_ENVIRONMENT;
		}
		if (!n)
			return STATUS_DONE;
		in->len += (size_t)n;
		if (in->len > INPUT_MAX)
			return too_large(in->name);
	}
}

enum status input_read(const char *path, struct input *ret)
{
	struct input in = {.name = path};
	enum status status = STATUS_ENVIRONMENT;
	struct stat st;
	int fd = STDIN_FILENO;

	if (!strcmp(path, "-")) {
		in.name = "standard input";
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			report_errno(path, "cannot open");
			return STATUS_ENVIRONMENT;
		}
		in.is_file = true;
	}
	if (fstat(fd, &st) < 0) {
		report_errno(in.name, "cannot read");
		goto out;
	}
	if (S_ISDIR(st.st_mode)) {
		report(in.name, "is a directory");
		goto out;
	}
	in.dev = st.st_dev;
	in.ino = st.st_ino;
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > INPUT_MAX)
		status = too_large(in.name);
	else
		status = read_all(fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0, &in);
out:
	if (in.is_file)
		close(fd);
	if (status)
		input_free(&in);
	else
		*ret = in;
	return status;
}

struct span input_span(const struct input *in)
{
	return (struct span){in->ptr, in->len};
}

void input_free(struct input *in)
{
	free(in->ptr);
	in->ptr = NULL;
	in->len = 0;
}
