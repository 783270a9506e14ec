/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing an initramfs: an archive in cpio's "newc" format [Linux, driver-api/early-userspace/
 * buffer-format]. Nothing in it depends on clock or device, so that the same files give the same bytes,
 * which somebody may have predicted: numbers of inodes count from 1, times and owners are 0.
 *
 *   | header name NUL pad | data pad | header name NUL pad | ... | trailer |      pad: to a multiple of 4
 *
 * The same calls without a buffer only count, so that one function can say how much room it needs and
 * then fill it.
 */
#ifndef CORE_CPIO_H
#define CORE_CPIO_H

#include "core/span.h"

#define CPIO_ALIGN    4
#define CPIO_HEADER   110 /* six letters, thirteen numbers of eight digits */
#define CPIO_DIR      0040000u /* file types, to be added to permissions [stat(2)] */
#define CPIO_FILE     0100000u

struct cpio {
	uint8_t *buf; /* NULL: count */
	uint64_t cap, at; /* room; bytes so far */
	uint32_t inode; /* of the last entry */
};

static inline struct cpio cpio_start(uint8_t *buf, uint64_t cap)
{
	return (struct cpio){buf, buf ? cap : UINT64_MAX, 0, 0};
}

/*
 * A folder with all that leads to it ("a/b": a, then a/b); those in front are readable to all. Errors:
 * NO_SPACE.
 */
enum err cpio_add_folder(struct cpio *c, const char *path, uint32_t permissions) MUST_CHECK;

/*
 * The file folder/name of size bytes. *ret_data is where they belong, zeros until they are put there;
 * NULL when only counting. Errors: NO_SPACE, OVERFLOW (larger than the format can say).
 */
enum err cpio_add_file(struct cpio *c, const char *folder, struct span name, uint32_t permissions,
	uint64_t size, uint8_t **ret_data) MUST_CHECK;

/* The end; c->at is then the archive's size. Errors: NO_SPACE. */
enum err cpio_finish(struct cpio *c) MUST_CHECK;

#endif /* CORE_CPIO_H */
