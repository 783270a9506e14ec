/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as each of the headers of core/kernel_headers.c, and as an ELF: what was accepted lies inside. */
#include "fuzz/fuzz.h"

#include "core/elf_any.h"
#include "core/kernel_headers.h"

static void try_elf(struct span file)
{
	struct elf_any elf = {.count = 99};
	struct elf_plan plan;
	struct fault fault = {0};
	size_t i;

	if (elf_any_parse(file, &elf, &fault)) {
		FUZZ_CHECK(fault.text && elf.count == 99);
		return;
	}
	FUZZ_CHECK(elf.size <= file.len && elf.count <= ELF_SEGMENTS_MAX);
	for (i = 0; i < elf.count; i++)
		FUZZ_CHECK(elf.segment[i].offset + elf.segment[i].filesz <= elf.size);
	/* What is good enough for the stub is an ELF here, too, and ends at the same byte. */
	if (!elf_plan(file, file.len, &plan, NULL))
		FUZZ_CHECK(elf.is_64bit && plan.elf_size == elf.size && plan.entry == elf.entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span file = {data, size};
	struct raw_image raw;
	struct arm_zimage arm;
	struct zboot zboot;
	struct uimage u;
	uint32_t crc = 0;

	try_elf(file);
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
