/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual machine that boots an image: QEMU as a child process, its serial port watched for
 * how the boot ends.
 */
#ifndef HOST_GUEST_H
#define HOST_GUEST_H

#include <stdbool.h>
#include "host/report.h"

enum guest_end {
	GUEST_ENDED, /* powered off or reset itself */
	GUEST_REFUSED, /* our boot code said "bzforge: E..." */
	GUEST_PANICKED,
	GUEST_TIMED_OUT,
	GUEST_CUT, /* see() had seen enough */
};

/* Time stamps of boot stages are kept for so many lines. */
#define GUEST_STAGES_MAX 64
#define GUEST_LINE_MAX   256 /* firmware puts its own in front of ours */

struct guest_stage {
	double seconds; /* since QEMU was started */
	char line[GUEST_LINE_MAX];
};

struct guest_report {
	enum guest_end end;
	char line[GUEST_LINE_MAX]; /* the refusal or the panic message */
	struct guest_stage stage[GUEST_STAGES_MAX]; /* lines that begin with "bzforge: " */
	size_t stages;
};

struct guest_wish {
	unsigned int timeout_s; /* 0: no limit */
	bool attended; /* the serial port is the tool's standard input and output; else nobody's */
	/* Called with each line of the serial port; false: that is enough, end the guest. May be NULL. */
	bool (*see)(void *ctx, const char *line);
	void *ctx;
};

/*
 * Run argv (NULL-terminated) until the guest ends, or the time is over. Prints when QEMU cannot be
 * run or fails by itself.
 */
enum status guest_run(char *const *argv, const struct guest_wish *wish, struct guest_report *ret);

#endif /* HOST_GUEST_H */
