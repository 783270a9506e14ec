/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image's embedded command line and initrd.
 *
 *                  the loader's line                       the loader's initrd
 *   Secure Boot    does not count                          does not count
 *   UKI            replaces ours, if there is any          behind ours
 *   otherwise      behind ours                             behind ours
 *
 * Under Secure Boot what is signed is all there is: a loader's line or initrd would get round the
 * signature. Without an embedded one the loader's counts, as of any signed kernel. A UKI's line is one of
 * a menu's entries, which the user may edit [systemd-stub(7)]; of other images it is what they cannot do
 * without. What does not count is said on every console: which early ones there are, the line may say that
 * does not count.
 */
#include "boot/efi/efi.h"
#include "boot/lib/phys.h"
#include "boot/stub/checksum.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "core/bzimage.h"
#include "core/cmdline.h"

bool efi_signed_only(const struct efi_boot *b)
{
	/* If firmware does not tell, better no boot than one that was not signed for. */
	return b->bp->secure_boot != EFI_SECURE_BOOT_DISABLED;
}

/* What the loader said, without our file's name; empty if that is all. */
static struct span loader_options(const struct efi_boot *b)
{
	struct span other = b->program_named ? cmdline_behind_first(b->cmdline) : b->cmdline;

	/* Firmware that puts something else there than text is known [systemd-stub(7)]. */
	if (other.len && other.ptr[0] < ' ')
		other.len = 0;
	return cmdline_is_empty(other) ? (struct span){other.ptr, 0} : other;
}

/* Empty, or the embedded line, which systemd-boot reads in the file and passes. */
static bool says_nothing_else(struct span options, struct span own)
{
	return !options.len || (options.len == own.len && !memcmp(options.ptr, own.ptr, own.len));
}

enum err efi_embedded_options(struct efi_boot *b, struct fault *fault)
{
	const struct manifest *m = &b->manifest;
	struct span own = phys_span(b->stub_pa + m->cmdline_off, m->cmdline_size);
	struct span other = b->cmdline;
	size_t len, max = b->bp->hdr.cmdline_size;
	uint64_t pa;

	if (!m->cmdline_off && !(m->flags & MANIFEST_FLAG_UKI))
		return ERR_OK;
	if (m->cmdline_off && checksum(own) != m->cmdline_crc)
		return fault_set(fault, ERR_CMDLINE_CRC, "image", m->cmdline_off, m->cmdline_crc);
	if (m->cmdline_off && efi_signed_only(b)) {
		if (!says_nothing_else(loader_options(b), own))
			complain("Secure Boot: the loader's command line does not count, the embedded "
				 "one does");
		other.len = 0;
	} else if (m->flags & MANIFEST_FLAG_UKI) {
		other = loader_options(b);
		b->line_replaced = other.len > 0;
		if (other.len)
			own.len = 0;
	}
	enum err err = efi_memory_below(max + 1, UINT32_MAX, EFI_LOADER_DATA, &pa);

	if (!err)
		err = cmdline_join(own, other, phys_ptr(pa), max + 1, &len);
	if (err)
		return fault_set(fault, err, "cmdline_size", HDR_CMDLINE_SIZE, max);
	if (b->line_replaced) {
		len = cmdline_clean(phys_ptr(pa), len);
		*(uint8_t *)phys_ptr(pa + len) = 0;
	}
	efi_cmdline_set(b, pa, len);
	return ERR_OK;
}

/* What the initrd consists of, each part at a multiple of EFI_CPIO_ALIGN. */
struct parts {
	struct efi_archive part[2 + EXTRA_KINDS];
	size_t count;
	uint64_t size;
};

static enum err part_add(struct parts *p, uint64_t pa, uint64_t size, struct fault *fault)
{
	if (!size)
		return ERR_OK;
	uint64_t start = (p->size + EFI_CPIO_ALIGN - 1) / EFI_CPIO_ALIGN * EFI_CPIO_ALIGN;

	if (start < p->size || __builtin_add_overflow(start, size, &p->size))
		return fault_set(fault, ERR_OVERFLOW, "initrd", p->count, size);
	p->part[p->count++] = (struct efi_archive){pa, size};
	return ERR_OK;
}

static void parts_copy(const struct parts *p, uint64_t pa)
{
	uint64_t at = 0;

	for (size_t i = 0; i < p->count; i++) {
		at = (at + EFI_CPIO_ALIGN - 1) / EFI_CPIO_ALIGN * EFI_CPIO_ALIGN;
		memcpy(phys_ptr(pa + at), phys_ptr(p->part[i].pa), p->part[i].size);
		at += p->part[i].size;
		efi_memory_free(p->part[i].pa); /* if it is ours */
	}
}

enum err efi_embedded_initrd(struct efi_boot *b, struct fault *fault)
{
	const struct manifest *m = &b->manifest;
	struct range other = boot_params_initrd(b->bp);
	uint64_t other_size = other.end - other.start, pa;
	struct parts parts = {.count = 0};
	enum err err = ERR_OK;

	if (m->initrd_off) {
		struct span own = phys_span(b->stub_pa + m->initrd_off, m->initrd_size);

		if (checksum(own) != m->initrd_crc)
			return fault_set(fault, ERR_INITRD_CRC, "image", m->initrd_off, m->initrd_crc);
		if (efi_signed_only(b)) /* efi_initrd() has said so */
			other_size = 0;
		err = part_add(&parts, phys_addr(own.ptr), own.len, fault);
	}
	if (!err)
		err = part_add(&parts, other.start, other_size, fault);
	for (size_t i = 0; i < EXTRA_KINDS && !err; i++)
		err = part_add(&parts, b->extra[i].pa, b->extra[i].size, fault);
	if (err || !parts.count || (parts.count == 1 && other_size))
		return err; /* there is no other one than the loader's, if any */
	err = efi_initrd_room(b, parts.size, &pa);
	if (err)
		return fault_set(fault, err, "room for the initrd", m->initrd_off, parts.size);
	parts_copy(&parts, pa);
	boot_params_set_initrd(b->bp, pa, parts.size);
	say("initrd: 0x%lx bytes, 0x%x of them ours", parts.size, m->initrd_size);
	return ERR_OK;
}
