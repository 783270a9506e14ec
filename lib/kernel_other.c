/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that decompress a kernel, but are no bzImage of x86: EFI zboot, ARM's zImage, x86's old ones, s390's.
 */
#include "lib/kernel.h"
#include "lib/memory.h"
#include "lib/unpack.h"

/* Linux's names of codecs, as a zboot's header has them: "xzkern", "zstd22". */
static enum err zboot_codec(const struct zboot *z, enum codec *ret)
{
	struct span name = z->codec;

	while (name.len) {
		if (!codec_by_name(name, ret))
			return ERR_OK;
		name.len--;
	}
	return ERR_CODEC_UNKNOWN;
}

static enum err set_content(struct kernel *k, enum codec codec, const struct unpacked *content)
{
	struct kernel_layer layer = {.format = KERNEL_STREAM,
		.codec = codec,
		.bytes = k->stream,
		.searched = k->searched};

	k->has_codec = true;
	k->codec = codec;
	k->content = content->bytes;
	k->content_size = content->size;
	if (!kernel_push(k, layer))
		return ERR_OK;
	return kernel_take(k, (struct span){k->content, k->content_size}, "kernel");
}

enum err kernel_open_zboot(struct kernel *k)
{
	struct unpacked content = {0};
	struct fault fault = {0};
	struct zboot *z = &k->zboot;
	uint64_t limit;
	enum codec codec, seen;
	enum err e;

	e = zboot_parse(k->file, z, &fault);
	if (e) {
		kernel_complain(k, "", e, fault, k->file.ptr);
		return ERR_OK;
	}
	if (zboot_codec(z, &codec) || codec_detect(z->payload, &seen) || codec != seen) {
		kernel_complain(k, "", ERR_BAD_ZBOOT,
			(struct fault){"codec", 0, z->codec.len ? z->codec.ptr[0] : 0},
			z->codec.ptr);
		return ERR_OK;
	}
	k->has_codec = true;
	k->codec = codec;
	k->stream = z->payload;
	limit = kernel_limit(k, z->payload.len);
	if (codec != CODEC_GZIP)
		k->content_size = z->content_size;
	k->left_out = k->options.shallow;
	if (k->left_out)
		return ERR_OK;
	e = unpack_stream(codec, z->payload, limit, &content, &fault);
	if (e == ERR_NO_MEMORY)
		return e;
	if (!e && codec != CODEC_GZIP && z->content_size != content.size) {
		e = ERR_CHUNK_LENGTH;
		fault = (struct fault){"size behind the payload", z->payload.len, z->content_size};
	}
	if (e) {
		memory_release(content.bytes, content.size);
		k->content_size = 0;
		kernel_complain(k, "payload", e, fault, z->payload.ptr);
		return ERR_OK;
	}
	return set_content(k, codec, &content);
}

enum err kernel_search(struct kernel *k, struct span area, size_t payload_end, bool *ret_found)
{
	struct search search = {area, payload_end, kernel_limit(k, k->file.len)};
	struct found found;
	enum err e = search_payload(&search, &found);

	k->searched = true;
	*ret_found = false;
	if (e)
		return e == ERR_NO_MEMORY ? e : ERR_OK;
	*ret_found = true;
	k->stream = (struct span){area.ptr + found.offset, found.content.used};
	return set_content(k, found.codec, &found.content);
}

static void take_as_it_is(struct kernel *k, struct span bytes)
{
	k->kernel = bytes;
	k->has_kernel = true;
}

enum err kernel_open_arm_zimage(struct kernel *k)
{
	struct fault fault = {0};
	bool found;
	enum err e;

	e = arm_zimage_parse(k->file, &k->arm_zimage, &fault);
	if (e) {
		kernel_complain(k, "", e, fault, k->file.ptr);
		return ERR_OK;
	}
	k->arch = k->arm_zimage.big_endian ? "armeb" : "arm";
	k->left_out = k->options.shallow;
	if (k->left_out)
		return ERR_OK;
	e = kernel_search(k, k->arm_zimage.image, (size_t)k->arm_zimage.payload_end, &found);
	if (e || found)
		return e;
	if (k->arm_zimage.payload_end) {
		kernel_complain(k, "payload", ERR_NO_PAYLOAD,
			(struct fault){"payload's end", k->arm_zimage.payload_end,
				k->file.len},
			k->file.ptr);
		return ERR_OK;
	}
	/* Xen, for one, has this header in front of code that runs as it is. */
	take_as_it_is(k, k->arm_zimage.image);
	return ERR_OK;
}

/* What is decompressed there has no header; nor has an image without compression. */
enum err kernel_open_s390(struct kernel *k)
{
	bool found;
	enum err e;

	k->arch = "s390x";
	k->left_out = k->options.shallow;
	if (k->left_out)
		return ERR_OK;
	e = kernel_search(k, k->file, 0, &found);
	if (!e && !found)
		take_as_it_is(k, k->file);
	return e;
}

enum err kernel_open_old(struct kernel *k, struct span area)
{
	bool found;

	k->left_out = k->options.shallow;
	if (k->left_out)
		return ERR_OK;
	return kernel_search(k, area, 0, &found);
}
