/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as each of the headers of core/kernel_headers.c: what was accepted lies inside. */
#include "fuzz/fuzz.h"

#include "core/kernel_headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span file = {data, size};
	struct raw_image raw;
	struct arm_zimage arm;
	struct zboot zboot;
	struct uimage u;
	uint32_t crc = 0;

	if (!raw_image_parse(file, &raw, NULL))
		FUZZ_CHECK(raw_image_present(file));
	if (!arm_zimage_parse(file, &arm, NULL))
		FUZZ_CHECK(fuzz_within(arm.image, file) && arm.payload_end <= arm.image.len);
	if (!zboot_parse(file, &zboot, NULL))
		FUZZ_CHECK(fuzz_within(zboot.payload, file) && fuzz_within(zboot.codec, file) &&
			zboot.payload.len);
	if (uimage_present(file)) /* as if the checksum were right: it is not what guards the rest */
		crc = __builtin_bswap32(le32_get(data + 4));
	if (!uimage_parse(file, crc, &u, NULL))
		FUZZ_CHECK(fuzz_within(u.data, file) && fuzz_within(u.kernel, u.data) &&
			fuzz_within(u.name, file));
	return 0;
}
