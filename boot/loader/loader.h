/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the C files of the loader share. They run in flat 32-bit protected mode with interrupts off; memory is
 * as in layout.h, and bios_int (boot/lib/bios.h) goes to real mode and back. Order of events: main.c.
 */
#ifndef BOOT_LOADER_LOADER_H
#define BOOT_LOADER_LOADER_H

#include "boot/lib/bios.h"
#include "boot/loader/layout.h"
#include "core/block.h"
#include "core/bls.h"
#include "core/fat.h"
#include "core/range.h"

#define ENTRIES_MAX  64
#define TITLE_MAX    64
#define CMDLINE_MAX  4096

/* --- head.S, modes.S --- */
extern uint8_t boot_drive; /* the one that we were started from */
_Noreturn void loader_main(void);
_Noreturn void linux_jump(uint32_t segment, uint32_t sp, uint32_t low);
_Noreturn void linux_jump32(uint32_t entry, const void *boot_params);
void paging_on(uint32_t pdpt);
void paging_off(void);
_Noreturn void bios_boot_next(void);

/* For what the BIOS reads or writes: below 64 KiB. */
#define LOW __attribute__((section(".low")))

/* The bytes at a physical address. */
static inline uint8_t *phys_bytes(uint32_t pa)
{
	return (uint8_t *)(uintptr_t)pa;
}

/* --- console.c --- */
void console_init(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_span(struct span text, size_t max); /* what is no plain character is shown as "?" */
void clear_screen(void); /* not when complain has said something since */
/* "bzforge: E96 there is no such file: /a/b: not in this directory (sector 1, value 0)" */
void complain(enum err e, struct span what, const struct fault *fault);

enum key {
	KEY_NONE = 0,
	KEY_BACKSPACE = 8,
	KEY_ENTER = 13,
	KEY_KILL = 21, /* Ctrl-U */
	KEY_ESCAPE = 27,
	KEY_UP = 0x100,
	KEY_DOWN,
	KEY_OTHER,
};
uint32_t key_poll(void); /* enum key, or a character; KEY_NONE: nothing was typed */
uint32_t key_wait_ms(uint32_t ms);

/* --- disk.c --- */
extern struct block_reader boot_disk;
extern uint32_t boot_disk_block; /* bytes of the drive's sectors */
enum err disk_open(struct fault *fault) MUST_CHECK;

/* --- volume.c --- */
void *pool_take(uint32_t size); /* for texts, which stay; NULL: it is full */
struct volume {
	struct fat fat;
};
extern struct volume volumes[];
extern uint32_t volume_count;
enum err volumes_find(struct fault *fault) MUST_CHECK;

/* A stretch of a file. */
struct part {
	struct volume *volume;
	struct fat_node node;
	uint32_t offset, size; /* bytes */
};
/* A file by its path. */
enum err part_find(struct volume *volume, struct span path, struct part *ret, struct fault *fault) MUST_CHECK;
/* Read it to where dst is; with progress if name is not empty. */
enum err part_read(const struct part *part, uint8_t *dst, struct span name, struct fault *fault) MUST_CHECK;
/* A text file as a whole, in the pool. */
enum err part_text(const struct part *part, uint32_t max, struct span *ret, struct fault *fault) MUST_CHECK;

/* --- entries.c, uki.c --- */
enum entry_kind {
	ENTRY_CONF, /* a file of /loader/entries */
	ENTRY_FILE, /* an image by itself: it has its own command line and initrd */
	ENTRY_PARTS, /* a unified image whose kernel we take out */
};
struct entry {
	enum entry_kind kind;
	struct volume *volume;
	struct span name; /* of its file */
	struct bls_key key;
	struct bls_entry conf; /* ENTRY_FILE: title, version and options only */
	struct part kernel, initrd; /* ENTRY_FILE, ENTRY_PARTS */
	enum err error; /* it cannot be booted */
};
extern struct entry *entry_list[ENTRIES_MAX]; /* in the order of the menu */
extern uint32_t entry_count;
extern struct bls_config config;
void entries_find(void);
void entry_count_try(const struct entry *entry);
/* Is the file in part a unified image, or a kernel? Fills entry from it. */
void uki_entry(struct entry *entry, const struct part *file);

/* --- menu.c --- */
/* Which entry, and with which command line? The first time with config's timeout, then without. */
struct entry *menu_run(bool again, char *cmdline);
/* The entry's options as one line; ERR_CMDLINE_LONG. */
enum err entry_cmdline(const struct entry *entry, char *cmdline) MUST_CHECK;

/* --- memory.c --- */
enum err memory_init(void) MUST_CHECK;
extern struct range_set memory_usable;
extern struct e820_entry memory_map[]; /* the BIOS's, as it is */
extern uint32_t memory_map_count;

/* --- linux.c --- */
/* Comes back only if that entry cannot be started; it has said why. */
void linux_boot(const struct entry *entry, const char *cmdline);

/* --- high.c --- */
#define HIGH_WINDOW_SIZE 0x20000000
struct linux_wish;
struct linux_plan;
/* Memory above 4 GiB, that many bytes of it, until the next call or paging_off. */
uint8_t *high_window(uint64_t pa);
/* Start a kernel whose initrd lies there. */
_Noreturn void high_boot(const struct linux_wish *wish, const struct linux_plan *plan);

#endif /* BOOT_LOADER_LOADER_H */
