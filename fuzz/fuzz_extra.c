/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a folder's EFI_FILE_INFOs, one of INFO_SIZE bytes after the other: the files that were taken
 * ascend, and the archive that they become is as long as was counted and reads back as just those files.
 */
#include "fuzz/fuzz.h"

#include "core/extra.h"

#define INFO_SIZE 0x60 /* with a name of eight units */
#define FILES     8
#define FILE_MAX  64 /* larger ones are only counted */

static bool read_file(void *ctx, const struct extra_file *f, uint8_t *data)
{
	memset(data, f->name[0], f->size);
	return f->size % 5 != *(const uint64_t *)ctx;
}

static uint32_t number(const uint8_t *head, int i)
{
	char text[9] = "";

	memcpy(text, head + 6 + 8 * i, 8);
	return (uint32_t)strtoul(text, NULL, 16);
}

/* The oracle: a reader of archives, which wants these files in that folder. */
static void check_archive(const uint8_t *p, uint64_t size, const struct extra_list *l,
	const struct extra_kind *kind, uint64_t unreadable)
{
	uint64_t at = 0, inode = 0;
	size_t met = 0;

	for (;;) {
		FUZZ_CHECK(at + 110 <= size && !memcmp(p + at, "070701", 6));
		uint64_t name_size = number(p + at, 11), data_size = number(p + at, 6);
		const char *name = (const char *)p + at + 110;

		at = (at + 110 + name_size + 3) & ~3ull;
		FUZZ_CHECK(at <= size && name_size && strlen(name) == name_size - 1);
		const uint8_t *data = p + at;

		at = (at + data_size + 3) & ~3ull;
		FUZZ_CHECK(at <= size);
		if (!strcmp(name, "TRAILER!!!"))
			break;
		FUZZ_CHECK(number(data - ((110 + name_size + 3) & ~3ull), 0) == ++inode);
		if (!data_size && strncmp(name, kind->folder, strlen(name)) == 0)
			continue; /* a folder */
		while (met < l->count && l->files[met].size % 5 == unreadable)
			met++;
		FUZZ_CHECK(met < l->count && data_size == l->files[met].size);
		FUZZ_CHECK(!strncmp(name, kind->folder, strlen(kind->folder)) && name[strlen(kind->folder)] == '/');
		FUZZ_CHECK(!memcmp(name + strlen(kind->folder) + 1, l->files[met].name, l->files[met].name_len));
		FUZZ_CHECK(!data_size || data[data_size - 1] == l->files[met].name[0]);
		met++;
	}
	while (met < l->count && l->files[met].size % 5 == unreadable)
		met++;
	FUZZ_CHECK(met == l->count && at == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct extra_file files[FILES];
	struct extra_list l = {files, 0, FILES};
	struct extra_kind kind = extra_kind(size % 3);
	uint64_t unreadable = size / 3 % 6, largest = 0;

	for (size_t at = 0; at + INFO_SIZE <= size; at += INFO_SIZE) {
		size_t before = l.count;
		/* a copy, where the sanitizer knows its end */
		uint8_t *info = malloc(INFO_SIZE);

		memcpy(info, data + at, INFO_SIZE);
		FUZZ_CHECK(!extra_list_add_info(&l, &kind, (struct span){info, INFO_SIZE}) || before == FILES);
		free(info);
	}
	for (size_t i = 0; i < l.count; i++) {
		size_t len = files[i].name_len;

		largest = files[i].size > largest ? files[i].size : largest;
		FUZZ_CHECK(len >= strlen(kind.source) && files[i].name[0] != '.');
		if (i)
			FUZZ_CHECK(memcmp(files[i - 1].name, files[i].name,
				len < files[i - 1].name_len ? len : files[i - 1].name_len) <= 0);
	}
	struct cpio count = cpio_start(NULL, 0);
	enum err err = extra_pack(&l, &kind, &count, NULL, NULL);

	FUZZ_CHECK((err == ERR_OVERFLOW) == (largest > UINT32_MAX) && (!err || err == ERR_OVERFLOW));
	if (err || largest > FILE_MAX)
		return 0;
	uint8_t *archive = malloc(count.at);
	struct cpio c = cpio_start(archive, count.at);

	FUZZ_CHECK(!extra_pack(&l, &kind, &c, read_file, &unreadable) && c.at <= count.at);
	check_archive(archive, c.at, &l, &kind, unreadable);
	free(archive);
	return 0;
}
