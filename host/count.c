/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting instructions with QEMU's plugin: what it must know, and what it says.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/count.h"
#include "host/guest.h"
#include "host/qemu.h"

#define MEMORY_MIB 1024
#define TIMEOUT_S  600
#define PAGE_MASK  0xfff
#define HEX_SIZE   (2 * COUNT_CODE_SIZE + 1)

/* The entry in the content, and its virtual address; false if it lies outside of what is stored. */
static bool find_entry(const struct kernel *k, uint64_t *ret_offset, uint64_t *ret_va)
{
	size_t i;

	for (i = 0; i < k->plan.count; i++) {
		const struct elf_segment *s = &k->plan.segment[i];
		uint64_t at = k->plan.entry_pa - s->paddr;

		if (k->plan.entry_pa >= s->paddr && at < s->filesz) {
			*ret_offset = s->offset + at;
			*ret_va = s->vaddr + at;
			return true;
		}
	}
	return false;
}

/* Cut *size at the first word of the list that lies in [low, low + *size). */
static void cut_at(struct span list, uint32_t low, size_t *size)
{
	size_t i;

	for (i = 0; i + 4 <= list.len; i += 4) {
		uint32_t word = le32_get(list.ptr + i);

		if (word - low < *size)
			*size = word - low;
	}
}

struct span count_kernel_code(const struct kernel *k)
{
	size_t size = COUNT_CODE_SIZE;
	uint64_t offset, va;
	struct span code;

	if (!find_entry(k, &offset, &va) || offset >= k->elf.len)
		return (struct span){0};
	if (size > k->elf.len - offset)
		size = k->elf.len - offset;
	cut_at(k->table.rel64, (uint32_t)va, &size);
	cut_at(k->table.inverse32, (uint32_t)va, &size);
	cut_at(k->table.rel32, (uint32_t)va, &size);
	if (span_sub(k->elf, offset, size, &code))
		return (struct span){0};
	return code;
}

bool count_parse(const char *text, struct count *ret)
{
	unsigned int entered, arrived;
	struct count c;

	if (sscanf(text,
		    "entry_seen %u\nkernel_seen %u\nkernel_va %" SCNx64 "\ninstructions %" SCNu64
		    "\nnanoseconds %" SCNu64,
		    &entered, &arrived, &c.kernel_va, &c.instructions, &c.nanoseconds) != 5)
		return false;
	c.entered = entered;
	c.arrived = arrived;
	*ret = c;
	return true;
}

static void hex(struct span code, char ret[HEX_SIZE])
{
	size_t i;

	ret[0] = 0;
	for (i = 0; i < code.len && i < COUNT_CODE_SIZE; i++)
		snprintf(ret + 2 * i, 3, "%02x", code.ptr[i]);
}

static void add_plugin(struct qemu_args *args, const struct kernel *k, const char *plugin,
	struct span kernel_code, bool clock_only, const char *out)
{
	uint32_t entry = k->image.hdr.code32_start;
	char entry_hex[HEX_SIZE], kernel_hex[HEX_SIZE], path[4096];
	struct span entry_code = k->protected_mode;

	if (entry_code.len > COUNT_CODE_SIZE)
		entry_code.len = COUNT_CODE_SIZE;
	hex(entry_code, entry_hex);
	hex(kernel_code, kernel_hex);
	if (!qemu_escape(plugin, path, sizeof(path)))
		args->no_memory = true;
	qemu_add(args, "-plugin");
	qemu_add(args, "%s,entry=0x%" PRIx32 ":%s,kernel=0x%" PRIx64 ":%s,out=%s%s", path, entry,
		entry_hex, k->plan.entry_pa & PAGE_MASK, kernel_hex, out,
		clock_only ? ",clock=on" : "");
}

static enum status run(const struct kernel *k, char *const *argv, const struct memory_file *out,
	struct count *ret)
{
	const struct guest_wish wish = {TIMEOUT_S, .attended = false};
	struct guest_report *end = malloc(sizeof(*end));
	struct count c = {0};
	enum status status;
	char text[512];

	if (!end)
		return report_no_memory(k->name);
	status = guest_run(argv, &wish, end);
	if (!status && end->end == GUEST_TIMED_OUT) {
		report(k->name, "timeout: its kernel was not reached within %d s", TIMEOUT_S);
		status = STATUS_BAD_INPUT;
	}
	free(end);
	if (status)
		return status;
	memory_file_text(out, text, sizeof(text));
	if (!count_parse(text, &c)) {
		report(k->name, "instructions cannot be counted: QEMU's plugin said nothing");
		return STATUS_ENVIRONMENT;
	}
	if (!c.entered || !c.arrived) {
		report(k->name, c.entered ? "stopped before it reached its kernel"
					  : "the boot never reached its entry");
		return STATUS_BAD_INPUT;
	}
	*ret = c;
	return STATUS_DONE;
}

/* append: nothing in it that makes a stub print. */
static enum status count_boot(const struct kernel *k, const struct memory_file *image, const char *plugin,
	const char *append, unsigned int cpus, bool clock_only, struct count *ret)
{
	const struct qemu_machine machine = {
		.kvm = false,
		.memory_mib = MEMORY_MIB,
		.cpus = cpus,
		.serial = "none",
		.image = image->path,
		.append = append,
	};
	struct span code = count_kernel_code(k);
	struct qemu_args args = {0};
	struct memory_file out;
	enum status status;

	if (!code.len) {
		report(k->name, "the kernel's first instruction cannot be told from others");
		return STATUS_BAD_INPUT;
	}
	status = memory_file_open(k->name, (struct span){0}, &out);
	if (status)
		return status;
	qemu_add(&args, QEMU);
	qemu_add_machine(&args, &machine);
	add_plugin(&args, k, plugin, code, clock_only, out.path);
	if (args.no_memory)
		status = report_no_memory(k->name);
	else
		status = run(k, args.arg, &out, ret);
	qemu_free(&args);
	memory_file_close(&out);
	return status;
}

enum status count_instructions(const struct kernel *k, const struct memory_file *image,
	const char *plugin, bool kaslr, struct count *ret)
{
	return count_boot(k, image, plugin, kaslr ? "quiet" : "quiet nokaslr", 1, false, ret);
}

enum status count_seconds(const struct kernel *k, const struct memory_file *image, const char *plugin,
	unsigned int cpus, double *ret_seconds)
{
	struct count c;
	enum status status = count_boot(k, image, plugin, "quiet nokaslr", cpus, true, &c);

	if (!status)
		*ret_seconds = (double)c.nanoseconds * 1e-9;
	return status;
}
