/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that the reports tell, found out once.
 */
#include "host/inspect.h"

enum status facts_find(const struct kernel *k, struct facts *ret)
{
	struct pe_section_info sbat;
	enum status status = STATUS_DONE;

	*ret = (struct facts){.k = k};
	inspect_layout(k, &ret->layout);
	inspect_init_size(k, &ret->init_size);
	inspect_kaslr(k, &ret->kaslr);
	inspect_elf(k, &ret->elf);
	if (k->has_pe && pe_find(&k->pe, ".sbat", &sbat))
		ret->sbat = sbat.bytes;
	while (ret->sbat.len && !ret->sbat.ptr[ret->sbat.len - 1])
		ret->sbat.len--;
	/* digesting 15 MB takes longer than all the rest: only where there is a signature to check */
	if (k->has_pe && k->pe.certificates.len)
		status = authenticode_open(k->name, k->pe.file, &ret->signatures);
	return status;
}

void facts_close(struct facts *f)
{
	authenticode_close(&f->signatures);
}
