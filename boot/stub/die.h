/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way out of a boot that cannot go on. Only the mains of the stages, the exception handler and
 * a library's smashed stack call it; everything else returns enum err.
 */
#ifndef BOOT_STUB_DIE_H
#define BOOT_STUB_DIE_H

#include "core/err.h"

/*
 * panic=N of the command line: below 0 restart now, above 0 after N seconds, 0 when somebody asks.
 */
void die_set_panic(int32_t panic);
/* A way out that comes before all others; it returns if it does not apply (any more). */
void die_set_exit(void (*exit)(enum err err));
/* Say why on every console, then follow panic=. fault may be NULL. */
void die(enum err err, const struct fault *fault) __attribute__((noreturn));
/*
 * The second half of die(), for who has said it all; and what comes before it: of several processors
 * that have something to say, only the first one does, the others stop here.
 */
void die_alone(void);
/* Does nothing as long as all is well; when another processor has something to say, stops here. */
void die_check(void);
void die_restart(void) __attribute__((noreturn));

#endif /* BOOT_STUB_DIE_H */
