/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a file is the first wrong byte? As near as checksums tell: each covers a range of the file, and a
 * wrong one means that a byte of its range is. Of our images the manifest, each chunk, the embedded command
 * line and the embedded initrd have one of their own, and what has none is covered by the image's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "host/verify.h"

struct place {
	uint64_t start, end;
	char what[48];
};

/* The earlier one, and of two with the same start the shorter. */
static void take(struct place *best, struct span bytes, const struct kernel *k, const char *what)
{
	uint64_t start = kernel_offset(k, bytes.ptr), end = start + bytes.len;

	if (!bytes.len || (best->end && (start > best->start || (start == best->start && end >= best->end))))
		return;
	*best = (struct place){.start = start, .end = end};
	snprintf(best->what, sizeof(best->what), "%s", what);
}

static void take_chunk(struct place *best, const struct kernel *k, uint64_t number)
{
	struct manifest_chunk c;
	struct span bytes;
	char what[48];

	if (number >= k->manifest.chunk_count)
		return;
	c = manifest_chunk(&k->manifest, (uint32_t)number);
	if (span_sub(k->protected_mode, (uint64_t)k->manifest.payload_off + c.in_off, c.in_size, &bytes))
		return;
	snprintf(what, sizeof(what), "chunk %" PRIu64 " of %" PRIu32, number, k->manifest.chunk_count);
	take(best, bytes, k, what);
}

static void take_problem(struct place *best, const struct kernel *k, const struct problem *p)
{
	switch (p->err) {
	case ERR_CHUNK_CRC:
		take_chunk(best, k, p->fault.value);
		break;
	case ERR_MANIFEST_CRC:
		take(best, k->image.kernel_info, k, "kernel_info with the manifest");
		break;
	case ERR_CMDLINE_CRC:
		take(best, k->cmdline, k, "embedded command line");
		break;
	case ERR_INITRD_CRC:
		take(best, k->initrd, k, "embedded initrd");
		break;
	case ERR_UIMAGE_CRC:
		take(best, k->uimage.data, k, "data of the uImage");
		break;
	default:
		/* a decoder stopped: it was given wrong bytes, but notices late */
		if (!k->ours && !k->content && p->fault.text)
			take(best, k->stream, k, "payload");
	}
}

/* Only the whole image's checksum is wrong: all that no other one covers. */
static void print_rest(const struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	uint64_t payload = (uint64_t)k->image.setup_size + m->payload_off;

	printf("%s: first wrong byte: in none of manifest, chunks, embedded command line and initrd, which have "
	       "checksums; so in 0x0 to 0x%" PRIx64 " (setup part, stub) or 0x%" PRIx64 " to 0x%" PRIx64
	       " (behind the payload)\n",
		k->name, kernel_offset(k, k->image.kernel_info.ptr), payload + m->payload_size,
		k->image.image_size);
}

void verify_print_where(const struct kernel *k)
{
	struct place best = {0};
	bool image_crc = false;

	for (size_t i = 0; i < k->problems.count; i++) {
		take_problem(&best, k, &k->problems.p[i]);
		image_crc |= k->problems.p[i].err == ERR_BAD_IMAGE_CRC;
	}
	if (best.end)
		printf("%s: first wrong byte: in 0x%" PRIx64 " to 0x%" PRIx64 " (%s)\n", k->name, best.start,
			best.end, best.what);
	else if (image_crc && k->ours)
		print_rest(k);
}
