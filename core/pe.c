/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pe.h. */
#include "core/pe.h"

bool pe_present(struct span file)
{
	uint16_t mz;
	uint32_t header, magic;

	return !span_le16(file, 0, &mz) && mz == MZ_MAGIC && !span_le32(file, MZ_E_LFANEW, &header) &&
		!span_le32(file, header, &magic) && magic == PE_MAGIC;
}

/* The certificate table may be followed by nothing; signers put it at a multiple of eight. */
static enum err find_certificates(struct pe *pe, struct fault *fault)
{
	uint32_t off, size;

	if (!pe->security_off)
		return ERR_OK;
	off = le32_get(pe->file.ptr + pe->security_off);
	size = le32_get(pe->file.ptr + pe->security_off + 4);
	if (!size)
		return ERR_OK;
	if (off < pe->headers_size || span_sub(pe->file, off, size, &pe->certificates) ||
		(uint64_t)off + size != pe->file.len)
		return fault_set(fault, ERR_BAD_PE, "certificate table", pe->security_off, off);
	return ERR_OK;
}

/* Optional header: fields, then data directories. */
static enum err read_optional(struct pe *pe, uint16_t size, struct fault *fault)
{
	const uint8_t *p = pe->file.ptr + pe->optional_off;
	uint16_t magic = le16_get(p);
	uint32_t count_at = magic == OPT_MAGIC_PE32 ? OPT32_DIR_COUNT : OPT_DIR_COUNT, count;

	if (magic != OPT_MAGIC_PE32 && magic != OPT_MAGIC_PE32PLUS)
		return fault_set(fault, ERR_BAD_PE, "optional header's magic", pe->optional_off, magic);
	if (size < count_at + 4)
		return fault_set(fault, ERR_BAD_PE, "optional header's size", pe->optional_off, size);
	count = le32_get(p + count_at);
	if (count > (size - count_at - 4u) / DIR_SIZE)
		return fault_set(fault, ERR_BAD_PE, "number of data directories",
			pe->optional_off + count_at, count);
	pe->section_align = le32_get(p + OPT_SECTION_ALIGN);
	pe->file_align = le32_get(p + OPT_FILE_ALIGN);
	pe->image_size = le32_get(p + OPT_IMAGE_SIZE);
	pe->headers_size = le32_get(p + OPT_HEADERS_SIZE);
	pe->checksum = le32_get(p + OPT_CHECKSUM);
	pe->subsystem = le16_get(p + OPT_SUBSYSTEM);
	if (count > DIR_SECURITY)
		pe->security_off = pe->optional_off + count_at + 4 + DIR_SECURITY * DIR_SIZE;
	return ERR_OK;
}

static enum err read_headers(struct span file, struct pe *ret, struct fault *fault)
{
	struct pe pe = {.file = file};
	uint16_t mz, count, optional_size;
	uint32_t header, magic;
	enum err e;

	if (span_le16(file, 0, &mz) || span_le32(file, MZ_E_LFANEW, &header))
		return fault_set(fault, ERR_TRUNCATED, "MZ header", 0, file.len);
	if (mz != MZ_MAGIC)
		return fault_set(fault, ERR_BAD_PE, "MZ signature", 0, mz);
	if (!span_has(file, header, PE_HEADER_SIZE))
		return fault_set(fault, ERR_TRUNCATED, "PE header", MZ_E_LFANEW, header);
	magic = le32_get(file.ptr + header);
	if (magic != PE_MAGIC)
		return fault_set(fault, ERR_BAD_PE, "PE signature", header, magic);
	pe.machine = le16_get(file.ptr + header + PE_MACHINE);
	count = le16_get(file.ptr + header + PE_SECTION_COUNT);
	optional_size = le16_get(file.ptr + header + PE_OPTIONAL_SIZE);
	if (!span_has(file, (uint64_t)header + PE_HEADER_SIZE, optional_size) || optional_size < 2)
		return fault_set(fault, ERR_TRUNCATED, "optional header",
			(uint64_t)header + PE_OPTIONAL_SIZE, optional_size);
	pe.optional_off = header + PE_HEADER_SIZE;
	e = read_optional(&pe, optional_size, fault);
	if (e)
		return e;
	if (count > PE_SECTIONS_MAX)
		return fault_set(fault, ERR_BAD_PE, "number of sections",
			(uint64_t)header + PE_SECTION_COUNT, count);
	pe.section_count = count;
	if (pe.headers_size > file.len ||
		!span_has((struct span){file.ptr, pe.headers_size},
			(uint64_t)pe.optional_off + optional_size, (uint64_t)count * SECT_SIZE))
		return fault_set(fault, ERR_BAD_PE, "headers' size",
			(uint64_t)pe.optional_off + OPT_HEADERS_SIZE, pe.headers_size);
	pe.table_off = pe.optional_off + optional_size;
	*ret = pe;
	return ERR_OK;
}

/* Do all sections lie inside, by these two fields of theirs? */
static enum err check_sections(const struct pe *pe, size_t off_at, size_t size_at, struct fault *fault)
{
	for (uint32_t i = 0; i < pe->section_count; i++) {
		const uint8_t *s = pe->file.ptr + pe->table_off + i * SECT_SIZE;
		uint32_t off = le32_get(s + off_at), size = le32_get(s + size_at);

		if (size && !span_has(pe->file, off, size))
			return fault_set(fault, ERR_BAD_PE, "section's bytes",
				pe->table_off + (uint64_t)i * SECT_SIZE, off);
	}
	return ERR_OK;
}

enum err pe_parse(struct span file, struct pe *ret, struct fault *fault)
{
	struct pe pe;
	enum err e = read_headers(file, &pe, fault);

	if (!e)
		e = check_sections(&pe, SECT_FILE_OFFSET, SECT_FILE_SIZE, fault);
	if (!e)
		e = find_certificates(&pe, fault);
	if (!e)
		*ret = pe;
	return e;
}

enum err pe_parse_loaded(struct span image, struct pe *ret, struct fault *fault)
{
	struct pe pe;
	enum err e = read_headers(image, &pe, fault);

	if (!e)
		e = check_sections(&pe, SECT_RVA, SECT_MEM_SIZE, fault);
	if (e)
		return e;
	pe.loaded = true;
	*ret = pe;
	return ERR_OK;
}

struct pe_section_info pe_section(const struct pe *pe, uint32_t i)
{
	const uint8_t *p = pe->file.ptr + pe->table_off + i * SECT_SIZE;
	struct pe_section_info s = {
		.name = {p, 0},
		.rva = le32_get(p + SECT_RVA),
		.mem_size = le32_get(p + SECT_MEM_SIZE),
		.file_off = le32_get(p + SECT_FILE_OFFSET),
		.file_size = le32_get(p + SECT_FILE_SIZE),
		.flags = le32_get(p + SECT_FLAGS),
	};

	while (s.name.len < SECT_NAME_SIZE && p[s.name.len])
		s.name.len++;
	if (pe->loaded && s.mem_size)
		s.bytes = (struct span){pe->file.ptr + s.rva, s.mem_size};
	else if (!pe->loaded && s.file_size)
		s.bytes = (struct span){pe->file.ptr + s.file_off,
			s.mem_size < s.file_size ? s.mem_size : s.file_size};
	return s;
}

static bool is_name(struct span text, const char *name)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (!name[i] || text.ptr[i] != (uint8_t)name[i])
			return false;
	}
	return !name[i];
}

bool pe_find(const struct pe *pe, const char *name, struct pe_section_info *ret)
{
	for (uint32_t i = 0; i < pe->section_count; i++) {
		struct pe_section_info s = pe_section(pe, i);

		if (is_name(s.name, name)) {
			*ret = s;
			return true;
		}
	}
	return false;
}

uint32_t pe_next_in_file(const struct pe *pe, uint64_t off)
{
	uint32_t best = pe->section_count, best_off = 0;

	for (uint32_t i = 0; i < pe->section_count; i++) {
		struct pe_section_info s = pe_section(pe, i);

		if (s.file_size && s.file_off >= off &&
			(best == pe->section_count || s.file_off < best_off)) {
			best = i;
			best_off = s.file_off;
		}
	}
	return best;
}

enum err pe_check_layout(const struct pe *pe, struct fault *fault)
{
	uint64_t mem_end = pe->headers_size;
	uint64_t behind = pe->certificates.len
		? (uint64_t)(pe->certificates.ptr - pe->file.ptr) : pe->file.len;
	uint32_t i, next;

	for (i = 0; i < pe->section_count; i++) {
		struct pe_section_info s = pe_section(pe, i);
		uint64_t at = pe->table_off + (uint64_t)i * SECT_SIZE;

		if (s.rva < mem_end)
			return fault_set(fault, ERR_BAD_PE, "section overlaps in memory", at, s.rva);
		mem_end = (uint64_t)s.rva + s.mem_size;
		if (mem_end > pe->image_size)
			return fault_set(fault, ERR_BAD_PE, "section lies outside the image", at, s.rva);
		if (!s.file_size)
			continue;
		/* two at the same offset hide one another */
		if (s.file_off < pe->headers_size || pe_next_in_file(pe, s.file_off) != i)
			return fault_set(fault, ERR_BAD_PE, "section overlaps in file", at, s.file_off);
		next = pe_next_in_file(pe, (uint64_t)s.file_off + 1);
		if (next < pe->section_count &&
			(uint64_t)s.file_off + s.file_size > pe_section(pe, next).file_off)
			return fault_set(fault, ERR_BAD_PE, "section overlaps in file", at, s.file_off);
		if ((uint64_t)s.file_off + s.file_size > behind)
			return fault_set(fault, ERR_BAD_PE,
				"section overlaps the certificate table", at, s.file_off);
	}
	return ERR_OK;
}
