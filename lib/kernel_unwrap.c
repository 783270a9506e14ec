/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a file inwards, through everything that only carries another file, to the image that a loader
 * starts.
 */
#include <stdlib.h>
#include "lib/crc32.h"
#include "lib/fit.h"
#include "lib/kernel.h"
#include "lib/memory.h"
#include "lib/package.h"
#include "lib/unpack.h"
#include "spec/kernels.h"

bool kernel_push(struct kernel *k, struct kernel_layer layer)
{
	struct fault fault = {"layers", 0, k->layer_count};

	if (k->layer_count == KERNEL_LAYERS_MAX) {
		problems_add(&k->problems, "", ERR_TOO_NESTED, &fault);
		return false;
	}
	k->layer[k->layer_count++] = layer;
	return true;
}

bool kernel_own(struct kernel *k, uint8_t *bytes, size_t size)
{
	if (k->owned_count == KERNEL_OWNED_MAX) {
		memory_release(bytes, size);
		return false;
	}
	k->owned[k->owned_count].bytes = bytes;
	k->owned[k->owned_count++].size = size;
	return true;
}

void kernel_complain(struct kernel *k, const char *part, enum err e, struct fault fault, const uint8_t *base)
{
	if (fault.text)
		fault.offset += (uint64_t)(base - k->file.ptr);
	problems_add(&k->problems, part, e, fault.text ? &fault : NULL);
}

uint64_t kernel_limit(const struct kernel *k, size_t input)
{
	return unpack_limit(k->options.max_output, input);
}

static enum err enter_package(struct kernel *k, enum kernel_format format, struct span *ret)
{
	struct package_member m = {0};
	struct fault fault = {0};
	enum err e;

	e = package_open(k->file, format, kernel_limit(k, k->file.len), &m, &fault);
	if (e) {
		if (e != ERR_NO_MEMORY)
			kernel_complain(k, format_name(format), e, fault, k->file.ptr);
		return e;
	}
	if (!kernel_own(k, m.bytes, m.size)) {
		free(m.name);
		return ERR_TOO_NESTED;
	}
	free(k->member);
	k->member = m.name;
	*ret = (struct span){m.bytes, m.size};
	return ERR_OK;
}

static enum err enter_stream(struct kernel *k, struct span *ret)
{
	struct unpacked content;
	struct fault fault = {0};
	enum codec codec;
	enum err e;

	e = codec_detect(k->file, &codec);
	if (!e)
		e = unpack_stream(codec, k->file, kernel_limit(k, k->file.len), &content, &fault);
	if (e) {
		if (e != ERR_NO_MEMORY)
			kernel_complain(k, codec_name(codec), e, fault, k->file.ptr);
		return e;
	}
	if (content.used < k->file.len)
		kernel_complain(k, codec_name(codec), ERR_BAD_STREAM,
			(struct fault){"bytes behind the stream", content.used,
				k->file.len - content.used},
			k->file.ptr);
	if (!kernel_own(k, content.bytes, content.size))
		return ERR_TOO_NESTED;
	k->has_codec = true;
	k->codec = codec;
	*ret = (struct span){content.bytes, content.size};
	return ERR_OK;
}

static enum err enter_uimage(struct kernel *k, struct span *ret)
{
	uint8_t header[UIMAGE_HEADER_SIZE];
	struct fault fault = {0};
	uint32_t crc = 0;
	enum err e;
	size_t i;

	for (i = 0; i < sizeof(header); i++)
		header[i] = i / 4 == UIMAGE_HEADER_CRC / 4 ? 0 : k->file.ptr[i];
	crc = crc32_update(0, (struct span){header, sizeof(header)});
	e = uimage_parse(k->file, crc, &k->uimage, &fault);
	if (e) {
		kernel_complain(k, "uImage", e, fault, k->file.ptr);
		return e;
	}
	crc = crc32_update(0, k->uimage.data);
	if (crc != k->uimage.data_crc)
		kernel_complain(k, "uImage", ERR_UIMAGE_CRC,
			(struct fault){"checksum of the data", UIMAGE_DATA_CRC, k->uimage.data_crc},
			k->file.ptr);
	*ret = k->uimage.kernel;
	return ERR_OK;
}

static enum err enter_fit(struct kernel *k, struct span *ret)
{
	struct fault fault = {0};
	struct fit fit;
	enum err e = fit_parse(k->file, &fit, &fault);

	if (e) {
		kernel_complain(k, "FIT", e, fault, k->file.ptr);
		return e;
	}
	*ret = fit.kernel;
	return ERR_OK;
}

/* systemd's stub, or one like it, has the kernel's file in a section: that is what counts from here on. */
static enum err enter_uki(struct kernel *k, struct span *ret)
{
	struct pe_section_info inner;

	if (pe_parse(k->file, &k->pe, NULL) || !pe_find(&k->pe, ".linux", &inner))
		return ERR_BAD_PE;
	k->has_pe = k->uki = true;
	*ret = inner.bytes;
	return ERR_OK;
}

static enum err enter(struct kernel *k, enum kernel_format format, struct span *ret)
{
	switch (format) {
	case KERNEL_DEB:
	case KERNEL_RPM:
		return enter_package(k, format, ret);
	case KERNEL_STREAM:
		return enter_stream(k, ret);
	case KERNEL_UIMAGE:
		return enter_uimage(k, ret);
	case KERNEL_FIT:
		return enter_fit(k, ret);
	case KERNEL_UKI:
		return enter_uki(k, ret);
	default:
		return ERR_NOT_KERNEL;
	}
}

enum err kernel_unwrap(struct kernel *k)
{
	enum kernel_format format = format_detect(k->file), outer;
	struct kernel_layer layer = {.format = format, .bytes = k->file};
	struct span inner = k->file;
	enum err e;

	for (;;) {
		if (format == KERNEL_STREAM && codec_detect(k->file, &layer.codec))
			return ERR_OK;
		if (!kernel_push(k, layer))
			return ERR_OK;
		k->format = format;
		if (!format_is_container(format))
			return ERR_OK;
		e = enter(k, format, &inner);
		if (e)
			return e == ERR_NO_MEMORY ? e : ERR_OK;
		outer = format;
		format = format_detect(inner);
		layer = (struct kernel_layer){.format = format, .bytes = inner};
		if (outer == KERNEL_DEB || outer == KERNEL_RPM)
			layer.member = k->member;
		/* U-Boot starts whatever it is given, and Linux for some machines has no header. */
		if (format == KERNEL_UNKNOWN &&
			(outer == KERNEL_UIMAGE || outer == KERNEL_FIT ||
				format_find_release(inner, &k->release)))
			layer.format = format = KERNEL_RAW;
		if (format == KERNEL_UNKNOWN) {
			kernel_complain(k, format_name(outer), ERR_NO_PAYLOAD, (struct fault){0}, NULL);
			return ERR_OK;
		}
		k->file = inner;
	}
}
