/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image writer. What it puts where:
 *
 *   0            setup part, with the setup header filled in
 *   setup_size   stub, with stub_info filled in           \
 *                kernel_info, 16-byte aligned              | head: moves along with the stub
 *                manifest                                 /
 *                payload, 16-byte aligned, and its size in 4 bytes
 *                embedded command line, NUL behind it
 *                embedded initrd, 16-byte aligned
 *                zeros up to a multiple of 16, the last 4 bytes the image's CRC-32
 */
#include <stdlib.h>
#include <string.h>
#include "core/crc32c.h"
#include "host/blobs.h"
#include "host/image_check.h"
#include "host/image_write.h"
#include "host/zstd_write.h"

#define PART_ALIGN    16 /* syssize counts in paragraphs of 16 bytes; the CPU likes it for the rest */
#define SIZE_TRAILER  4
#define CRC_SIZE      4
#define PROTOCOL      0x020f
#define XLF_CARRIED   (XLF_5LEVEL | XLF_5LEVEL_ENABLED | XLF_CAN_BE_LOADED_ABOVE_4G)
#define DEFAULT_CMDLINE_SIZE    2047 /* COMMAND_LINE_SIZE - 1 of every x86-64 Linux */
#define DEFAULT_INITRD_ADDR_MAX 0x7fffffff
#define DEFAULT_ALIGNMENT       0x200000 /* CONFIG_PHYSICAL_ALIGN */
#define DEFAULT_PREF_ADDRESS    0x1000000 /* CONFIG_PHYSICAL_START, for kernels that want no place */
#define LOWEST_ADDRESS          0x100000
#define SETUP_TYPE_MAX          SETUP_RNG_SEED

struct build {
	const struct image_wish *wish;
	struct span content;
	uint8_t *content_copy; /* owned; NULL if content is a view */
	struct chunk_list *chunks; /* owned */
	uint8_t *stream; /* owned */
	size_t stream_size;
	struct place_image place;
	struct manifest manifest;
	struct span setup, stub;
	uint32_t stub_size, work_size; /* from stub_info */
	uint32_t info_off; /* kernel_info; this and the following are stub offsets */
	uint32_t manifest_off, manifest_bytes;
	uint64_t init_size;
	uint8_t *image; /* owned */
	size_t image_size;
};

static unsigned int log2_of(uint64_t power)
{
	return (unsigned int)__builtin_ctzll(power);
}

void image_default_header(const struct elf_plan *plan, bool movable, struct setup_header *ret)
{
	uint64_t align = DEFAULT_ALIGNMENT;
	size_t i;

	/* A kernel that moves keeps the alignment of its segments; one that does not, has it anyway. */
	for (i = 0; movable && i < plan->count; i++) {
		if (plan->segment[i].align > align && plan->segment[i].align <= UINT32_MAX)
			align = plan->segment[i].align;
	}
	while (!movable && plan->mem_base & (align - 1))
		align /= 2;
	*ret = (struct setup_header){
		.root_flags = 1,
		.vid_mode = VID_MODE_NORMAL,
		.initrd_addr_max = DEFAULT_INITRD_ADDR_MAX,
		.kernel_alignment = (uint32_t)align,
		.min_alignment = (uint8_t)log2_of(align),
		.xloadflags = movable ? XLF_CAN_BE_LOADED_ABOVE_4G : 0,
		.cmdline_size = DEFAULT_CMDLINE_SIZE,
		.pref_address = plan->mem_base,
	};
	if (movable && plan->mem_base < LOWEST_ADDRESS)
		ret->pref_address = align > DEFAULT_PREF_ADDRESS ? align : DEFAULT_PREF_ADDRESS;
}

static enum status too_large(const struct build *b, const char *what, uint64_t size)
{
	report(b->wish->name, "%s is too large for an image (%llu bytes)", what,
		(unsigned long long)size);
	return STATUS_BAD_INPUT;
}

static enum status check_wish(const struct build *b)
{
	const struct image_wish *w = b->wish;
	const struct elf_plan *plan = &w->kernel->plan;
	const struct setup_header *h = &w->header;
	struct fault fault = {0};

	if (!w->movable && plan->mem_base < LOWEST_ADDRESS) {
		report(w->name, "kernel wants to be loaded at 0x%llx: below 1 MiB is no place for it",
			(unsigned long long)plan->mem_base);
		return STATUS_BAD_INPUT;
	}
	if (!w->movable && h->pref_address != plan->mem_base)
		fault = (struct fault){"pref_address is not where the kernel was linked to",
			HDR_PREF_ADDRESS, h->pref_address};
	else if (!h->kernel_alignment || h->kernel_alignment & (h->kernel_alignment - 1))
		fault = (struct fault){"kernel_alignment", HDR_KERNEL_ALIGNMENT, h->kernel_alignment};
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
	if (b->stub_size < b->stub.len) /* it counts the bss, too, which is not in the file */
		b->stub_size = (uint32_t)b->stub.len;
	return STATUS_DONE;
}

/* The content in one piece: ELF, then relocation table. */
static enum status join_content(struct build *b)
{
	const struct kernel *k = b->wish->kernel;
	uint64_t size = (uint64_t)k->elf.len + k->relocs.len;

	if (size > UINT32_MAX)
		return too_large(b, "kernel", size);
	b->content = (struct span){k->elf.ptr, (size_t)size};
	if (!k->relocs.len || k->relocs.ptr == k->elf.ptr + k->elf.len)
		return STATUS_DONE;
	b->content_copy = malloc((size_t)size);
	if (!b->content_copy)
		return report_no_memory(b->wish->name);
	memcpy(b->content_copy, k->elf.ptr, k->elf.len);
	memcpy(b->content_copy + k->elf.len, k->relocs.ptr, k->relocs.len);
	b->content.ptr = b->content_copy;
	return STATUS_DONE;
}

static enum status make_payload(struct build *b)
{
	const struct elf_plan *plan = &b->wish->kernel->plan;
	bool in_place = plan->in_place && b->content.len > ZSTD_ONE_CHUNK_MAX;
	enum status status;
	enum err e;

	b->chunks = malloc(sizeof(*b->chunks));
	if (!b->chunks)
		return report_no_memory(b->wish->name);
	e = chunks_cut(plan, b->content.len, in_place, b->chunks);
	if (e) {
		report_fault(b->wish->name, "kernel", e, NULL);
		return STATUS_BAD_INPUT;
	}
	status = zstd_write(b->content, b->wish->level, b->chunks, &b->stream, &b->stream_size);
	if (status)
		return status;
	if (b->stream_size > UINT32_MAX - SIZE_TRAILER)
		return too_large(b, "payload", b->stream_size);
	b->place.in_place = in_place;
	return STATUS_DONE;
}

static uint64_t align_part(uint64_t v)
{
	return (v + PART_ALIGN - 1) & ~(uint64_t)(PART_ALIGN - 1);
}

/* Offsets of everything, and with them the manifest. */
static enum status lay_out(struct build *b)
{
	const struct image_wish *w = b->wish;
	const struct elf_plan *plan = &w->kernel->plan;
	struct manifest *m = &b->manifest;
	uint64_t pos, cmdline_off, initrd_off;

	b->info_off = (uint32_t)align_part(b->stub_size);
	b->manifest_off = b->info_off + KERNEL_INFO_FIXED_SIZE;
	b->manifest_bytes = manifest_size(b->chunks->count);
	m->payload_off = (uint32_t)align_part((uint64_t)b->manifest_off + b->manifest_bytes);
	cmdline_off = m->payload_off + (uint64_t)b->stream_size + SIZE_TRAILER;
	pos = cmdline_off + (w->cmdline.len ? w->cmdline.len + 1 : 0);
	initrd_off = align_part(pos);
	if (w->initrd.len)
		pos = initrd_off + w->initrd.len;
	pos = align_part(pos + CRC_SIZE);
	if (pos > UINT32_MAX)
		return too_large(b, "result", pos);
	b->image_size = b->setup.len + (size_t)pos;

	m->codec = (uint8_t)w->codec;
	m->flags = (uint8_t)((b->place.in_place ? MANIFEST_FLAG_IN_PLACE : 0) |
		(w->movable ? MANIFEST_FLAG_MOVABLE : 0) | (w->virtual ? MANIFEST_FLAG_VIRTUAL : 0));
	m->chunk_count = b->chunks->count;
	m->payload_size = (uint32_t)b->stream_size;
	m->content_size = (uint32_t)b->content.len;
	m->elf_size = (uint32_t)w->kernel->elf.len;
	m->mem_base = plan->mem_base;
	m->mem_size = plan->mem_size;
	m->first_offset = (uint32_t)plan->first_offset;
	m->tail_offset = (uint32_t)plan->tail_offset;
	m->reloc_layout = w->kernel->table.layout;
	m->workspace = (uint32_t)codec_zstd_workspace();
	m->cmdline_off = w->cmdline.len ? (uint32_t)cmdline_off : 0;
	m->cmdline_size = (uint32_t)w->cmdline.len;
	m->cmdline_crc = crc32c(0, w->cmdline);
	m->initrd_off = w->initrd.len ? (uint32_t)initrd_off : 0;
	m->initrd_size = (uint32_t)w->initrd.len;
	m->initrd_crc = crc32c(0, w->initrd);
	memcpy(m->kernel_sha256, w->kernel->sha256, SHA256_SIZE);
	return STATUS_DONE;
}

/* What the stub will plan with, and how much memory that takes. */
static enum status make_places(struct build *b)
{
	const struct image_wish *w = b->wish;
	const struct manifest *m = &b->manifest;
	uint64_t safe_offset;
	enum err e;

	b->place = (struct place_image){
		.image_size = b->image_size - b->setup.len,
		.head_size = (uint64_t)b->manifest_off + b->manifest_bytes,
		.work_size = b->work_size,
		.payload_off = m->payload_off,
		.payload_size = m->payload_size,
		.content_size = m->content_size,
		.first_offset = m->first_offset,
		.tail_offset = m->tail_offset,
		.mem_base = m->mem_base,
		.mem_size = m->mem_size,
		.pref_address = w->header.pref_address,
		.alignment = w->header.kernel_alignment,
		.in_place = b->place.in_place,
		.movable = w->movable,
	};
	e = chunks_order(b->chunks, &b->place, &w->kernel->plan,
		(struct span){b->stream, b->stream_size}, &safe_offset);
	if (e == ERR_NO_MEMORY)
		return report_no_memory(w->name);
	if (!e && safe_offset > UINT32_MAX)
		e = ERR_OVERFLOW;
	if (!e) {
		b->place.safe_offset = safe_offset;
		b->manifest.safe_offset = (uint32_t)safe_offset;
		e = place_init_size(&b->place, &b->init_size);
	}
	/* Loaders read everything behind the setup part into these bytes [GRUB, kexec]. */
	if (!e && b->init_size < b->place.image_size)
		b->init_size = b->place.image_size;
	if (!e && b->init_size > UINT32_MAX)
		e = ERR_OVERFLOW;
	if (e) {
		report_fault(w->name, "memory that the kernel needs", e, NULL);
		return STATUS_BAD_INPUT;
	}
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
	h.syssize = (uint32_t)((b->image_size - b->setup.len) / PART_ALIGN);
	h.payload_offset = b->manifest.payload_off;
	h.payload_length = b->manifest.payload_size + SIZE_TRAILER;
	h.init_size = (uint32_t)b->init_size;
	h.kernel_info_offset = b->info_off;
	h.handover_offset = 0;
	h.xloadflags = (uint16_t)(XLF_KERNEL_64 | (carried->xloadflags & XLF_CARRIED));
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
	le32_put(info + KERNEL_INFO_SETUP_TYPE_MAX,
		type_max ? type_max : SETUP_INDIRECT | SETUP_TYPE_MAX);
}

static enum status assemble(struct build *b)
{
	const struct manifest *m = &b->manifest;
	struct span all_but_crc;
	uint8_t *stub;
	enum err e;

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
	le32_put(stub + m->payload_off + b->stream_size, m->content_size);
	if (m->cmdline_off)
		memcpy(stub + m->cmdline_off, b->wish->cmdline.ptr, m->cmdline_size);
	if (m->initrd_off)
		memcpy(stub + m->initrd_off, b->wish->initrd.ptr, m->initrd_size);
	all_but_crc = (struct span){b->image, b->image_size - CRC_SIZE};
	le32_put(b->image + all_but_crc.len, bzimage_crc32(0xffffffff, all_but_crc));
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
		status = join_content(&b);
	if (!status)
		status = make_payload(&b);
	if (!status)
		status = lay_out(&b);
	if (!status)
		status = make_places(&b);
	if (!status)
		status = assemble(&b);
	if (!status)
		status = image_check(wish->name, (struct span){b.image, b.image_size},
			wish->kernel->sha256);
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
