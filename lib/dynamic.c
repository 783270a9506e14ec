/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting and trying the relocations of a position-independent kernel.
 */
#include <string.h>
#include <sys/mman.h>
#include "core/reloc.h"
#include "lib/dynamic.h"
#include "spec/elf64.h"

#define TRY_DELTA 0x200000 /* any distance will do */

/* The value of a tag in PT_DYNAMIC; 0 if it is not there. */
static uint64_t dynamic_value(const struct elf_plan *plan, struct span elf, uint64_t tag)
{
	uint64_t pos, end = plan->dynamic_offset + plan->dynamic_size;
	uint64_t found, value;

	for (pos = plan->dynamic_offset; pos < end; pos += ELF64_DYN_SIZE) {
		if (span_le64(elf, pos, &found) || span_le64(elf, pos + 8, &value) ||
			found == DT_NULL)
			break;
		if (found == tag)
			return value;
	}
	return 0;
}

/* size bytes at virtual address va, in the file. */
static bool bytes_at(
	const struct elf_plan *plan, struct span elf, uint64_t va, uint64_t size, struct span *ret)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];

		if (va - s->vaddr < s->filesz && size <= s->filesz - (va - s->vaddr))
			return !span_sub(elf, s->offset + (va - s->vaddr), size, ret);
	}
	return false;
}

uint64_t dynamic_count(const struct elf_plan *plan, struct span elf)
{
	uint64_t relr_size = dynamic_value(plan, elf, DT_RELRSZ);
	uint64_t count = dynamic_value(plan, elf, DT_RELASZ) / ELF64_RELA_SIZE;
	struct span relr;
	size_t at;

	if (!relr_size || !bytes_at(plan, elf, dynamic_value(plan, elf, DT_RELR), relr_size, &relr))
		return count;
	for (at = 0; at + 8 <= relr.len; at += 8) {
		uint64_t word = le64_get(relr.ptr + at);

		count += word & 1 ? (uint64_t)__builtin_popcountll(word >> 1) : 1;
	}
	return count;
}

enum err dynamic_check(const struct elf_plan *plan, struct span elf, struct fault *fault)
{
	struct reloc_target target = {
		.mem_base = plan->mem_base,
		.mem_size = plan->mem_size,
		.va_minus_pa = plan->link_base,
	};
	enum err e;
	size_t i;

	if (plan->mem_size > UINT32_MAX)
		return fault_set(fault, ERR_OVERFLOW, "p_memsz", 0, plan->mem_size);
	target.image = mmap(NULL, plan->mem_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (target.image == MAP_FAILED)
		return ERR_NO_MEMORY;
	for (i = 0; i < plan->count; i++) {
		const struct elf_segment *s = &plan->segment[i];
		struct span bytes;

		if (!span_sub(elf, s->offset, s->filesz, &bytes))
			memcpy(target.image + (s->paddr - plan->mem_base), bytes.ptr, bytes.len);
	}
	e = reloc_apply_dynamic(plan, &target, TRY_DELTA, fault);
	munmap(target.image, plan->mem_size);
	return e;
}
