/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See uki.h. */
#include <stdlib.h>
#include <string.h>
#include "host/pe_write.h"
#include "host/uki.h"

static const char *const names[UKI_PARTS] = {
	[UKI_OSREL] = ".osrel",
	[UKI_UNAME] = ".uname",
	[UKI_SBAT] = ".sbat",
	[UKI_SPLASH] = ".splash",
	[UKI_PCRPKEY] = ".pcrpkey",
	[UKI_PCRSIG] = ".pcrsig",
};

const char *uki_part_name(enum uki_part part)
{
	return names[part];
}

static struct span section(const struct kernel *k, const char *name)
{
	struct pe_section_info s = {0};

	return pe_find(&k->pe, name, &s) ? s.bytes : (struct span){0};
}

/* The generations that every stub states are its own: only what was added to ours goes along. */
static bool is_stubs_sbat(const struct kernel *k)
{
	struct pe_section_info s;

	return !k->ours || !pe_find(&k->pe, ".sbat", &s) || s.file_off < k->image.setup_size;
}

void uki_read(const struct kernel *k, struct uki *ret)
{
	size_t i;

	*ret = (struct uki){.cmdline = k->cmdline, .initrd = k->initrd};
	if (!k->uki)
		return;
	for (i = 0; i < UKI_PARTS; i++)
		ret->part[i] = section(k, names[i]);
	if (is_stubs_sbat(k))
		ret->part[UKI_SBAT] = (struct span){0};
	ret->cmdline = section(k, ".cmdline");
	ret->ucode = section(k, ".ucode");
	ret->initrd = section(k, ".initrd");
}

static size_t align_up_to(size_t v, size_t align)
{
	return (v + align - 1) / align * align;
}

uint8_t *uki_join_initrd(const struct uki *u, size_t align, struct span *ret)
{
	size_t at = u->initrd.len ? align_up_to(u->ucode.len, align) : u->ucode.len;
	uint8_t *p = calloc(1, at + u->initrd.len + 1);

	if (!p)
		return NULL;
	if (u->ucode.len)
		memcpy(p, u->ucode.ptr, u->ucode.len);
	if (u->initrd.len)
		memcpy(p + at, u->initrd.ptr, u->initrd.len);
	*ret = (struct span){p, at + u->initrd.len};
	return p;
}

enum status uki_wish(const struct uki *u, struct image_wish *wish, uint8_t **ret_owned)
{
	size_t i;

	wish->uki = true;
	wish->cmdline = u->cmdline;
	wish->initrd = u->initrd;
	wish->ucode_size = (uint32_t)u->ucode.len;
	wish->part_count = 0;
	for (i = 0; i < UKI_PARTS; i++) {
		if (u->part[i].len)
			wish->parts[wish->part_count++] =
				(struct image_part){names[i], u->part[i]};
	}
	*ret_owned = NULL;
	if (!u->ucode.len)
		return STATUS_DONE;
	*ret_owned = uki_join_initrd(u, PE_SECTION_ALIGN, &wish->initrd);
	return *ret_owned ? STATUS_DONE : report_no_memory(wish->name);
}
