/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Planning an image: content, compressed payload, offsets, manifest, and the memory that booting it
 * takes. See image_write.c for a picture of the result.
 */
#include <stdlib.h>
#include <string.h>
#include "core/crc32c.h"
#include "core/filter_x86.h"
#include "core/stub_info.h"
#include "host/clock.h"
#include "host/compress.h"
#include "host/image_keep.h"
#include "host/image_plan.h"
#include "host/image_sums.h"
#include "host/pe_write.h"

static enum status too_large(const struct build *b, const char *what, uint64_t size)
{
	report(b->wish->name, "%s is too large for an image (%llu bytes)", what,
		(unsigned long long)size);
	return STATUS_BAD_INPUT;
}

/*
 * Code the relocation table compactly, at table, which has room for it as it is. Returns how many bytes
 * that takes, or 0: it cannot be done so that the very same table comes out again, or gains nothing.
 */
static size_t code_relocs(const struct kernel *k, uint8_t *table)
{
	uint64_t size, again;
	struct reloc_compact codes;
	uint8_t *words;
	bool same;

	if (k->plan.link_base != RELOC_WINDOW_VA ||
		reloc_compact_encode(&k->table, table, k->relocs.len - 1, &size) ||
		reloc_compact_split((struct span){table, size}, k->table.layout, &codes, NULL) ||
		reloc_compact_expanded_size(&codes, &again, NULL) || again != k->relocs.len)
		return 0;
	words = malloc(again);
	same = words && !reloc_compact_expand(&codes, words, again, NULL) &&
		!memcmp(words, k->relocs.ptr, again);
	free(words);
	return same ? size : 0;
}

/* The content in one piece: ELF, then relocation table. */
static enum status join_content(struct build *b)
{
	const struct kernel *k = b->wish->kernel;
	uint64_t size = (uint64_t)k->elf.len + k->relocs.len;
	size_t coded;

	if (size > UINT32_MAX)
		return too_large(b, "kernel", size);
	b->content = k->elf;
	if (!k->relocs.len)
		return STATUS_DONE;
	b->content_copy = malloc((size_t)size);
	if (!b->content_copy)
		return report_no_memory(b->wish->name);
	coded = code_relocs(k, b->content_copy + k->elf.len);
	if (!coded)
		memcpy(b->content_copy + k->elf.len, k->relocs.ptr, k->relocs.len);
	memcpy(b->content_copy, k->elf.ptr, k->elf.len);
	b->manifest.reloc_coding = coded ? RELOC_COMPACT : RELOC_WORDS;
	b->content = (struct span){b->content_copy, k->elf.len + (coded ? coded : k->relocs.len)};
	return STATUS_DONE;
}

/* Code through the branch filter, each chunk by itself, in a copy of the content. */
static enum status filter_code(struct build *b)
{
	enum err e = ERR_OK;
	uint32_t i;

	if (!b->content_copy) {
		b->content_copy = malloc(b->content.len);
		if (!b->content_copy)
			return report_no_memory(b->wish->name);
		memcpy(b->content_copy, b->content.ptr, b->content.len);
		b->content.ptr = b->content_copy;
	}
	for (i = 0; i < b->chunks->count && !e; i++) {
		const struct manifest_chunk *c = &b->chunks->c[i];

		e = filter_x86_chunk(FILTER_ENCODE, &b->wish->kernel->plan,
			b->content_copy + c->out_off, c->out_off, c->out_size);
	}
	if (e) {
		report_fault(b->wish->name, "kernel", e, NULL);
		return STATUS_BAD_INPUT;
	}
	b->chunks->filtered = true;
	return STATUS_DONE;
}

static enum status make_payload(struct build *b)
{
	const struct elf_plan *plan = &b->wish->kernel->plan;
	const struct compress_rules *rules = compress_rules(b->wish->codec);
	bool one_chunk = b->content.len <= rules->one_chunk_max;
	bool in_place = plan->in_place && !one_chunk;
	enum status status = STATUS_DONE;
	double started;
	enum err e;

	b->chunks = malloc(sizeof(*b->chunks));
	if (!b->chunks)
		return report_no_memory(b->wish->name);
	e = chunks_cut(plan, b->content.len, in_place, b->wish->chunk_size, b->chunks);
	if (e) {
		report_fault(b->wish->name, "kernel", e, NULL);
		return STATUS_BAD_INPUT;
	}
	b->chunks->ahead = b->wish->ahead;
	if (b->wish->filter_x86)
		status = filter_code(b);
	if (status)
		return status;
	started = clock_seconds();
	status = compress(b->wish->codec, b->wish->level, b->content, b->chunks, &b->stream,
		&b->stream_size);
	if (status)
		return status;
	if (b->wish->compress_seconds)
		*b->wish->compress_seconds = clock_seconds() - started;
	/* gzip ends with the size by itself. */
	b->trailer_size = b->wish->codec == CODEC_GZIP ? 0 : IMAGE_SIZE_TRAILER;
	if (b->stream_size > UINT32_MAX - IMAGE_SIZE_TRAILER)
		return too_large(b, "payload", b->stream_size);
	b->place.in_place = in_place;
	return STATUS_DONE;
}

static uint64_t align_to(uint64_t v, uint64_t align)
{
	return (v + align - 1) & ~(align - 1);
}

static uint64_t align_part(uint64_t v)
{
	return align_to(v, IMAGE_PART_ALIGN);
}

/* A PE section behind all there is, on a page of its own. Returns where. */
static uint64_t add_section(struct build *b, const char *name, uint64_t size, uint64_t *pos)
{
	uint64_t off = align_to(*pos, PE_SECTION_ALIGN);

	b->sections[b->section_count++] = (struct image_section){name, off, size};
	*pos = off + size;
	return off;
}

/* What lies behind the payload, from *pos on. Offsets of what is not there do not matter. */
static void lay_out_embedded(
	struct build *b, uint64_t *pos, uint64_t *ret_cmdline_off, uint64_t *ret_initrd_off)
{
	const struct image_wish *w = b->wish;

	*ret_cmdline_off = *pos;
	*pos += w->cmdline.len ? w->cmdline.len + 1 : 0;
	*ret_initrd_off = align_part(*pos);
	if (w->initrd.len)
		*pos = *ret_initrd_off + w->initrd.len;
}

/* The same of a UKI: .initrd goes on at the page behind .ucode, so that both are one piece to us. */
static void lay_out_uki(
	struct build *b, uint64_t *pos, uint64_t *ret_cmdline_off, uint64_t *ret_initrd_off)
{
	const struct image_wish *w = b->wish;
	uint64_t ucode = w->ucode_size, ucode_pages = align_to(ucode, PE_SECTION_ALIGN);
	size_t i;

	for (i = 0; i < w->part_count; i++)
		add_section(b, w->parts[i].name, w->parts[i].bytes.len, pos);
	*ret_cmdline_off = *ret_initrd_off = *pos;
	if (w->cmdline.len)
		*ret_cmdline_off = add_section(b, ".cmdline", w->cmdline.len, pos);
	*pos += 1; /* its NUL */
	if (ucode)
		*ret_initrd_off = add_section(b, ".ucode", ucode, pos);
	if (w->initrd.len > ucode) {
		uint64_t off = add_section(b, ".initrd", w->initrd.len - ucode_pages, pos);

		*ret_initrd_off = off - ucode_pages;
	}
}

/* Offsets of everything, and with them the manifest. */
static enum status lay_out(struct build *b)
{
	const struct image_wish *w = b->wish;
	const struct elf_plan *plan = &w->kernel->plan;
	struct manifest *m = &b->manifest;
	uint64_t pos, cmdline_off, initrd_off;

	b->info_off = (uint32_t)align_part(b->stub_size);
	b->manifest_off = b->info_off + KERNEL_INFO_FIXED_SIZE;
	b->manifest_bytes = manifest_size(b->chunks->count);
	m->payload_off = (uint32_t)align_to((uint64_t)b->manifest_off + b->manifest_bytes,
		PE_SECTION_ALIGN);
	pos = m->payload_off + (uint64_t)b->stream_size + b->trailer_size;
	if (w->uki)
		lay_out_uki(b, &pos, &cmdline_off, &initrd_off);
	else
		lay_out_embedded(b, &pos, &cmdline_off, &initrd_off);
	pos = align_to(pos + IMAGE_SUMS_SIZE, PE_FILE_ALIGN);
	if (pos > UINT32_MAX)
		return too_large(b, "result", pos);
	b->image_size = b->setup.len + (size_t)pos;

	m->codec = (uint8_t)w->codec;
	m->flags = (uint8_t)((b->place.in_place ? MANIFEST_FLAG_IN_PLACE : 0) |
		(w->movable ? MANIFEST_FLAG_MOVABLE : 0) |
		(w->virtual ? MANIFEST_FLAG_VIRTUAL : 0) |
		(w->filter_x86 ? MANIFEST_FLAG_FILTER_X86 : 0) |
		(w->uki ? MANIFEST_FLAG_UKI : 0));
	m->chunk_count = b->chunks->count;
	m->payload_size = (uint32_t)b->stream_size;
	m->content_size = (uint32_t)b->content.len;
	m->elf_size = (uint32_t)w->kernel->elf.len;
	m->mem_base = plan->mem_base;
	m->mem_size = plan->mem_size;
	m->first_offset = (uint32_t)plan->first_offset;
	m->tail_offset = (uint32_t)plan->tail_offset;
	m->reloc_layout = w->kernel->table.layout;
	m->workspace = w->keep_payload ? w->kernel->manifest.workspace
				       : (uint32_t)chunks_workspace(w->codec, b->chunks);
	m->cmdline_off = w->cmdline.len ? (uint32_t)cmdline_off : 0;
	m->cmdline_size = (uint32_t)w->cmdline.len;
	m->cmdline_crc = crc32c(0, w->cmdline);
	m->initrd_off = w->initrd.len ? (uint32_t)initrd_off : 0;
	m->initrd_size = (uint32_t)w->initrd.len;
	m->initrd_crc = crc32c(0, w->initrd);
	memcpy(m->kernel_sha256, w->kernel->sha256, SHA256_SIZE);
	return STATUS_DONE;
}

/* The stub's heap is as large as it says, unless the decoder needs more. */
static uint64_t work_size(const struct build *b)
{
	uint64_t workspace = b->manifest.workspace;
	uint64_t more = workspace > STUB_HEAP_SIZE ? workspace - STUB_HEAP_SIZE : 0;

	return b->work_size + (more + PLACE_PAGE - 1) / PLACE_PAGE * PLACE_PAGE;
}

/* What the stub will plan with, and how much memory that takes. */
static enum status make_places(struct build *b)
{
	const struct image_wish *w = b->wish;
	const struct stub_info info = {
		.image_size = b->image_size - b->setup.len,
		.manifest_off = b->manifest_off,
		.manifest_size = b->manifest_bytes,
		.work_size = work_size(b),
		.pref_address = w->header.pref_address,
		.alignment = w->header.kernel_alignment,
	};
	uint64_t safe_offset;
	enum err e;

	b->place = place_image_make(&info, &b->manifest);
	safe_offset = w->kernel->manifest.safe_offset;
	e = ERR_OK;
	if (!w->keep_payload)
		e = chunks_order(w->codec, b->chunks, &b->place, &w->kernel->plan,
			(struct span){b->stream, b->stream_size}, &safe_offset);
	if (e == ERR_NO_MEMORY)
		return report_no_memory(w->name);
	if (!e && safe_offset > UINT32_MAX)
		e = ERR_OVERFLOW;
	if (!e) {
		b->place.safe_offset = safe_offset;
		b->manifest.safe_offset = (uint32_t)safe_offset;
		e = place_init_size(&b->place, &b->init_size);
	}
	/* Loaders read everything behind the setup part into these bytes [GRUB, kexec]. */
	if (!e && b->init_size < b->place.image_size)
		b->init_size = b->place.image_size;
	if (!e && b->init_size > UINT32_MAX)
		e = ERR_OVERFLOW;
	if (e) {
		report_fault(w->name, "memory that the kernel needs", e, NULL);
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

enum status image_plan(struct build *b)
{
	enum status status;

	if (b->wish->keep_payload) {
		status = image_keep(b);
	} else {
		status = join_content(b);
		if (!status)
			status = make_payload(b);
	}
	if (!status)
		status = lay_out(b);
	if (!status)
		status = make_places(b);
	return status;
}
