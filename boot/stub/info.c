/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See info.h. Either stage, 64-bit mode. Offsets are those of spec/image.h. */
#include "boot/stub/info.h"
#include "boot/lib/phys.h"
#include "spec/image.h"

struct stub_info stub_info_read(uint64_t stub_pa)
{
	return stub_info_get(phys_ptr(stub_pa + STUB_INFO_OFFSET));
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
