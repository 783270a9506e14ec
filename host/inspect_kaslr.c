/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a kernel's place in memory can be random, and if not, why. Ours say so in the manifest. Linux's
 * own wrapper for x86 has the code for it if it was configured, and then the words that it prints when it is
 * told not to; the virtual address can only move with a table of relocations behind the kernel.
 */
#include <string.h>
#include "host/inspect.h"

#define WORDS "KASLR disabled" /* [arch/x86/boot/compressed/kaslr.c] */

static bool has_words(const uint8_t *from, const uint8_t *to)
{
	return to > from && memmem(from, (size_t)(to - from), WORDS, sizeof(WORDS) - 1);
}

static bool wrapper_has_code(const struct kernel *k)
{
	struct span all = k->protected_mode, payload = k->image.payload;

	return has_words(all.ptr, payload.ptr) ||
		has_words(payload.ptr + payload.len, all.ptr + all.len);
}

static void ours(const struct kernel *k, struct kaslr_facts *r)
{
	const struct manifest *m = &k->manifest;

	r->physical = m->flags & MANIFEST_FLAG_MOVABLE ? ANSWER_YES : ANSWER_NO;
	r->virtual = m->flags & MANIFEST_FLAG_VIRTUAL ? ANSWER_YES : ANSWER_NO;
	r->physical_why = r->physical == ANSWER_YES
		? "the stub draws a place, unless nokaslr is on the command line"
		: "the kernel runs at the address it is linked to: no relocations, and not position-independent";
	if (r->virtual == ANSWER_YES)
		r->virtual_why = "the stub draws an offset and applies the relocation table";
	else if (m->reloc_layout == RELOC_NONE)
		r->virtual_why = "no relocation table";
	else if (m->reloc_layout == RELOC_DYNAMIC)
		r->virtual_why = "position-independent, but not in Linux's window of addresses";
	else
		r->virtual_why = "the image says that addresses stay as they are linked";
}

static void linux_x86(const struct kernel *k, struct kaslr_facts *r)
{
	if (!k->image.hdr.relocatable_kernel) {
		r->physical = r->virtual = ANSWER_NO;
		r->physical_why = r->virtual_why = "relocatable_kernel is 0";
		return;
	}
	if (!wrapper_has_code(k)) {
		r->physical = r->virtual = ANSWER_NO;
		r->physical_why = r->virtual_why = "the wrapper was built without CONFIG_RANDOMIZE_BASE";
		return;
	}
	r->physical = ANSWER_YES;
	r->physical_why = "the wrapper draws a place, unless nokaslr is on the command line";
	if (!k->content) {
		r->virtual_why = "not decoded: relocations are in the payload";
		return;
	}
	r->virtual = kernel_relocs_count(k) ? ANSWER_YES : ANSWER_NO;
	r->virtual_why = r->virtual == ANSWER_YES
		? "the wrapper draws an offset and applies the relocation table"
		: "no relocation table behind the kernel";
}

void inspect_kaslr(const struct kernel *k, struct kaslr_facts *ret)
{
	*ret = (struct kaslr_facts){
		.physical_why = "not known for this format", .virtual_why = "not known for this format"};
	if (k->ours) {
		ours(k, ret);
	} else if (k->image.setup_size && k->image.payload.len && k->image.hdr.init_size) {
		linux_x86(k, ret);
	} else if (k->format == KERNEL_ELF && k->has_elf) {
		ret->physical_why = ret->virtual_why = "that is for the wrapper around it";
		if (!kernel_relocs_count(k)) {
			ret->virtual = ANSWER_NO;
			ret->virtual_why = "no relocations in the file";
		}
	} else if (k->raw.image_size) {
		ret->physical_why = "the loader decides where the Image goes";
		ret->virtual_why = "by the kernel itself, with a seed from firmware";
	}
}
