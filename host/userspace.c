/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timing a boot to userspace.
 */
#include <stdlib.h>
#include <string.h>
#include "host/blobs.h"
#include "host/guest.h"
#include "host/initramfs.h"
#include "host/qemu.h"
#include "host/userspace.h"

#define MEMORY_MIB 1024
#define TIMEOUT_S  300
/* As a user would boot it (with KASLR), and so that the guest ends by itself whatever happens. */
#define APPEND     "console=ttyS0 quiet panic=-1"
#define MARKER     "userspace" /* what guest_init.S prints, behind "bzforge: " */

static enum status make_initrd(const char *name, struct memory_file *ret)
{
	struct span program = blob_guest_init();
	size_t cap = program.len + INITRAMFS_MORE;
	uint8_t *archive = malloc(cap);
	enum status status;
	size_t size;

	if (!archive)
		return report_no_memory(name);
	size = initramfs_build(program, archive, cap);
	status = memory_file_open(name, (struct span){archive, size}, ret);
	free(archive);
	return status;
}

static enum status tell(const char *name, const struct guest_report *r, double *ret_seconds)
{
	size_t i;

	for (i = 0; i < r->stages; i++) {
		if (!strcmp(r->stage[i].line, MARKER)) {
			*ret_seconds = r->stage[i].seconds;
			return STATUS_DONE;
		}
	}
	switch (r->end) {
	case GUEST_REFUSED:
		report(name, "boot code refused: %s", r->line);
		break;
	case GUEST_PANICKED:
		report(name, "kernel panicked: %s", r->line);
		break;
	case GUEST_TIMED_OUT:
		report(name, "timeout: userspace was not reached within %d s", TIMEOUT_S);
		break;
	case GUEST_ENDED:
	case GUEST_CUT:
		report(name, "the guest ended before it reached userspace");
		break;
	}
	return STATUS_BAD_INPUT;
}

static enum status run(const char *name, const struct qemu_args *args, double *ret_seconds)
{
	const struct guest_wish wish = {TIMEOUT_S, .attended = false};
	struct guest_report *r = malloc(sizeof(*r));
	enum status status;

	if (args->no_memory || !r) {
		free(r);
		return report_no_memory(name);
	}
	status = guest_run(args->arg, &wish, r);
	if (!status)
		status = tell(name, r, ret_seconds);
	free(r);
	return status;
}

enum status userspace_boot(const char *name, const struct memory_file *image, bool kvm,
	double *ret_seconds)
{
	struct memory_file initrd;
	struct qemu_args args = {0};
	enum status status;

	status = make_initrd(name, &initrd);
	if (status)
		return status;
	qemu_add(&args, QEMU);
	qemu_add_machine(&args, &(struct qemu_machine){
					.kvm = kvm,
					.memory_mib = MEMORY_MIB,
					.cpus = 1,
					.serial = "stdio",
					.image = image->path,
					.initrd = initrd.path,
					.append = APPEND,
				});
	status = run(name, &args, ret_seconds);
	qemu_free(&args);
	memory_file_close(&initrd);
	return status;
}
