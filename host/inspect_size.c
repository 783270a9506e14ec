/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why init_size is what it is: how much memory from the load address on the image takes until the kernel
 * runs.
 *
 * Ours: a block of stub and work area on top of the largest of three [core/place.c layout_sequential]:
 *
 *   | kernel's memory and tail ............. | block |
 *   | image as loaded, work area .... |        block |
 *   | safe_offset | payload ............. |    block |
 *
 * Linux on x86: the larger of what the kernel takes and what decompressing takes, where the wrapper lies
 * so far behind the output that it is not overwritten before it is read [arch/x86/boot/header.S]:
 *
 *   | kernel, text to bss ..... |
 *   | extract offset | payload | wrapper's code, data, bss |
 *
 * The offset is content - payload + content / 256 + 128 KiB (64 KiB until 5.8), on a page. How much bss the
 * wrapper has stands nowhere: what is left of init_size must be at least what is in the file.
 */
#include "core/stub_info.h"
#include "host/inspect.h"
#include "spec/elf64.h"
#include "spec/image.h"

#define EXTRA_DIVISOR 256
#define EXTRA	      (128 * 1024)
#define EXTRA_OLD     (64 * 1024)
#define WRAPPER_BSS_MAX (6 * 1024 * 1024) /* bzip2's heap of 4 MiB, stacks, page tables */

static uint64_t page_up(uint64_t v)
{
	return (v + PLACE_PAGE - 1) & ~(uint64_t)(PLACE_PAGE - 1);
}

static void add(struct init_size *r, const char *name, uint64_t bytes)
{
	r->part[r->count].name = name;
	r->part[r->count++].bytes = bytes;
}

static void mark_largest(struct init_size *r)
{
	size_t best = 0;

	for (size_t i = 1; i < r->count; i++) {
		if (r->part[i].bytes > r->part[best].bytes)
			best = i;
	}
	r->part[best].decides = true;
}

static void explain_ours(const struct kernel *k, struct init_size *r)
{
	const struct manifest *m = &k->manifest;
	struct place_image image;
	uint64_t extent, needed, payload;
	struct stub_info info;
	struct span bytes;

	if (span_sub(k->protected_mode, STUB_INFO_OFFSET, STUB_INFO_SIZE, &bytes))
		return;
	info = stub_info_get(bytes.ptr);
	image = place_image_make(&info, m);
	if (place_extent(&image, &extent) || place_init_size(&image, &needed))
		return;
	payload = m->safe_offset > m->payload_off ? m->safe_offset : m->payload_off;
	add(r, m->flags & MANIFEST_FLAG_IN_PLACE ? "the kernel's memory, and what is decoded behind it"
						 : "the kernel's memory, and the content decoded behind it",
		page_up(extent));
	add(r, "the image as loaded, and the stub's work area",
		page_up(page_up(image.image_size) + image.work_size));
	add(r, "the payload, far enough behind the output", page_up(page_up(payload) + m->payload_size));
	r->besides = page_up(image.head_size) + page_up(image.work_size);
	r->besides_name = "the stub, moved, with its work area";
	mark_largest(r);
	r->explained = needed == k->image.hdr.init_size;
}

static uint64_t extract_offset(uint64_t content, uint64_t payload, uint64_t extra)
{
	extra += content / EXTRA_DIVISOR;
	return page_up(content > payload ? content + extra - payload : extra);
}

/* From the lowest to the highest address, by the segments: of an i386 kernel, too. */
static uint64_t memory_of(const struct kernel *k)
{
	uint64_t low = UINT64_MAX, high = 0;

	if (!k->has_any)
		return 0;
	for (uint16_t i = 0; i < k->any.header.phnum; i++) {
		struct elf_file_segment s = elf_file_segment(&k->any, i);
		uint64_t end;

		if (s.type != PT_LOAD || !s.memsz || __builtin_add_overflow(s.paddr, s.memsz, &end))
			continue;
		low = s.paddr < low ? s.paddr : low;
		high = end > high ? end : high;
	}
	return high > low ? high - low : 0;
}

static void explain_linux(const struct kernel *k, struct init_size *r)
{
	uint64_t init_size = k->image.hdr.init_size, stream = k->image.payload.len;
	uint64_t content = k->content_size, loaded = k->protected_mode.len;
	uint64_t kernel = memory_of(k), offset, bss;

	if (kernel) {
		add(r, "the kernel's memory, text to bss", kernel);
		if (page_up(kernel) == page_up(init_size)) {
			r->part[0].decides = r->explained = true;
			return;
		}
	}
	offset = extract_offset(content, stream, EXTRA);
	if (init_size < offset + loaded || init_size - offset - loaded > WRAPPER_BSS_MAX)
		offset = extract_offset(content, stream, EXTRA_OLD);
	if (init_size < offset + loaded)
		return;
	add(r, "decompression: distance of the payload from its output", offset);
	add(r, "and the wrapper in the file", loaded);
	bss = init_size - offset - loaded;
	r->part[r->count - 1].decides = r->part[r->count - 2].decides = true;
	r->besides = bss;
	r->besides_name = "the wrapper's bss: heap, stack, page tables";
	r->explained = bss <= WRAPPER_BSS_MAX;
}

void inspect_init_size(const struct kernel *k, struct init_size *ret)
{
	*ret = (struct init_size){0};
	if (!k->image.hdr.init_size)
		return;
	if (k->ours)
		explain_ours(k, ret);
	else if (k->image.payload.len && k->content_size)
		explain_linux(k, ret);
}
