/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The EFI stub's C entry, from entry.S. */
#ifndef BOOT_EFI_MAIN_H
#define BOOT_EFI_MAIN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * boot_params_pa: 0 from the PE entry, the loader's at the handover entry. stub_pa: where we lie.
 * narrow: 32-bit firmware. Does not return: a kernel runs, or EFI_EXIT was called.
 */
void efi_main(uint64_t image_handle, uint64_t system_table, uint64_t boot_params_pa, uint64_t stub_pa,
	bool narrow)
	__attribute__((noreturn));

#endif /* BOOT_EFI_MAIN_H */
