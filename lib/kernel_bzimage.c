/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a bzImage apart: setup header, signature, manifest (if it is one of ours), payload.
 */
#include <string.h>
#include "core/crc32c.h"
#include "core/filter_x86.h"
#include "lib/image_crc.h"
#include "lib/kernel.h"
#include "lib/memory.h"

#define PROTOCOL_PAYLOAD 0x0208
#define SIZE_TRAILER                                                                               \
	4 /* little-endian size of the content behind the stream [boot.rst payload_length] */

static void open_manifest(struct kernel *k)
{
	struct manifest *m = &k->manifest;
	struct fault fault = {0};
	struct span bytes;
	enum err e;

	if (!manifest_find(k->image.kernel_info, &bytes))
		return;
	e = manifest_parse(bytes, k->protected_mode.len, m, &fault);
	if (e) {
		fault.offset += kernel_offset(k, bytes.ptr);
		problems_add(&k->problems, "", e, &fault);
		return;
	}
	k->ours = true;
	/* manifest_parse has checked these against the size that it was given */
	if (span_sub(k->protected_mode, m->cmdline_off, m->cmdline_size, &k->cmdline) ||
		span_sub(k->protected_mode, m->initrd_off, m->initrd_size, &k->initrd))
		problems_add(&k->problems, "", ERR_BAD_MANIFEST, NULL);
	if (crc32c(0, k->cmdline) != m->cmdline_crc) {
		fault = (struct fault){
			"embedded command line", kernel_offset(k, k->cmdline.ptr), m->cmdline_crc};
		problems_add(&k->problems, "", ERR_CMDLINE_CRC, &fault);
	}
	if (crc32c(0, k->initrd) != m->initrd_crc) {
		fault = (struct fault){
			"embedded initrd", kernel_offset(k, k->initrd.ptr), m->initrd_crc};
		problems_add(&k->problems, "", ERR_INITRD_CRC, &fault);
	}
}

/* Ours have a PE header that firmware and signers can rely on. */
static void open_pe(struct kernel *k)
{
	struct fault fault = {0};
	enum err e = ERR_OK;

	if (!k->ours)
		return;
	if (pe_present(k->file))
		e = k->has_pe ? pe_check_layout(&k->pe, &fault) : pe_parse(k->file, &k->pe, &fault);
	if (e)
		problems_add(&k->problems, "", e, &fault);
	k->uki |= k->manifest.flags & MANIFEST_FLAG_UKI;
}

/* Of the image itself, whatever it is wrapped in. */
static uint32_t signature_size(struct span file)
{
	struct pe pe;

	return pe_parse(file, &pe, NULL) ? 0 : (uint32_t)pe.certificates.len;
}

/* Which bytes are the stream, and how many come out of it? */
static enum err open_payload(struct kernel *k, uint32_t *ret_size, struct fault *fault)
{
	struct span payload = k->image.payload;
	uint64_t offset = kernel_offset(k, payload.ptr);

	if (codec_detect(payload, &k->codec))
		return fault_set(fault, ERR_CODEC_UNKNOWN, "payload's first bytes", offset,
			payload.len >= 4 ? le32_get(payload.ptr) : 0);
	k->has_codec = true;
	if (payload.len <= SIZE_TRAILER)
		return fault_set(fault, ERR_TRUNCATED, "payload", offset, payload.len);
	*ret_size = le32_get(payload.ptr + payload.len - SIZE_TRAILER);
	k->stream = payload;
	if (k->codec != CODEC_GZIP) /* gzip ends with its own size field, ISIZE */
		k->stream.len -= SIZE_TRAILER;
	if (!*ret_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "payload's size field",
			offset + payload.len - SIZE_TRAILER, 0);
	if (*ret_size > kernel_limit(k, k->file.len))
		return fault_set(fault, ERR_OUTPUT_LIMIT, "payload's size field",
			offset + payload.len - SIZE_TRAILER, *ret_size);
	return ERR_OK;
}

/*
 * One of our images whose code is filtered: the true kernel again. Where that cannot be done, content
 * is no ELF or the manifest speaks of another; both are found out right after this.
 */
static void undo_filter(struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	struct span content = {k->content, k->content_size};
	struct elf_plan plan;
	enum err e;
	uint32_t i;

	if (!kernel_is_filtered(k) || m->content_size != k->content_size)
		return;
	e = elf_plan(content, m->elf_size, &plan, NULL);
	for (i = 0; i < m->chunk_count && !e; i++) {
		struct manifest_chunk c = manifest_chunk(m, i);

		e = filter_x86_chunk(
			FILTER_DECODE, &plan, k->content + c.out_off, c.out_off, c.out_size);
	}
}

/* What the manifest says about the kernel must be what is there. */
static void compare_manifest(struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	struct fault fault = {0};

	if (k->codec != m->codec)
		fault = (struct fault){"codec", MANIFEST_CODEC, m->codec};
	else if (m->content_size != k->content_size)
		fault = (struct fault){"content_size", MANIFEST_CONTENT_SIZE, m->content_size};
	else if (m->elf_size != k->elf.len)
		fault = (struct fault){"elf_size", MANIFEST_ELF_SIZE, m->elf_size};
	else if (m->mem_base != k->plan.mem_base)
		fault = (struct fault){"mem_base", MANIFEST_MEM_BASE, m->mem_base};
	else if (m->mem_size != k->plan.mem_size)
		fault = (struct fault){"mem_size", MANIFEST_MEM_SIZE, m->mem_size};
	else if (m->reloc_layout != k->table.layout)
		fault = (struct fault){"reloc_layout", MANIFEST_RELOC_LAYOUT, m->reloc_layout};
	else if (memcmp(m->kernel_sha256, k->sha256, SHA256_SIZE))
		fault = (struct fault){
			"kernel_sha256", MANIFEST_KERNEL_SHA256, m->kernel_sha256[0]};
	if (fault.text)
		problems_add(&k->problems, "manifest", ERR_ELF_CHANGED, &fault);
}

/* What no one checks for us: that header and manifest speak of the same payload. */
static void compare_payload(struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	struct fault fault = {"payload_offset", HDR_PAYLOAD_OFFSET, k->image.hdr.payload_offset};

	if (m->payload_off != k->image.hdr.payload_offset)
		problems_add(&k->problems, "", ERR_BAD_MANIFEST, &fault);
}

/*
 * Linux's own images have one since protocol 2.08, and what has none is no Linux: but before that, it
 * has to be looked for.
 */
static enum err open_without_offset(struct kernel *k)
{
	if (k->image.protocol >= PROTOCOL_PAYLOAD)
		return ERR_OK;
	return kernel_open_old(k, k->protected_mode);
}

static void content_arrived(void *ctx, size_t made)
{
	struct kernel *k = ctx;

	kernel_digest_follow(k, made);
	if (k->options.arrived)
		k->options.arrived(
			k->options.arrived_ctx, (struct span){k->content, made}, k->content_size);
}

/* Decode it, and let who wants to know look on. */
static enum err decode_content(struct kernel *k, struct fault *fault)
{
	const struct codec_job job = {
		.in = k->stream, .out = k->content, .out_size = k->content_size};
	const struct codec_watch watch = {content_arrived, k};
	enum err e;

	/* undo_filter changes the content once more */
	if (kernel_is_filtered(k))
		return codec_decode(k->codec, &job, fault);
	e = codec_decode_watched(k->codec, &job, &watch, fault);
	if (!e)
		return ERR_OK;
	kernel_digest_drop(k);
	if (k->options.arrived)
		k->options.arrived(k->options.arrived_ctx, (struct span){NULL, 0}, 0);
	return e;
}

/* Decode the payload: what a shallow look leaves out. */
static enum err open_content(struct kernel *k)
{
	struct kernel_layer layer = {
		.format = KERNEL_STREAM, .codec = k->codec, .bytes = k->stream};
	struct fault fault = {0};
	enum err e;

	k->content = memory_reserve(k->content_size);
	if (!k->content)
		return ERR_NO_MEMORY;
	e = decode_content(k, &fault);
	if (e == ERR_WORKSPACE)
		return ERR_NO_MEMORY;
	if (e) {
		memory_release(k->content, k->content_size);
		k->content = NULL;
		k->content_size = 0;
		kernel_complain(k, "", e, fault, k->stream.ptr);
		return ERR_OK;
	}
	if (k->codec != CODEC_NONE && !kernel_push(k, layer))
		return ERR_OK;
	undo_filter(k);
	kernel_take_elf(k, (struct span){k->content, k->content_size}, "kernel");
	if (!k->ours)
		return ERR_OK;
	compare_payload(k);
	if (k->has_elf) {
		kernel_digest_begin(k);
		if (k->options.found && !k->problems.count)
			k->options.found(k->options.found_ctx, k);
		kernel_digest_end(k);
		compare_manifest(k);
	}
	return ERR_OK;
}

enum err kernel_open_bzimage(struct kernel *k)
{
	struct fault fault = {0};
	uint32_t size = 0;
	enum err e;

	e = bzimage_parse(k->file, &k->image, &fault);
	if (e) {
		kernel_complain(k, "", e, fault, k->file.ptr);
		return ERR_OK;
	}
	k->arch = k->image.is_64bit ? "x86-64" : "i386";
	if (span_sub(k->file, k->image.setup_size, k->image.image_size - k->image.setup_size,
		    &k->protected_mode))
		k->protected_mode = (struct span){
			k->file.ptr + k->image.setup_size, k->file.len - k->image.setup_size};
	open_manifest(k);
	k->signature_size = signature_size(k->file);
	open_pe(k);
	k->crc = image_crc_check(k->file, &k->image, &fault) ? IMAGE_CRC_WRONG : IMAGE_CRC_RIGHT;
	if (k->crc == IMAGE_CRC_WRONG && k->ours && !k->signature_size)
		problems_add(&k->problems, "", ERR_BAD_IMAGE_CRC, &fault);
	if (!k->image.payload.len) /* memtest86+, iPXE and memdisk have none, either */
		return open_without_offset(k);

	fault = (struct fault){0};
	e = open_payload(k, &size, &fault);
	if (e) {
		problems_add(&k->problems, "", e, &fault);
		return ERR_OK;
	}
	k->content_size = size;
	k->left_out = k->options.shallow;
	return k->left_out ? ERR_OK : open_content(k);
}
