/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a kernel file apart: what kind it is, and what all kinds have in common.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include "lib/digest.h"
#include "lib/dynamic.h"
#include "lib/kernel.h"
#include "spec/elf64.h"

void kernel_digest(struct kernel *k)
{
	struct sha256 s;

	sha256_init(&s);
	digest_update(&s, k->elf);
	digest_update(&s, k->relocs);
	sha256_final(&s, k->sha256);
}

/* A position-independent kernel: its relocations must be such that the stub can apply them. */
static void split_dynamic(struct kernel *k)
{
	struct fault fault = {0};
	enum err e = dynamic_check(&k->plan, k->elf, &fault);

	k->table.layout = RELOC_DYNAMIC;
	if (e)
		problems_add(&k->problems, "dynamic relocations", e, &fault);
}

/* Of one of our images: Linux's table again. What cannot be expanded stays as it is, for the digest. */
static enum err expand_relocs(struct kernel *k, struct fault *fault)
{
	struct reloc_compact codes;
	uint64_t size = 0;
	enum err e;

	e = reloc_compact_split(k->relocs, k->manifest.reloc_layout, &codes, fault);
	if (!e)
		e = reloc_compact_expanded_size(&codes, &size, fault);
	if (e)
		return e;
	k->relocs_copy = malloc(size);
	if (!k->relocs_copy)
		return fault_set(fault, ERR_NO_MEMORY, "relocation table", 0, size);
	e = reloc_compact_expand(&codes, k->relocs_copy, size, fault);
	if (!e)
		k->relocs = (struct span){k->relocs_copy, size};
	return e;
}

void kernel_split(struct kernel *k, struct span content, const char *part)
{
	struct fault fault = {0};
	enum err e;

	e = elf_plan(content, content.len, &k->plan, &fault);
	if (e) {
		problems_add(&k->problems, part, e, &fault);
		return;
	}
	if (span_sub(content, 0, k->plan.elf_size, &k->elf))
		return;
	k->relocs = (struct span){content.ptr + k->elf.len, content.len - k->elf.len};
	k->relocs_coded_size = k->relocs.len;
	e = k->ours && k->manifest.reloc_coding == RELOC_COMPACT ? expand_relocs(k, &fault) : ERR_OK;
	if (!e)
		e = reloc_parse(k->relocs, &k->plan, &k->table, &fault);
	if (e)
		problems_add(&k->problems, "relocation table", e, &fault);
	else if (!k->relocs.len && k->plan.type == ET_DYN && k->plan.dynamic_size)
		split_dynamic(k);
	k->has_elf = true;
	kernel_digest(k);
}

uint64_t kernel_offset(const struct kernel *k, const uint8_t *byte)
{
	return (uint64_t)(byte - k->file.ptr);
}

bool kernel_is_filtered(const struct kernel *k)
{
	return k->ours && k->manifest.flags & MANIFEST_FLAG_FILTER_X86;
}

uint64_t kernel_relocs_count(const struct kernel *k)
{
	const struct reloc_table *t = &k->table;

	if (t->layout == RELOC_DYNAMIC)
		return dynamic_count(&k->plan, k->elf);
	return (t->rel64.len + t->inverse32.len + t->rel32.len) / sizeof(uint32_t);
}

static bool is_bzimage(struct span file)
{
	uint32_t magic;
	uint16_t flag;

	return !span_le32(file, HDR_HEADER, &magic) && magic == HDR_MAGIC &&
		!span_le16(file, HDR_BOOT_FLAG, &flag) && flag == BOOT_FLAG_MAGIC;
}

/* systemd's stub, or one like it, has the kernel's file in a section: that is what counts from here on. */
static void enter_uki(struct kernel *k)
{
	struct pe_section_info inner;

	if (is_bzimage(k->file) || !k->has_pe || !pe_find(&k->pe, ".linux", &inner))
		return;
	k->uki = true;
	k->file = inner.bytes;
}

enum err kernel_read(struct span file, enum relocs_from relocs, struct kernel *ret)
{
	struct kernel *k = ret;
	uint32_t magic;

	*k = (struct kernel){.file = file};
	k->has_pe = !pe_parse(k->file, &k->pe, NULL);
	enter_uki(k);
	if (!span_le32(k->file, 0, &magic) && magic == ELF_MAGIC) {
		k->format = KERNEL_ELF;
		return kernel_open_elf(k, relocs);
	}
	if (is_bzimage(k->file)) {
		k->format = KERNEL_BZIMAGE;
		return kernel_open_bzimage(k);
	}
	return ERR_OK;
}

void kernel_close(struct kernel *k)
{
	if (k->content)
		munmap(k->content, k->content_size);
	free(k->elf_copy);
	free(k->relocs_copy);
	*k = (struct kernel){0};
}
