/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU TCG plugin: how many guest instructions run from a boot stub's 32-bit entry to the first
 * instruction of the kernel that it starts? `bzforge bench` drives it; docs/benchmarks.md
 * says what is counted.
 *
 *   entry=ADDRESS:HEX   counting starts with the instruction at this linear address, provided that
 *                       the code there begins with these bytes
 *   kernel=OFFSET:HEX   counting ends in front of an instruction at this offset in its 4 KiB page
 *                       where the code begins with these bytes: the kernel, wherever it was put
 *   out=FILE            the result, "name value" lines
 *   repeats=each        count each iteration of a repeated string instruction, as QEMU's -icount does
 *   then=boot           let the kernel run when it is reached, as if there had been no plugin
 *   profile=FILE        how often each block of code ran: "address instructions executions bytes"
 *   clock=on            count nothing: only the time between the two, also with several virtual CPUs
 *
 * Every executed instruction adds one to a counter in the code that QEMU generates for it, so a
 * block that is left in its middle counts right. QEMU runs one iteration of a repeated string
 * instruction at a time and comes back to it; those come through a callback that counts the whole
 * repetition once, unless repeats=each. Nothing is instrumented before the entry is seen. One virtual CPU only: the
 * counters are not atomic.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "qemu_plugin.h"

#define MATCH_MAX 64
#define INSN_MAX 15 /* longest x86 instruction [SDM2 2.3.11] */
#define PAGE_MASK 0xfff

struct match {
	uint64_t address;
	size_t size;
	uint8_t bytes[MATCH_MAX];
};

struct block {
	struct block *next;
	uint64_t vaddr;
	uint64_t insns; /* one less if it begins with a repeated string instruction */
	uint64_t runs;
	size_t size;
	uint8_t *bytes;
};

PLUGIN_EXPORT int qemu_plugin_version = PLUGIN_API_VERSION;

static struct match entry, kernel;
static const char *out_path, *profile_path;
static struct block *blocks;
static bool seen_entry, seen_kernel;
static bool repeats_each, then_boot, clock_only;
static uint64_t plugin_id, entry_ns;
static uint64_t count;
static uint64_t rep_vaddr, rep_count; /* the last repeated string instruction, and count after it */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void write_profile(void)
{
	FILE *f = fopen(profile_path, "w");

	if (!f)
		return;
	for (const struct block *b = blocks; b; b = b->next) {
		fprintf(f, "%llx %llu %llu ", (unsigned long long)b->vaddr,
			(unsigned long long)b->insns, (unsigned long long)b->runs);
		for (size_t i = 0; i < b->size; i++)
			fprintf(f, "%02x", b->bytes[i]);
		fputc('\n', f);
	}
	fclose(f);
}

static void write_result(uint64_t kernel_va)
{
	uint64_t ns = seen_entry ? now_ns() - entry_ns : 0;
	FILE *f = fopen(out_path, "w");

	if (!f)
		return;
	fprintf(f, "entry_seen %d\nkernel_seen %d\nkernel_va %llx\ninstructions %llu\nnanoseconds %llu\n",
		seen_entry, kernel_va != 0, (unsigned long long)kernel_va, (unsigned long long)count,
		(unsigned long long)ns);
	fclose(f);
	if (profile_path)
		write_profile();
}

static void on_exit_of_qemu(uint64_t id, void *udata)
{
	write_result(0);
}

static void on_reset(uint64_t id)
{
}

static void on_kernel(unsigned int vcpu, void *udata)
{
	if (seen_kernel)
		return;
	seen_kernel = true;
	write_result((uint64_t)(uintptr_t)udata);
	if (!then_boot)
		_exit(0);
	qemu_plugin_reset(plugin_id, on_reset);
}

static void on_rep(unsigned int vcpu, void *udata)
{
	uint64_t vaddr = (uint64_t)(uintptr_t)udata;

	/* nothing ran since this very instruction: its next iteration */
	if (vaddr == rep_vaddr && count == rep_count)
		return;
	rep_vaddr = vaddr;
	rep_count = ++count;
}

/* Is it rep or repne with movs, cmps, stos, lods, scas, ins or outs? */
static bool is_repeated_string(const uint8_t *p, size_t size)
{
	bool rep = false;

	for (size_t i = 0; i < size; i++) {
		switch (p[i]) {
		case 0xf2:
		case 0xf3:
			rep = true;
			break;
		case 0x26: /* segments */
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0x64 ... 0x67: /* segments, operand and address size */
		case 0x40 ... 0x4f: /* REX; outside 64-bit mode no rep is in front of inc and dec */
			break;
		default:
			return rep && ((p[i] >= 0x6c && p[i] <= 0x6f) ||
				       (p[i] >= 0xa4 && p[i] <= 0xa7) ||
				       (p[i] >= 0xaa && p[i] <= 0xaf));
		}
	}
	return false;
}

/* The block's code, as much of it as fits. */
static size_t block_bytes(const struct qemu_plugin_tb *tb, uint8_t *buf, size_t cap)
{
	size_t size = 0;

	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t n = qemu_plugin_insn_size(insn);

		if (n > cap - size)
			n = cap - size;
		memcpy(buf + size, qemu_plugin_insn_data(insn), n);
		size += n;
	}
	return size;
}

/* Does the block begin with the bytes, as far as both go? */
static bool block_matches(const struct qemu_plugin_tb *tb, const struct match *m)
{
	uint8_t buf[MATCH_MAX];
	size_t size = block_bytes(tb, buf, m->size);

	return size > 0 && memcmp(buf, m->bytes, size) == 0;
}

static void profile_block(struct qemu_plugin_tb *tb, uint64_t vaddr, bool starts_with_rep)
{
	size_t insns = qemu_plugin_tb_n_insns(tb);
	struct block *b = calloc(1, sizeof(*b));

	if (!b)
		abort();
	b->bytes = malloc(insns * INSN_MAX);
	if (!b->bytes)
		abort();
	b->size = block_bytes(tb, b->bytes, insns * INSN_MAX);
	b->vaddr = vaddr;
	b->insns = insns - starts_with_rep;
	b->next = blocks;
	blocks = b;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &b->runs, 1);
}

static void on_translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	uint64_t vaddr = qemu_plugin_insn_vaddr(first);

	if (!seen_entry) {
		if (vaddr != entry.address || !block_matches(tb, &entry))
			return;
		entry_ns = now_ns(); /* it runs as soon as it is translated */
		seen_entry = true;
	} else if ((vaddr & PAGE_MASK) == kernel.address && block_matches(tb, &kernel)) {
		qemu_plugin_register_vcpu_insn_exec_cb(first, on_kernel, QEMU_PLUGIN_CB_NO_REGS,
			(void *)(uintptr_t)vaddr);
		return;
	}
	if (clock_only)
		return;
	if (profile_path)
		profile_block(tb, vaddr, is_repeated_string(qemu_plugin_insn_data(first),
			qemu_plugin_insn_size(first)));
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (!repeats_each &&
			is_repeated_string(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_rep, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
		else
			qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
				&count, 1);
	}
}

/* "ADDRESS:HEX" */
static bool parse_match(const char *text, struct match *ret)
{
	char *end;

	ret->address = strtoull(text, &end, 0);
	if (*end++ != ':')
		return false;
	while (end[0] && end[1] && ret->size < MATCH_MAX) {
		char pair[3] = {end[0], end[1], 0};

		ret->bytes[ret->size++] = (uint8_t)strtoul(pair, NULL, 16);
		end += 2;
	}
	return *end == 0 && ret->size > 0;
}

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc,
	char **argv)
{
	for (int i = 0; i < argc; i++) {
		const char *value = strchr(argv[i], '=');
		bool ok = value;

		if (ok && strncmp(argv[i], "entry=", 6) == 0)
			ok = parse_match(value + 1, &entry);
		else if (ok && strncmp(argv[i], "kernel=", 7) == 0)
			ok = parse_match(value + 1, &kernel);
		else if (ok && strncmp(argv[i], "out=", 4) == 0)
			out_path = strdup(value + 1);
		else if (ok && strcmp(argv[i], "repeats=each") == 0)
			repeats_each = true;
		else if (ok && strcmp(argv[i], "then=boot") == 0)
			then_boot = true;
		else if (ok && strncmp(argv[i], "profile=", 8) == 0)
			profile_path = strdup(value + 1);
		else if (ok && strcmp(argv[i], "clock=on") == 0)
			clock_only = true;
		else
			ok = false;
		if (!ok) {
			fprintf(stderr, "icount: cannot use %s\n", argv[i]);
			return 1;
		}
	}
	if (!entry.size || !kernel.size || !out_path) {
		fprintf(stderr, "icount: entry=, kernel= and out= are needed\n");
		return 1;
	}
	plugin_id = id;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
	return 0;
}
