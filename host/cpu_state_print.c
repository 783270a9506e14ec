/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU's state as a small table: what a line says, and what that means in this mode.
 */
#include <inttypes.h>
#include "host/cpu_state.h"
#include "spec/x86.h"

#define EFLAGS_DF (1u << 10)


static int bit(uint64_t value, uint64_t mask)
{
	return (value & mask) != 0;
}

static void put_segment(const char *name, const struct cpu_segment *s, const struct cpu_state *cpu, FILE *f)
{
	const char *words = "";

	if (!bit(cpu->cr0, CR0_PE))
		words = "base is selector x 16";
	else if (s == &cpu->cs && cpu->wide)
		words = "L is set: 64-bit code, base and limit do not count";
	else if (!s->base && s->limit == UINT32_MAX)
		words = "flat: all 4 GiB from 0 on";
	fprintf(f, "  %-6s 0x%04x      base 0x%" PRIx64 ", limit 0x%" PRIx32 "%s%s\n", name, s->selector, s->base,
		s->limit, *words ? "  " : "", words);
}

static const char *paging(const struct cpu_state *s)
{
	if (!bit(s->cr0, CPU_CR0_PG))
		return "paging is off: an address is a physical address";
	if (!bit(s->efer, EFER_LMA))
		return "root of the page tables";
	return bit(s->cr4, CR4_LA57) ? "root of the page tables, five levels"
				     : "root of the page tables, four levels";
}

static const char *interrupts(const struct cpu_state *s)
{
	if (!s->idt_limit)
		return "empty: any exception resets the machine";
	return bit(s->cr0, CR0_PE) ? "" : "the BIOS's interrupt vectors";
}

void cpu_state_print(const struct cpu_state *s, FILE *f)
{
	const char *vectors = interrupts(s);

	if (s->wide)
		fprintf(f, "  RIP    0x%-10" PRIx64 "  %s\n", s->ip, cpu_state_mode(s));
	else
		fprintf(f, "  CS:IP  %04x:%08" PRIx64 "  = 0x%" PRIx64 "; %s\n", s->cs.selector, s->ip,
			cpu_state_linear(s), cpu_state_mode(s));
	put_segment("CS", &s->cs, s, f);
	put_segment("DS", &s->ds, s, f);
	put_segment("SS", &s->ss, s, f);
	fprintf(f, "  SP     0x%" PRIx64 "\n", s->sp);
	fprintf(f, "  SI     0x%-10" PRIx64 "%s\n", s->si,
		bit(s->cr0, CR0_PE) ? "  boot_params, by the boot protocol" : "");
	fprintf(f, "  CR0    0x%08" PRIx64 "  PE %d  PG %d\n", s->cr0, bit(s->cr0, CR0_PE),
		bit(s->cr0, CPU_CR0_PG));
	fprintf(f, "  CR3    0x%08" PRIx64 "  %s\n", s->cr3, paging(s));
	fprintf(f, "  CR4    0x%08" PRIx64 "  PAE %d  LA57 %d\n", s->cr4, bit(s->cr4, CR4_PAE),
		bit(s->cr4, CR4_LA57));
	fprintf(f, "  EFER   0x%08" PRIx64 "  LME %d  LMA %d\n", s->efer, bit(s->efer, EFER_LME),
		bit(s->efer, EFER_LMA));
	fprintf(f, "  GDT    0x%-10" PRIx64 "  limit 0x%" PRIx32 "\n", s->gdt_base, s->gdt_limit);
	fprintf(f, "  IDT    0x%-10" PRIx64 "  limit 0x%" PRIx32 "%s%s\n", s->idt_base, s->idt_limit,
		*vectors ? "  " : "", vectors);
	fprintf(f, "  FLAGS  0x%08" PRIx64 "  IF %d: interrupts %s  DF %d\n", s->flags, bit(s->flags, EFLAGS_IF),
		bit(s->flags, EFLAGS_IF) ? "on" : "off", bit(s->flags, EFLAGS_DF));
}
