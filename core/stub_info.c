/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See stub_info.h. */
#include "core/stub_info.h"
#include "spec/image.h"

struct stub_info stub_info_get(const uint8_t *p)
{
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
