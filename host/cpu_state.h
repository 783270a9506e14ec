/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a CPU as QEMU writes it down ("info registers", -d cpu), as values and as a table for somebody
 * who wants to know what each mode of an x86 looks like.
 */
#ifndef HOST_CPU_STATE_H
#define HOST_CPU_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CPU_CR0_PG ((uint64_t)1 << 31) /* CR0_PG of spec/x86.h is for assembly, too: too large for an int */

/* With the hidden part, which the CPU has kept since the selector was loaded. */
struct cpu_segment {
	uint16_t selector;
	uint64_t base;
	uint32_t limit, flags; /* flags: second word of the descriptor */
};

struct cpu_state {
	bool wide; /* 64-bit registers: the CPU runs 64-bit code */
	uint64_t ax, bx, cx, dx, si, di, sp, ip, flags;
	struct cpu_segment cs, ds, ss;
	uint64_t gdt_base, idt_base;
	uint32_t gdt_limit, idt_limit;
	uint64_t cr0, cr3, cr4, efer;
};

/*
 * The first state in text (NUL-terminated), which is what a line that begins with EAX= or RAX= starts.
 * Returns where the next search begins, NULL if there is none; *ret is then untouched.
 */
const char *cpu_state_parse(const char *text, struct cpu_state *ret);

/* Where the next instruction is fetched from, before paging: base of CS and instruction pointer. */
uint64_t cpu_state_linear(const struct cpu_state *s);

/* "real mode, 16-bit code", "long mode, 64-bit code" ... */
const char *cpu_state_mode(const struct cpu_state *s);

/* A few lines, indented. */
void cpu_state_print(const struct cpu_state *s, FILE *f);

#endif /* HOST_CPU_STATE_H */
