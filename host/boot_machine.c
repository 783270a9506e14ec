/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that `bzforge boot` starts.
 */
#include <string.h>
#include <unistd.h>
#include "core/bzimage.h"
#include "host/boot.h"
#include "host/input.h"
#include "spec/image.h"

#define OVMF_CODE     "/usr/share/OVMF/OVMF_CODE_4M.fd" /* package ovmf */
#define OVMF_VARS     "/usr/share/OVMF/OVMF_VARS_4M.fd"
#define VERBOSE_WORDS " earlyprintk=serial bzforge.debug"

static enum status add_firmware(struct boot_machine *m)
{
	struct input vars = {0};
	enum status status;

	if (access(OVMF_CODE, R_OK) < 0) {
		report_errno(OVMF_CODE, "cannot open (package ovmf)");
		return STATUS_ENVIRONMENT;
	}
	status = input_read(OVMF_VARS, &vars);
	if (!status) /* the firmware writes to its variables: a copy for this boot alone */
		status = memory_file_open(OVMF_VARS, input_span(&vars), &m->vars);
	input_free(&vars);
	if (status)
		return status;
	qemu_add(&m->args, "-drive");
	qemu_add(&m->args, "if=pflash,unit=0,format=raw,readonly=on,file=%s", OVMF_CODE);
	qemu_add(&m->args, "-drive");
	qemu_add(&m->args, "if=pflash,unit=1,format=raw,file=%s", m->vars.path);
	return STATUS_DONE;
}

enum status boot_machine_make(const struct boot *b, bool kvm, bool verbose, const char *serial,
	struct boot_machine *ret)
{
	const struct qemu_machine machine = {
		.kvm = kvm,
		.memory_mib = b->memory_mib,
		.cpus = b->cpus,
		.serial = serial,
		.image = b->file,
		.initrd = b->initrd,
		.drive = b->drive,
		.append = b->append,
		.append_more = verbose ? VERBOSE_WORDS : NULL,
	};
	enum status status = STATUS_DONE;

	*ret = (struct boot_machine){0};
	qemu_add(&ret->args, QEMU);
	if (b->drive || b->uefi) {
		qemu_add(&ret->args, "-machine");
		qemu_add(&ret->args, "q35");
	}
	if (b->uefi)
		status = add_firmware(ret);
	if (status)
		return status;
	qemu_add_machine(&ret->args, &machine);
	return ret->args.no_memory ? report_no_memory(b->name) : STATUS_DONE;
}

void boot_machine_free(struct boot_machine *m)
{
	memory_file_close(&m->vars);
	qemu_free(&m->args);
}

bool boot_is_ours(const struct boot *b)
{
	struct bzimage image;
	uint32_t magic;

	return !bzimage_parse(b->image, &image, NULL) &&
		!span_le32(b->image, (uint64_t)image.setup_size + STUB_INFO_OFFSET, &magic) &&
		magic == STUB_INFO_MAGIC;
}

enum status boot_end(const struct boot *b, const struct guest_report *end)
{
	size_t i;

	for (i = 0; b->trace && i < end->stages; i++)
		report(b->name, "%8.3f s  %s", end->stage[i].seconds, end->stage[i].line);
	switch (end->end) {
	case GUEST_ENDED:
	case GUEST_CUT:
		return STATUS_DONE;
	case GUEST_REFUSED:
		report(b->name, "boot code refused: %s", end->line);
		return STATUS_BAD_INPUT;
	case GUEST_PANICKED:
		report(b->name, "kernel panicked: %s", end->line);
		return STATUS_BAD_INPUT;
	case GUEST_TIMED_OUT:
		report(b->name, "timeout: the guest still ran after %ld s", b->timeout_s);
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}
