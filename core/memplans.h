/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel is going to do with memory by its command line, and what a random place would
 * spoil: whole 1 GiB pages (hugepages=), the crash kernel's fixed place (crashkernel=), memory that
 * shall stay removable (movable_node). mem= and memmap= are memparam.h's.
 */
#ifndef CORE_MEMPLANS_H
#define CORE_MEMPLANS_H

#include "core/range.h"
#include "core/span.h"

#define GIB_PAGE 0x40000000ull

/*
 * How many pages of 1 GiB the command line wants: hugepages=N behind hugepagesz=1G, or without a size
 * when default_hugepagesz=1G; N alone or NODE:N,NODE:N.
 */
uint64_t memplans_gib_pages(struct span cmdline);

/* Take the lowest count whole, aligned GiB out of usable; *ret_kept: so many there were. NO_SPACE. */
enum err memplans_keep_gib_pages(struct range_set *usable, uint64_t count, uint64_t *ret_kept) MUST_CHECK;

/*
 * Goes through the crashkernel=SIZE@OFFSET words (also RANGE:SIZE,...@OFFSET: then the largest size),
 * *pos from 0 on. Words without a fixed place say nothing. False at the end.
 */
bool memplans_next_crashkernel(struct span cmdline, size_t *pos, struct range *ret);

bool memplans_movable_node(struct span cmdline);
/* efi=nosoftreserve: memory of specific purpose is memory like any other. */
bool memplans_soft_reserve(struct span cmdline);
/* acpi_rsdp=ADDRESS, as kexec gives it; 0 if there is none. */
uint64_t memplans_acpi_rsdp(struct span cmdline);

#endif /* CORE_MEMPLANS_H */
