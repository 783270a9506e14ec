/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The classic unified kernel image: somebody else's EFI stub (systemd-stub), an untouched kernel and
 * what goes with it, as sections behind the stub's own.
 */
#ifndef HOST_UKI_STUB_H
#define HOST_UKI_STUB_H

#include "host/uki.h"

/*
 * The stub's bytes, sections of u and, last, kernel as .linux, with headers to match. *ret_file is to be
 * freed. Prints: stub is no PE file, or has no room for more section headers.
 */
enum status uki_stub_write(const char *name, struct span stub, const struct uki *u, struct span kernel,
	uint8_t **ret_file, size_t *ret_size);

#endif /* HOST_UKI_STUB_H */
