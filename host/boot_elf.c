/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See boot_elf.h.
 */
#include <stdio.h>
#include <string.h>
#include "codec/codec.h"
#include "core/bzimage.h"
#include "host/boot_elf.h"
#include "host/libexec.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"
#include "spec/image.h"

bool boot_elf_same(const struct elf_file *elf, struct span code, uint64_t from, uint64_t skip, uint64_t skip_end)
{
	bool any = false;

	for (uint16_t i = 0; i < elf->header.shnum; i++) {
		struct elf_file_section s = elf_file_section(elf, i);
		struct span ours, theirs;

		if (!(s.flags & SHF_ALLOC) || s.type == SHT_NOBITS || !s.size || s.addr < from)
			continue;
		if (span_sub(elf->file, s.offset, s.size, &ours) || span_sub(code, s.addr, s.size, &theirs))
			return false;
		for (uint64_t k = 0; k < s.size; k++) {
			bool skipped = s.addr + k >= skip && s.addr + k < skip_end;

			if (!skipped && ours.ptr[k] != theirs.ptr[k])
				return false;
		}
		any = true;
	}
	return any;
}

static void open_part(const char *folder, const char *part, struct boot_elf *ret)
{
	struct boot_elf e = {0};

	*ret = e;
	if (!libexec_path(folder, part, e.path) || input_read(e.path, &e.in))
		return;
	if (elf_file_read(input_span(&e.in), &e.elf, NULL)) {
		input_free(&e.in);
		return;
	}
	e.there = true;
	*ret = e;
	ret->in.name = ret->path;
}

void boot_elf_stub(struct span image, struct boot_elf *ret)
{
	struct span stub;
	struct bzimage b;
	uint32_t magic;
	char part[32];
	uint8_t codec;

	*ret = (struct boot_elf){0};
	if (bzimage_parse(image, &b, NULL) ||
		span_sub(image, b.setup_size, image.len - b.setup_size, &stub) ||
		span_le32(stub, STUB_INFO_OFFSET, &magic) || magic != STUB_INFO_MAGIC ||
		span_u8(stub, STUB_INFO_OFFSET + STUB_INFO_CODEC, &codec) || codec >= CODEC_COUNT)
		return;
	snprintf(part, sizeof(part), "stub-%s.elf", codec_name((enum codec)codec));
	open_part("boot/stub", part, ret);
	if (ret->there &&
		!boot_elf_same(&ret->elf, stub, 0, STUB_INFO_OFFSET, STUB_INFO_OFFSET + STUB_INFO_SIZE))
		boot_elf_free(ret);
}

void boot_elf_setup(struct span image, struct boot_elf *ret)
{
	open_part("boot/setup", "setup.elf", ret);
	/* what lies below is the host tool's to fill */
	if (ret->there && !boot_elf_same(&ret->elf, image, SETUP_CODE_OFFSET, 0, 0))
		boot_elf_free(ret);
}

void boot_elf_loader(struct boot_elf *ret)
{
	open_part("boot/loader", "loader.elf", ret);
}

void boot_elf_sector(struct boot_elf *ret)
{
	open_part("boot/sector", "sector.elf", ret);
}

void boot_elf_free(struct boot_elf *e)
{
	if (e->there)
		input_free(&e->in);
	*e = (struct boot_elf){0};
}

/* Name and value of a symbol at ptr: the fields are in another order in ELF32. */
static uint64_t symbol_value(const struct elf_file *elf, const uint8_t *ptr)
{
	return elf->form.is64 ? le64_get(ptr + ST_VALUE) : le32_get(ptr + 4);
}

static bool search(const struct elf_file *elf, struct span table, struct span names, const char *name,
	uint64_t *ret)
{
	size_t size = elf_symbol_size(elf->form), len = strlen(name) + 1;

	for (size_t at = 0; at + size <= table.len; at += size) {
		struct span text;

		if (!span_sub(names, le32_get(table.ptr + at + ST_NAME), len, &text) &&
			!memcmp(text.ptr, name, len)) {
			*ret = symbol_value(elf, table.ptr + at);
			return true;
		}
	}
	return false;
}

bool boot_elf_symbol(const struct boot_elf *e, const char *name, uint64_t *ret)
{
	for (uint16_t i = 0; e->there && i < e->elf.header.shnum; i++) {
		struct elf_file_section s = elf_file_section(&e->elf, i), strings;
		struct span table, names;

		if (s.type != SHT_SYMTAB || s.link >= e->elf.header.shnum)
			continue;
		strings = elf_file_section(&e->elf, (uint16_t)s.link);
		if (!span_sub(e->elf.file, s.offset, s.size, &table) &&
			!span_sub(e->elf.file, strings.offset, strings.size, &names) &&
			search(&e->elf, table, names, name, ret))
			return true;
	}
	return false;
}
