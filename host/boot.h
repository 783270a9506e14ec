/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `bzforge boot` is asked for, and the machine for it, for those who run it: cmd_boot.c simply,
 * boot_trace.c twice, boot_gdb.c stopped.
 */
#ifndef HOST_BOOT_H
#define HOST_BOOT_H

#include "core/span.h"
#include "host/guest.h"
#include "host/memory_file.h"
#include "host/qemu.h"

struct boot {
	const char *name; /* for messages */
	const char *file; /* path of an image, a disk or a CD */
	const char *drive; /* a disk or CD in QEMU's words; NULL: an image */
	struct span image; /* the bytes of an image; empty: a disk */
	bool uefi;
	const char *initrd;
	const char *append; /* NULL: the default */
	long memory_mib, cpus, timeout_s;
	bool trace, gdb;
	const char *svg; /* draw the trace there; may be NULL */
	bool seeded;
	uint32_t seed; /* of what is random in the machine, if seeded */
};

/* Arguments of one QEMU, and what they refer to. An all-zero struct may be freed. */
struct boot_machine {
	struct qemu_args args;
	struct memory_file vars;
};

/* verbose: the boot code tells each stage. Prints. */
enum status boot_machine_make(const struct boot *b, bool kvm, bool verbose, const char *serial,
	struct boot_machine *ret);
void boot_machine_free(struct boot_machine *m);

/* Is it an image with our boot code? */
bool boot_is_ours(const struct boot *b);

/* Say how the guest ended, and what that means for the exit status. */
enum status boot_end(const struct boot *b, const struct guest_report *end);

enum status boot_trace(const struct boot *b);
enum status boot_gdb(const struct boot *b);

#endif /* HOST_BOOT_H */
