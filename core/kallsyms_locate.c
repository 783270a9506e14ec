/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that is no ELF: bytes that are loaded in one piece, but where? Symbols say it, if it is known
 * which byte belongs to one of them.
 *
 *   _start, _text   stand at the first byte, if the table has them
 *   calls           else, the kernel's calls say by how much bytes and symbols are apart: all of them
 *                   must meet the start of a function, and by another distance hardly any do
 *
 * Kernels that relocate themselves (arm64, riscv64) may have 0 for base, and its value in a relocation.
 * That one is found by what it must say: it patches the place where base stands with the address of the
 * lowest symbol. Tables of the form PLACE have no base. There, the pointers in the kernel's data
 * decide: many of them point at a symbol's start, if the kernel is where it was linked to.
 * [ELF for the Arm 64-bit Architecture, R_AARCH64_RELATIVE; RISC-V ELF psABI, R_RISCV_RELATIVE;
 *  Arm Architecture Reference Manual, BL; RISC-V Instruction Set Manual, AUIPC and JALR]
 */
#include "core/kallsyms_parts.h"

#define R_AARCH64_RELATIVE 1027
#define R_RISCV_RELATIVE   3
#define RELA_SIZE          24 /* place, kind, value: 64 bits each */

#define PAGE               4096u
#define PAGES_BEFORE       1024 /* in front of the lowest symbol: 32-bit ARM aligns its text to 2 MiB */
#define LINK_ALIGN         0x200000u /* arm64 and riscv64 [boot protocols of both] */
#define SAMPLES            512
#define POINTERS           1024

/* A kernel's own addresses: the upper end of 64 bits, at most 52 of them [arm64 memory.rst]. */
static bool is_kernel_va(uint64_t v)
{
	return v >> 52 == 0xfff;
}

/* Does a symbol have that address? */
static bool is_symbol(const struct kallsyms *k, uint64_t va)
{
	uint32_t low = 0, high = k->count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (kallsyms_address(k, middle) <= va)
			low = middle;
		else
			high = middle;
	}
	return kallsyms_address(k, low) == va;
}

static int64_t sign_extend(uint32_t v, unsigned int bits)
{
	return (int64_t)((uint64_t)v << (64 - bits)) >> (64 - bits);
}

/* If there is a call at off: the offset of what it calls. */
static bool call_target(const struct kallsyms_image *im, uint64_t off, int64_t *ret)
{
	uint32_t op = image_u32(im, off), next;

	switch (im->code) {
	case KALLSYMS_ARM: /* bl, 8 bytes ahead */
		if (op >> 24 != 0xeb) /* always */
			return false;
		*ret = (int64_t)off + 8 + sign_extend(op & 0xffffff, 24) * 4;
		return true;
	case KALLSYMS_ARM64: /* bl */
		if (op >> 26 != 0x25)
			return false;
		*ret = (int64_t)off + sign_extend(op & 0x3ffffff, 26) * 4;
		return true;
	case KALLSYMS_RISCV64: /* auipc ra; jalr ra, ra */
		next = image_u32(im, off + 4);
		if ((op & 0xfff) != 0x097 || (next & 0xfffff) != 0x080e7)
			return false;
		*ret = (int64_t)off + (int32_t)(op & 0xfffff000) + sign_extend(next >> 20, 12);
		return true;
	default:
		return false;
	}
}

/* Calls from all over the text, which is in the first quarter of any kernel. */
static unsigned int sample_calls(const struct kallsyms_image *im, int64_t ret[SAMPLES])
{
	uint64_t end = im->bytes.len / 4, step = end / SAMPLES, limit;
	unsigned int n = 0;

	if (step < 8)
		return 0;
	for (uint64_t at = step & ~3ull; n < SAMPLES && at + 8 <= end; at = limit & ~3ull) {
		for (limit = at + step; at + 8 <= limit; at += 4) {
			if (call_target(im, at, &ret[n])) {
				n++;
				break;
			}
		}
	}
	return n;
}

/* Three of four meet a symbol, if the first byte has that address. */
static bool calls_fit(const struct kallsyms *k, const int64_t *call, unsigned int count, uint64_t va)
{
	const uint64_t mask = k->image.word == 8 ? UINT64_MAX : UINT32_MAX;
	unsigned int hits = 0;

	for (unsigned int i = 0; i < count; i++) {
		hits += is_symbol(k, (va + (uint64_t)call[i]) & mask);
		if (i == 31 && hits < 16)
			return false;
	}
	return count >= 32 && hits >= count / 4 * 3;
}

/* The address of the first byte as the table counts: base may still be 0. */
static bool find_distance(const struct kallsyms *k, const struct kallsyms_marks *marks,
	uint64_t *ret, bool *ret_proved)
{
	uint32_t first = marks->start != KALLSYMS_ABSENT ? marks->start : marks->text;
	uint64_t lowest = kallsyms_address(k, 0) & ~(uint64_t)(PAGE - 1);
	int64_t call[SAMPLES];
	unsigned int count = sample_calls(&k->image, call), found = 0;

	if (first != KALLSYMS_ABSENT) {
		*ret = kallsyms_address(k, first);
		*ret_proved = calls_fit(k, call, count, *ret);
		return true;
	}
	for (unsigned int i = 0; i < PAGES_BEFORE; i++) {
		uint64_t va = lowest - (uint64_t)i * PAGE;

		if (!calls_fit(k, call, count, va))
			continue;
		*ret = va;
		found++;
	}
	*ret_proved = true;
	return found == 1;
}

/* The relocation that puts base in its place; distance is the first byte's address if base were 0. */
static bool find_base(struct kallsyms *k, uint64_t distance)
{
	const struct kallsyms_image *im = &k->image;

	for (uint64_t at = 0; span_has(im->bytes, at, RELA_SIZE); at += 8) {
		uint64_t kind = image_u64(im, at + 8), value = image_u64(im, at + 16);

		if ((kind == R_AARCH64_RELATIVE || kind == R_RISCV_RELATIVE) && is_kernel_va(value) &&
			image_u64(im, at) == value + distance + k->base_offset) {
			k->base = value;
			return true;
		}
	}
	return false;
}

/* How many of the pointers are symbols if the first byte has that address? Symbols count from 0. */
static unsigned int count_hits(
	const struct kallsyms *k, const uint64_t *pointer, unsigned int count, uint64_t va)
{
	unsigned int hits = 0;

	for (unsigned int i = 0; i < count; i++)
		hits += is_symbol(k, pointer[i] - va);
	return hits;
}

/* Pointers from all over the image; zero and small negative numbers are none. */
static unsigned int sample_pointers(const struct kallsyms_image *im, uint64_t ret[POINTERS])
{
	uint64_t step = im->bytes.len / POINTERS & ~7ull, limit;
	unsigned int n = 0;

	for (uint64_t at = 0; n < POINTERS && at + 8 <= im->bytes.len && step; at = limit) {
		for (limit = at + step; at < limit && at + 8 <= im->bytes.len; at += 8) {
			uint64_t v = image_u64(im, at);

			if (is_kernel_va(v) && v < 0 - (uint64_t)im->bytes.len) {
				ret[n++] = v;
				break;
			}
		}
	}
	return n;
}

/* The pointer that has most others no further than the image is long: it points into the image. */
static uint64_t middle_pointer(const uint64_t *pointer, unsigned int count, uint64_t reach)
{
	unsigned int most = 0, near;
	uint64_t middle = 0;

	for (unsigned int i = 0; i < count; i++) {
		near = 0;
		for (unsigned int j = 0; j < count; j++)
			near += pointer[i] - pointer[j] + reach / 2 <= reach;
		if (near > most) {
			most = near;
			middle = pointer[i];
		}
	}
	return middle;
}

/* PLACE: symbols are counted from the first byte, and the pointers say where that is. */
static bool find_link_address(const struct kallsyms *k, uint64_t *ret)
{
	uint64_t pointer[POINTERS], middle, va, len = k->image.bytes.len;
	unsigned int count = sample_pointers(&k->image, pointer), most = 0, second = 0, hits;

	middle = middle_pointer(pointer, count, len);
	for (va = (middle - len) & ~(uint64_t)(LINK_ALIGN - 1); count && va <= middle; va += LINK_ALIGN) {
		hits = count_hits(k, pointer, count, va);
		if (hits > most) {
			second = most;
			most = hits;
			*ret = va;
		} else if (hits > second) {
			second = hits;
		}
		if (middle - va < LINK_ALIGN)
			break;
	}
	return most >= 32 && most >= count / 16 && most >= 3 * second;
}

enum err kallsyms_locate(
	struct kallsyms *k, const struct kallsyms_marks *marks, bool *ret_proved)
{
	uint64_t distance, link_va;

	k->whole = (struct kallsyms_area){.size = k->image.bytes.len};
	if (!find_distance(k, marks, &distance, ret_proved))
		return ERR_KALLSYMS_LOAD_ADDRESS;
	switch (k->form) {
	case KALLSYMS_PLACE:
		if (distance)
			return ERR_KALLSYMS_ADDRESSES;
		if (!find_link_address(k, &link_va))
			return ERR_KALLSYMS_LOAD_ADDRESS;
		k->whole.va = link_va;
		return ERR_OK;
	case KALLSYMS_RELATIVE:
		if (k->base)
			break;
		if (k->image.word == 4 || !find_base(k, distance))
			return ERR_KALLSYMS_LOAD_ADDRESS;
		distance += k->base;
		break;
	default:
		break;
	}
	if (k->image.word == 8 && !is_kernel_va(distance))
		return ERR_KALLSYMS_ADDRESSES;
	k->whole.va = distance;
	return ERR_OK;
}
