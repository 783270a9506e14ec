/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BIOS, for the two parts that talk to it: setup, whose C code runs in 16-bit real mode, and the
 * loader, whose C code runs in 32-bit protected mode and changes mode for each call. What is
 * declared here does the same in both; the files that need it are built for each.
 */
#ifndef BOOT_LIB_BIOS_H
#define BOOT_LIB_BIOS_H

/* offsets into struct bios_regs */
#define BIOS_EAX   0x00
#define BIOS_EBX   0x04
#define BIOS_ECX   0x08
#define BIOS_EDX   0x0c
#define BIOS_ESI   0x10
#define BIOS_EDI   0x14
#define BIOS_EBP   0x18
#define BIOS_FLAGS 0x1c
#define BIOS_DS    0x20
#define BIOS_ES    0x22
#define BIOS_REGS_SIZE 0x24

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/err.h"
#include "spec/bootparam.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct bios_regs {
	union {
		uint32_t eax;
		uint16_t ax;
		struct {
			uint8_t al, ah;
		};
	};
	union {
		uint32_t ebx;
		uint16_t bx;
		struct {
			uint8_t bl, bh;
		};
	};
	union {
		uint32_t ecx;
		uint16_t cx;
		struct {
			uint8_t cl, ch;
		};
	};
	union {
		uint32_t edx;
		uint16_t dx;
		struct {
			uint8_t dl, dh;
		};
	};
	union {
		uint32_t esi;
		uint16_t si;
	};
	union {
		uint32_t edi;
		uint16_t di;
	};
	uint32_t ebp;
	uint32_t flags;
	uint16_t ds;
	uint16_t es;
};

_Static_assert(offsetof(struct bios_regs, eax) == BIOS_EAX, "eax");
_Static_assert(offsetof(struct bios_regs, ebx) == BIOS_EBX, "ebx");
_Static_assert(offsetof(struct bios_regs, ecx) == BIOS_ECX, "ecx");
_Static_assert(offsetof(struct bios_regs, edx) == BIOS_EDX, "edx");
_Static_assert(offsetof(struct bios_regs, esi) == BIOS_ESI, "esi");
_Static_assert(offsetof(struct bios_regs, edi) == BIOS_EDI, "edi");
_Static_assert(offsetof(struct bios_regs, ebp) == BIOS_EBP, "ebp");
_Static_assert(offsetof(struct bios_regs, flags) == BIOS_FLAGS, "flags");
_Static_assert(offsetof(struct bios_regs, ds) == BIOS_DS, "ds");
_Static_assert(offsetof(struct bios_regs, es) == BIOS_ES, "es");
_Static_assert(sizeof(struct bios_regs) == BIOS_REGS_SIZE, "bios_regs");

#define FLAG_CF (1 << 0)
#define FLAG_ZF (1 << 6)
#define FLAG_IF (1 << 9)

/* --- bioscall.S; the loader's modes.S --- */
void bios_int(uint32_t vector, struct bios_regs *regs);

/* --- a file of each part --- */
_Noreturn void bios_reset(void); /* through the BIOS's reset vector */
/*
 * Registers for a call of function ax: the rest 0, our segment in ds and es, carry set, since a
 * call that does not exist often returns with the flags as they were.
 */
void bios_regs_init(struct bios_regs *regs, uint16_t ax);
static inline bool bios_failed(const struct bios_regs *regs)
{
	return regs->flags & FLAG_CF;
}
/* What a BIOS wants in a 16-bit register for a pointer into our segment. */
static inline uint16_t bios_offset(const void *p)
{
	return (uint16_t)(uintptr_t)p;
}

/* Memory that the A20 gate makes one: a word below 1 MiB, and the one that lies 1 MiB higher. */
bool a20_is_open(uint32_t tries);

/* --- a20.c --- */
enum err a20_open(const char **ret_method) MUST_CHECK;

/* --- bios_keyboard.c --- */
bool keyboard_pending(void);
uint16_t keyboard_read(void); /* scan code above, ASCII below; waits */

/* --- bios_memory.c --- */
/* The map of int 15h AX=e820h, at most cap entries; their number, 0 if there is none. */
unsigned int bios_e820(struct e820_entry *ret_table, unsigned int cap);
uint32_t bios_e801_kb(void); /* KiB above 1 MiB, 0: unknown */
uint16_t bios_88_kb(void); /* the same, at most 64 MiB */
uint32_t bios_low_kb(void); /* KiB below 1 MiB */

/* --- reset.c --- */
_Noreturn void machine_reset(void);
#endif /* __ASSEMBLER__ */

#endif /* BOOT_LIB_BIOS_H */
