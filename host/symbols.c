/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ELF with symbols, put together:
 *
 *   header          the kernel's own, with other numbers for sections; or one made for an image
 *   kernel          not a byte of it changed
 *   .symtab .strtab .shstrtab, and types as .debug_info .debug_abbrev .debug_str
 *   section headers all of them, old and new
 *
 * The kernel's old section headers stay where they were, and nothing points at them any more.
 *
 * Written here and not with libelf: that would build or rewrite the whole file, where three tables are to
 * be appended to bytes that go to the output as they are (docs/decisions/0035-symbols-from-kallsyms.md).
 */
#include <stdlib.h>
#include <string.h>
#include "host/symbols.h"
#include "host/symbols_parts.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

#define IMAGE_HEAD     4096 /* header and padding in front of an image: a page, so that pages stay pages */

/* arm64 and riscv64 have a header of their own in the first bytes [Linux booting.rst, boot-image-header.rst] */
#define IMAGE_MAGIC    0x38
#define ARM64_MAGIC    0x644d5241 /* "ARMd" */
#define RISCV_MAGIC    0x05435352 /* "RSC\5" */

struct work {
	struct span kernel;
	bool is_elf;
	struct symbols_elf elf;
	struct kallsyms k;
	struct symbols_sections sections;
	struct symbols_table table;
	struct symbols_types types;
};

static uint32_t image_magic(struct span kernel)
{
	uint32_t magic;

	return span_le32(kernel, IMAGE_MAGIC, &magic) ? 0 : magic;
}

bool symbols_is_image(struct span kernel)
{
	return image_magic(kernel) == ARM64_MAGIC || image_magic(kernel) == RISCV_MAGIC;
}

/* An image of one of the architectures that have no ELF in their files. */
static void guess_machine(const struct work *w, struct kallsyms_image *image, struct symbols_elf *elf)
{
	uint32_t magic = image_magic(w->kernel);

	*elf = (struct symbols_elf){.form.is64 = true, .header.type = ET_EXEC};
	image->word = 8;
	if (magic == ARM64_MAGIC) {
		image->code = KALLSYMS_ARM64;
		elf->header.machine = EM_AARCH64;
	} else if (magic == RISCV_MAGIC) {
		image->code = KALLSYMS_RISCV64;
		elf->header.machine = EM_RISCV;
		elf->header.flags = EF_RISCV_RVC_DOUBLE;
	} else {
		image->code = KALLSYMS_ARM;
		image->word = 4;
		elf->form.is64 = false;
		elf->header.machine = EM_ARM;
		elf->header.flags = EF_ARM_EABI5;
	}
}

/*
 * What of an image is loaded, and how much memory it takes: up to _edata and _end, if these are known and
 * not absurd. Behind the bytes of _edata there may be a signature, or a device tree.
 */
static void measure_image(const struct kallsyms *k, uint64_t *ret_filled, uint64_t *ret_memory)
{
	const uint64_t size = k->whole.size, most = size + (256u << 20);
	struct kallsyms_iter it = kallsyms_begin(k);
	struct kallsyms_symbol s;

	*ret_filled = *ret_memory = size;
	while (kallsyms_next(&it, &s)) {
		uint64_t at = s.va - k->whole.va;

		if (s.name[0] != '_')
			continue;
		if (!strcmp(s.name, "_edata") && at && at <= size)
			*ret_filled = at;
		if (!strcmp(s.name, "_end") && at > size && at < most)
			*ret_memory = at;
	}
}

/* The segment that an image is, once it is known where it is loaded. */
static void make_segment(struct work *w)
{
	uint64_t va = w->k.whole.va, filled, memory;

	measure_image(&w->k, &filled, &memory);
	w->elf.header.entry = va;
	w->elf.header.phoff = elf_header_size(w->elf.form);
	w->elf.header.phnum = 1;
	w->elf.segment_count = 1;
	w->elf.segment[0] = (struct elf_file_segment){.type = PT_LOAD,
		.flags = PF_R | PF_W | PF_X,
		.offset = IMAGE_HEAD,
		.vaddr = va,
		.paddr = va,
		.filesz = filled,
		.memsz = memory,
		.align = IMAGE_HEAD};
}

/* For a kernel whose ELF has no section headers, or that is no ELF. */
static enum err make_sections(struct work *w, struct fault *fault)
{
	return sections_have_data(&w->k) ?
		sections_from_runs(&w->elf, &w->k, &w->sections, fault) :
		sections_from_marks(&w->elf, &w->k, &w->sections, fault);
}

static enum err find_in_image(struct work *w, struct fault *fault)
{
	struct kallsyms_image image = {.bytes = w->kernel};
	enum err e;

	guess_machine(w, &image, &w->elf);
	e = kallsyms_find(&image, &w->k, fault);
	if (e)
		return e;
	make_segment(w);
	return make_sections(w, fault);
}

static size_t list_areas(const struct symbols_elf *elf, struct kallsyms_area *ret)
{
	size_t n = 0;

	for (uint16_t i = 0; i < elf->segment_count; i++) {
		const struct elf_file_segment *s = &elf->segment[i];

		if (s->type == PT_LOAD && s->filesz)
			ret[n++] = (struct kallsyms_area){s->offset, s->filesz, s->vaddr};
	}
	return n;
}

static bool has_alloc(const struct symbols_elf *elf)
{
	for (uint16_t i = 0; i < elf->section_count; i++) {
		if (elf->section[i].flags & SHF_ALLOC)
			return true;
	}
	return false;
}

static enum err read_elf(struct span kernel, struct symbols_elf *ret, struct fault *fault)
{
	struct elf_file elf;
	enum err e = elf_file_read(kernel, &elf, fault);

	if (e)
		return e;
	if (elf.header.phnum > SYMBOLS_SEGMENTS_MAX)
		return fault_set(
			fault, ERR_BAD_ELF, "program headers", elf.header.phoff, elf.header.phnum);
	if (elf.header.shnum > SYMBOLS_SECTIONS_MAX)
		return fault_set(
			fault, ERR_BAD_ELF, "section headers", elf.header.shoff, elf.header.shnum);
	*ret = (struct symbols_elf){.form = elf.form,
		.header = elf.header,
		.segment_count = elf.header.phnum,
		.section_count = elf.header.shnum,
		.names = elf.names};
	for (uint16_t i = 0; i < ret->segment_count; i++)
		ret->segment[i] = elf_file_segment(&elf, i);
	for (uint16_t i = 0; i < ret->section_count; i++)
		ret->section[i] = elf_file_section(&elf, i);
	return ERR_OK;
}

static enum err find_in_elf(struct work *w, struct fault *fault)
{
	static struct kallsyms_area areas[SYMBOLS_SEGMENTS_MAX];
	struct kallsyms_image image = {.bytes = w->kernel, .areas = areas};
	enum err e = read_elf(w->kernel, &w->elf, fault);

	if (e)
		return e;
	for (uint16_t i = 0; i < w->elf.section_count; i++) {
		if (w->elf.section[i].type == SHT_SYMTAB)
			return fault_set(fault, ERR_SYMBOLS_THERE, "SHT_SYMTAB",
				w->elf.section[i].offset, i);
	}
	image.area_count = list_areas(&w->elf, areas);
	image.big_endian = w->elf.form.big_endian;
	image.word = w->elf.form.is64 ? 8 : 4;
	if (!has_alloc(&w->elf)) {
		e = kallsyms_find(&image, &w->k, fault);
		return e ? e : make_sections(w, fault);
	}
	e = sections_from_elf(&w->elf, &w->sections, fault);
	if (e)
		return e;
	symbols_types_start(&w->types, w->kernel, &w->sections);
	return kallsyms_find(&image, &w->k, fault);
}

/* Header and, for an image, program header. */
static bool build_head(struct work *w, struct symbols *ret)
{
	ret->head_size = w->is_elf ? elf_header_size(w->elf.form) : IMAGE_HEAD;
	ret->head = calloc(1, ret->head_size);
	if (!ret->head)
		return false;
	elf_put_header(w->elf.form, &w->elf.header, ret->head);
	if (w->is_elf) { /* e_ident's other bytes: ABI and its version */
		memcpy(ret->head, w->kernel.ptr, EI_NIDENT);
		ret->body = (struct span){
			w->kernel.ptr + ret->head_size, w->kernel.len - ret->head_size};
	} else {
		elf_put_segment(w->elf.form, &w->elf.segment[0], ret->head + w->elf.header.phoff);
		ret->body = w->kernel;
	}
	return true;
}

static bool build_tail(struct work *w, struct symbols *ret)
{
	uint64_t end = (w->is_elf ? 0 : IMAGE_HEAD) + w->kernel.len;

	ret->tail = tail_build(end, &w->sections, &w->table, &w->types.types, &ret->tail_size);
	w->elf.header.shoff = end + ret->tail_size - w->sections.count * elf_section_size(w->elf.form);
	w->elf.header.shnum = w->sections.count;
	w->elf.header.shstrndx = (uint16_t)(w->sections.count - 1);
	return ret->tail;
}

static enum err assemble(struct work *w, struct symbols *ret)
{
	struct percpu_statics percpu = {0};
	bool done;

	if (!w->types.started)
		symbols_types_start(&w->types, w->kernel, &w->sections);
	done = percpu_find_statics(w->types.btf, w->elf.form.big_endian, &percpu);
	symbols_types_wait(&w->types);
	done = done && table_build(w->elf.header.machine, &w->sections, &w->k, &percpu, &w->types.types,
		&w->table);
	symbols_types_measure(&w->types, &w->sections);
	done = done && build_tail(w, ret) && build_head(w, ret);
	percpu_free(&percpu);
	table_free(&w->table);
	if (!done || w->types.err == ERR_NO_MEMORY) {
		symbols_free(ret);
		return ERR_NO_MEMORY;
	}
	ret->types_err = w->types.err;
	ret->types_fault = w->types.fault;
	ret->count = w->k.count;
	return ERR_OK;
}

enum err symbols_build(struct span kernel, struct symbols *ret, struct fault *fault)
{
	struct work *w = calloc(1, sizeof(*w));
	uint32_t magic;
	enum err e;

	*ret = (struct symbols){0};
	if (!w)
		return ERR_NO_MEMORY;
	w->kernel = kernel;
	w->is_elf = !span_le32(kernel, 0, &magic) && magic == ELF_MAGIC;
	e = w->is_elf ? find_in_elf(w, fault) : find_in_image(w, fault);
	if (!e)
		e = assemble(w, ret);
	symbols_types_free(&w->types);
	free(w);
	return e;
}

void symbols_free(struct symbols *s)
{
	free(s->head);
	free(s->tail);
	*s = (struct symbols){0};
}
