/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host tool wrote into the image's head: stub_info and the manifest. */
#ifndef BOOT_STUB_INFO_H
#define BOOT_STUB_INFO_H

#include "boot/stub/stub.h"
#include "core/stub_info.h"

struct stub_info stub_info_read(uint64_t stub_pa);

/*
 * The manifest of the stub at stub_pa (the image or a copy of its head). Errors: those of
 * manifest_parse; CODEC_UNSUPPORTED when the payload is not for this stub, WORKSPACE when the work area
 * has less heap than the decoder needs.
 */
enum err stub_manifest_read(uint64_t stub_pa, uint64_t manifest_off, uint64_t manifest_size,
	uint64_t image_size, struct manifest *ret, struct fault *fault) MUST_CHECK;

#endif /* BOOT_STUB_INFO_H */
