/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See cpu_state.h. QEMU's text is lines of NAME=VALUE, numbers in hexadecimal without 0x:
 *
 *   RAX=0000000000100200 RBX=0000000000f0c000 ...
 *   RIP=0000000000100200 RFL=00200006 [-----P-] CPL=0 II=0 A20=1 SMM=0 HLT=0
 *   CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]
 *   GDT=     0000000000100220 0000001f
 *   CR0=80050033 CR2=0000000000000000 CR3=0000000000f0c000 CR4=00000020
 *   EFER=0000000000000500
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "host/cpu_state.h"
#include "spec/x86.h"

#define CS_LONG	   (1u << 21) /* L of a code segment's descriptor [SDM3 3.4.5] */
#define CS_DEFAULT (1u << 22) /* D */

/* Up to count numbers at text, not beyond its line: how many there are. */
static size_t numbers(const char *text, uint64_t *ret, size_t count)
{
	size_t found = 0;

	while (found < count) {
		char *end;

		text += strspn(text, " ");
		if (!strchr("0123456789abcdefABCDEF", *text) || !*text)
			break;
		errno = 0;
		ret[found] = strtoull(text, &end, 16);
		if (errno || end == text)
			break;
		found++;
		text = end;
	}
	return found;
}

/* Behind NAME=, which starts a line or follows a space, in [text, end); NULL if it is not there. */
static const char *value(const char *text, const char *end, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = text; at + len < end; at++) {
		if (!memcmp(at, name, len) && at[len] == '=' && (at == text || at[-1] == ' ' || at[-1] == '\n'))
			return at + len + 1;
	}
	return NULL;
}

static bool read_number(const char *text, const char *end, const char *name, uint64_t *ret)
{
	const char *at = value(text, end, name);

	return at && numbers(at, ret, 1) == 1;
}

/* A register by both its names, "EAX" and "RAX". */
static bool read_register(const char *text, const char *end, bool wide, const char *name, uint64_t *ret)
{
	char full[5] = {wide ? 'R' : 'E'};

	strncpy(full + 1, name, sizeof(full) - 2);
	return read_number(text, end, full, ret);
}

static bool read_segment(const char *text, const char *end, const char *name, struct cpu_segment *ret)
{
	const char *at = value(text, end, name);
	uint64_t n[4];

	if (!at || numbers(at, n, 4) != 4)
		return false;
	*ret = (struct cpu_segment){(uint16_t)n[0], n[1], (uint32_t)n[2], (uint32_t)n[3]};
	return true;
}

static bool read_table(const char *text, const char *end, const char *name, uint64_t *ret_base,
	uint32_t *ret_limit)
{
	const char *at = value(text, end, name);
	uint64_t n[2];

	if (!at || numbers(at, n, 2) != 2)
		return false;
	*ret_base = n[0];
	*ret_limit = (uint32_t)n[1];
	return true;
}

static bool read_all(const char *text, const char *end, bool wide, struct cpu_state *s)
{
	const struct {
		const char *name;
		uint64_t *ret;
	} general[] = {{"AX", &s->ax}, {"BX", &s->bx}, {"CX", &s->cx}, {"DX", &s->dx}, {"SI", &s->si},
		{"DI", &s->di}, {"SP", &s->sp}, {"IP", &s->ip}, {"FL", &s->flags}};
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(general) / sizeof(general[0]); i++) {
		/* EFLAGS is EFL, RFLAGS is RFL */
		good = good && read_register(text, end, wide, general[i].name, general[i].ret);
	}
	return good && read_segment(text, end, "CS ", &s->cs) && read_segment(text, end, "DS ", &s->ds) &&
		read_segment(text, end, "SS ", &s->ss) &&
		read_table(text, end, "GDT", &s->gdt_base, &s->gdt_limit) &&
		read_table(text, end, "IDT", &s->idt_base, &s->idt_limit) &&
		read_number(text, end, "CR0", &s->cr0) && read_number(text, end, "CR3", &s->cr3) &&
		read_number(text, end, "CR4", &s->cr4) && read_number(text, end, "EFER", &s->efer);
}

/* The start of a state: a line that begins so. */
static const char *find_start(const char *text)
{
	const char *at;

	for (at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, "EAX=", 4) || !strncmp(at, "RAX=", 4))
			return at;
	}
	return NULL;
}

const char *cpu_state_parse(const char *text, struct cpu_state *ret)
{
	const char *start = find_start(text);

	while (start) {
		const char *next = find_start(start + 4);
		const char *end = next ? next : start + strlen(start);
		struct cpu_state s = {.wide = *start == 'R'};

		if (read_all(start, end, s.wide, &s)) {
			*ret = s;
			return end;
		}
		start = next;
	}
	return NULL;
}

uint64_t cpu_state_linear(const struct cpu_state *s)
{
	return s->wide ? s->ip : (s->cs.base + s->ip) & UINT32_MAX;
}

const char *cpu_state_mode(const struct cpu_state *s)
{
	if (!(s->cr0 & CR0_PE))
		return "real mode, 16-bit code";
	if (s->efer & EFER_LMA)
		return s->cs.flags & CS_LONG ? "long mode, 64-bit code" : "long mode, compatibility: 32-bit code";
	if (s->cs.flags & CS_DEFAULT)
		return s->cr0 & CPU_CR0_PG ? "protected mode with paging, 32-bit code" : "protected mode, 32-bit code";
	return "protected mode, 16-bit code";
}
