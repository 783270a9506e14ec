/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a PE file: what was accepted lies inside, and a layout found good has no overlap. */
#include "fuzz/fuzz.h"

#include "core/pe.h"

static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a + a_size <= b || b + b_size <= a || !a_size || !b_size;
}

/* The oracle: every section against every other one. */
static bool layout_is_good(const struct pe *pe)
{
	uint64_t end = (uint64_t)(pe->file.len - pe->certificates.len);

	for (uint32_t i = 0; i < pe->section_count; i++) {
		struct pe_section_info a = pe_section(pe, i);

		if (a.rva < pe->headers_size || (uint64_t)a.rva + a.mem_size > pe->image_size)
			return false;
		if (a.file_size && (a.file_off < pe->headers_size ||
					   (uint64_t)a.file_off + a.file_size > end))
			return false;
		for (uint32_t j = 0; j < i; j++) {
			struct pe_section_info b = pe_section(pe, j);

			if ((uint64_t)b.rva + b.mem_size > a.rva ||
				!apart(a.file_off, a.file_size, b.file_off, b.file_size))
				return false;
		}
	}
	return true;
}

/* The same bytes as an image in memory. */
static void check_loaded(struct span image)
{
	struct pe pe = {.section_count = 1234};

	if (pe_parse_loaded(image, &pe, NULL)) {
		FUZZ_CHECK(pe.section_count == 1234);
		return;
	}
	for (uint32_t i = 0; i < pe.section_count; i++) {
		struct pe_section_info s = pe_section(&pe, i);

		FUZZ_CHECK(fuzz_within(s.bytes, image) && s.bytes.len == s.mem_size);
		FUZZ_CHECK(!s.bytes.len || s.bytes.ptr == image.ptr + s.rva);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pe pe = {.section_count = 1234};
	struct fault fault = {0};
	uint64_t at = 0;
	uint32_t next, met = 0, with_bytes = 0;

	check_loaded((struct span){data, size});
	if (pe_parse((struct span){data, size}, &pe, &fault)) {
		FUZZ_CHECK(fault.text && pe.section_count == 1234);
		return 0;
	}
	FUZZ_CHECK(pe.section_count <= PE_SECTIONS_MAX && pe.headers_size <= size);
	FUZZ_CHECK(fuzz_within(pe.certificates, pe.file));
	for (uint32_t i = 0; i < pe.section_count; i++) {
		struct pe_section_info s = pe_section(&pe, i), found;
		char name[SECT_NAME_SIZE + 1] = "";

		FUZZ_CHECK(s.name.len <= SECT_NAME_SIZE && fuzz_within(s.bytes, pe.file));
		FUZZ_CHECK(s.bytes.len <= s.mem_size && s.bytes.len <= s.file_size);
		memcpy(name, s.name.ptr, s.name.len);
		FUZZ_CHECK(pe_find(&pe, name, &found) && fuzz_same(found.name, s.name));
		with_bytes += s.file_size != 0;
	}
	FUZZ_CHECK(!pe_check_layout(&pe, NULL) == layout_is_good(&pe));
	while ((next = pe_next_in_file(&pe, at)) < pe.section_count) {
		FUZZ_CHECK(pe_section(&pe, next).file_off >= at);
		at = (uint64_t)pe_section(&pe, next).file_off + 1;
		met++;
	}
	FUZZ_CHECK(met <= with_bytes && (pe_check_layout(&pe, NULL) || met == with_bytes));
	return 0;
}
