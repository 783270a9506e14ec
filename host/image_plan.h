/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image under construction, inside of the image writer: image_plan.c compresses the payload and
 * decides where everything goes, image_write.c puts the bytes there.
 */
#ifndef HOST_IMAGE_PLAN_H
#define HOST_IMAGE_PLAN_H

#include "host/chunks.h"
#include "host/image_write.h"

#define IMAGE_PART_ALIGN   16 /* syssize counts in paragraphs of 16 bytes; the rest follows */
#define IMAGE_SIZE_TRAILER 4 /* size of the content, behind the stream */

/* A PE section behind the payload; at this stub offset in file and memory. */
struct image_section {
	const char *name;
	uint64_t off, size;
};

struct build {
	const struct image_wish *wish;
	struct span content;
	uint8_t *content_copy; /* owned; NULL if content is a view */
	struct chunk_list *chunks; /* owned */
	uint8_t *stream; /* owned */
	size_t stream_size;
	uint32_t trailer_size; /* bytes of the size field behind the stream */
	struct place_image place;
	struct manifest manifest;
	struct span setup, stub;
	uint32_t stub_size, work_size, data_off; /* from the prebuilt stub_info */
	uint32_t info_off; /* kernel_info; this and the following are stub offsets */
	uint32_t manifest_off, manifest_bytes;
	/* of a UKI: the wish's parts, in their order, then .cmdline, .ucode, .initrd */
	struct image_section sections[IMAGE_PARTS_MAX + 3];
	size_t section_count;
	uint64_t init_size;
	uint8_t *image; /* owned */
	size_t image_size;
};

/*
 * From wish, setup, stub, stub_size and work_size: all the rest but the image's bytes. Prints.
 */
enum status image_plan(struct build *b);

#endif /* HOST_IMAGE_PLAN_H */
