/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image writer. What it puts where:
 *
 *   0            setup part, with the setup header filled in
 *   setup_size   stub, with stub_info filled in           \
 *                kernel_info, 16-byte aligned              | head: moves along with the stub
 *                manifest                                 /
 *                payload, 16-byte aligned, and its size in 4 bytes (gzip has that by itself)
 *                embedded command line, NUL behind it
 *                embedded initrd, 16-byte aligned
 *                (of a UKI both are PE sections, like its other parts, and start on a page)
 *                zeros up to a multiple of 512, the last 8 bytes for checksums (image_sums.h)
 */
#include <stdlib.h>
#include <string.h>
#include "host/blobs.h"
#include "host/image_check.h"
#include "host/image_pe.h"
#include "host/image_plan.h"
#include "host/image_sums.h"

#define PROTOCOL       0x020f
/*
 * The stub can be entered with any number of levels. The other flags say what the kernel can, not what
 * its wrapper can.
 */
#define XLF_OURS       (XLF_KERNEL_64 | XLF_5LEVEL | XLF_EFI_HANDOVER_32 | XLF_EFI_HANDOVER_64)
#define XLF_CARRIED    (XLF_5LEVEL_ENABLED | XLF_CAN_BE_LOADED_ABOVE_4G | XLF_EFI_KEXEC)
#define SETUP_TYPE_MAX (SETUP_INDIRECT | SETUP_RNG_SEED) /* of a kernel that does not say */

static enum status check_wish(const struct build *b)
{
	const struct image_wish *w = b->wish;
	const struct elf_plan *plan = &w->kernel->plan;
	const struct setup_header *h = &w->header;
	struct fault fault = {0};

	if (!w->movable && plan->mem_base < IMAGE_LOWEST_PA) {
		report(w->name,
			"kernel wants to be loaded at 0x%llx: below 1 MiB is no place for it",
			(unsigned long long)plan->mem_base);
		return STATUS_BAD_INPUT;
	}
	if (!w->movable && h->pref_address != plan->mem_base)
		fault = (struct fault){"pref_address is not where the kernel was linked to",
			HDR_PREF_ADDRESS, h->pref_address};
	else if (!h->kernel_alignment || h->kernel_alignment & (h->kernel_alignment - 1))
		fault = (struct fault){
			"kernel_alignment", HDR_KERNEL_ALIGNMENT, h->kernel_alignment};
	if (fault.text) {
		report_fault(w->name, "", ERR_BAD_SETUP_HEADER, &fault);
		return STATUS_BAD_INPUT;
	}
	if (w->cmdline.len > h->cmdline_size) {
		report(w->name, "embedded command line has %zu bytes, the kernel takes at most %u",
			w->cmdline.len, h->cmdline_size);
		return STATUS_USAGE;
	}
	return STATUS_DONE;
}

static enum status find_blobs(struct build *b)
{
	const uint8_t *info;

	b->setup = blob_setup();
	b->stub = blob_stub(b->wish->codec);
	info = b->stub.ptr + STUB_INFO_OFFSET;
	if (b->setup.len < SETUP_CODE_OFFSET || b->setup.len % SECTOR_SIZE ||
		b->stub.len < STUB_INFO_OFFSET + STUB_INFO_SIZE ||
		le32_get(info + STUB_INFO_MAGIC_AT) != STUB_INFO_MAGIC ||
		le16_get(info + STUB_INFO_VERSION) != STUB_INFO_CURRENT ||
		info[STUB_INFO_CODEC] != b->wish->codec) {
		report(NULL, "the boot code in this program is damaged: build it again");
		return STATUS_ENVIRONMENT;
	}
	b->stub_size = le32_get(info + STUB_INFO_STUB_SIZE);
	b->work_size = le32_get(info + STUB_INFO_WORK_SIZE);
	b->data_off = le32_get(info + STUB_INFO_DATA_OFF);
	if (b->stub_size < b->stub.len) /* it counts the bss, too, which is not in the file */
		b->stub_size = (uint32_t)b->stub.len;
	return STATUS_DONE;
}

static void put_header(struct build *b)
{
	const struct setup_header *carried = &b->wish->header;
	struct span version = b->wish->version;
	struct setup_header h;

	memcpy(&h, b->setup.ptr + HDR_START, sizeof(h));
	h.setup_sects = (uint8_t)(b->setup.len / SECTOR_SIZE - 1);
	h.version = PROTOCOL;
	h.syssize = (uint32_t)((b->image_size - b->setup.len) / IMAGE_PART_ALIGN);
	h.payload_offset = b->manifest.payload_off;
	h.payload_length = b->manifest.payload_size + b->trailer_size;
	h.init_size = (uint32_t)b->init_size;
	h.kernel_info_offset = b->info_off;
	h.handover_offset = STUB_HANDOVER;
	h.xloadflags = (uint16_t)(XLF_OURS | (carried->xloadflags & XLF_CARRIED));
	h.relocatable_kernel = b->wish->movable;
	h.root_flags = carried->root_flags;
	h.root_dev = carried->root_dev;
	h.vid_mode = carried->vid_mode;
	h.cmdline_size = carried->cmdline_size;
	h.initrd_addr_max = carried->initrd_addr_max;
	h.kernel_alignment = carried->kernel_alignment;
	h.min_alignment = carried->min_alignment;
	h.pref_address = carried->pref_address;

	if (version.len > SETUP_VERSION_SIZE - 1)
		version.len = SETUP_VERSION_SIZE - 1;
	memset(b->image + SETUP_VERSION_OFFSET, 0, SETUP_VERSION_SIZE);
	if (version.len)
		memcpy(b->image + SETUP_VERSION_OFFSET, version.ptr, version.len);
	h.kernel_version = version.len ? SETUP_VERSION_OFFSET - 0x200 : 0;
	bzimage_put_header(b->image, &h);
}

static void put_stub_info(const struct build *b, uint8_t *stub)
{
	uint8_t *info = stub + STUB_INFO_OFFSET;

	le32_put(info + STUB_INFO_WORK_SIZE, (uint32_t)b->place.work_size);
	le32_put(info + STUB_INFO_IMAGE_SIZE, (uint32_t)(b->image_size - b->setup.len));
	le32_put(info + STUB_INFO_MANIFEST_OFF, b->manifest_off);
	le32_put(info + STUB_INFO_MANIFEST_SIZE, b->manifest_bytes);
	le32_put(info + STUB_INFO_INIT_SIZE, (uint32_t)b->init_size);
	le64_put(info + STUB_INFO_PREF_ADDRESS, b->wish->header.pref_address);
	le32_put(info + STUB_INFO_ALIGNMENT, b->wish->header.kernel_alignment);
	le16_put(info + STUB_INFO_XLOADFLAGS, le16_get(b->image + HDR_XLOADFLAGS));
}

static void put_kernel_info(const struct build *b, uint8_t *info)
{
	uint32_t type_max = b->wish->setup_type_max;

	le32_put(info + KERNEL_INFO_HEADER, KERNEL_INFO_MAGIC);
	le32_put(info + KERNEL_INFO_SIZE, KERNEL_INFO_FIXED_SIZE);
	le32_put(info + KERNEL_INFO_SIZE_TOTAL, KERNEL_INFO_FIXED_SIZE + b->manifest_bytes);
	le32_put(info + KERNEL_INFO_SETUP_TYPE_MAX, type_max ? type_max : SETUP_TYPE_MAX);
}

static enum status assemble(struct build *b)
{
	const struct manifest *m = &b->manifest;
	uint8_t *stub;
	enum err e;
	size_t i;

	b->image = calloc(1, b->image_size);
	if (!b->image)
		return report_no_memory(b->wish->name);
	memcpy(b->image, b->setup.ptr, b->setup.len);
	put_header(b);
	stub = b->image + b->setup.len;
	memcpy(stub, b->stub.ptr, b->stub.len);
	put_stub_info(b, stub);
	put_kernel_info(b, stub + b->info_off);
	e = manifest_write(m, b->chunks->c, stub + b->manifest_off, b->manifest_bytes);
	if (e) {
		report_fault(b->wish->name, "manifest", e, NULL);
		return STATUS_BAD_INPUT;
	}
	memcpy(stub + m->payload_off, b->stream, b->stream_size);
	if (b->trailer_size)
		le32_put(stub + m->payload_off + b->stream_size, m->content_size);
	for (i = 0; i < b->wish->part_count; i++)
		memcpy(stub + b->sections[i].off, b->wish->parts[i].bytes.ptr, b->sections[i].size);
	if (m->cmdline_off)
		memcpy(stub + m->cmdline_off, b->wish->cmdline.ptr, m->cmdline_size);
	if (m->initrd_off)
		memcpy(stub + m->initrd_off, b->wish->initrd.ptr, m->initrd_size);
	e = image_pe(b);
	if (e) {
		report_fault(b->wish->name, "PE header", e, NULL);
		return STATUS_BAD_INPUT;
	}
	if (!image_sums_put(b->image, b->image_size)) {
		report(b->wish->name, "PE checksum and CRC-32 cannot both be made right");
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

enum status image_write(const struct image_wish *wish, uint8_t **ret_image, size_t *ret_size)
{
	struct build b = {.wish = wish};
	enum status status;

	status = check_wish(&b);
	if (!status)
		status = find_blobs(&b);
	if (!status)
		status = image_plan(&b);
	if (!status)
		status = assemble(&b);
	if (!status)
		status = image_check(
			wish->name, (struct span){b.image, b.image_size}, wish->kernel->sha256);
	if (!status) {
		*ret_image = b.image;
		*ret_size = b.image_size;
		b.image = NULL;
	}
	free(b.image);
	free(b.stream);
	free(b.chunks);
	free(b.content_copy);
	return status;
}
