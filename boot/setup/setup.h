/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the C files of the setup part share. All of it runs in 16-bit real mode with %cs = %ds =
 * %es = %ss: pointers are offsets into that segment, and memory elsewhere is reached through %fs
 * and %gs (boot/lib/real16.h). Order of events: main.c.
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/setup/layout.h"
#include "core/console.h"
#include "core/err.h"
#include "core/span.h"
#include "spec/bootparam.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* --- main.c --- */
extern struct boot_params boot_params; /* the zero page that the kernel will get */
extern struct setup_header setup_header; /* header.S: as the loader filled it */
extern uint8_t setup_end[]; /* setup.ld: end of bss */
_Noreturn void setup_main(void);

/* --- bioscall.S --- */
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

void bios_int(uint32_t vector, struct bios_regs *regs);

/* --- entry.S --- */
_Noreturn void bios_reset(void); /* through the BIOS's reset vector */

/* --- bios.c --- */
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

/* --- params.c --- */
void params_init(void); /* setup header and command line from where the loader put them */
struct span params_cmdline(void);

/* --- console.c --- */
void console_init(struct span cmdline);
/* Progress: only when an early console was asked for, and not under "quiet". */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* To every console there is, always. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint16_t console_serial_port(void); /* 0: none */

/* --- keyboard.c --- */
void keyboard_init(void);
bool keyboard_pending(void);
uint8_t keyboard_read(void); /* ASCII; waits */

/* --- die.c --- */
/*
 * The one way out: says e and, if detail is not NULL, more about it; then does what panic= on the
 * command line asks for, or waits for a key or a serial byte; then resets the machine.
 */
_Noreturn void die(enum err e, const char *detail);

/* --- heap.c --- */
void heap_init(void);
void heap_reset(void);
size_t heap_room(void);
/* Memory at a multiple of align (a power of two), counted in linear addresses; NULL if full. */
void *heap_take(size_t size, size_t align);

/* --- cpu.c --- */
void cpu_check(void); /* comes back only if the CPU is good enough */

/* --- a20.c --- */
enum err a20_open(const char **ret_method) MUST_CHECK;

/* --- memory.c, edd.c, platform.c, video.c, pm.c: each fills its part of boot_params --- */
void memory_detect(void);
void edd_query(void);
void platform_announce(void);
void platform_query_ist(void);
void video_init(void);
_Noreturn void pm_enter(void);

#endif /* SETUP_SETUP_H */
