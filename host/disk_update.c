/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other kernels on a disk of ours, in place: everything else on it stays, and so does its partition
 * table. The order makes the disk bootable at any moment, should this end half way:
 *
 *   new kernels and initrds, under names that no entry has yet
 *   new entries, each under another name first
 *   loader.conf
 *   old kernels and initrds go that only replaced entries named
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/digest.h"
#include "host/disk_old.h"
#include "host/disk_table.h"
#include "host/disk_target.h"

#define QUESTION "kernels on it will be changed. Go on?"
#define NEW      ".new"

struct update {
	const struct disk_options *o;
	const struct disk_inputs *in;
	struct disk_fat fat;
	struct disk_old old;
	struct disk_content
		files; /* kernels and initrds that are not there yet; UKIs under names + NEW */
	struct disk_content entries; /* of type 1, UKIs without their bytes, and loader.conf */
};

/* --- what is to be --- */

static bool is_there(const struct update *u, const char *path)
{
	return disk_old_has(&u->old.root, path);
}

/* If there is such a file, has it these bytes? */
static enum status compare(
	const struct update *u, const char *path, struct span bytes, bool *ret_same)
{
	*ret_same = false;
	return is_there(u, path) ? disk_fat_same(&u->fat, path, bytes, ret_same) : STATUS_DONE;
}

static void add_digest(char path[DISK_PATH_MAX], struct span bytes)
{
	uint8_t digest[SHA256_SIZE];
	struct sha256 s;

	sha256_init(&s);
	digest_update(&s, bytes);
	sha256_final(&s, digest);
	snprintf(path + strlen(path), DISK_PATH_MAX - strlen(path), "-%02x%02x%02x%02x", digest[0],
		digest[1], digest[2], digest[3]);
}

/*
 * A name for a new file: path, unless another file has that; then with a digest of the bytes behind
 * it. What has these bytes already need not be written.
 */
static enum status place(struct update *u, char path[DISK_PATH_MAX], struct span bytes)
{
	enum status status;
	bool same;

	status = compare(u, path, bytes, &same);
	if (!status && !same && (is_there(u, path) || disk_tree_find(&u->files.tree, path))) {
		add_digest(path, bytes);
		status = compare(u, path, bytes, &same);
	}
	if (status || same)
		return status;
	if (is_there(u, path) && disk_old_names(&u->old, path, false)) {
		report(u->fat.name, "%s on it is damaged: remove it first", path);
		return STATUS_BAD_INPUT;
	}
	return disk_content_add(&u->files, path, bytes, false);
}

static enum status place_initrds(struct update *u, char path[][DISK_PATH_MAX])
{
	enum status status = STATUS_DONE;
	char number[24] = "";
	size_t i;

	for (i = 0; i < u->in->initrd_count && !status; i++) {
		if (i)
			snprintf(number, sizeof(number), "-%zu", i + 1);
		snprintf(path[i], DISK_PATH_MAX, "/initrd-%s%s", u->in->image[0].id, number);
		status = place(u, path[i], input_span(&u->in->initrd[i]));
	}
	return status;
}

static enum status plan_entry(
	struct update *u, const struct disk_image *image, const struct disk_entry *entry)
{
	char path[DISK_PATH_MAX], text[DISK_TEXT_MAX];
	size_t size = disk_text_entry(entry, text, sizeof(text)), i;

	snprintf(path, sizeof(path), DISK_ENTRIES "/%s.conf", image->id);
	if (!size) {
		report(path, "is too long: at most %d bytes", DISK_TEXT_MAX);
		return STATUS_USAGE;
	}
	for (i = 0; i < u->old.entry_count; i++)
		u->old.entry[i].replaced |= !strcasecmp(u->old.entry[i].path, path);
	return disk_content_add(
		&u->entries, path, (struct span){(const uint8_t *)text, size}, true);
}

static enum status plan_uki(struct update *u, const char *path, struct span bytes)
{
	char new_path[DISK_PATH_MAX + sizeof(NEW)];
	enum status status = STATUS_DONE;
	bool same = false;

	if (disk_old_has(&u->old.ukis, path))
		status = disk_fat_same(&u->fat, path, bytes, &same);
	if (status || same)
		return status;
	snprintf(new_path, sizeof(new_path), "%s" NEW, path);
	status = disk_content_add(&u->files, new_path, bytes, false);
	return status ? status : disk_content_add(&u->entries, path, (struct span){0}, false);
}

static enum status plan_image(
	struct update *u, const struct disk_image *image, const char *const *initrds)
{
	char path[DISK_PATH_MAX];
	const struct disk_entry entry = {
		.title = image->title,
		.version = image->id,
		.linux_path = path,
		.options = u->o->cmdline,
		.initrd_paths = initrds,
		.initrd_count = u->in->initrd_count,
	};
	enum status status;

	if (image->uki) {
		snprintf(path, sizeof(path), DISK_UKI_FOLDER "/%s.efi", image->id);
		return plan_uki(u, path, input_span(&image->in));
	}
	snprintf(path, sizeof(path), "/vmlinuz-%s", image->id);
	status = place(u, path, input_span(&image->in));
	return status ? status : plan_entry(u, image, &entry);
}

static enum status plan_conf(struct update *u)
{
	const struct span old = {(const uint8_t *)u->old.conf, u->old.conf_size};
	const struct disk_image *first = &u->in->image[0];
	char text[DISK_TEXT_MAX], id[DISK_ID_MAX + 8];
	size_t size;

	snprintf(id, sizeof(id), "%s.%s", first->id, first->uki ? "efi" : "conf");
	size = disk_text_conf(old, id, 0, text, sizeof(text));
	if (!size) {
		report(DISK_LOADER_CONF, "is too long: at most %d bytes", DISK_TEXT_MAX);
		return STATUS_BAD_INPUT;
	}
	return disk_content_add(
		&u->entries, DISK_LOADER_CONF, (struct span){(const uint8_t *)text, size}, true);
}

static enum status plan(struct update *u)
{
	char text[DISK_INITRDS_MAX][DISK_PATH_MAX];
	const char *initrds[DISK_INITRDS_MAX];
	enum status status = place_initrds(u, text);
	size_t i;

	for (i = 0; i < u->in->initrd_count; i++)
		initrds[i] = text[i];
	for (i = 0; i < u->in->image_count && !status; i++)
		status = plan_image(u, &u->in->image[i], initrds);
	return status ? status : plan_conf(u);
}

/* --- doing it --- */

static bool is_uki(const char *path)
{
	return !strncmp(path, DISK_UKI_FOLDER "/", strlen(DISK_UKI_FOLDER "/"));
}

/* After a failure: what was written goes, and what was begun if it is there. */
static void take_back(struct update *u, size_t count)
{
	if (disk_fat_list(&u->fat, "/", &u->old.root) ||
		(u->old.has_uki_folder && disk_fat_list(&u->fat, DISK_UKI_FOLDER, &u->old.ukis)))
		return;
	while (count--) {
		const char *path = u->files.tree.file[count].path;

		if ((is_there(u, path) || disk_old_has(&u->old.ukis, path)) &&
			disk_fat_remove(&u->fat, path))
			return;
	}
}

/* All new kernels and initrds, or none of them. */
static enum status put_files(struct update *u)
{
	const struct disk_tree *tree = &u->files.tree;
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < tree->count && !status; i++) {
		const struct disk_file *f = &tree->file[i];

		if (is_uki(f->path) && !u->old.has_uki_folder) {
			status = disk_fat_make_folder(&u->fat, DISK_UKI_FOLDER);
			u->old.has_uki_folder = !status;
		}
		if (!status)
			status = disk_fat_put(&u->fat, f->path, f->bytes);
	}
	if (status) {
		report(u->fat.name,
			"did not take all of the new files: its kernels stay as they were");
		take_back(u, i);
	}
	return status;
}

/* There is no moment in which a half-written entry has its name. */
static enum status put_entry(struct update *u, const struct disk_file *f)
{
	char path[DISK_PATH_MAX + sizeof(NEW)];
	bool there = disk_old_has_entry(&u->old, f->path) || !strcmp(f->path, DISK_LOADER_CONF);
	enum status status = STATUS_DONE;

	snprintf(path, sizeof(path), "%s" NEW, f->path);
	if (!is_uki(f->path))
		status = disk_fat_put(&u->fat, path, f->bytes);
	if (!status && there)
		status = disk_fat_remove(&u->fat, f->path);
	return status ? status : disk_fat_rename(&u->fat, path, f->path);
}

static bool is_named_by_new(const struct update *u, const char *path)
{
	const struct disk_tree *tree = &u->entries.tree;
	size_t i;

	for (i = 0; i < tree->count; i++) {
		if (!strncmp(tree->file[i].path, DISK_ENTRIES, strlen(DISK_ENTRIES)) &&
			disk_text_names(tree->file[i].bytes, path))
			return true;
	}
	return false;
}

/* What replaced entries named, and nobody else does. */
static enum status remove_old(struct update *u)
{
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < u->old.root.count && !status; i++) {
		const char *path = u->old.root.path[i];

		if (disk_old_names(&u->old, path, true) && !disk_old_names(&u->old, path, false) &&
			!is_named_by_new(u, path))
			status = disk_fat_remove(&u->fat, path);
	}
	return status;
}

static enum status carry_out(struct update *u)
{
	enum status status = put_files(u);
	size_t i;

	for (i = 0; i < u->entries.tree.count && !status; i++)
		status = put_entry(u, &u->entries.tree.file[i]);
	return status ? status : remove_old(u);
}

static enum status open_disk(const struct disk_options *o, int *ret_fd)
{
	enum status status;
	uint64_t size;
	struct stat st;

	status = disk_drive_open(o->output, QUESTION, o->yes, ret_fd, &size);
	if (status || *ret_fd >= 0)
		return status;
	*ret_fd = open(o->output, O_RDWR | O_CLOEXEC);
	if (*ret_fd < 0) {
		report_errno(o->output, "cannot open");
		return STATUS_ENVIRONMENT;
	}
	if (!fstat(*ret_fd, &st) && S_ISREG(st.st_mode))
		return STATUS_DONE;
	report(o->output, "is no disk: neither a file nor a block device");
	return STATUS_ENVIRONMENT;
}

static enum status update(struct update *u, int fd)
{
	uint64_t lba, sects;
	enum status status;

	status = disk_table_find_esp(u->o->output, fd, &lba, &sects);
	if (!status)
		status = disk_fat_open(u->o->output, fd, lba, &u->fat);
	if (!status)
		status = disk_old_read(&u->fat, &u->old);
	if (!status)
		status = plan(u);
	if (!status)
		status = carry_out(u);
	if (!status && fsync(fd) < 0) {
		report_errno(u->o->output, "cannot write");
		status = STATUS_ENVIRONMENT;
	}
	return status;
}

enum status disk_update(const struct disk_options *o, const struct disk_inputs *in)
{
	struct update *u = calloc(1, sizeof(*u));
	enum status status;
	int fd = -1;

	if (!u)
		return report_no_memory(o->output);
	u->o = o;
	u->in = in;
	status = open_disk(o, &fd);
	if (!status)
		status = update(u, fd);
	if (fd >= 0)
		close(fd);
	disk_content_free(&u->files);
	disk_content_free(&u->entries);
	disk_old_close(&u->old);
	free(u);
	return status;
}
