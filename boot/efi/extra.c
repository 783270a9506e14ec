/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what lies beside a unified kernel image, and making archives of it; which files, in which
 * order and form is core/extra.h's business. A folder that is not there is empty; what cannot be read is
 * said and left out. Under boot services.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"

#define FILES_MAX 256 /* of a kind; more are refused, so that their order is known before they are read */
#define INFO_MAX  (EFI_FILE_INFO_NAME + 2 * 512)

static bool is_folder(uint64_t file)
{
	struct efi_guid guid = EFI_FILE_INFO_GUID;
	uint8_t info[INFO_MAX];
	uint64_t size = sizeof(info);

	return !efi_method(file, EFI_FILE_FUNCTIONS, EFI_FILE_GET_INFO, efi_ptr(&guid), efi_ptr(&size),
		       efi_ptr(info)) &&
		le64_get(info + EFI_FILE_INFO_ATTRIBUTE) & EFI_FILE_DIRECTORY;
}

/* Each Read of a folder gives one entry's EFI_FILE_INFO, the last one nothing. */
static bool folder_list(uint64_t folder, const struct extra_kind *kind, struct extra_list *l)
{
	uint8_t info[INFO_MAX];

	for (;;) {
		uint64_t size = sizeof(info);
		uint64_t status = efi_method(folder, EFI_FILE_FUNCTIONS, EFI_FILE_READ, efi_ptr(&size),
			efi_ptr(info));

		if (status) {
			warn("files *%s cannot be listed: firmware says 0x%lx", kind->source, status);
			return false;
		}
		if (!size)
			return true;
		if (size > sizeof(info) ||
			extra_list_add_info(l, kind, (struct span){info, (size_t)size})) {
			warn("more than %u files *%s: none is taken", FILES_MAX, kind->source);
			return false;
		}
	}
}

static bool read_file(void *ctx, const struct extra_file *f, uint8_t *data)
{
	const uint64_t *folder = ctx;
	uint16_t name[EXTRA_NAME_MAX + 1];
	uint64_t file, done, status;
	size_t i;

	for (i = 0; i < f->name_len; i++)
		name[i] = f->name[i];
	name[i] = 0;
	status = efi_file_open(*folder, name, &file);
	if (!status) {
		status = efi_file_read(file, efi_ptr(data), f->size, &done);
		efi_file_close(file);
	}
	if (status)
		warn("a file of 0x%lx bytes for /.extra is left out: firmware says 0x%lx", f->size, status);
	return !status;
}

static bool pack(uint64_t folder, const struct extra_list *l, const struct extra_kind *kind,
	struct efi_archive *ret)
{
	struct cpio count = cpio_start(NULL, 0), c;
	enum err err = extra_pack(l, kind, &count, NULL, NULL);
	uint64_t pa = 0;

	if (!err)
		err = efi_memory_below(count.at, UINT64_MAX, EFI_LOADER_DATA, &pa);
	if (!err) {
		c = cpio_start(phys_ptr(pa), count.at);
		err = extra_pack(l, kind, &c, read_file, &folder);
	}
	if (err) {
		efi_memory_free(pa);
		warn("%s: %s (E%u)", kind->folder, err_text(err), err);
		return false;
	}
	say("/%s: %lu files, 0x%lx bytes", kind->folder, l->count, c.at);
	*ret = (struct efi_archive){pa, c.at};
	return true;
}

bool efi_extra_files(const struct efi_boot *b, enum extra e, const uint16_t *path,
	struct efi_archive *ret)
{
	struct extra_kind kind = extra_kind(e);
	struct extra_list l = {.cap = FILES_MAX};
	uint64_t root = path[0] ? efi_volume_open(b) : 0, folder = 0, pa = 0;
	bool good = true;

	if (!root)
		return true;
	if (!efi_file_open(root, path, &folder) && is_folder(folder)) {
		good = !efi_memory_below(FILES_MAX * sizeof(*l.files), UINT64_MAX, EFI_LOADER_DATA, &pa);
		if (!good)
			warn("%s: no memory", kind.folder);
		l.files = phys_ptr(pa);
		good = good && folder_list(folder, &kind, &l);
		if (good && l.count)
			good = pack(folder, &l, &kind, ret);
		efi_memory_free(pa);
	}
	if (folder)
		efi_file_close(folder);
	efi_file_close(root);
	return good;
}

bool efi_extra_section(struct span bytes, enum extra e, struct efi_archive *ret)
{
	struct extra_kind kind = extra_kind(e);
	struct cpio count = cpio_start(NULL, 0), c;
	enum err err = extra_pack_section(bytes, &kind, &count);
	uint64_t pa = 0;

	if (!err)
		err = efi_memory_below(count.at, UINT64_MAX, EFI_LOADER_DATA, &pa);
	if (!err) {
		c = cpio_start(phys_ptr(pa), count.at);
		err = extra_pack_section(bytes, &kind, &c);
	}
	if (err) {
		efi_memory_free(pa);
		warn("/%s/%s: %s (E%u)", kind.folder, kind.name, err_text(err), err);
		return false;
	}
	*ret = (struct efi_archive){pa, c.at};
	return true;
}
