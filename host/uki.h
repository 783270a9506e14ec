/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a unified kernel image is made of, whoever wrote it [UAPI Group: Unified Kernel Image]: the
 * kernel, and beside it the contents of PE sections.
 */
#ifndef HOST_UKI_H
#define HOST_UKI_H

#include "host/image_write.h"

/* Sections that neither our stub nor the kernel reads, in the order in which they are written. */
enum uki_part {
	UKI_OSREL,
	UKI_UNAME,
	UKI_SBAT,
	UKI_SPLASH,
	UKI_PCRPKEY,
	UKI_PCRSIG,
	UKI_PARTS,
};
_Static_assert(UKI_PARTS <= IMAGE_PARTS_MAX, "parts of an image");

struct uki {
	struct span part[UKI_PARTS]; /* len 0: there is none */
	struct span cmdline, ucode, initrd;
};

/* ".osrel" and so on. */
const char *uki_part_name(enum uki_part part);

/* What k has already: all of it if it is a UKI, else the embedded command line and initrd of ours. */
void uki_read(const struct kernel *k, struct uki *ret);

/* Microcode, padding, initrd in one piece, as our stub hands it on. To be freed. NULL: no memory. */
uint8_t *uki_join_initrd(const struct uki *u, size_t align, struct span *ret);

/*
 * Let wish be a UKI of ours with these parts. *ret_owned is to be freed once the image is written.
 * Prints.
 */
enum status uki_wish(const struct uki *u, struct image_wish *wish, uint8_t **ret_owned);

#endif /* HOST_UKI_H */
