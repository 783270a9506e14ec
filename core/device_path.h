/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device paths, by which UEFI firmware says where an image came from [UEFI 2.10 10.2]: nodes of a type, a
 * subtype and a length, until one that ends it all. Firmware hands out an address; its length is what
 * this finds out, within bounds.
 */
#ifndef CORE_DEVICE_PATH_H
#define CORE_DEVICE_PATH_H

#include "core/span.h"

#define DEVICE_PATH_GUID_SIZE 16

/*
 * The GUID of the first GPT partition that the path goes through, as its bytes lie in memory. False:
 * there is none, or the path is damaged in front of it.
 */
bool device_path_partition(struct span path, uint8_t ret[DEVICE_PATH_GUID_SIZE]);

/*
 * The file that the path names, if it consists of file names only: joined by backslashes, UTF-16 with
 * NUL, as files are opened: slashes are backslashes, and no two follow one another. cap in units of 16
 * bits. False: it is something else, damaged, empty or too long.
 */
bool device_path_file(struct span path, uint16_t *ret, size_t cap);

/* "01234567-89ab-...", as systemd writes partition GUIDs, with its NUL. */
#define GUID_TEXT_SIZE 37
void guid_text(const uint8_t guid[DEVICE_PATH_GUID_SIZE], char ret[GUID_TEXT_SIZE]);

#endif /* CORE_DEVICE_PATH_H */
