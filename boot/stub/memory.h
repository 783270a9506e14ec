/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stage 1 fills core's struct memory with what boot_params points at, and says what is in it. The
 * rules are core's (memory, e820, efi_map, memparam, memplans).
 */
#ifndef BOOT_STUB_MEMORY_H
#define BOOT_STUB_MEMORY_H

#include "boot/stub/stage1.h"
#include "core/acpi.h"

/*
 * Read boot_params' memory map with its extension in setup_data and the EFI map if there is one, and
 * what the command line says about memory. Errors: NO_MEMORY_MAP, BAD_MEMORY_MAP, BAD_SETUP_DATA,
 * NO_SPACE.
 */
enum err memory_read_map(struct stage1 *s, struct fault *fault) MUST_CHECK;
/*
 * Have the kernel find r mapped. More scattered pieces than KEPT_MAX stay unmapped: a kernel maps
 * by itself what boot_params points at, and only the command line is promised to it.
 */
enum err memory_map_later(struct stage1 *s, struct range r) MUST_CHECK;
/* Keep what boot_params and all that hangs on it need, and have the kernel find it mapped. */
enum err memory_keep_boot_params(struct stage1 *s, struct fault *fault) MUST_CHECK;
/* Under movable_node: which memory can be unplugged, by ACPI? Says so if nobody can tell. */
enum err memory_read_nodes(struct stage1 *s) MUST_CHECK;
/* Where ACPI's root pointer is, 0 if there is none. */
uint64_t memory_find_rsdp(struct stage1 *s);
/* All of it, under bzforge.debug. */
void memory_print(const struct memory *m);
/* On every console: what keeps wanted from being free. */
void memory_complain(const struct memory *m, struct range wanted);

/* Reads what the memory map describes in whatever way, and the first MiB. ctx: struct memory. */
enum err memory_read_described(void *ctx, uint64_t pa, uint64_t len, struct span *ret) MUST_CHECK;

#endif /* BOOT_STUB_MEMORY_H */
