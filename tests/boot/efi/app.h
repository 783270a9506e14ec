/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests' EFI applications need of UEFI, typed from the specification [UEFI 2.10], 64-bit firmware only. Services
 * and functions of protocols are numbers, counted from a table's first function.
 */
#ifndef TESTS_BOOT_EFI_APP_H
#define TESTS_BOOT_EFI_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EFIAPI __attribute__((ms_abi))

uint64_t EFIAPI app_main(uint64_t handle, uint8_t *system_table);

struct guid {
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

/* boot services [4.4], behind a header of 24 bytes */
#define ALLOCATE_PAGES  2
#define FREE_PAGES      3
#define HANDLE_PROTOCOL 16

#define ALLOCATE_ANY     0
#define ALLOCATE_BELOW   1
#define ALLOCATE_ADDRESS 2
#define RESERVED_MEMORY  0
#define LOADER_CODE      1
#define LOADER_DATA      2

#define ST_CON_OUT 0x40
#define ST_BOOT    0x60

#define PAGE 4096

typedef uint64_t(EFIAPI *service)(uint64_t, ...);

static inline uint64_t word(const void *base, size_t at)
{
	return *(const uint64_t *)((const uint8_t *)base + at);
}

/* Function n of a table or protocol, whose functions begin at. */
static inline service function(uint64_t table, size_t at, unsigned int n)
{
	return (service)word((void *)table, at + 8 * n);
}

static inline service boot_service(const uint8_t *system_table, unsigned int n)
{
	return function(word(system_table, ST_BOOT), 24, n);
}

/* Text on the console; the line's end comes with it. */
static inline void print(const uint8_t *system_table, const uint16_t *text)
{
	uint64_t out = word(system_table, ST_CON_OUT);

	function(out, 0, 1)(out, text); /* OutputString */
	function(out, 0, 1)(out, u"\r\n");
}

#endif /* TESTS_BOOT_EFI_APP_H */
