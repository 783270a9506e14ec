/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzImage files: the setup header and what it points at [boot.rst]. Used by the host tool on files,
 * and, for boot_params_sanitise, by the stub on what a loader handed over.
 */
#include "core/bzimage.h"

#define PROTOCOL_SYSSIZE32   0x0204 /* from here on syssize has 32 bits and can be relied on */
#define PROTOCOL_RELOCATABLE 0x0205
#define PROTOCOL_PAYLOAD     0x0208
#define PROTOCOL_MIN_ALIGN   0x020a
#define PROTOCOL_XLOADFLAGS  0x020c
#define PROTOCOL_KERNEL_INFO 0x020f
#define PARAGRAPH	     16
#define HEAD_SECTORS_DEFAULT 4 /* what setup_sects = 0 means */

/* Copy the setup header, and nothing of what lies behind its end. */
static enum err copy_header(struct span file, struct bzimage *b, struct fault *fault)
{
	uint8_t *hdr = (uint8_t *)&b->hdr;
	uint16_t boot_flag;
	uint32_t magic, end;

	if (span_le16(file, HDR_BOOT_FLAG, &boot_flag) || span_le32(file, HDR_HEADER, &magic))
		return fault_set(fault, ERR_NOT_BZIMAGE, "file is too short for a setup header", 0,
			file.len);
	if (boot_flag != BOOT_FLAG_MAGIC)
		return fault_set(fault, ERR_NOT_BZIMAGE, "boot_flag", HDR_BOOT_FLAG, boot_flag);
	if (magic != HDR_MAGIC)
		return fault_set(fault, ERR_NOT_BZIMAGE, "header", HDR_HEADER, magic);
	/* The jump over the header ends where it does: 2 bytes, the second is the distance. */
	b->hdr_end = HDR_JUMP + 2 + (uint32_t)file.ptr[HDR_JUMP + 1];
	end = b->hdr_end < HDR_END ? b->hdr_end : HDR_END;
	if (end < HDR_CODE32_START)
		return fault_set(
			fault, ERR_BAD_SETUP_HEADER, "jump", HDR_JUMP + 1, file.ptr[HDR_JUMP + 1]);
	if (!span_has(file, HDR_START, end - HDR_START))
		return fault_set(fault, ERR_TRUNCATED, "setup header", HDR_START, file.len);
	__builtin_memcpy(hdr, file.ptr + HDR_START, end - HDR_START);
	return ERR_OK;
}

static enum err check_header(const struct bzimage *b, struct fault *fault)
{
	const struct setup_header *h = &b->hdr;
	bool relocatable = b->protocol >= PROTOCOL_RELOCATABLE && h->relocatable_kernel;

	if (b->protocol < 0x0200)
		return fault_set(fault, ERR_OLD_PROTOCOL, "version", HDR_VERSION, b->protocol);
	if (relocatable &&
		(!h->kernel_alignment || h->kernel_alignment & (h->kernel_alignment - 1)))
		return fault_set(fault, ERR_BAD_SETUP_HEADER, "kernel_alignment",
			HDR_KERNEL_ALIGNMENT, h->kernel_alignment);
	if (relocatable && b->protocol >= PROTOCOL_MIN_ALIGN && h->min_alignment >= 32)
		return fault_set(fault, ERR_BAD_SETUP_HEADER, "min_alignment", HDR_MIN_ALIGNMENT,
			h->min_alignment);
	return ERR_OK;
}

/* The string ends with a NUL in the setup part; a pointer that leads elsewhere is taken for none.
 */
static struct span find_version(struct span file, const struct bzimage *b)
{
	struct span s = {0};
	uint64_t start = (uint64_t)b->hdr.kernel_version + HDR_JUMP;

	if (!b->hdr.kernel_version || start >= b->setup_size)
		return s;
	for (uint64_t end = start; end < b->setup_size; end++) {
		if (!file.ptr[end])
			return (struct span){file.ptr + start, (size_t)(end - start)};
	}
	return s;
}

static enum err find_payload(struct span file, struct bzimage *b, struct fault *fault)
{
	uint64_t off = (uint64_t)b->setup_size + b->hdr.payload_offset;
	uint64_t end = off + b->hdr.payload_length;

	if (b->protocol < PROTOCOL_PAYLOAD || !b->hdr.payload_length)
		return ERR_OK;
	if (end > b->image_size)
		return fault_set(fault, ERR_BAD_SETUP_HEADER, "payload lies behind syssize",
			HDR_PAYLOAD_OFFSET, b->hdr.payload_offset);
	if (span_sub(file, off, b->hdr.payload_length, &b->payload))
		return fault_set(
			fault, ERR_TRUNCATED, "payload", HDR_PAYLOAD_LENGTH, b->hdr.payload_length);
	return ERR_OK;
}

static enum err find_kernel_info(struct span file, struct bzimage *b, struct fault *fault)
{
	uint64_t off = (uint64_t)b->setup_size + b->hdr.kernel_info_offset;
	uint32_t magic, size, total;

	if (b->protocol < PROTOCOL_KERNEL_INFO || !b->hdr.kernel_info_offset)
		return ERR_OK;
	if (span_le32(file, off + KERNEL_INFO_HEADER, &magic) ||
		span_le32(file, off + KERNEL_INFO_SIZE, &size) ||
		span_le32(file, off + KERNEL_INFO_SIZE_TOTAL, &total))
		return fault_set(fault, ERR_BAD_KERNEL_INFO, "kernel_info_offset",
			HDR_KERNEL_INFO_OFFSET, b->hdr.kernel_info_offset);
	if (magic != KERNEL_INFO_MAGIC)
		return fault_set(
			fault, ERR_BAD_KERNEL_INFO, "magic", off + KERNEL_INFO_HEADER, magic);
	if (size < KERNEL_INFO_FIXED_SIZE || size > total)
		return fault_set(fault, ERR_BAD_KERNEL_INFO, "size", off + KERNEL_INFO_SIZE, size);
	if (span_sub(file, off, total, &b->kernel_info))
		return fault_set(fault, ERR_BAD_KERNEL_INFO, "size_total",
			off + KERNEL_INFO_SIZE_TOTAL, total);
	b->setup_type_max = le32_get(b->kernel_info.ptr + KERNEL_INFO_SETUP_TYPE_MAX);
	b->kernel_info_off = (uint32_t)off;
	b->has_kernel_info = true;
	return ERR_OK;
}

enum err bzimage_parse_head(struct span head, uint64_t file_size, struct bzimage *ret,
	struct fault *fault)
{
	struct bzimage b = {0};
	unsigned sects;
	enum err e;

	e = copy_header(head, &b, fault);
	if (e)
		return e;
	b.protocol = b.hdr.version;
	e = check_header(&b, fault);
	if (e)
		return e;

	sects = b.hdr.setup_sects ? b.hdr.setup_sects : HEAD_SECTORS_DEFAULT;
	b.setup_size = (sects + 1) * SECTOR_SIZE;
	if (b.setup_size > file_size)
		return fault_set(fault, ERR_TRUNCATED, "setup part", HDR_SETUP_SECTS, sects);
	b.image_size = b.setup_size + (uint64_t)b.hdr.syssize * PARAGRAPH;
	if (b.protocol < PROTOCOL_SYSSIZE32 || !b.hdr.syssize)
		b.image_size = file_size;
	b.is_64bit = b.protocol >= PROTOCOL_XLOADFLAGS && b.hdr.xloadflags & XLF_KERNEL_64;
	*ret = b;
	return ERR_OK;
}

enum err bzimage_parse(struct span file, struct bzimage *ret, struct fault *fault)
{
	struct bzimage b;
	enum err e = bzimage_parse_head(file, file.len, &b, fault);

	if (e)
		return e;
	b.version = find_version(file, &b);
	e = find_payload(file, &b, fault);
	if (!e)
		e = find_kernel_info(file, &b, fault);
	if (e)
		return e;
	*ret = b;
	return ERR_OK;
}

void bzimage_put_header(uint8_t *buf, const struct setup_header *h)
{
	__builtin_memcpy(buf + HDR_START, h, sizeof(*h));
}

/*
 * The fields that a loader could know when the sentinel was invented: [from, to) in boot_params, in
 * order. Everything between them is cleared, the sentinel too. secure_boot and cc_blob_address are
 * kept because the EFI stub sets them before anybody looks at the sentinel.
 */
/* clang-format off */
static const struct {
	uint16_t from, to;
} kept[] = {
	{BP_SCREEN_INFO, BP_TBOOT_ADDR - 4}, /* and apm_bios_info */
	{BP_TBOOT_ADDR, BP_ACPI_RSDP_ADDR}, /* and ist_info */
	{BP_HD0_INFO, BP_EXT_RAMDISK_IMAGE}, /* hd1_info, sys_desc_table, olpc_ofw_header */
	{BP_CC_BLOB_ADDRESS, BP_CC_BLOB_ADDRESS + 4},
	{BP_EFI_INFO, BP_KBD_STATUS}, /* alt_mem_k, scratch, numbers of E820 and EDD entries */
	{BP_SECURE_BOOT, BP_SECURE_BOOT + 1},
	{BP_HDR, HDR_END},
	{BP_EDD_MBR_SIG_BUFFER, BP_E820_TABLE + BP_E820_MAX * E820_ENTRY_SIZE},
	{BP_EDDBUF, BP_EDDBUF + BP_EDD_MAX * sizeof(struct edd_info)},
};
/* clang-format on */

void boot_params_sanitise(struct boot_params *bp)
{
	uint8_t *bytes = (uint8_t *)bp;
	unsigned clear_from = 0;

	if (!bp->sentinel)
		return;
	for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		for (unsigned at = clear_from; at < kept[i].from; at++)
			bytes[at] = 0;
		clear_from = kept[i].to;
	}
	for (unsigned at = clear_from; at < BP_SIZE; at++)
		bytes[at] = 0;
}

struct range boot_params_initrd(const struct boot_params *bp)
{
	uint64_t pa = bp->hdr.ramdisk_image | (uint64_t)bp->ext_ramdisk_image << 32;
	uint64_t size = bp->hdr.ramdisk_size | (uint64_t)bp->ext_ramdisk_size << 32;

	return pa && size ? range_make(pa, size) : (struct range){0, 0};
}

void boot_params_name_loader(struct boot_params *bp)
{
	struct range initrd = boot_params_initrd(bp);

	if (!bp->hdr.type_of_loader && initrd.start < initrd.end)
		bp->hdr.type_of_loader = LOADER_UNDEFINED;
}

void boot_params_set_initrd(struct boot_params *bp, uint64_t pa, uint64_t size)
{
	bp->hdr.ramdisk_image = (uint32_t)pa;
	bp->ext_ramdisk_image = (uint32_t)(pa >> 32);
	bp->hdr.ramdisk_size = (uint32_t)size;
	bp->ext_ramdisk_size = (uint32_t)(size >> 32);
}

uint64_t boot_params_cmdline_pa(const struct boot_params *bp)
{
	return bp->hdr.cmd_line_ptr | (uint64_t)bp->ext_cmd_line_ptr << 32;
}

void boot_params_set_cmdline(struct boot_params *bp, uint64_t pa)
{
	bp->hdr.cmd_line_ptr = (uint32_t)pa;
	bp->ext_cmd_line_ptr = (uint32_t)(pa >> 32);
}
