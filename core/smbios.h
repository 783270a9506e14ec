/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMBIOS as far as a stub wants to know which machine this is. The entry point says where the table of
 * structures lies; whoever may touch memory goes there.
 */
#ifndef CORE_SMBIOS_H
#define CORE_SMBIOS_H

#include "core/span.h"

#define SMBIOS_ENTRY_MAX 0xff /* an entry point's length is a byte */

/*
 * entry: an entry point of either kind, and perhaps what lies behind it. *ret_size is what the table may
 * have at most. Errors: TRUNCATED, BAD_SMBIOS (anchor, length, checksum, no table).
 */
enum err smbios_table(struct span entry, uint64_t *ret_pa, uint32_t *ret_size,
	struct fault *fault) MUST_CHECK;

/*
 * The string whose number stands at offset at of the first structure of that type. Errors: BAD_SMBIOS
 * (no such structure or string, or the table ends too early).
 */
enum err smbios_string(struct span table, uint8_t type, uint8_t at, struct span *ret,
	struct fault *fault) MUST_CHECK;

#endif /* CORE_SMBIOS_H */
