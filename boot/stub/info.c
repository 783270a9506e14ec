/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See info.h. Either stage, 64-bit mode. Offsets are those of spec/image.h. */
#include "boot/stub/info.h"
#include "boot/lib/phys.h"
#include "spec/image.h"

struct stub_info stub_info_read(uint64_t stub_pa)
{
	const uint8_t *p = phys_ptr(stub_pa + STUB_INFO_OFFSET);

	return (struct stub_info){
		.work_size = le32_get(p + STUB_INFO_WORK_SIZE),
		.image_size = le32_get(p + STUB_INFO_IMAGE_SIZE),
		.manifest_off = le32_get(p + STUB_INFO_MANIFEST_OFF),
		.manifest_size = le32_get(p + STUB_INFO_MANIFEST_SIZE),
		.init_size = le32_get(p + STUB_INFO_INIT_SIZE),
		.pref_address = le64_get(p + STUB_INFO_PREF_ADDRESS),
		.alignment = le32_get(p + STUB_INFO_ALIGNMENT),
		.xloadflags = le16_get(p + STUB_INFO_XLOADFLAGS),
	};
}

enum err stub_manifest_read(uint64_t stub_pa, uint64_t manifest_off, uint64_t manifest_size,
	uint64_t image_size, struct manifest *ret, struct fault *fault)
{
	if (manifest_off > image_size || manifest_size > image_size - manifest_off)
		return fault_set(fault, ERR_BAD_MANIFEST, "manifest outside the image",
			manifest_off, manifest_size);
	enum err err = manifest_parse(phys_span(stub_pa + manifest_off, manifest_size), image_size,
		ret, fault);

	if (err)
		return err;
	if (ret->codec != STUB_CODEC)
		return fault_set(fault, ERR_CODEC_UNSUPPORTED, "codec", MANIFEST_CODEC, ret->codec);
	uint64_t work_size = stub_info_read(stub_pa).work_size;

	if (work_size < WORK_SIZE || ret->workspace > work_size - WORK_HEAP)
		return fault_set(fault, ERR_WORKSPACE, "workspace", MANIFEST_WORKSPACE,
			ret->workspace);
	return ERR_OK;
}

struct place_image place_image_make(const struct stub_info *info, const struct manifest *m)
{
	return (struct place_image){
		.image_size = info->image_size,
		.head_size = info->manifest_off + info->manifest_size,
		.work_size = info->work_size,
		.payload_off = m->payload_off,
		.payload_size = m->payload_size,
		.content_size = m->content_size,
		.first_offset = m->first_offset,
		.tail_offset = m->tail_offset,
		.mem_base = m->mem_base,
		.mem_size = m->mem_size,
		.safe_offset = m->safe_offset,
		.pref_address = info->pref_address,
		.alignment = info->alignment,
		.in_place = m->flags & MANIFEST_FLAG_IN_PLACE,
		.movable = m->flags & MANIFEST_FLAG_MOVABLE,
	};
}
