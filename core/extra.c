/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See extra.h. Runs in the stub and in the host tool, which predicts what the stub measures. */
#include "core/extra.h"
#include "core/uki_measure.h"
#include "spec/efi_services.h"

struct extra_kind extra_kind(enum extra e)
{
	switch (e) {
	case EXTRA_CREDENTIALS:
		return (struct extra_kind){".cred", ".extra/credentials", NULL, 0500, 0400,
			UKI_PCR_PARAMETERS, "Credentials initrd"};
	case EXTRA_GLOBAL_CREDENTIALS:
		return (struct extra_kind){".cred", ".extra/global_credentials", NULL, 0500, 0400,
			UKI_PCR_PARAMETERS, "Global credentials initrd"};
	case EXTRA_SYSEXTS:
		return (struct extra_kind){".raw", ".extra/sysext", NULL, 0555, 0444, UKI_PCR_SYSEXTS,
			"System extension initrd"};
	case EXTRA_PCRSIG:
		return (struct extra_kind){".pcrsig", ".extra", "tpm2-pcr-signature.json", 0555, 0444, 0,
			NULL};
	default:
		return (struct extra_kind){".pcrpkey", ".extra", "tpm2-pcr-public-key.pem", 0555, 0444,
			0, NULL};
	}
}

static size_t length(const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	return len;
}

static uint8_t to_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool is_wanted(struct span name, const char *suffix)
{
	size_t len = length(suffix);

	if (!name.len || name.len < len || name.len > EXTRA_NAME_MAX || name.ptr[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (to_lower(name.ptr[name.len - len + i]) != (uint8_t)suffix[i])
			return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == 0 || name.ptr[i] > 0x7f)
			return false;
	}
	return true;
}

static bool is_before(const struct extra_file *a, const struct extra_file *b)
{
	size_t i = 0;

	while (i < a->name_len && i < b->name_len && a->name[i] == b->name[i])
		i++;
	if (i == a->name_len || i == b->name_len)
		return a->name_len < b->name_len;
	return a->name[i] < b->name[i];
}

enum err extra_list_add(struct extra_list *l, const struct extra_kind *kind, struct span name, uint64_t size)
{
	struct extra_file file = {.size = size};
	size_t i;

	if (!is_wanted(name, kind->source))
		return ERR_OK;
	if (l->count == l->cap)
		return ERR_NO_SPACE;
	file.name_len = (uint8_t)name.len;
	for (i = 0; i < name.len; i++)
		file.name[i] = name.ptr[i];
	for (i = l->count; i > 0 && is_before(&file, &l->files[i - 1]); i--)
		l->files[i] = l->files[i - 1];
	l->files[i] = file;
	l->count++;
	return ERR_OK;
}

enum err extra_list_add_info(struct extra_list *l, const struct extra_kind *kind, struct span info)
{
	uint8_t name[EXTRA_NAME_MAX];
	uint64_t size, attribute;
	size_t len = 0;
	uint16_t unit = 1;

	if (span_le64(info, EFI_FILE_INFO_SIZE, &size) ||
		span_le64(info, EFI_FILE_INFO_ATTRIBUTE, &attribute) || attribute & EFI_FILE_DIRECTORY)
		return ERR_OK;
	while (!span_le16(info, EFI_FILE_INFO_NAME + 2 * len, &unit) && unit) {
		if (unit > 0x7f || len == EXTRA_NAME_MAX)
			return ERR_OK;
		name[len++] = (uint8_t)unit;
	}
	return unit ? ERR_OK : extra_list_add(l, kind, (struct span){name, len}, size);
}

enum err extra_pack(const struct extra_list *l, const struct extra_kind *kind, struct cpio *c,
	extra_read *read, void *ctx)
{
	enum err err = cpio_add_folder(c, kind->folder, kind->folder_permissions);

	for (size_t i = 0; i < l->count && !err; i++) {
		const struct extra_file *f = &l->files[i];
		struct cpio before = *c;
		uint8_t *data;

		err = cpio_add_file(c, kind->folder, (struct span){f->name, f->name_len},
			kind->permissions, f->size, &data);
		if (!err && data && !read(ctx, f, data))
			*c = before;
	}
	return err ? err : cpio_finish(c);
}

enum err extra_pack_section(struct span bytes, const struct extra_kind *kind, struct cpio *c)
{
	uint8_t *data = NULL;
	enum err err = cpio_add_folder(c, kind->folder, kind->folder_permissions);

	if (!err)
		err = cpio_add_file(c, kind->folder,
			(struct span){(const uint8_t *)kind->name, length(kind->name)},
			kind->permissions, bytes.len, &data);
	for (size_t i = 0; !err && data && i < bytes.len; i++)
		data[i] = bytes.ptr[i];
	return err ? err : cpio_finish(c);
}
