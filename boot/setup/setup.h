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
#include "boot/lib/bios.h"
#include "boot/setup/layout.h"
#include "core/console.h"
#include "core/err.h"
#include "core/span.h"
#include "spec/bootparam.h"
#include "spec/timeline.h"

/* --- main.c --- */
extern struct boot_params boot_params; /* the zero page that the kernel will get */
extern struct setup_header setup_header; /* header.S: as the loader filled it */
extern uint8_t setup_end[]; /* setup.ld: end of bss */
_Noreturn void setup_main(void);

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

bool console_wants_timeline(void);

/* --- timeline.c --- */
void timeline_init(void);
void timeline_stamp(enum timeline_stage stage); /* setup's, in their order */
void timeline_hand_over(void); /* the last one, and what the stub reads, if that was asked for */

/* --- keyboard.c --- */
void keyboard_init(void);

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

/* --- memory.c, edd.c, platform.c, video.c, pm.c: each fills its part of boot_params --- */
void memory_detect(void);
void edd_query(void);
void platform_announce(void);
void platform_query_ist(void);
void video_init(void);
_Noreturn void pm_enter(void);

#endif /* SETUP_SETUP_H */
