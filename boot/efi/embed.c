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

	if (!m->cmdline_off)
		return ERR_OK;
	if (checksum(own) != m->cmdline_crc)
		return fault_set(fault, ERR_CMDLINE_CRC, "image", m->cmdline_off, m->cmdline_crc);
	if (efi_signed_only(b)) {
		if (!says_nothing_else(loader_options(b), own))
			complain("Secure Boot: the loader's command line does not count, the embedded "
				 "one does");
		other.len = 0;
	} else if (m->flags & MANIFEST_FLAG_UKI) {
		other = loader_options(b);
		if (other.len)
			own.len = 0;
	}
	enum err err = efi_memory_below(max + 1, UINT32_MAX, EFI_LOADER_DATA, &pa);

	if (!err)
		err = cmdline_join(own, other, phys_ptr(pa), max + 1, &len);
	if (err)
		return fault_set(fault, err, "cmdline_size", HDR_CMDLINE_SIZE, max);
	efi_cmdline_set(b, pa, len);
	return ERR_OK;
}

enum err efi_embedded_initrd(struct efi_boot *b, struct fault *fault)
{
	const struct manifest *m = &b->manifest;
	struct span own = phys_span(b->stub_pa + m->initrd_off, m->initrd_size);
	struct range other = boot_params_initrd(b->bp);
	uint64_t size = m->initrd_size, other_size = other.end - other.start, padded, pa;

	if (!m->initrd_off)
		return ERR_OK;
	if (checksum(own) != m->initrd_crc)
		return fault_set(fault, ERR_INITRD_CRC, "image", m->initrd_off, m->initrd_crc);
	if (efi_signed_only(b)) /* efi_initrd() has said so */
		other_size = 0;
	padded = (size + EFI_CPIO_ALIGN - 1) / EFI_CPIO_ALIGN * EFI_CPIO_ALIGN;
	if (other_size && __builtin_add_overflow(padded, other_size, &size))
		return fault_set(fault, ERR_OVERFLOW, "initrd", m->initrd_off, other_size);
	enum err err = efi_initrd_room(b, size, &pa);

	if (err)
		return fault_set(fault, err, "room for the initrd", m->initrd_off, size);
	memcpy(phys_ptr(pa), own.ptr, own.len);
	if (other_size)
		memcpy(phys_ptr(pa + padded), phys_ptr(other.start), other_size);
	efi_memory_free(other.start);
	boot_params_set_initrd(b->bp, pa, size);
	say("initrd: 0x%lx bytes, 0x%x of them ours", size, m->initrd_size);
	return ERR_OK;
}
