/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that lie beside a UKI, as the archives that its stub makes of them (core/extra.h). */
#ifndef HOST_EXTRA_FILES_H
#define HOST_EXTRA_FILES_H

#include "core/extra.h"
#include "host/report.h"

struct extra_files {
	struct span archive[EXTRA_KINDS]; /* owned; len 0: there is none */
};

/*
 * beside: a folder IMAGE.extra.d, global: \loader\credentials; or NULL. A folder that is not there is
 * an error here, if not to the stub. Prints. *ret is to be freed in any case.
 */
enum status extra_files_read(const char *beside, const char *global, struct extra_files *ret);
void extra_files_free(struct extra_files *f);

#endif /* HOST_EXTRA_FILES_H */
