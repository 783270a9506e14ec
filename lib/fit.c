/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FIT over libfdt [u-boot doc/usage/fit/source_file_format.rst]. fdt_check_full walks the whole blob with
 * bounds first; what libfdt reads after that lies inside.
 */
#include <libfdt.h>
#include <string.h>
#include "lib/fit.h"

#define FIT_SIZE_MAX INT32_MAX /* libfdt counts in int */

static struct span text(const void *fdt, int node, const char *name)
{
	int len;
	const char *value = fdt_getprop(fdt, node, name, &len);

	return value && len > 0 ? (struct span){(const uint8_t *)value, strnlen(value, (size_t)len)}
				: (struct span){0};
}

static bool word(const void *fdt, int node, const char *name, uint32_t *ret)
{
	int len;
	const void *value = fdt_getprop(fdt, node, name, &len);

	if (!value || len != 4)
		return false;
	*ret = fdt32_ld(value);
	return true;
}

static int find_kernel(const void *fdt)
{
	int images = fdt_path_offset(fdt, "/images"), configs = fdt_path_offset(fdt, "/configurations");
	struct span name;
	int node;

	if (images < 0)
		return images;
	if (configs >= 0) {
		name = text(fdt, configs, "default");
		node = fdt_subnode_offset_namelen(
			fdt, configs, (const char *)name.ptr, (int)name.len);
		name = node >= 0 ? text(fdt, node, "kernel") : (struct span){0};
		node = name.len ? fdt_subnode_offset_namelen(
					  fdt, images, (const char *)name.ptr, (int)name.len)
				: -FDT_ERR_NOTFOUND;
		if (node >= 0)
			return node;
	}
	fdt_for_each_subnode(node, fdt, images) {
		name = text(fdt, node, "type");
		if (name.len >= 6 && !memcmp(name.ptr, "kernel", 6)) /* and kernel_noload */
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

/* In the tree, or behind it (mkimage -E): then the offset counts from the tree's end, or the file's start. */
static enum err find_data(struct span file, int node, struct span *ret, struct fault *fault)
{
	const void *fdt = file.ptr, *data;
	uint32_t at, size;
	uint64_t offset;
	int len;

	data = fdt_getprop(fdt, node, "data", &len);
	if (data) {
		*ret = (struct span){data, (size_t)len};
		return ERR_OK;
	}
	if (!word(fdt, node, "data-size", &size))
		return fault_set(fault, ERR_BAD_FIT, "kernel without data", 0, 0);
	if (word(fdt, node, "data-position", &at))
		offset = at;
	else if (word(fdt, node, "data-offset", &at))
		offset = (((uint64_t)fdt_totalsize(fdt) + 3) & ~UINT64_C(3)) + at;
	else
		return fault_set(fault, ERR_BAD_FIT, "kernel without data", 0, size);
	if (span_sub(file, offset, size, ret))
		return fault_set(fault, ERR_TRUNCATED, "kernel's data", offset, size);
	return ERR_OK;
}

enum err fit_parse(struct span file, struct fit *ret, struct fault *fault)
{
	struct fit fit = {0};
	const char *name;
	int node, len;
	enum err e;

	if (file.len > FIT_SIZE_MAX)
		return fault_set(fault, ERR_BAD_FIT, "size", 0, file.len);
	node = fdt_check_full(file.ptr, file.len);
	if (node == -FDT_ERR_TRUNCATED)
		return fault_set(fault, ERR_TRUNCATED, "device tree blob", 4, file.len);
	if (node)
		return fault_set(fault, ERR_BAD_FIT, "device tree blob", 0, (uint64_t)-node);
	node = find_kernel(file.ptr);
	if (node < 0)
		return fault_set(fault, ERR_BAD_FIT, "no kernel in /images", 0, (uint64_t)-node);
	e = find_data(file, node, &fit.kernel, fault);
	if (e)
		return e;
	name = fdt_get_name(file.ptr, node, &len);
	fit.name = (struct span){(const uint8_t *)name, name ? (size_t)len : 0};
	fit.arch = text(file.ptr, node, "arch");
	fit.compression = text(file.ptr, node, "compression");
	*ret = fit;
	return ERR_OK;
}
