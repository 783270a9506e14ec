/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See contradict.h. Each rule is one that every Linux since protocol 2.10 keeps [boot.rst]; what only looks
 * like Linux to a loader (memtest86+, iPXE) fills in what it needs, and is left alone.
 */
#include "lib/contradict.h"
#include "core/stub_info.h"
#include "spec/elf64.h"

#define PROTOCOL_INIT_SIZE 0x020a /* with pref_address and init_size */
#define PROTOCOL_XLOADFLAGS 0x020c

static void add(struct kernel *k, enum err e, const char *field, uint64_t offset, uint64_t value)
{
	problems_add(&k->problems, "", e, &(struct fault){field, offset, value});
}

static void check_alignment(struct kernel *k)
{
	const struct setup_header *h = &k->image.hdr;
	uint32_t align = h->kernel_alignment;

	if (h->min_alignment > 31 || 1u << h->min_alignment > align)
		add(k, ERR_HEADER_CONTRADICTS, "min_alignment is above kernel_alignment",
			HDR_MIN_ALIGNMENT, h->min_alignment);
	else if (h->relocatable_kernel && h->pref_address & ((1u << h->min_alignment) - 1))
		add(k, ERR_HEADER_CONTRADICTS, "pref_address is not aligned", HDR_PREF_ADDRESS,
			h->pref_address);
}

static void check_xloadflags(struct kernel *k)
{
	const struct setup_header *h = &k->image.hdr;
	uint16_t flags = h->xloadflags;

	if (flags & XLF_CAN_BE_LOADED_ABOVE_4G && !(flags & XLF_KERNEL_64))
		add(k, ERR_HEADER_CONTRADICTS, "xloadflags: above 4 GiB, but no 64-bit entry",
			HDR_XLOADFLAGS, flags);
	if (flags & XLF_5LEVEL_ENABLED && !(flags & XLF_5LEVEL))
		add(k, ERR_HEADER_CONTRADICTS, "xloadflags: 5-level paging enabled, but unknown",
			HDR_XLOADFLAGS, flags);
	if (flags & (XLF_EFI_HANDOVER_32 | XLF_EFI_HANDOVER_64)) {
		if (!pe_present(k->file))
			add(k, ERR_HEADER_CONTRADICTS, "xloadflags: EFI handover, but no PE header",
				HDR_XLOADFLAGS, flags);
		if ((uint64_t)k->image.setup_size + h->handover_offset >= k->file.len)
			add(k, ERR_HEADER_CONTRADICTS, "handover_offset is behind the image",
				HDR_HANDOVER_OFFSET, h->handover_offset);
	}
	if (k->has_any && k->any.form.is64 != !!(flags & XLF_KERNEL_64))
		add(k, ERR_HEADER_CONTRADICTS, "xloadflags: not the class of the ELF in it",
			HDR_XLOADFLAGS, flags);
}

static void compare(struct kernel *k, const char *field, uint64_t offset, uint64_t copy, uint64_t original)
{
	if (copy != original)
		add(k, ERR_HEADER_CONTRADICTS, field, offset, copy);
}

/* The stub's copies of header fields, which it plans with. */
static void check_copies(struct kernel *k)
{
	const struct setup_header *h = &k->image.hdr;
	uint64_t at = (uint64_t)k->image.setup_size + STUB_INFO_OFFSET;
	struct stub_info info;
	struct span bytes;

	if (span_sub(k->file, at, STUB_INFO_SIZE, &bytes))
		return;
	info = stub_info_get(bytes.ptr);
	compare(k, "stub_info's init_size", at + STUB_INFO_INIT_SIZE, info.init_size, h->init_size);
	compare(k, "stub_info's pref_address", at + STUB_INFO_PREF_ADDRESS, info.pref_address,
		h->pref_address);
	compare(k, "stub_info's kernel_alignment", at + STUB_INFO_ALIGNMENT, info.alignment,
		h->kernel_alignment);
	compare(k, "stub_info's xloadflags", at + STUB_INFO_XLOADFLAGS, info.xloadflags, h->xloadflags);
}

void kernel_find_contradictions(struct kernel *k)
{
	const struct bzimage *b = &k->image;
	uint64_t takes = k->has_elf ? k->plan.mem_size : k->ours ? k->manifest.mem_size : 0;

	if (!b->setup_size || !b->payload.len || b->protocol < PROTOCOL_INIT_SIZE)
		return;
	check_alignment(k);
	if (b->protocol >= PROTOCOL_XLOADFLAGS)
		check_xloadflags(k);
	if (takes > b->hdr.init_size)
		add(k, ERR_INIT_SIZE_SMALL, "init_size", HDR_INIT_SIZE, b->hdr.init_size);
	if (k->ours)
		check_copies(k);
}
