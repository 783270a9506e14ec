/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A position-independent kernel's own relocations: what PT_DYNAMIC points at [gABI chapter 5
 * "Dynamic Section", "Relative Relocation Table"]. The tables are part of the image that is being
 * relocated, so each is read through a bounded view of it, and each place is checked before it is
 * written.
 */
#include "core/reloc.h"

#include "spec/elf64.h"

struct dynamic {
	uint64_t rela_va, rela_size;
	uint64_t relr_va, relr_size;
};

static struct span image_span(const struct reloc_target *target)
{
	return (struct span){target->image, (size_t)target->mem_size};
}

/* Offset into the image of size bytes at a link-time virtual address. */
static bool find_place(const struct elf_plan *plan, const struct reloc_target *target, uint64_t va,
	uint64_t size, uint64_t *ret_off)
{
	uint64_t pa;

	if (elf_va_to_pa(plan, va, &pa) || pa < target->mem_base)
		return false;
	if (!span_has(image_span(target), pa - target->mem_base, size))
		return false;
	*ret_off = pa - target->mem_base;
	return true;
}

/* PT_DYNAMIC is known by its place in the file; the segment around it tells the place in the image.
 */
static bool find_dynamic(const struct elf_plan *plan, const struct reloc_target *target,
	struct span *ret, uint64_t *ret_off)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];
		uint64_t in_segment = plan->dynamic_offset - s->offset;
		uint64_t off = s->paddr - target->mem_base + in_segment;

		if (plan->dynamic_offset < s->offset || in_segment > s->filesz ||
			plan->dynamic_size > s->filesz - in_segment)
			continue;
		if (span_sub(image_span(target), off, plan->dynamic_size, ret))
			return false;
		*ret_off = off;
		return true;
	}
	return false;
}

static enum err parse_dynamic(
	struct span bytes, uint64_t at, struct dynamic *ret, struct fault *fault)
{
	struct dynamic d = {0};
	size_t off;

	for (off = 0; bytes.len - off >= ELF64_DYN_SIZE; off += ELF64_DYN_SIZE) {
		uint64_t tag = le64_get(bytes.ptr + off);
		uint64_t value = le64_get(bytes.ptr + off + 8);

		switch (tag) {
		case DT_NULL:
			*ret = d;
			return ERR_OK;
		case DT_RELA:
			d.rela_va = value;
			break;
		case DT_RELASZ:
			d.rela_size = value;
			break;
		case DT_RELR:
			d.relr_va = value;
			break;
		case DT_RELRSZ:
			d.relr_size = value;
			break;
		case DT_RELAENT:
			if (value != ELF64_RELA_SIZE)
				return fault_set(
					fault, ERR_BAD_RELOC, "DT_RELAENT", at + off, value);
			break;
		case DT_RELRENT:
			if (value != 8)
				return fault_set(
					fault, ERR_BAD_RELOC, "DT_RELRENT", at + off, value);
			break;
		case DT_REL:
			return fault_set(fault, ERR_RELOC_KIND, "DT_REL", at + off, value);
		case DT_JMPREL:
			return fault_set(fault, ERR_RELOC_KIND, "DT_JMPREL", at + off, value);
		}
	}
	return fault_set(fault, ERR_BAD_RELOC, "PT_DYNAMIC has no end", at + off, bytes.len);
}

static enum err apply_rela(const struct elf_plan *plan, const struct reloc_target *target,
	const struct dynamic *d, uint64_t delta, struct fault *fault)
{
	uint64_t table, place;

	if (d->rela_size % ELF64_RELA_SIZE)
		return fault_set(fault, ERR_BAD_RELOC, "DT_RELASZ", 0, d->rela_size);
	if (!d->rela_size)
		return ERR_OK;
	if (!find_place(plan, target, d->rela_va, d->rela_size, &table))
		return fault_set(fault, ERR_RELOC_OUTSIDE, "DT_RELA", 0, d->rela_va);
	for (uint64_t at = table; at < table + d->rela_size; at += ELF64_RELA_SIZE) {
		const uint8_t *entry = target->image + at;
		uint64_t va = le64_get(entry + R_OFFSET);
		uint32_t type = (uint32_t)le64_get(entry + R_INFO);

		if (type == R_X86_64_NONE)
			continue;
		if (type != R_X86_64_RELATIVE)
			return fault_set(fault, ERR_RELOC_KIND, "r_info", at + R_INFO, type);
		if (!find_place(plan, target, va, 8, &place))
			return fault_set(fault, ERR_RELOC_OUTSIDE, "r_offset", at, va);
		le64_put(target->image + place, le64_get(entry + R_ADDEND) + delta);
	}
	return ERR_OK;
}

static enum err relr_add(const struct elf_plan *plan, const struct reloc_target *target,
	uint64_t va, uint64_t delta, uint64_t at, struct fault *fault)
{
	uint64_t place;

	if (!find_place(plan, target, va, 8, &place))
		return fault_set(fault, ERR_RELOC_OUTSIDE, "RELR", at, va);
	le64_put(target->image + place, le64_get(target->image + place) + delta);
	return ERR_OK;
}

/*
 * RELR: an even word is an address to relocate; an odd one is a bitmap for the 63 words behind what
 * the entry before it covered, bit 1 for the first of them.
 */
static enum err apply_relr(const struct elf_plan *plan, const struct reloc_target *target,
	const struct dynamic *d, uint64_t delta, struct fault *fault)
{
	uint64_t table, next_va = 0;
	enum err e;

	if (d->relr_size % 8)
		return fault_set(fault, ERR_BAD_RELOC, "DT_RELRSZ", 0, d->relr_size);
	if (!d->relr_size)
		return ERR_OK;
	if (!find_place(plan, target, d->relr_va, d->relr_size, &table))
		return fault_set(fault, ERR_RELOC_OUTSIDE, "DT_RELR", 0, d->relr_va);
	for (uint64_t at = table; at < table + d->relr_size; at += 8) {
		uint64_t word = le64_get(target->image + at);

		if (!(word & 1)) {
			e = relr_add(plan, target, word, delta, at, fault);
			if (e)
				return e;
			next_va = word + 8;
			continue;
		}
		for (unsigned bit = 1; bit < 64; bit++) {
			if (!(word >> bit & 1))
				continue;
			e = relr_add(plan, target, next_va + 8 * (bit - 1), delta, at, fault);
			if (e)
				return e;
		}
		next_va += 63 * 8;
	}
	return ERR_OK;
}

enum err reloc_apply_dynamic(const struct elf_plan *plan, const struct reloc_target *target,
	uint64_t delta, struct fault *fault)
{
	struct dynamic d = {0};
	struct span bytes = {0};
	uint64_t at = 0;
	enum err e;

	if (!plan->dynamic_size)
		return ERR_OK;
	if (!find_dynamic(plan, target, &bytes, &at))
		return fault_set(fault, ERR_BAD_RELOC, "PT_DYNAMIC is not loaded",
			plan->dynamic_offset, plan->dynamic_size);
	e = parse_dynamic(bytes, at, &d, fault);
	if (!e)
		e = apply_rela(plan, target, &d, delta, fault);
	if (!e)
		e = apply_relr(plan, target, &d, delta, fault);
	return e;
}
