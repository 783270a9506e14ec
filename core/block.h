/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk, for code that reads file systems and does not know where they are: a function that reads
 * sectors, and what it needs. Sectors are 512 bytes whatever the drive's are.
 */
#ifndef CORE_BLOCK_H
#define CORE_BLOCK_H

#include "core/err.h"

#define BLOCK_SIZE 512

struct block_reader {
	/*
	 * Fill buf with count sectors from sect on. Errors: DISK_READ, with the first sector that cannot be
	 * read as the fault's offset.
	 */
	enum err (*read)(void *ctx, uint64_t sect, uint32_t count, void *buf, struct fault *fault);
	/* Write count sectors. NULL: not here. Errors: DISK_WRITE. */
	enum err (*write)(void *ctx, uint64_t sect, uint32_t count, const void *buf, struct fault *fault);
	void *ctx;
	uint64_t sects; /* size of the disk, 0: not known */
};

static inline MUST_CHECK enum err block_read(const struct block_reader *disk, uint64_t sect,
	uint32_t count, void *buf, struct fault *fault)
{
	return disk->read(disk->ctx, sect, count, buf, fault);
}

#endif /* CORE_BLOCK_H */
