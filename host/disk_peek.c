/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_peek.h. A bzImage has a boot sector's signature, too: a disk has a table of partitions.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "core/span.h"
#include "host/disk_peek.h"
#include "spec/bootparam.h"
#include "spec/disk.h"

#define CD_DESCRIPTOR_AT 0x8000 /* sector 16 of 2048 bytes [ECMA-119 8.1] */
#define CD_NAME          "CD001" /* behind a byte for its type */
#define PEEK_SIZE        (CD_DESCRIPTOR_AT + 8)

static bool has_partition(const uint8_t *sector)
{
	const uint8_t *entry = sector + MBR_TABLE;
	size_t i;

	for (i = 0; i < MBR_ENTRIES; i++, entry += MBR_ENTRY_SIZE) {
		if (entry[MBR_ENTRY_TYPE] && le32_get(entry + MBR_ENTRY_SECTS))
			return true;
	}
	return false;
}

static enum disk_kind judge(struct span head)
{
	uint16_t signature = 0;
	uint32_t magic = 0;

	if (span_has(head, CD_DESCRIPTOR_AT, 6) &&
		!memcmp(head.ptr + CD_DESCRIPTOR_AT + 1, CD_NAME, strlen(CD_NAME)))
		return DISK_CD;
	if (span_le32(head, HDR_HEADER, &magic) || magic == HDR_MAGIC)
		return DISK_NONE;
	if (span_le16(head, MBR_SIGNATURE_AT, &signature) || signature != MBR_SIGNATURE)
		return DISK_NONE;
	return has_partition(head.ptr) ? DISK_RAW : DISK_NONE;
}

enum disk_kind disk_peek(const char *path)
{
	uint8_t head[PEEK_SIZE];
	enum disk_kind kind = DISK_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return DISK_NONE;
	n = pread(fd, head, sizeof(head), 0);
	if (n > 0)
		kind = judge((struct span){head, (size_t)n});
	close(fd);
	return kind;
}
