/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's command line.
 */
#ifndef HOST_QEMU_H
#define HOST_QEMU_H

#include <stdbool.h>
#include <stddef.h>

#define QEMU          "qemu-system-x86_64"
#define QEMU_ARGS_MAX 64

/* Words, each of them allocated; arg[count] is NULL. */
struct qemu_args {
	char *arg[QEMU_ARGS_MAX];
	size_t count;
	bool no_memory; /* some are missing */
};

struct qemu_machine {
	bool kvm; /* else QEMU's own emulator, TCG */
	long memory_mib;
	long cpus;
	const char *serial; /* of QEMU's -serial: "stdio", "none" */
	const char *drive; /* of QEMU's -drive, to be booted; NULL: image, initrd and append count */
	const char *image; /* path */
	const char *initrd; /* path, or NULL */
	const char *append, *append_more; /* the command line, in two parts; the second may be NULL */
};

/* One more word. */
void qemu_add(struct qemu_args *args, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Everything that makes a machine without screen and network boot an image. */
void qemu_add_machine(struct qemu_args *args, const struct qemu_machine *machine);
void qemu_free(struct qemu_args *args);

/* text with its commas doubled, for values inside of an option's list; false if it has no room. */
bool qemu_escape(const char *text, char *buf, size_t cap);

#endif /* HOST_QEMU_H */
