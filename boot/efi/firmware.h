/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calling UEFI firmware, of 64 or of 32 bits, and reading its tables [spec/efi.h]. Everything the
 * firmware owns is an address in a uint64_t; phys_ptr() makes a pointer of one, since firmware maps
 * all memory to itself.
 */
#ifndef BOOT_EFI_FIRMWARE_H
#define BOOT_EFI_FIRMWARE_H

#include "core/span.h"
#include "spec/efi_services.h"

/* narrow: the firmware's words have 32 bits. */
void efi_init(uint64_t image_handle, uint64_t system_table, bool narrow);
/* May services still be called? Not before efi_init, nor after efi_gone. */
bool efi_alive(void);
void efi_gone(void);

uint64_t efi_image_handle(void);
uint64_t efi_system_table(void);
bool efi_narrow(void);

/* A word (pointer, handle, UINTN) of a table: base + the offset for this firmware. */
uint64_t efi_word(uint64_t base, uint32_t at);
/* The same place's address, for fields that are no words. */
uint64_t efi_field(uint64_t base, uint32_t at);
size_t efi_word_size(void);

/*
 * Call a service, or a protocol's function. Arguments are words; a u64 by value takes two of them in
 * 32-bit firmware, which is why such calls are made in firmware.c alone. Results that the firmware
 * writes through pointers go to uint64_t variables that were zero.
 */
#define EFI_ARGS(...) (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / 8
#define efi_boot(service, ...) efi_boot_call((service), EFI_ARGS(__VA_ARGS__))
#define efi_runtime(service, ...) efi_runtime_call((service), EFI_ARGS(__VA_ARGS__))
/* Function number n of protocol, which is its first argument; at: bytes before the first function. */
#define efi_method(protocol, at, n, ...)                                                            \
	({                                                                                         \
		const uint64_t self_ = (protocol);                                                 \
		efi_method_call(self_, (at), (n), EFI_ARGS(self_, ##__VA_ARGS__));                 \
	})

uint64_t efi_boot_call(enum efi_boot_service service, const uint64_t *args, size_t count);
uint64_t efi_runtime_call(enum efi_runtime_service service, const uint64_t *args, size_t count);
uint64_t efi_method_call(uint64_t protocol, uint32_t at, unsigned int number, const uint64_t *args,
	size_t count);

/* A pointer as an argument. */
static inline uint64_t efi_ptr(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

/* Back to the firmware, which does not come back. */
void efi_exit(uint64_t status);

/* The protocol that handle has, or 0. */
uint64_t efi_protocol(uint64_t handle, const struct efi_guid *guid);
/* The first one that any handle has, or 0. */
uint64_t efi_protocol_any(const struct efi_guid *guid);
/* The configuration table of that name, or 0. */
uint64_t efi_table(const struct efi_guid *guid);
bool efi_guid_equal(const struct efi_guid *a, const void *b);

/* A device path as the firmware writes it: UTF-16 from its pool, to be freed; 0 if it does not. */
uint64_t efi_path_text(uint64_t path);

/* Open a file for reading by its path, UTF-16 with NUL; 0 and a status when that fails. */
uint64_t efi_file_open(uint64_t directory, const uint16_t *path, uint64_t *ret_file);

/* Read all of size bytes from where the file stands; a status. *ret_done: as many came. */
uint64_t efi_file_read(uint64_t file, uint64_t pa, uint64_t size, uint64_t *ret_done);
void efi_file_close(uint64_t file);

/*
 * HashLogExtendEvent of EFI_TCG2_PROTOCOL and EFI_CC_MEASUREMENT_PROTOCOL: hash size bytes at pa. The
 * event lies where firmware may read it; a status.
 */
uint64_t efi_hash_extend(uint64_t protocol, uint64_t pa, uint64_t size, const void *event);

/*
 * Read a variable of at most size bytes; *ret_size is what it had. name: ASCII, at most 31 characters.
 */
uint64_t efi_variable(const char *name, const struct efi_guid *vendor, void *buf, size_t size,
	size_t *ret_size);

/* Write a variable, with attributes of EFI_VARIABLE_*. */
uint64_t efi_variable_set(const char *name, const struct efi_guid *vendor, uint32_t attributes,
	const void *data, size_t size);

#endif /* BOOT_EFI_FIRMWARE_H */
