/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See device_path.h. Runs in the stub. */
#include "core/device_path.h"
#include "spec/efi_services.h"

struct node {
	uint8_t type, subtype;
	struct span data; /* behind the node's head */
};

/* The node at *at, which is moved behind it. False at the path's end, and if there is none. */
static bool next(struct span path, uint64_t *at, struct node *ret, bool *ret_whole)
{
	struct span head;
	uint16_t size;

	*ret_whole = false;
	if (span_sub(path, *at, EFI_PATH_HEAD, &head))
		return false;
	size = le16_get(head.ptr + EFI_PATH_LENGTH);
	if (size < EFI_PATH_HEAD || !span_has(path, *at, size))
		return false;
	*ret = (struct node){head.ptr[EFI_PATH_TYPE], head.ptr[EFI_PATH_SUBTYPE],
		{head.ptr + EFI_PATH_HEAD, size - (size_t)EFI_PATH_HEAD}};
	*at += size;
	*ret_whole = ret->type == EFI_PATH_END;
	return ret->type != EFI_PATH_END;
}

bool device_path_partition(struct span path, uint8_t ret[DEVICE_PATH_GUID_SIZE])
{
	struct node n;
	uint64_t at = 0;
	bool whole;

	while (next(path, &at, &n, &whole)) {
		if (n.type != EFI_PATH_MEDIA || n.subtype != EFI_PATH_MEDIA_DISK ||
			n.data.len < EFI_PATH_DISK_SIZE ||
			n.data.ptr[EFI_PATH_DISK_SIGNATURE_TYPE] != EFI_PATH_DISK_GUID)
			continue;
		for (int i = 0; i < DEVICE_PATH_GUID_SIZE; i++)
			ret[i] = n.data.ptr[EFI_PATH_DISK_SIGNATURE + i];
		return true;
	}
	return false;
}

/* One more unit, unless it would be a second backslash. */
static bool add(uint16_t *ret, size_t cap, size_t *len, uint16_t unit)
{
	if (unit == '/')
		unit = '\\';
	if (unit == '\\' && *len > 0 && ret[*len - 1] == '\\')
		return true;
	if (*len + 1 >= cap)
		return false;
	ret[(*len)++] = unit;
	return true;
}

bool device_path_file(struct span path, uint16_t *ret, size_t cap)
{
	struct node n;
	uint64_t at = 0;
	size_t len = 0;
	bool whole;

	while (next(path, &at, &n, &whole)) {
		if (n.type != EFI_PATH_MEDIA || n.subtype != EFI_PATH_MEDIA_FILE)
			return false;
		if (len && !add(ret, cap, &len, '\\'))
			return false;
		for (size_t i = 0; i + 2 <= n.data.len && le16_get(n.data.ptr + i); i += 2) {
			if (!add(ret, cap, &len, le16_get(n.data.ptr + i)))
				return false;
		}
	}
	if (!whole || !len)
		return false;
	ret[len] = 0;
	return true;
}

void guid_text(const uint8_t guid[DEVICE_PATH_GUID_SIZE], char ret[GUID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	/* The first three numbers are little-endian; -1: a hyphen. */
	static const int8_t order[] = {3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(order); i++) {
		if (order[i] < 0) {
			ret[at++] = '-';
			continue;
		}
		ret[at++] = digits[guid[order[i]] >> 4];
		ret[at++] = digits[guid[order[i]] & 0xf];
	}
	ret[at] = 0;
}
