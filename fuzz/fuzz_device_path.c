/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a device path: a file's name is one that can be opened and consists of the path's own
 * letters, a partition's GUID stands in the path, and what follows a path's end changes neither.
 */
#include "fuzz/fuzz.h"

#include "core/device_path.h"

#define CAP 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span path = {data, size};
	uint16_t file[CAP], again[CAP + 1];
	uint8_t guid[DEVICE_PATH_GUID_SIZE], same[DEVICE_PATH_GUID_SIZE];
	char text[GUID_TEXT_SIZE];
	uint8_t *longer = calloc(1, size + 16);
	size_t len = 0;

	memcpy(longer, data, size);
	if (device_path_file(path, file, CAP)) {
		while (file[len])
			len++;
		FUZZ_CHECK(len > 0 && len < CAP && 2 * len < size);
		for (size_t i = 0; i < len; i++) {
			FUZZ_CHECK(file[i] != '/');
			FUZZ_CHECK(file[i] != '\\' || file[i + 1] != '\\');
		}
		FUZZ_CHECK(device_path_file((struct span){longer, size + 16}, again, CAP + 1));
		FUZZ_CHECK(!memcmp(file, again, 2 * (len + 1)));
		FUZZ_CHECK(!device_path_file(path, again, len) && device_path_file(path, again, len + 1));
	}
	if (device_path_partition(path, guid)) {
		FUZZ_CHECK(memmem(data, size, guid, sizeof(guid)));
		FUZZ_CHECK(device_path_partition((struct span){longer, size + 16}, same));
		FUZZ_CHECK(!memcmp(guid, same, sizeof(guid)));
		guid_text(guid, text);
		FUZZ_CHECK(strlen(text) == GUID_TEXT_SIZE - 1);
	}
	free(longer);
	return 0;
}
