/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See disk_plan.h. Numbers only; nothing here touches a disk. */
#include <stdio.h>
#include <string.h>
#include "core/span.h"
#include "lib/digest.h"
#include "host/disk_plan.h"

#define FAT_ENTRY      4 /* bytes, FAT32 */
#define FOLDER_ENTRY   32 /* bytes */
#define NAME_PIECE     13 /* characters of a long name in one entry */
#define CLUSTER_MAX    64 /* sectors, 32 KiB: the most that all readers take */
#define CLUSTERS_SPARE 32 /* makers of file systems round differently */

static uint64_t up(uint64_t v, uint64_t to)
{
	return (v + to - 1) / to * to;
}

static uint64_t parts(uint64_t v, uint64_t of)
{
	return (v + of - 1) / of;
}

/* Entries that a name takes in its folder, as if each were a long one. */
static uint64_t name_entries(const char *path)
{
	return 1 + parts(strlen(strrchr(path, '/') + 1), NAME_PIECE);
}

static bool is_in(const char *path, const char *folder, size_t len)
{
	return !strncasecmp(path, folder, len) && path[len] == '/' && !strchr(path + len + 1, '/');
}

static uint64_t folder_clusters(const struct disk_tree *tree, const struct disk_folders *folders,
	const char *folder, uint64_t cluster)
{
	uint64_t entries = 2 + 1; /* "." and ".." or the label, and the end */
	size_t len = strlen(folder), i;

	for (i = 0; i < folders->count; i++) {
		if (is_in(folders->path[i], folder, len))
			entries += name_entries(folders->path[i]);
	}
	for (i = 0; i < tree->count; i++) {
		if (is_in(tree->file[i].path, folder, len))
			entries += name_entries(tree->file[i].path);
	}
	return parts(entries * FOLDER_ENTRY, cluster);
}

static uint64_t clusters_needed(const struct disk_tree *tree, uint64_t cluster)
{
	struct disk_folders folders = disk_tree_folders(tree);
	uint64_t count = CLUSTERS_SPARE + folder_clusters(tree, &folders, "", cluster);
	size_t i;

	for (i = 0; i < folders.count; i++)
		count += folder_clusters(tree, &folders, folders.path[i], cluster);
	for (i = 0; i < tree->count; i++)
		count += parts(tree->file[i].bytes.len, cluster);
	return count;
}

/* Both FATs start and end with whole clusters, as mkfs.fat has them. */
static uint64_t fat32_sects(uint64_t clusters, unsigned int cluster_sects)
{
	uint64_t fat = up(parts((clusters + 2) * FAT_ENTRY, DISK_SECT), cluster_sects);

	return up(DISK_FAT_RESERVED, cluster_sects) + 2 * fat + clusters * cluster_sects;
}

bool disk_plan_esp(const struct disk_tree *tree, struct disk_plan *ret)
{
	uint64_t best = UINT64_MAX, clusters, sects;
	unsigned int size, best_size = 0;

	for (size = CLUSTER_MAX; size; size /= 2) {
		clusters = clusters_needed(tree, (uint64_t)size * DISK_SECT);
		if (clusters < DISK_CLUSTERS_MIN)
			clusters = DISK_CLUSTERS_MIN;
		sects = up(fat32_sects(clusters, size), DISK_ALIGN_SECTS);
		if (clusters <= DISK_CLUSTERS_MAX && sects <= UINT32_MAX && sects < best) {
			best = sects;
			best_size = size;
		}
	}
	if (!best_size)
		return false;
	*ret = (struct disk_plan){
		.esp_sects = best, .esp_used_sects = best, .cluster_sects = best_size};
	return true;
}

uint64_t disk_plan_mib(uint64_t esp_sects)
{
	return parts(DISK_ESP_LBA + esp_sects + DISK_TAIL_SECTS, DISK_MIB_SECTS);
}

/* The largest clusters of which there are still enough; the files must fit in those, too. */
static unsigned int cluster_for(
	const struct disk_tree *tree, uint64_t esp_sects, unsigned int least)
{
	unsigned int size;
	uint64_t needed;

	for (size = CLUSTER_MAX; size > least; size /= 2) {
		needed = clusters_needed(tree, (uint64_t)size * DISK_SECT);
		if (needed < DISK_CLUSTERS_MIN)
			needed = DISK_CLUSTERS_MIN;
		if (fat32_sects(needed, size) <= esp_sects)
			return size;
	}
	return least;
}

/* Files are written one behind the other; the FATs are as long as the whole partition wants them.
 */
static uint64_t used_sects(const struct disk_tree *tree, const struct disk_plan *plan)
{
	uint64_t clusters = plan->esp_sects / plan->cluster_sects;
	uint64_t fats = fat32_sects(clusters, plan->cluster_sects) - clusters * plan->cluster_sects;
	uint64_t files = clusters_needed(tree, (uint64_t)plan->cluster_sects * DISK_SECT);

	files = files * plan->cluster_sects + fats;
	return files < plan->esp_sects ? files : plan->esp_sects;
}

bool disk_plan_disk(const struct disk_tree *tree, uint64_t size_mib, struct disk_plan *ret)
{
	struct disk_plan plan;

	if (!disk_plan_esp(tree, &plan))
		return false;
	if (!size_mib)
		size_mib = disk_plan_mib(plan.esp_sects);
	if (size_mib < disk_plan_mib(plan.esp_sects) || size_mib > DISK_SIZE_MAX_MIB)
		return false;
	plan.disk_sects = size_mib * DISK_MIB_SECTS;
	plan.esp_sects = plan.disk_sects - DISK_ESP_LBA - DISK_TAIL_SECTS;
	plan.cluster_sects = cluster_for(tree, plan.esp_sects, plan.cluster_sects);
	plan.esp_used_sects = used_sects(tree, &plan);
	*ret = plan;
	return true;
}

void disk_plan_digest(const struct disk_tree *tree, uint8_t ret[SHA256_SIZE])
{
	struct sha256 s;
	uint8_t size[8];
	size_t i;

	sha256_init(&s);
	for (i = 0; i < tree->count; i++) {
		const struct disk_file *f = &tree->file[i];

		digest_update(&s, (struct span){(const uint8_t *)f->path, strlen(f->path) + 1});
		le64_put(size, f->bytes.len);
		digest_update(&s, (struct span){size, sizeof(size)});
		digest_update(&s, f->bytes);
	}
	sha256_final(&s, ret);
}

static void salted(const uint8_t digest[SHA256_SIZE], const char *salt, uint8_t ret[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	digest_update(&s, (struct span){digest, SHA256_SIZE});
	digest_update(&s, (struct span){(const uint8_t *)salt, strlen(salt)});
	sha256_final(&s, ret);
}

void disk_plan_guid(const uint8_t digest[SHA256_SIZE], const char *salt, char ret[DISK_GUID_TEXT])
{
	uint8_t b[SHA256_SIZE];

	salted(digest, salt, b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x80); /* version 8 */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80); /* variant */
	snprintf(ret, DISK_GUID_TEXT,
		"%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
}

uint32_t disk_plan_volume_id(const uint8_t digest[SHA256_SIZE])
{
	uint8_t b[SHA256_SIZE];

	salted(digest, "volume", b);
	return le32_get(b);
}
