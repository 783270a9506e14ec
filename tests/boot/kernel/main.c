/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test kernel: prints on the first serial port all that it was given, in lines "TK name value...",
 * and ends the machine with status 33 (isa-debug-exit) or, without that device, by a reset. It judges
 * only what it alone can see (bss, relocated pointers); tests/support/testkernel.py judges the rest.
 *
 * Entered from entry.S in 64-bit mode on its own stack, identity-mapped, interrupts off. Everything it
 * was promised to find mapped (itself, boot_params, command line) is read through the page tables that
 * it was given; for the initrd it then makes its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spec/bootparam.h"
#include "spec/x86.h"
#include "tests/boot/kernel/state.h"

#define SERIAL     0x3f8
#define SERIAL_LSR 5
#define LSR_EMPTY  0x20
#define EXIT_PORT  0xf4
#define EXIT_VALUE 16 /* QEMU's status is 2 * value + 1 */

#define TABLE_ENTRIES 512
#define PTE_TABLE     (PTE_PRESENT | PTE_WRITE)

/* Hidden: reached relative to rip, never through a table of addresses. */
#pragma GCC visibility push(hidden)
extern uint8_t kernel_start[], kernel_end[], pure_start[], pure_end[], bss_start[], bss_end[];
extern uint8_t landmark[];
#pragma GCC visibility pop

void kernel_main(const struct state *state);
void kernel_high(void);
void go_high(uint64_t cr3);
void go_cr3(uint64_t cr3);
uint64_t landmark_32s(void);

/* Pointers to relocate: aligned ones can be packed (RELR), the odd one cannot (RELA). */
static uint8_t *const volatile pointers[] = {landmark, landmark + 1, kernel_start, kernel_end};
static struct {
	uint8_t odd;
	uint8_t *pointer;
} __attribute__((packed)) volatile odd_pointer = {0x5a, landmark + 2};

static uint64_t top[TABLE_ENTRIES] __attribute__((aligned(PAGE_4K)));
static uint64_t pml4[TABLE_ENTRIES] __attribute__((aligned(PAGE_4K)));
static uint64_t identity[TABLE_ENTRIES] __attribute__((aligned(PAGE_4K)));
#ifdef HIGH
static uint64_t window[TABLE_ENTRIES] __attribute__((aligned(PAGE_4K)));
static uint64_t window_dir[TABLE_ENTRIES] __attribute__((aligned(PAGE_4K)));
#endif

static void outb(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
	uint8_t v;
	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static void put(char c)
{
	while (!(inb(SERIAL + SERIAL_LSR) & LSR_EMPTY))
		;
	outb(SERIAL, (uint8_t)c);
}

static void put_text(const char *s)
{
	while (*s)
		put(*s++);
}

static void put_hex(uint64_t v, unsigned int digits)
{
	while (digits--) {
		uint8_t digit = v >> 4 * digits & 15;

		put((char)(digit < 10 ? '0' + digit : 'a' + digit - 10));
	}
}

static void say(const char *name, uint64_t value)
{
	put_text("TK ");
	put_text(name);
	put_text(" 0x");
	put_hex(value, 16);
	put_text("\r\n");
}

static void dump(const char *name, const uint8_t *bytes, size_t n)
{
	put_text("TK ");
	put_text(name);
	put(' ');
	for (size_t i = 0; i < n; i++)
		put_hex(bytes[i], 2);
	put_text("\r\n");
}

/* CRC-32 as in zlib, eight bits at a time. */
static uint32_t crc32(const uint8_t *bytes, uint64_t n)
{
	uint32_t table[256];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	for (uint64_t i = 0; i < n; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}

static uint64_t bss_dirt(void)
{
	uint64_t dirty = 0;

	for (const volatile uint8_t *p = bss_start; p < bss_end; p++)
		dirty += *p != 0;
	return dirty;
}

/* How many pointers do not point where the code, which knows by rip, finds the thing? */
static uint64_t pointers_wrong(void)
{
	uint64_t wrong = 0;

	wrong += pointers[0] != landmark;
	wrong += pointers[1] != landmark + 1;
	wrong += pointers[2] != kernel_start;
	wrong += pointers[3] != kernel_end;
	wrong += odd_pointer.odd != 0x5a;
	wrong += odd_pointer.pointer != landmark + 2;
#ifdef HIGH
	wrong += landmark_32s() != (uint64_t)landmark;
#endif
	return wrong;
}

static void say_state(const struct state *state)
{
	say("rsi", state->rsi);
	say("rsp", state->rsp);
	say("rflags", state->rflags);
	say("cr0", state->cr0);
	say("cr3", state->cr3);
	say("cr4", state->cr4);
	say("efer", state->efer);
	say("cs", state->cs);
	say("ds", state->ds);
	say("es", state->es);
	say("ss", state->ss);
	say("gdt_base", state->gdt_base);
	say("gdt_limit", state->gdt_limit);
	dump("gdt", (const uint8_t *)state->gdt_base, BOOT_DS + 8);
}

/* All of the first 512 GiB, and, for the variant that is linked there, the kernel's own window. */
static uint64_t own_page_tables(const struct state *state)
{
	for (uint64_t i = 0; i < TABLE_ENTRIES; i++)
		identity[i] = i * PAGE_1G | PTE_LARGE | PTE_TABLE;
	pml4[0] = (uint64_t)identity | PTE_TABLE;
#ifdef HIGH
	uint64_t window_va = 0xffffffff80000000;
	uint64_t start_va = (uint64_t)pointers[2];
	uint64_t first = (start_va - window_va) / PAGE_2M;

	for (uint64_t i = first; i < TABLE_ENTRIES; i++)
		window_dir[i] = ((uint64_t)kernel_start + (i - first) * PAGE_2M) | PTE_LARGE | PTE_TABLE;
	window[TABLE_ENTRIES - 2] = (uint64_t)window_dir | PTE_TABLE;
	pml4[TABLE_ENTRIES - 1] = (uint64_t)window | PTE_TABLE;
#endif
	if (!(state->cr4 & CR4_LA57))
		return (uint64_t)pml4;
	top[0] = (uint64_t)pml4 | PTE_TABLE;
	top[TABLE_ENTRIES - 1] = (uint64_t)pml4 | PTE_TABLE;
	return (uint64_t)top;
}

static void end(void)
{
	put_text("TK END\r\n");
	outb(EXIT_PORT, EXIT_VALUE);
	outb(0x64, 0xfe); /* the keyboard controller pulls the reset line */
}

/* "0x..." to a number; *text goes behind it. */
static uint64_t number_read(const char **text)
{
	uint64_t v = 0;

	for (*text += 2;; (*text)++) {
		char c = **text;

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint64_t)(c - 'a' + 10);
		else
			return v;
	}
}

/* What follows word, which the command line may hold once; NULL if it does not. */
static const char *line_find(const char *line, const char *word)
{
	for (; line && *line; line++) {
		size_t i = 0;

		while (word[i] && line[i] == word[i])
			i++;
		if (!word[i])
			return line + i;
	}
	return NULL;
}

static bool page_dirty(uint64_t pa)
{
	const uint64_t *words = (const uint64_t *)pa;
	uint64_t any = 0;

	for (unsigned int i = 0; i < PAGE_4K / sizeof(*words); i++)
		any |= words[i];
	return any;
}

/* Each run of pages of [pa, end) that are not all zeros. */
static void dirt_print(uint64_t pa, uint64_t end)
{
	uint64_t start = 0;

	for (; pa <= end; pa += PAGE_4K) {
		bool dirty = pa < end && page_dirty(pa);

		if (dirty && !start)
			start = pa;
		if (!dirty && start) {
			put_text("TK dirt 0x");
			put_hex(start, 16);
			put_text(" 0x");
			put_hex(pa, 16);
			put_text("\r\n");
			start = 0;
		}
	}
}

/*
 * tk.crc=0xSTART,0xSIZE: the checksum of that memory. tk.dirt: where is RAM, but for page 0, not all
 * zeros?
 */
static void answer(const char *line, const struct boot_params *bp)
{
	const char *text = line_find(line, "tk.crc=");

	for (unsigned int i = 0; line_find(line, "tk.dirt") && i < bp->e820_entries; i++) {
		const uint8_t *entry = (const uint8_t *)bp->e820_table + i * 20;
		uint64_t start = *(const uint64_t *)entry, size = *(const uint64_t *)(entry + 8);

		if (entry[16] == 1)
			dirt_print(start ? start : PAGE_4K, (start + size) & ~(uint64_t)(PAGE_4K - 1));
	}

	if (text) {
		uint64_t start = number_read(&text);

		text++;
		say("crc", crc32((const uint8_t *)start, number_read(&text)));
	}
}

/*
 * tk.setup_data: each node of the list, through the page tables that came with it. One that is not mapped
 * ends the machine by an exception.
 */
static void nodes_print(const char *line, uint64_t pa)
{
	while (line_find(line, "tk.setup_data") && pa) {
		const uint8_t *node = (const uint8_t *)pa;
		uint32_t type = *(const uint32_t *)(node + SETUP_DATA_TYPE);

		put_text("TK setup_data_");
		put_hex(type, 8);
		put_text(" ");
		put_hex(pa, 16);
		put(' ');
		for (uint32_t i = 0; i < *(const uint32_t *)(node + SETUP_DATA_LEN); i++)
			put_hex(node[SETUP_DATA_DATA + i], 2);
		put_text("\r\n");
		pa = *(const uint64_t *)(node + SETUP_DATA_NEXT);
	}
}

/* Runs at the virtual address. */
void kernel_high(void)
{
	say("virtual", (uint64_t)kernel_start);
	say("pointers_wrong", pointers_wrong());
}

void kernel_main(const struct state *state)
{
	uint64_t dirt = bss_dirt();
	const struct boot_params *bp = (const struct boot_params *)state->rsi;
	uint64_t initrd = bp->hdr.ramdisk_image | (uint64_t)bp->ext_ramdisk_image << 32;
	uint64_t initrd_size = bp->hdr.ramdisk_size | (uint64_t)bp->ext_ramdisk_size << 32;
	uint64_t command_line = bp->hdr.cmd_line_ptr | (uint64_t)bp->ext_cmd_line_ptr << 32;

	put_text("\r\nTK BEGIN\r\n");
	say_state(state);
	say("physical", (uint64_t)kernel_start);
	say("bss_dirt", dirt);
	say("pure_crc", crc32(pure_start, (uint64_t)(pure_end - pure_start)));
	dump("boot_params", (const uint8_t *)bp, BP_SIZE);
	put_text("TK command_line ");
	if (command_line)
		put_text((const char *)command_line);
	put_text("\r\n");
	nodes_print((const char *)command_line, bp->hdr.setup_data);

#ifdef HIGH
	go_high(own_page_tables(state));
#else
	say("virtual", (uint64_t)kernel_start);
	say("pointers_wrong", pointers_wrong());
	go_cr3(own_page_tables(state));
#endif
	if (initrd_size)
		say("initrd_crc", crc32((const uint8_t *)initrd, initrd_size));
	answer((const char *)command_line, bp);
	end();
}
