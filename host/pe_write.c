/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pe_write.h. */
#include <string.h>
#include "host/pe_write.h"
#include "spec/image.h"
#include "spec/pe.h"

#define OPTIONAL_AT (SETUP_PE_OFFSET + PE_HEADER_SIZE)
#define SECTIONS_AT (OPTIONAL_AT + OPT_SIZE)

static uint32_t align(uint32_t v, uint32_t to)
{
	return (v + to - 1) / to * to;
}

static void put_file_header(uint8_t *p, size_t sections)
{
	le32_put(p, PE_MAGIC);
	le16_put(p + PE_MACHINE, PE_MACHINE_X64);
	le16_put(p + PE_SECTION_COUNT, (uint16_t)sections);
	le32_put(p + PE_TIME, 0);
	le16_put(p + PE_OPTIONAL_SIZE, OPT_SIZE);
	le16_put(p + PE_FLAGS, PE_FLAG_EXECUTABLE | PE_FLAG_NO_LINE_NUMBERS |
		PE_FLAG_LARGE_ADDRESSES | PE_FLAG_NO_DEBUG);
}

/* Bytes of all sections with that flag; *ret_base: the first one's address. */
static uint32_t sum(const struct pe_image *pe, uint32_t flag, uint32_t *ret_base)
{
	uint32_t size = 0;

	for (size_t i = pe->count; i-- > 0;) {
		if (!(pe->sections[i].flags & flag))
			continue;
		size += pe->sections[i].file_size;
		*ret_base = pe->sections[i].rva;
	}
	return size;
}

static void put_optional_header(uint8_t *p, const struct pe_image *pe)
{
	const struct pe_section *last = &pe->sections[pe->count - 1];
	uint32_t code_base = 0, data_base = 0;
	uint8_t *reloc = p + OPT_DIR_COUNT + 4 + DIR_RELOC * DIR_SIZE;

	le16_put(p, OPT_MAGIC_PE32PLUS);
	le32_put(p + OPT_CODE_SIZE, sum(pe, SECT_CODE, &code_base));
	le32_put(p + OPT_DATA_SIZE, sum(pe, SECT_DATA, &data_base));
	le32_put(p + OPT_ENTRY, pe->entry_rva);
	le32_put(p + OPT_CODE_BASE, code_base);
	le32_put(p + OPT_SECTION_ALIGN, PE_SECTION_ALIGN);
	le32_put(p + OPT_FILE_ALIGN, PE_FILE_ALIGN);
	le16_put(p + OPT_MAJOR_IMAGE_VERSION, STUB_CAN_LOADFILE2);
	le32_put(p + OPT_IMAGE_SIZE, align(last->rva + last->mem_size, PE_SECTION_ALIGN));
	le32_put(p + OPT_HEADERS_SIZE, pe->headers_size);
	le16_put(p + OPT_SUBSYSTEM, SUBSYSTEM_EFI_APPLICATION);
	le16_put(p + OPT_DLL_FLAGS, DLL_DYNAMIC_BASE | DLL_NX_COMPAT);
	le32_put(p + OPT_DIR_COUNT, OPT_DIRS);
	le32_put(reloc, pe->reloc_rva);
	le32_put(reloc + 4, pe->reloc_size);
}

static void put_section(uint8_t *p, const struct pe_section *s)
{
	size_t len = strnlen(s->name, SECT_NAME_SIZE);

	memcpy(p + SECT_NAME, s->name, len);
	le32_put(p + SECT_MEM_SIZE, s->mem_size);
	le32_put(p + SECT_RVA, s->rva);
	le32_put(p + SECT_FILE_SIZE, s->file_size);
	le32_put(p + SECT_FILE_OFFSET, s->file_offset);
	le32_put(p + SECT_FLAGS, s->flags);
}

enum err pe_write(uint8_t *image, size_t size, const struct pe_image *pe)
{
	if (!pe->count || pe->count > SETUP_PE_SECTIONS || size < SETUP_PE_OFFSET + SETUP_PE_SIZE)
		return ERR_NO_SPACE;
	le16_put(image, MZ_MAGIC);
	le32_put(image + MZ_LINUX_AT, MZ_LINUX_MAGIC);
	memset(image + SETUP_PE_OFFSET, 0, SETUP_PE_SIZE);
	put_file_header(image + SETUP_PE_OFFSET, pe->count);
	put_optional_header(image + OPTIONAL_AT, pe);
	for (size_t i = 0; i < pe->count; i++)
		put_section(image + SECTIONS_AT + i * SECT_SIZE, &pe->sections[i]);
	return ERR_OK;
}

uint32_t pe_checksum(struct span file)
{
	size_t own = (size_t)le32_get(file.ptr + MZ_E_LFANEW) + PE_HEADER_SIZE + OPT_CHECKSUM;
	uint64_t total = 0;

	for (size_t at = 0; at < file.len; at += 2) {
		uint32_t word = file.ptr[at];

		if (at + 1 < file.len)
			word |= (uint32_t)file.ptr[at + 1] << 8;
		if (at != own && at != own + 2)
			total += word;
	}
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint32_t)(total + file.len);
}
