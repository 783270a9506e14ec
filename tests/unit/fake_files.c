/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fake_firmware.h. The file system: SIMPLE_FILE_SYSTEM and FILE [UEFI 2.10 13.4, 13.5]. */
#include "tests/unit/fake_firmware.h"

static uint64_t EFIAPI unknown(void)
{
	fake_misuse("a function of files that there is none of here");
	return EFI_UNSUPPORTED;
}

struct handle {
	uint64_t revision;
	void *functions[10];
	struct fake_file *file; /* NULL: the root, or a folder: */
	char folder[64]; /* its path with a backslash behind it */
	size_t next; /* of fake.files, to be listed */
	uint64_t at;
};

static uint64_t EFIAPI file_open(struct handle *this, struct handle **ret, const uint16_t *path,
	uint64_t mode, uint64_t attributes);
static uint64_t EFIAPI file_close(struct handle *this);
static uint64_t EFIAPI file_read(struct handle *this, uint64_t *size, uint8_t *ret);
static uint64_t EFIAPI file_get_info(struct handle *this, const void *guid, uint64_t *size, uint8_t *ret);

static struct handle *handle_make(struct fake_file *file)
{
	struct handle *h = calloc(1, sizeof(*h));

	*h = (struct handle){.revision = 0x10000, .file = file,
		.functions = {file_open, file_close, unknown, file_read, unknown, unknown, unknown,
			file_get_info, unknown, unknown}};
	fake.opens_out++;
	return h;
}

static uint64_t EFIAPI file_open(struct handle *this, struct handle **ret, const uint16_t *path,
	uint64_t mode, uint64_t attributes)
{
	fake_used(false);
	assert_null(this->file);
	if (mode != 1 || attributes != 0)
		fake_misuse("Open for more than reading");
	for (size_t i = 0; i < FAKE_MAX && fake.files[i].path; i++) {
		const char *name = fake.files[i].path;
		size_t n = 0;

		if (strncmp(name, this->folder, strlen(this->folder)))
			continue;
		name += strlen(this->folder);
		while (path[n] && path[n] == (uint8_t)name[n])
			n++;
		if (path[n] || (name[n] && name[n] != '\\'))
			continue;
		*ret = handle_make(name[n] ? NULL : &fake.files[i]);
		if (name[n])
			memcpy((*ret)->folder, fake.files[i].path, strlen(this->folder) + n + 1);
		return EFI_SUCCESS;
	}
	return EFI_NOT_FOUND;
}

static void info_put(uint8_t *ret, size_t need, uint64_t size, uint64_t attribute, const char *name)
{
	memset(ret, 0, need);
	le64_put(ret, need);
	le64_put(ret + 8, size);
	le64_put(ret + 0x48, attribute);
	for (size_t i = 0; name[i]; i++)
		le16_put(ret + 0x50 + 2 * i, (uint8_t)name[i]);
}

/* The next file in it; folders in folders are not needed here. */
static uint64_t folder_read(struct handle *this, uint64_t *size, uint8_t *ret)
{
	for (; this->next < FAKE_MAX && fake.files[this->next].path; this->next++) {
		const struct fake_file *f = &fake.files[this->next];
		const char *name = f->path + strlen(this->folder);

		if (strncmp(f->path, this->folder, strlen(this->folder)))
			continue;
		assert_true(*size >= 0x50 + 2 * (strlen(name) + 1));
		*size = 0x50 + 2 * (strlen(name) + 1);
		info_put(ret, *size, f->size, 0x20, name);
		this->next++;
		return EFI_SUCCESS;
	}
	*size = 0;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI file_close(struct handle *this)
{
	fake_used(false);
	free(this);
	fake.opens_out--;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI file_read(struct handle *this, uint64_t *size, uint8_t *ret)
{
	struct fake_file *f = this->file;

	fake_used(false);
	if (!f)
		return folder_read(this, size, ret);
	uint64_t left = (f->ends_at ? f->ends_at : f->size) - this->at;

	if (f->status)
		return f->status;
	if (f->piece && *size > f->piece)
		*size = f->piece;
	if (*size > left)
		*size = left;
	memcpy(ret, (const uint8_t *)f->data + this->at, *size);
	this->at += *size;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI file_get_info(struct handle *this, const void *guid, uint64_t *size, uint8_t *ret)
{
	static const struct efi_guid info = EFI_FILE_INFO_GUID;
	const char *name = this->file ? this->file->path : this->folder;
	size_t need = 0x50 + 2 * (strlen(name) + 1);

	fake_used(false);
	if (this->file && this->file->info_status)
		return this->file->info_status;
	if (!efi_guid_equal(&info, guid))
		return EFI_UNSUPPORTED;
	if (*size < need) {
		*size = need;
		return EFI_BUFFER_TOO_SMALL;
	}
	info_put(ret, need, this->file ? this->file->size : 0, this->file ? 0x20 : 0x10, name);
	*size = need;
	return EFI_SUCCESS;
}

static uint64_t EFIAPI open_volume(void *this, struct handle **ret)
{
	fake_used(false);
	assert_non_null(this);
	*ret = handle_make(NULL);
	return EFI_SUCCESS;
}

void fake_volume_add(void)
{
	static struct {
		uint64_t revision;
		void *open;
	} volume = {0x10000, open_volume};

	fake_protocol_add(FAKE_VOLUME, EFI_FILE_SYSTEM_GUID, &volume);
}
