/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration that a Linux kernel carries when built with CONFIG_IKCONFIG: gzip between the
 * words IKCFG_ST and IKCFG_ED.
 */
#ifndef HOST_IKCONFIG_H
#define HOST_IKCONFIG_H

#include "host/report.h"
#include "core/span.h"

struct ikconfig {
	char *text; /* lines, NUL at the end; owned; NULL if the kernel carries none */
};

/* The compressed configuration, if there is one. */
bool ikconfig_find(struct span kernel, struct span *ret_gzip);

/* Fails only when memory runs out; a damaged configuration counts as none. */
enum status ikconfig_open(struct span elf, struct ikconfig *ret);
/* Is the option "=y"? name without value: "CONFIG_X86_5LEVEL". */
bool ikconfig_yes(const struct ikconfig *config, const char *name);
void ikconfig_close(struct ikconfig *config);

#endif /* HOST_IKCONFIG_H */
