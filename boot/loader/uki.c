/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified kernel images, and images that are nothing else: boot entries without a text beside them. One that
 * has a setup header (ours, or a plain kernel) is booted by that as a whole: it knows its own command line and
 * initrd. Of any other the kernel is taken out, with what the image has for it.
 */
#include "boot/loader/loader.h"
#include "core/bzimage.h"
#include "core/uki.h"

#define HEAD_SIZE   0x1000
#define TEXT_MAX    0x1000

static uint8_t head[HEAD_SIZE];

static bool section(const struct part *file, const char *name, struct part *ret)
{
	uint32_t off, size;

	if (!uki_section((struct span){head, HEAD_SIZE}, file->size, name, &off, &size))
		return false;
	*ret = (struct part){file->volume, file->node, off, size};
	return true;
}

static struct span text(const struct part *file, const char *name)
{
	struct span s = {0};
	struct part part;

	if (!section(file, name, &part) || part_text(&part, TEXT_MAX, &s, NULL))
		return (struct span){0};
	while (s.len && s.ptr[s.len - 1] <= ' ') /* a line's end, or what fills the section up */
		s.len--;
	return s;
}

/* The first of the keys that the text has. */
static struct span first_of(struct span osrel, const char *a, const char *b, const char *c)
{
	struct span v = osrel_value(osrel, a);

	if (!v.len)
		v = osrel_value(osrel, b);
	return v.len ? v : osrel_value(osrel, c);
}

static void names(struct entry *entry, const struct part *file)
{
	struct span osrel = text(file, ".osrel"), uname = text(file, ".uname");

	entry->conf.title = first_of(osrel, "PRETTY_NAME", "IMAGE_ID", "NAME");
	entry->conf.version = first_of(osrel, "IMAGE_VERSION", "VERSION", "VERSION_ID");
	if (uname.len)
		entry->conf.version = uname;
	entry->conf.sort_key = first_of(osrel, "IMAGE_ID", "ID", "NAME");
}

void uki_entry(struct entry *entry, const struct part *file)
{
	struct part first = *file;
	struct bzimage image;

	entry->kernel = *file;
	first.size = file->size < HEAD_SIZE ? file->size : HEAD_SIZE;
	__builtin_memset(head, 0, HEAD_SIZE);
	entry->error = part_read(&first, head, (struct span){0}, NULL);
	if (entry->error)
		return;
	names(entry, file);
	entry->kind = ENTRY_FILE;
	if (!bzimage_parse_head((struct span){head, HEAD_SIZE}, file->size, &image, NULL))
		return;
	entry->kind = ENTRY_PARTS;
	if (!section(file, ".linux", &entry->kernel)) {
		entry->error = ERR_EFI_ONLY;
		return;
	}
	section(file, ".initrd", &entry->initrd);
	entry->conf.options[0] = text(file, ".cmdline");
	entry->conf.options_count = 1;
}
