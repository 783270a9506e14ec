/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See kernel_headers.h. */
#include "core/kernel_headers.h"

#include "spec/kernels.h"
#include "spec/pe.h"

static uint32_t be32_get(const uint8_t *p)
{
	return __builtin_bswap32(le32_get(p));
}

bool raw_image_present(struct span file)
{
	uint32_t magic;

	return file.len >= IMAGE_HEADER_SIZE && !span_le32(file, IMAGE_MAGIC, &magic) &&
		(magic == IMAGE_ARM64_MAGIC || magic == IMAGE_RISCV_MAGIC2);
}

enum err raw_image_parse(struct span file, struct raw_image *ret, struct fault *fault)
{
	struct raw_image i = {0};
	uint64_t flags;

	if (!raw_image_present(file))
		return fault_set(fault, ERR_BAD_RAW_IMAGE, "magic", IMAGE_MAGIC, file.len);
	i.riscv = le32_get(file.ptr + IMAGE_MAGIC) == IMAGE_RISCV_MAGIC2;
	i.text_offset = le64_get(file.ptr + IMAGE_TEXT_OFFSET);
	i.image_size = le64_get(file.ptr + IMAGE_SIZE);
	flags = le64_get(file.ptr + IMAGE_FLAGS);
	i.big_endian = flags & IMAGE_FLAG_BIG_ENDIAN;
	if (!i.riscv && flags >> IMAGE_FLAG_PAGE_SHIFT & 3)
		i.page_size = 1024u << 2 * (flags >> IMAGE_FLAG_PAGE_SHIFT & 3);
	if (i.image_size && i.image_size < IMAGE_HEADER_SIZE)
		return fault_set(fault, ERR_BAD_RAW_IMAGE, "image_size", IMAGE_SIZE, i.image_size);
	*ret = i;
	return ERR_OK;
}

/* A word of a zImage's header or tags. */
static uint32_t zimage_word(const struct arm_zimage *z, const uint8_t *p)
{
	return z->big_endian ? be32_get(p) : le32_get(p);
}

bool arm_zimage_present(struct span file)
{
	return file.len >= ZIMAGE_HEADER_SIZE &&
		(le32_get(file.ptr + ZIMAGE_MAGIC) == ZIMAGE_MAGIC_VALUE ||
			be32_get(file.ptr + ZIMAGE_MAGIC) == ZIMAGE_MAGIC_VALUE);
}

/* Of the tags that newer kernels have, the one that says where the payload ends; false: it is not there. */
static bool zimage_find_end(struct arm_zimage *z)
{
	uint64_t at = zimage_word(z, z->image.ptr + ZIMAGE_TABLE), end;
	uint32_t words;

	if (zimage_word(z, z->image.ptr + ZIMAGE_MAGIC2) != ZIMAGE_MAGIC2_VALUE)
		return true;
	for (; span_has(z->image, at, ZIMAGE_TAG_HEADER + 4); at += (uint64_t)words * 4) {
		const uint8_t *tag = z->image.ptr + at;

		words = zimage_word(z, tag);
		if (!words)
			return true;
		if (zimage_word(z, tag + 4) != ZIMAGE_TAG_KLSZ)
			continue;
		end = (uint64_t)zimage_word(z, tag + ZIMAGE_TAG_HEADER) + 4;
		if (end > z->image.len)
			return false;
		z->payload_end = end;
		return true;
	}
	/* Linux has the table at its end: what ends in front of it was cut. */
	return span_has(z->image, at, 0);
}

enum err arm_zimage_parse(struct span file, struct arm_zimage *ret, struct fault *fault)
{
	struct arm_zimage z = {0};

	if (!arm_zimage_present(file))
		return fault_set(fault, ERR_BAD_ZIMAGE, "magic", ZIMAGE_MAGIC, file.len);
	z.big_endian = le32_get(file.ptr + ZIMAGE_MAGIC) != ZIMAGE_MAGIC_VALUE;
	z.start = zimage_word(&z, file.ptr + ZIMAGE_START);
	z.end = zimage_word(&z, file.ptr + ZIMAGE_END);
	if (z.end < z.start || z.end - z.start < ZIMAGE_HEADER_SIZE)
		return fault_set(fault, ERR_BAD_ZIMAGE, "end", ZIMAGE_END, z.end);
	z.image = file;
	if (span_has(file, 0, z.end - z.start))
		z.image.len = z.end - z.start;
	if (!zimage_find_end(&z))
		return fault_set(fault, ERR_TRUNCATED, "zImage", ZIMAGE_END, z.end);
	*ret = z;
	return ERR_OK;
}

bool s390_image_present(struct span file)
{
	uint32_t s390;
	uint16_t ep;

	return !span_le32(file, S390_MAGIC, &s390) && s390 == S390_MAGIC_VALUE &&
		!span_le16(file, S390_MAGIC2, &ep) && ep == S390_MAGIC2_VALUE;
}

bool zboot_present(struct span file)
{
	uint16_t mz;

	return file.len >= ZBOOT_HEADER_SIZE && !span_le16(file, 0, &mz) && mz == MZ_MAGIC &&
		le32_get(file.ptr + ZBOOT_TYPE) == ZBOOT_TYPE_VALUE;
}

enum err zboot_parse(struct span file, struct zboot *ret, struct fault *fault)
{
	struct zboot z = {0};
	uint32_t off, size, content;

	if (!zboot_present(file))
		return fault_set(fault, ERR_BAD_ZBOOT, "magic", ZBOOT_TYPE, file.len);
	off = le32_get(file.ptr + ZBOOT_OFFSET);
	size = le32_get(file.ptr + ZBOOT_SIZE);
	if (off < ZBOOT_HEADER_SIZE || !size)
		return fault_set(fault, ERR_BAD_ZBOOT, "payload offset", ZBOOT_OFFSET, off);
	if (span_sub(file, off, size, &z.payload))
		return fault_set(fault, ERR_TRUNCATED, "payload", ZBOOT_SIZE, size);
	z.codec = (struct span){file.ptr + ZBOOT_CODEC, 0};
	while (z.codec.len < ZBOOT_CODEC_SIZE && z.codec.ptr[z.codec.len])
		z.codec.len++;
	if (!span_le32(file, (uint64_t)off + size, &content))
		z.content_size = content;
	*ret = z;
	return ERR_OK;
}

bool uimage_present(struct span file)
{
	return file.len >= UIMAGE_HEADER_SIZE && be32_get(file.ptr) == UIMAGE_MAGIC_VALUE;
}

/* Sizes up to a zero, then the parts, each at a multiple of four. */
static enum err uimage_first_part(struct uimage *u, struct fault *fault)
{
	uint64_t at = 0, parts;

	for (parts = 0;; parts++, at += 4) {
		if (!span_has(u->data, at, 4))
			return fault_set(fault, ERR_TRUNCATED, "list of parts", UIMAGE_HEADER_SIZE + at,
				parts);
		if (!be32_get(u->data.ptr + at))
			break;
	}
	if (!parts || span_sub(u->data, at + 4, be32_get(u->data.ptr), &u->kernel))
		return fault_set(fault, ERR_BAD_UIMAGE, "size of the first part", UIMAGE_HEADER_SIZE,
			be32_get(u->data.ptr));
	return ERR_OK;
}

enum err uimage_parse(struct span file, uint32_t header_crc, struct uimage *ret, struct fault *fault)
{
	struct uimage u = {0};
	uint32_t size, crc;

	if (!uimage_present(file))
		return fault_set(fault, ERR_BAD_UIMAGE, "magic", UIMAGE_MAGIC, file.len);
	crc = be32_get(file.ptr + UIMAGE_HEADER_CRC);
	if (crc != header_crc)
		return fault_set(fault, ERR_BAD_UIMAGE, "header's checksum", UIMAGE_HEADER_CRC, crc);
	size = be32_get(file.ptr + UIMAGE_SIZE);
	if (span_sub(file, UIMAGE_HEADER_SIZE, size, &u.data))
		return fault_set(fault, ERR_TRUNCATED, "uImage", UIMAGE_SIZE, size);
	u.load = be32_get(file.ptr + UIMAGE_LOAD);
	u.entry = be32_get(file.ptr + UIMAGE_ENTRY);
	u.data_crc = be32_get(file.ptr + UIMAGE_DATA_CRC);
	u.os = file.ptr[UIMAGE_OS];
	u.arch = file.ptr[UIMAGE_ARCH];
	u.type = file.ptr[UIMAGE_TYPE];
	u.codec = file.ptr[UIMAGE_CODEC];
	u.name = (struct span){file.ptr + UIMAGE_NAME, 0};
	while (u.name.len < UIMAGE_NAME_SIZE && u.name.ptr[u.name.len])
		u.name.len++;
	u.kernel = u.data;
	if (u.type == UIMAGE_TYPE_MULTI) {
		enum err e = uimage_first_part(&u, fault);

		if (e)
			return e;
	}
	*ret = u;
	return ERR_OK;
}
