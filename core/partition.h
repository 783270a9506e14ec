/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where on a disk are the partitions that a boot loader looks into? GPT [UEFI 2.10 5.3], or the four
 * entries of the boot sector and the logical partitions in an extended one. Of a GPT whose first copy is
 * damaged the one at the disk's end counts.
 */
#ifndef CORE_PARTITION_H
#define CORE_PARTITION_H

#include <stddef.h>
#include "core/block.h"

enum partition_kind {
	PARTITION_OTHER,
	PARTITION_ESP,
	PARTITION_XBOOTLDR,
	PARTITION_FAT, /* FAT of no special purpose: only boot sectors tell */
};

struct partition {
	enum partition_kind kind;
	uint32_t number; /* place in the table, from 1; of logical partitions from 5, in the order of their chain */
	uint64_t start; /* in sectors of 512 bytes */
	uint64_t sects;
};

/*
 * All used entries of the disk's table, in order, but PARTITION_OTHER. block_size is what a GPT's numbers
 * count if 512 bytes do not lead to one: the drive's sector, a power of two. buf is a sector for us.
 * More than cap partitions are not an error, the others are left out. A chain of logical partitions counts as
 * far as it is whole; what is wrong behind that is an error only if nothing was found.
 * Errors: BAD_PARTITIONS (no signature, both copies of a GPT damaged, a broken chain), DISK_READ.
 */
enum err partition_list(const struct block_reader *disk, uint32_t block_size, uint8_t buf[BLOCK_SIZE],
	struct partition *ret, size_t cap, size_t *ret_count, struct fault *fault) MUST_CHECK;

#endif /* CORE_PARTITION_H */
