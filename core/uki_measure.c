/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See uki_measure.h. */
#include "core/uki_measure.h"

const char *uki_measured_section(size_t i)
{
	switch (i) {
	case 0:
		return ".linux";
	case 1:
		return ".osrel";
	case 2:
		return ".cmdline";
	case 3:
		return ".initrd";
	case 4:
		return ".ucode";
	case 5:
		return ".splash";
	case 6:
		return ".dtb";
	case 7:
		return ".pcrpkey";
	default:
		return NULL;
	}
}
