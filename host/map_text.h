/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory maps as people have them: /proc/iomem, the kernel's log ("BIOS-e820:" and, with efi=debug,
 * "efi: mem00:" lines), or what `bzforge boot --trace` prints. Any other line is left aside, so a
 * whole log will do. The result is what a loader would hand to the stub, in its own formats.
 */
#ifndef HOST_MAP_TEXT_H
#define HOST_MAP_TEXT_H

#include "core/memory.h"
#include "spec/bootparam.h"

#define MAP_TEXT_MAX     4096 /* lines of each kind */
#define MAP_TEXT_MD_SIZE 40

struct map_list {
	struct range r[MAP_TEXT_MAX];
	size_t count;
};

struct map_text {
	uint8_t e820[MAP_TEXT_MAX * E820_ENTRY_SIZE];
	size_t e820_count;
	uint8_t efi[MAP_TEXT_MAX * MAP_TEXT_MD_SIZE];
	size_t efi_count;
	/* from a trace only */
	struct kept_range kept[MEMORY_NAMED_MAX];
	size_t kept_count;
	struct map_list free, mirrored, immovable;
	bool has_image;
	uint64_t image_pa;
};

/*
 * *ret is large: not for the stack. Errors: BAD_MEMORY_MAP, NO_SPACE, NO_MEMORY_MAP (not one line of
 * a map); fault says where in the text.
 */
enum err map_text_parse(struct span text, struct map_text *ret, struct fault *fault) MUST_CHECK;

/* Number of the line that offset lies in, from 1 on. */
size_t map_text_line(struct span text, uint64_t offset);

#endif /* HOST_MAP_TEXT_H */
