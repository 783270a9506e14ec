/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a bare ELF apart. What would go into an image is what counts: of a vmlinux that still has
 * its --emit-relocs sections, symbols and debug information, that is the loaded part and a
 * relocation table; every other ELF goes into an image byte by byte. For some machines Linux's wrapper,
 * too, is an ELF, with the compressed kernel in one of its sections.
 */
#include <stdlib.h>
#include <string.h>
#include "lib/elf_relocs.h"
#include "lib/kernel.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

/* The ELF less its sections: what segments and program headers cover, in k->elf_copy. */
static enum err strip(struct kernel *k, struct span *ret)
{
	uint64_t end = k->plan.tail_offset;
	uint64_t headers_end = le64_get(k->file.ptr + E_PHOFF) +
		(uint64_t)le16_get(k->file.ptr + E_PHNUM) * ELF64_PHDR_SIZE;

	if (headers_end > end)
		end = headers_end;
	k->elf_copy = malloc(end);
	if (!k->elf_copy)
		return ERR_NO_MEMORY;
	memcpy(k->elf_copy, k->file.ptr, end);
	le64_put(k->elf_copy + E_SHOFF, 0);
	le16_put(k->elf_copy + E_SHNUM, 0);
	le16_put(k->elf_copy + E_SHSTRNDX, 0);
	*ret = (struct span){k->elf_copy, end};
	return ERR_OK;
}

/* vmlinux with --emit-relocs: elf_plan has succeeded, so headers and segments lie in the file. */
static enum err open_vmlinux(struct kernel *k)
{
	struct fault fault = {0};
	struct span loaded;
	size_t size = 0;
	enum err e;

	e = elf_relocs_extract(&k->any, &k->plan, &k->relocs_copy, &size, &fault);
	if (e == ERR_NO_MEMORY)
		return ERR_NO_MEMORY;
	if (e) {
		problems_add(&k->problems, "", e, &fault);
		return ERR_OK;
	}
	e = strip(k, &loaded);
	if (e)
		return e;
	kernel_split(k, loaded, "");
	if (k->has_elf)
		kernel_set_relocs(k, (struct span){k->relocs_copy, size}, "extracted relocations");
	return ERR_OK;
}

void kernel_set_relocs(struct kernel *k, struct span relocs, const char *part)
{
	struct fault fault = {0};
	enum err e;

	k->relocs = relocs;
	k->relocs_coded_size = relocs.len;
	e = reloc_parse(relocs, &k->plan, &k->table, &fault);
	if (e)
		problems_add(&k->problems, part, e, &fault);
	if (!k->has_digest)
		return; /* kernel_read will */
	kernel_digest_begin(k);
	kernel_digest_end(k);
}

/* vmlinuz of MIPS and PA-RISC, zImage of PowerPC: of Linux's words about itself, none can be read. */
static bool may_be_wrapper(const struct kernel *k, const struct elf_file *elf)
{
	struct span release;

	switch (elf->header.machine) {
	case EM_MIPS:
	case EM_PARISC:
	case EM_PPC:
	case EM_PPC64:
		return !format_find_release(k->file, &release);
	default:
		return false;
	}
}

/* An ELF for another machine than ours. */
static enum err open_foreign(struct kernel *k)
{
	bool found = false;
	struct elf_file elf;
	enum err e = ERR_OK;

	if (!elf_file_read(k->file, &elf, NULL) && may_be_wrapper(k, &elf)) {
		k->arch = format_elf_arch(elf.header.machine, elf.form.is64, elf.form.big_endian);
		k->left_out = k->options.shallow;
		if (!k->left_out)
			e = kernel_search(k, k->file, 0, &found);
	}
	if (e || found || k->left_out)
		return e;
	k->searched = false; /* there was nothing to be found: it is a kernel of another system */
	kernel_take_elf(k, k->file, "");
	return ERR_OK;
}

enum err kernel_open_elf(struct kernel *k)
{
	struct fault fault = {0};
	uint16_t machine;
	enum err e;

	if (span_le16(k->file, E_MACHINE, &machine) || machine != EM_X86_64 ||
		k->file.ptr[EI_CLASS] != ELFCLASS64)
		return open_foreign(k);
	k->arch = "x86-64";
	k->has_any = !elf_file_read(k->file, &k->any, NULL);

	e = elf_plan(k->file, k->file.len, &k->plan, &fault);
	if (e) {
		problems_add(&k->problems, "", e, &fault);
		return ERR_OK;
	}
	if (k->options.relocs == RELOCS_NONE) {
		kernel_split(k, (struct span){k->file.ptr, k->plan.elf_size}, "");
		k->table = (struct reloc_table){.layout = RELOC_NONE};
		return ERR_OK;
	}
	/* The table's addresses are of Linux's 2 GiB at the top; elsewhere it has no meaning. */
	if (k->has_any && k->plan.type == ET_EXEC && k->plan.link_base == LINUX_LINK_BASE &&
		elf_relocs_present(&k->any))
		return open_vmlinux(k);
	kernel_split(k, k->file, "");
	return ERR_OK;
}
