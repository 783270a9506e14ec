/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See embed.h. Stage 1, 64-bit mode, before anything is decoded: the embedded files lie behind the
 * payload, where the kernel's output may go later.
 */
#include "boot/stub/embed.h"
#include "boot/lib/phys.h"
#include "boot/stub/checksum.h"
#include "boot/stub/claim.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "boot/stub/memory.h"
#include "boot/stub/paging.h"
#include "core/bzimage.h"
#include "core/cmdline.h"

#define FOUR_GIB     0x100000000
#define CPIO_ALIGN   4 /* an initramfs archive begins at a multiple of it in its buffer */
#define CMDLINE_SIZE_OLD 255 /* before protocol 2.06 */

/* The longest command line that the kernel takes, without its NUL. */
static size_t cmdline_max(const struct boot_params *bp)
{
	size_t max = bp->hdr.cmdline_size ? bp->hdr.cmdline_size : CMDLINE_SIZE_OLD;

	return max <= CMDLINE_MAX ? max : CMDLINE_MAX;
}

enum err embed_loader_cmdline(const struct boot_params *bp, struct span *ret, struct fault *fault)
{
	uint64_t pa = boot_params_cmdline_pa(bp);
	size_t len = 0, max = cmdline_max(bp);

	if (!pa) {
		*ret = (struct span){NULL, 0};
		return ERR_OK;
	}
	enum err err = paging_map(range_make(pa, max + 1));

	if (err)
		return fault_set(fault, err, "cmd_line_ptr", HDR_CMD_LINE_PTR, pa);
	const uint8_t *text = phys_ptr(pa);

	while (len < max && text[len])
		len++;
	*ret = (struct span){text, len};
	return ERR_OK;
}

enum err embed_join_cmdline(struct stage1 *s, struct fault *fault)
{
	const struct manifest *m = &s->manifest;
	struct span own = phys_span(s->image_pa + m->cmdline_off, m->cmdline_size), other = s->cmdline;
	size_t len, max = cmdline_max(s->bp);

	if (checksum(own) != m->cmdline_crc)
		return fault_set(fault, ERR_CMDLINE_CRC, "image", m->cmdline_off, m->cmdline_crc);
	/* What a loader says by itself is no line, so that a UKI's is the same everywhere. */
	if ((m->flags & MANIFEST_FLAG_UKI) && cmdline_is_empty(other))
		other.len = 0;
	enum err err = cmdline_join(own, other, s->joined, max + 1, &len);

	if (err)
		return fault_set(fault, err, "cmdline_size", HDR_CMDLINE_SIZE, max);
	s->cmdline = (struct span){s->joined, len};
	return ERR_OK;
}

static enum err place_cmdline(struct stage1 *s, struct fault *fault)
{
	uint64_t pa, size = s->cmdline.len + 1;
	enum err err = claim_below(s, size, FOUR_GIB, KEEP_JOINED_CMDLINE, &pa);

	if (!err)
		err = memory_map_later(s, range_make(pa, size));
	if (err)
		return fault_set(fault, err, "room for the command line", 0, size);
	uint8_t *to = phys_ptr(pa);

	memcpy(to, s->cmdline.ptr, s->cmdline.len);
	to[s->cmdline.len] = 0;
	boot_params_set_cmdline(s->bp, pa);
	say("command line: %lu bytes at 0x%lx, ours before the loader's", s->cmdline.len, pa);
	return ERR_OK;
}

/* Below initrd_addr_max if possible; a kernel that may lie above 4 GiB looks there, too. */
static enum err claim_initrd(struct stage1 *s, uint64_t size, uint64_t *ret_pa)
{
	uint64_t max = (uint64_t)s->bp->hdr.initrd_addr_max + 1;
	enum err err = claim_below(s, size, max, KEEP_JOINED_INITRD, ret_pa);

	if (err == ERR_NO_MEMORY && (s->info.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G))
		err = claim_below(s, size, UINT64_MAX, KEEP_JOINED_INITRD, ret_pa);
	return err;
}

static enum err place_initrd(struct stage1 *s, struct fault *fault)
{
	const struct manifest *m = &s->manifest;
	struct range loader = boot_params_initrd(s->bp);
	struct span own = phys_span(s->image_pa + m->initrd_off, m->initrd_size);
	uint64_t loader_size = loader.end - loader.start, padded, pa, size;

	if (checksum(own) != m->initrd_crc)
		return fault_set(fault, ERR_INITRD_CRC, "image", m->initrd_off, m->initrd_crc);
	enum err err = align_up(m->initrd_size, CPIO_ALIGN, &padded);

	if (err)
		return err;
	size = loader_size ? padded + loader_size : m->initrd_size;
	err = claim_initrd(s, size, &pa);
	if (!err)
		err = paging_map(range_make(pa, size));
	if (!err)
		err = paging_map(loader);
	if (err)
		return fault_set(fault, err, "room for the initrd", m->initrd_off, size);
	uint8_t *to = phys_ptr(pa);

	memcpy(to, own.ptr, own.len);
	if (loader_size) {
		memset(to + own.len, 0, padded - own.len);
		memcpy(to + padded, phys_ptr(loader.start), loader_size);
	}
	boot_params_set_initrd(s->bp, pa, size);
	say("initrd: %lu bytes at 0x%lx, %u of them ours", size, pa, m->initrd_size);
	return ERR_OK;
}

enum err embed_place(struct stage1 *s, struct fault *fault)
{
	enum err err = ERR_OK;

	if (s->manifest.cmdline_off)
		err = place_cmdline(s, fault);
	if (!err && s->manifest.initrd_off)
		err = place_initrd(s, fault);
	return err;
}
