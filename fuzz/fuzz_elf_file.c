/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any file as an ELF: what is read lies in the file, and, written again, gives the bytes that it was. */
#include "fuzz/fuzz.h"

#include "host/elf_write.h"
#include "spec/elf64.h"

static void check_segments(const struct elf_file *elf)
{
	uint32_t size = elf_segment_size(elf->form);
	uint8_t again[ELF64_PHDR_SIZE];

	for (uint16_t i = 0; i < elf->header.phnum; i++) {
		struct elf_file_segment s = elf_file_segment(elf, i);

		elf_put_segment(elf->form, &s, again);
		FUZZ_CHECK(!memcmp(again, elf->file.ptr + elf->header.phoff + (size_t)i * size, size));
		FUZZ_CHECK(s.type != PT_LOAD || s.offset + s.filesz <= elf->size);
	}
}

static void check_sections(const struct elf_file *elf)
{
	uint32_t size = elf_section_size(elf->form);
	uint8_t again[ELF64_SHDR_SIZE];

	for (uint16_t i = 0; i < elf->header.shnum; i++) {
		struct elf_file_section s = elf_file_section(elf, i);
		struct span name = elf_file_section_name(elf, &s);

		elf_put_section(elf->form, &s, again);
		FUZZ_CHECK(!memcmp(again, elf->file.ptr + elf->header.shoff + (size_t)i * size, size));
		FUZZ_CHECK(!s.type || s.type == SHT_NOBITS || s.offset + s.size <= elf->size);
		FUZZ_CHECK(!name.len || (name.ptr >= elf->file.ptr &&
						name.ptr + name.len <= elf->file.ptr + elf->file.len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_file elf;

	if (elf_file_read((struct span){data, size}, &elf, NULL))
		return 0;
	FUZZ_CHECK(elf.size <= size);
	check_segments(&elf);
	check_sections(&elf);
	return 0;
}
