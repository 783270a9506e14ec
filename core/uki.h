/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified kernel image on a disk: where in the file are its sections? For code that has only the first
 * bytes of it in memory; core/pe.h is for whole files.
 */
#ifndef CORE_UKI_H
#define CORE_UKI_H

#include "core/span.h"

/*
 * Section name of the PE file that begins with head and has file_size bytes: its bytes in the file. False if
 * there is none, if the headers are not all in head, or if it does not lie in the file.
 */
bool uki_section(struct span head, uint64_t file_size, const char *name, uint32_t *ret_off,
	uint32_t *ret_size);

/* The value of key in a text like /etc/os-release, without its quotes; len 0: there is none. */
struct span osrel_value(struct span text, const char *key);

#endif /* CORE_UKI_H */
