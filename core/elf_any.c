/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See elf_any.h [gABI chapters 4 and 5]. Both classes have the same fields in other places: a struct of
 * offsets is chosen once.
 */
#include "core/elf_any.h"

#include "spec/elf64.h"
#include "spec/kernels.h"

struct places {
	unsigned int word; /* bytes of an address or offset */
	unsigned int header, phoff, shoff, phentsize, phnum, shentsize, shnum;
	unsigned int p_size, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags, p_align;
	unsigned int s_size, s_type, s_offset, s_bytes;
};

static const struct places places32 = {4, ELF32_EHDR_SIZE, ELF32_E_PHOFF, ELF32_E_SHOFF,
	ELF32_E_PHENTSIZE, ELF32_E_PHNUM, ELF32_E_SHENTSIZE, ELF32_E_SHNUM, ELF32_PHDR_SIZE,
	ELF32_P_OFFSET, ELF32_P_VADDR, ELF32_P_PADDR, ELF32_P_FILESZ, ELF32_P_MEMSZ, ELF32_P_FLAGS,
	ELF32_P_ALIGN, ELF32_SHDR_SIZE, ELF32_SH_TYPE, ELF32_SH_OFFSET, ELF32_SH_SIZE};
static const struct places places64 = {8, ELF64_EHDR_SIZE, E_PHOFF, E_SHOFF, E_PHENTSIZE, E_PHNUM,
	E_SHENTSIZE, E_SHNUM, ELF64_PHDR_SIZE, P_OFFSET, P_VADDR, P_PADDR, P_FILESZ, P_MEMSZ,
	P_FLAGS, P_ALIGN, ELF64_SHDR_SIZE, SH_TYPE, SH_OFFSET, SH_SIZE};

/* A number of that many bytes; p has them. */
static uint64_t get(const struct elf_any *elf, const uint8_t *p, unsigned int bytes)
{
	uint64_t v = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << 8 * (elf->big_endian ? bytes - 1 - i : i);
	return v;
}

/* [off, off + size) belongs to the ELF; false if it is not all there. */
static bool extend(struct elf_any *elf, struct span file, uint64_t off, uint64_t size)
{
	if (!span_has(file, off, size))
		return false;
	if (off + size > elf->size)
		elf->size = off + size;
	return true;
}

static enum err segments(struct span file, const struct places *at, struct elf_any *elf, struct fault *fault)
{
	uint64_t off = get(elf, file.ptr + at->phoff, at->word);
	uint64_t num = get(elf, file.ptr + at->phnum, 2), i;
	uint64_t size = get(elf, file.ptr + at->phentsize, 2);

	if (!num)
		return ERR_OK;
	if (size != at->p_size)
		return fault_set(fault, ERR_BAD_ELF, "e_phentsize", at->phentsize, size);
	if (!extend(elf, file, off, num * size))
		return fault_set(fault, ERR_TRUNCATED, "program headers", at->phoff, off);
	for (i = 0; i < num; i++) {
		const uint8_t *p = file.ptr + off + i * size;
		struct elf_segment s = {
			.offset = get(elf, p + at->p_offset, at->word),
			.vaddr = get(elf, p + at->p_vaddr, at->word),
			.paddr = get(elf, p + at->p_paddr, at->word),
			.filesz = get(elf, p + at->p_filesz, at->word),
			.memsz = get(elf, p + at->p_memsz, at->word),
			.align = get(elf, p + at->p_align, at->word),
			.flags = (uint32_t)get(elf, p + at->p_flags, 4),
		};

		if (get(elf, p, 4) != PT_LOAD)
			continue;
		if (!extend(elf, file, s.offset, s.filesz))
			return fault_set(fault, ERR_TRUNCATED, "segment", off + i * size + at->p_offset,
				s.offset);
		if (elf->count < ELF_SEGMENTS_MAX)
			elf->segment[elf->count++] = s;
		else
			elf->dropped++;
	}
	return ERR_OK;
}

static enum err sections(struct span file, const struct places *at, struct elf_any *elf, struct fault *fault)
{
	uint64_t off = get(elf, file.ptr + at->shoff, at->word);
	uint64_t num = get(elf, file.ptr + at->shnum, 2), i;
	uint64_t size = get(elf, file.ptr + at->shentsize, 2);

	if (!num)
		return ERR_OK;
	if (size != at->s_size)
		return fault_set(fault, ERR_BAD_ELF, "e_shentsize", at->shentsize, size);
	if (!extend(elf, file, off, num * size))
		return fault_set(fault, ERR_TRUNCATED, "section headers", at->shoff, off);
	for (i = 0; i < num; i++) {
		const uint8_t *s = file.ptr + off + i * size;
		uint64_t type = get(elf, s + at->s_type, 4);
		uint64_t where = get(elf, s + at->s_offset, at->word);

		if (!type || type == SHT_NOBITS)
			continue;
		if (!extend(elf, file, where, get(elf, s + at->s_bytes, at->word)))
			return fault_set(fault, ERR_TRUNCATED, "section",
				off + i * size + at->s_offset, where);
	}
	return ERR_OK;
}

enum err elf_any_parse(struct span file, struct elf_any *ret, struct fault *fault)
{
	struct elf_any elf = {0};
	const struct places *at;
	uint32_t magic = 0;
	enum err e;

	if (span_le32(file, 0, &magic) || magic != ELF_MAGIC)
		return fault_set(fault, ERR_NOT_ELF, "e_ident", 0, magic);
	if (file.len < ELF32_EHDR_SIZE)
		return fault_set(fault, ERR_TRUNCATED, "ELF header", 0, file.len);
	elf.is_64bit = file.ptr[EI_CLASS] == ELFCLASS64;
	if (!elf.is_64bit && file.ptr[EI_CLASS] != ELFCLASS32)
		return fault_set(fault, ERR_BAD_ELF, "EI_CLASS", EI_CLASS, file.ptr[EI_CLASS]);
	elf.big_endian = file.ptr[EI_DATA] == ELFDATA2MSB;
	if (!elf.big_endian && file.ptr[EI_DATA] != ELFDATA2LSB)
		return fault_set(fault, ERR_BAD_ELF, "EI_DATA", EI_DATA, file.ptr[EI_DATA]);
	at = elf.is_64bit ? &places64 : &places32;
	if (!extend(&elf, file, 0, at->header))
		return fault_set(fault, ERR_TRUNCATED, "ELF header", 0, file.len);
	elf.type = (uint16_t)get(&elf, file.ptr + E_TYPE, 2);
	elf.machine = (uint16_t)get(&elf, file.ptr + E_MACHINE, 2);
	elf.entry = get(&elf, file.ptr + E_ENTRY, at->word);
	e = segments(file, at, &elf, fault);
	if (!e)
		e = sections(file, at, &elf, fault);
	if (!e)
		*ret = elf;
	return e;
}
