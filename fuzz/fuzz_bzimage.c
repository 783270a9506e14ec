/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any file as a bzImage: views lie in the file, and a header that is written back parses to the
 * same. */
#include "fuzz/fuzz.h"

#include "core/bzimage.h"
#include "core/manifest.h"

static void check_views(struct span file, const struct bzimage *b)
{
	struct span manifest;

	FUZZ_CHECK(b->setup_size <= file.len);
	FUZZ_CHECK(fuzz_within(b->version, file));
	FUZZ_CHECK(fuzz_within(b->payload, file));
	FUZZ_CHECK(fuzz_within(b->kernel_info, file));
	FUZZ_CHECK(b->has_kernel_info == (b->kernel_info.len > 0));
	FUZZ_CHECK(!memchr(b->version.ptr ? b->version.ptr : file.ptr, 0, b->version.len));
	FUZZ_CHECK(b->setup_size + (uint64_t)b->payload.len <= b->image_size);
	if (manifest_find(b->kernel_info, &manifest)) {
		FUZZ_CHECK(manifest.len >= 8);
		FUZZ_CHECK(fuzz_within(manifest, b->kernel_info));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span file = {data, size};
	struct bzimage b = {.protocol = 0x5555}, again;
	struct fault fault = {0};
	enum err e = bzimage_parse(file, &b, &fault);
	uint8_t *copy;

	if (e) {
		FUZZ_CHECK(b.protocol == 0x5555 && fault.text);
		return 0;
	}
	check_views(file, &b);
	copy = malloc(size);
	FUZZ_CHECK(copy);
	memcpy(copy, data, size);
	bzimage_put_header(copy, &b.hdr);
	if (b.hdr_end >= HDR_END) {
		FUZZ_CHECK(!memcmp(copy, data, size));
		FUZZ_CHECK(!bzimage_parse((struct span){copy, size}, &again, NULL));
		FUZZ_CHECK(fuzz_same(again.version, b.version));
		FUZZ_CHECK(fuzz_same(again.payload, b.payload));
		FUZZ_CHECK(fuzz_same(again.kernel_info, b.kernel_info));
	}
	free(copy);
	return 0;
}
