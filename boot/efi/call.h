/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way into firmware (call.S): count words as the arguments of a function there.
 */
#ifndef BOOT_EFI_CALL_H
#define BOOT_EFI_CALL_H

#include <stddef.h>
#include <stdint.h>

/* 64-bit firmware: the Microsoft x64 convention [UEFI 2.3.4.1]. */
uint64_t efi_call64(uint64_t function, const uint64_t *args, size_t count);
/* 32-bit firmware, from 64-bit mode: cdecl, words of 32 bits [UEFI 2.3.2.2]. */
uint64_t efi_call32(uint64_t function, const uint64_t *args, size_t count);

#endif /* BOOT_EFI_CALL_H */
