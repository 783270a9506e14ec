/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a kernel file apart: what kind it is, and what all kinds have in common.
 */
#include <stdlib.h>
#include <string.h>
#include "lib/dynamic.h"
#include "lib/kernel.h"
#include "lib/memory.h"
#include "lib/unpack.h"
#include "spec/elf64.h"

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
	k->has_elf = k->has_kernel = true;
	k->kernel = k->elf;
}

/*
 * Behind an i386 kernel: a zero, then the addresses of 32-bit places, as arch/x86/tools/relocs writes
 * them for that class.
 */
static void check_relocs_i386(struct kernel *k)
{
	struct fault fault = {"length", 0, k->relocs.len};
	size_t i;

	if (!k->relocs.len)
		return;
	if (k->relocs.len % 4) {
		problems_add(&k->problems, "relocation table", ERR_BAD_RELOC, &fault);
		return;
	}
	for (i = 0; i < k->relocs.len; i += 4) {
		if (!le32_get(k->relocs.ptr + i) == !i)
			continue;
		fault = (struct fault){"zero word", i, le32_get(k->relocs.ptr + i)};
		problems_add(&k->problems, "relocation table", ERR_BAD_RELOC, &fault);
		return;
	}
}

static bool is_x86_64(struct span file)
{
	uint16_t machine;

	return !span_le16(file, E_MACHINE, &machine) && machine == EM_X86_64 &&
		file.ptr[EI_CLASS] == ELFCLASS64 && file.ptr[EI_DATA] == ELFDATA2LSB;
}

void kernel_take_elf(struct kernel *k, struct span bytes, const char *part)
{
	struct kernel_layer layer = {.format = KERNEL_ELF, .bytes = bytes};
	struct fault fault = {0};
	bool ours = is_x86_64(bytes);
	enum err e = elf_file_read(bytes, &k->any, &fault);

	if (e && !ours) {
		problems_add(&k->problems, part, e, &fault);
		return;
	}
	k->has_any = !e;
	/* a file that is an ELF has its layer already */
	if (bytes.ptr != k->file.ptr && !kernel_push(k, layer))
		return;
	if (ours) {
		k->arch = "x86-64";
		kernel_split(k, bytes, part);
		return;
	}
	k->arch = format_elf_arch(k->any.header.machine, k->any.form.is64, k->any.form.big_endian);
	k->kernel = bytes;
	/* Only what an x86 wrapper decodes has a table behind it; of another file all belongs to it. */
	if (k->any.header.machine == EM_386 && bytes.ptr == k->content) {
		k->kernel.len = k->any.size;
		k->relocs = (struct span){bytes.ptr + k->any.size, bytes.len - k->any.size};
		k->relocs_coded_size = k->relocs.len;
		check_relocs_i386(k);
	}
	k->has_kernel = true;
}

static void take_raw_image(struct kernel *k, struct span bytes, const char *part)
{
	struct fault fault = {0};
	enum err e = raw_image_parse(bytes, &k->raw, &fault);

	if (e)
		problems_add(&k->problems, part, e, &fault);
	else
		k->arch = !k->raw.riscv ? k->raw.big_endian ? "arm64_be" : "arm64" : "riscv64";
}

/* A stream where a kernel was expected: what is in it? */
static enum err take_stream(struct kernel *k, struct span *bytes, const char *part)
{
	struct kernel_layer layer = {.format = KERNEL_STREAM, .bytes = *bytes};
	struct unpacked content;
	struct fault fault = {0};
	enum err e;

	if (codec_detect(*bytes, &layer.codec) || !kernel_push(k, layer))
		return ERR_TOO_NESTED;
	e = unpack_stream(
		layer.codec, *bytes, kernel_limit(k, bytes->len), &content, &fault);
	if (e) {
		if (e != ERR_NO_MEMORY)
			problems_add(&k->problems, part, e, &fault);
		return e;
	}
	if (!kernel_own(k, content.bytes, content.size))
		return ERR_TOO_NESTED;
	*bytes = (struct span){content.bytes, content.size};
	return ERR_OK;
}

enum err kernel_take(struct kernel *k, struct span bytes, const char *part)
{
	struct kernel_layer layer = {.format = format_detect(bytes), .bytes = bytes};
	enum err e;

	while (layer.format == KERNEL_STREAM) {
		e = take_stream(k, &bytes, part);
		if (e)
			return e == ERR_NO_MEMORY ? e : ERR_OK;
		layer = (struct kernel_layer){.format = format_detect(bytes), .bytes = bytes};
	}
	if (layer.format == KERNEL_ELF) {
		kernel_take_elf(k, bytes, part);
		return ERR_OK;
	}
	if (layer.format == KERNEL_ARM64_IMAGE || layer.format == KERNEL_RISCV_IMAGE)
		take_raw_image(k, bytes, part);
	else if (layer.format == KERNEL_UNKNOWN)
		layer.format = KERNEL_RAW;
	if (bytes.ptr != k->file.ptr && !kernel_push(k, layer))
		return ERR_OK;
	k->kernel = bytes;
	k->has_kernel = true;
	return ERR_OK;
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

	if (!k->has_elf)
		return k->relocs.len ? k->relocs.len / sizeof(uint32_t) - 1 : 0;
	if (t->layout == RELOC_DYNAMIC)
		return dynamic_count(&k->plan, k->elf);
	return (t->rel64.len + t->inverse32.len + t->rel32.len) / sizeof(uint32_t);
}

/* It says that it is Linux, for x86, and has not even the magic number left. */
static void check_broken_bzimage(struct kernel *k)
{
	uint32_t linux_magic, header;

	if ((k->pe.machine != PE_MACHINE_X64 && k->pe.machine != PE_MACHINE_I386) ||
		span_le32(k->file, MZ_LINUX_AT, &linux_magic) || linux_magic != MZ_LINUX_MAGIC ||
		span_le32(k->file, HDR_HEADER, &header))
		return;
	kernel_complain(k, "", ERR_NOT_BZIMAGE, (struct fault){"header", HDR_HEADER, header},
		k->file.ptr);
}

/* What a PE header in front of an image says, and whether it is all there. */
static void read_pe(struct kernel *k)
{
	struct fault fault = {0};
	enum err e;
	uint16_t mz;

	if (k->uki)
		return;
	e = pe_parse(k->file, &k->pe, &fault);
	k->has_pe = !e;
	if (k->format == KERNEL_PE) {
		k->arch = format_pe_arch(k->pe.machine);
		check_broken_bzimage(k);
	}
	/* A bzImage's is looked at where its other headers are. */
	if (e && !span_le16(k->file, 0, &mz) && mz == MZ_MAGIC &&
		(k->format == KERNEL_ARM64_IMAGE || k->format == KERNEL_RISCV_IMAGE))
		kernel_complain(k, "PE header", e, fault, k->file.ptr);
}

/* Before boot protocol 2.00 there was no magic number: only a payload makes it a kernel. */
#define BOOT_SECTOR_AREA (1024 * 1024)

static enum err open_boot_sector(struct kernel *k)
{
	struct span area = k->file;
	uint16_t flag;
	enum err e;

	if (span_le16(k->file, HDR_BOOT_FLAG, &flag) || flag != BOOT_FLAG_MAGIC ||
		!span_has(k->file, 0, 2 * SECTOR_SIZE))
		return ERR_OK;
	if (area.len > BOOT_SECTOR_AREA)
		area.len = BOOT_SECTOR_AREA;
	e = kernel_open_old(k, area);
	if (!e && k->content) {
		k->format = k->layer[0].format = KERNEL_BOOT_SECTOR;
		k->arch = "i386";
	}
	return e;
}

static enum err open_image(struct kernel *k)
{
	switch (k->format) {
	case KERNEL_ELF:
		return kernel_open_elf(k);
	case KERNEL_BZIMAGE:
	case KERNEL_ZIMAGE:
		return kernel_open_bzimage(k);
	case KERNEL_ZBOOT:
		return kernel_open_zboot(k);
	case KERNEL_ARM_ZIMAGE:
		return kernel_open_arm_zimage(k);
	case KERNEL_S390_IMAGE:
		return kernel_open_s390(k);
	case KERNEL_ARM64_IMAGE:
	case KERNEL_RISCV_IMAGE:
	case KERNEL_RAW:
		return kernel_take(k, k->file, "");
	case KERNEL_UNKNOWN:
		return k->layer_count == 1 ? open_boot_sector(k) : ERR_OK;
	default:
		return ERR_OK;
	}
}

/* The header's version is the release and who built it; else the kernel's banner is looked for. */
static void find_release(struct kernel *k)
{
	struct span version = k->image.version;
	size_t n = 0;

	while (n < version.len && version.ptr[n] != ' ')
		n++;
	k->release = (struct span){version.ptr, n};
	if (!n && k->has_kernel && !format_find_release(k->kernel, &k->release))
		k->release = (struct span){0};
}

enum err kernel_read(struct span file, const struct kernel_options *options, struct kernel *ret)
{
	struct kernel *k = ret;
	enum err e;
	bool digest;

	*k = (struct kernel){.file = file};
	if (options)
		k->options = *options;
	k->name = k->options.name;
	if (file.len > UINT32_MAX) { /* offsets in images have 32 bits */
		problems_add(&k->problems, "", ERR_OVERFLOW,
			&(struct fault){"size of the file", 0, file.len});
		return ERR_OK;
	}
	e = kernel_unwrap(k);
	if (e)
		return e;
	read_pe(k);
	e = open_image(k);
	digest = !e && k->has_kernel && !k->has_digest;
	if (digest)
		kernel_digest_begin(k);
	else
		kernel_digest_drop(k); /* content that turned out to have no kernel */
	if (!e)
		find_release(k);
	if (digest)
		kernel_digest_end(k);
	return e;
}

void kernel_close(struct kernel *k)
{
	size_t i;

	kernel_digest_drop(k);
	memory_release(k->content, k->content_size);
	free(k->elf_copy);
	free(k->relocs_copy);
	for (i = 0; i < k->owned_count; i++)
		memory_release(k->owned[i].bytes, k->owned[i].size);
	free(k->member);
	*k = (struct kernel){0};
}
