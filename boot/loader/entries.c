/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is there to boot? On each volume: texts in /loader/entries, unified images in /EFI/Linux; if no volume
 * has any of these, the image that UEFI would start (/EFI/BOOT/BOOTX64.EFI), which may be a kernel.
 * [Boot Loader Specification]
 */
#include "boot/loader/loader.h"
#include "core/utf16.h"

#define CONF_MAX   0x4000 /* bytes of a text file */

static struct entry entries[ENTRIES_MAX];
struct entry *entry_list[ENTRIES_MAX];
uint32_t entry_count;
struct bls_config config;
static struct fat_dir dir;
static struct fat_entry found;

static struct span literal(const char *s)
{
	return (struct span){(const uint8_t *)s, __builtin_strlen(s)};
}

/* The next free one, with its file's name; NULL if there is no room. */
static struct entry *entry_new(struct volume *volume, const char *suffix, struct bls_name *ret_name)
{
	struct span name = literal(found.name);
	struct entry *entry = &entries[entry_count];
	uint8_t *copy;

	if (!bls_name_parse(name, suffix, ret_name))
		return NULL;
	copy = entry_count < ENTRIES_MAX ? pool_take((uint32_t)name.len) : NULL;
	if (!copy) {
		complain(ERR_NO_SPACE, name, NULL);
		return NULL;
	}
	__builtin_memcpy(copy, name.ptr, name.len);
	*entry = (struct entry){.volume = volume, .name = {copy, name.len}};
	ret_name->id.ptr = copy;
	return entry;
}

static void entry_add(struct entry *entry, const struct bls_name *name)
{
	entry->key = (struct bls_key){entry->conf.sort_key, entry->conf.machine_id, entry->conf.version,
		name->id, name->counted, name->left, name->done};
	if (!entry->conf.title.len)
		entry->conf.title = name->id;
	entry_list[entry_count] = entry;
	entry_count++;
}

static void conf_found(struct volume *volume)
{
	struct part part = {volume, found.node, 0, found.node.size};
	struct fault fault = {0};
	struct bls_name name;
	struct entry *entry = entry_new(volume, ".conf", &name);
	struct span text;
	enum err e;

	if (!entry)
		return;
	e = part_text(&part, CONF_MAX, &text, &fault);
	if (!e)
		e = bls_entry_parse(text, &entry->conf, &fault);
	if (!e && !bls_architecture_fits(entry->conf.architecture))
		return; /* meant for another machine: not a mistake */
	if (e)
		complain(e, entry->name, &fault);
	else
		entry_add(entry, &name);
}

static void image_found(struct volume *volume)
{
	struct part part = {volume, found.node, 0, found.node.size};
	struct bls_name name;
	struct entry *entry = entry_new(volume, ".efi", &name);

	if (!entry)
		return;
	uki_entry(entry, &part);
	entry_add(entry, &name);
}

/* Call take for each file in a directory, as far as it can be read. */
static void each_file(struct volume *volume, const char *path, void (*take)(struct volume *volume))
{
	struct fault fault = {0};
	bool end = false;
	enum err e = fat_find(&volume->fat, literal(path), &dir, &found, &fault);

	if (e == ERR_NO_FILE)
		return;
	if (!e) {
		struct fat_node node = found.node;

		fat_dir_open(&volume->fat, &node, &dir);
	}
	while (!e && !end) {
		e = fat_dir_next(&volume->fat, &dir, &found, &end, &fault);
		if (!e && !end && !found.node.directory)
			take(volume);
	}
	if (e)
		complain(e, literal(path), &fault);
}

static void fallback(struct volume *volume)
{
	struct part part;

	if (!part_find(volume, literal("/EFI/BOOT/BOOTX64.EFI"), &part, NULL)) {
		found.node = part.node;
		__builtin_memcpy(found.name, "BOOTX64.EFI", sizeof("BOOTX64.EFI"));
		image_found(volume);
	}
}

/*
 * An entry that counts tries is about to be started: put that into its file's name. What goes wrong is told, and
 * does not keep the entry from being started.
 */
void entry_count_try(const struct entry *entry)
{
	bool is_conf = entry->kind == ENTRY_CONF, end = false;
	struct span folder = literal(is_conf ? "/loader/entries" : "/EFI/Linux");
	struct fat *fat = &entry->volume->fat;
	static uint16_t units[FAT_NAME_MAX + 1];
	static uint8_t buf[BLOCK_SIZE], name[FAT_NAME_BYTES + 16];
	struct fault fault = {0};
	struct bls_name parsed;
	struct fat_node node;
	size_t len;
	enum err e;

	if (!entry->key.counted || !entry->key.left)
		return;
	e = fat_find(fat, folder, &dir, &found, &fault);
	if (!e) {
		node = found.node;
		fat_dir_open(fat, &node, &dir);
	}
	do {
		if (!e)
			e = fat_dir_next(fat, &dir, &found, &end, &fault);
		if (!e && end)
			e = ERR_NO_FILE;
	} while (!e && (__builtin_strlen(found.name) != entry->name.len ||
		__builtin_memcmp(found.name, entry->name.ptr, entry->name.len)));
	if (!e && bls_name_parse(entry->name, is_conf ? ".conf" : ".efi", &parsed)) {
		len = bls_name_count(entry->name, &parsed, found.long_slots * FAT_LONG_UNITS, name);
		e = utf16_from_utf8((struct span){name, len}, units, ARRAY_SIZE(units));
		for (len = 0; !e && units[len];)
			len++;
		if (!e)
			e = fat_rename(fat, &node, &found, units, (uint32_t)len, buf, &fault);
	}
	if (e)
		complain(e, entry->name, &fault);
}

/* Insertion sort: a few dozen at most. */
static void sort(void)
{
	for (uint32_t i = 1; i < entry_count; i++) {
		struct entry *entry = entry_list[i];
		uint32_t at = i;

		for (; at && bls_compare(&entry->key, &entry_list[at - 1]->key) < 0; at--)
			entry_list[at] = entry_list[at - 1];
		entry_list[at] = entry;
	}
}

static void read_config(struct volume *volume)
{
	static const char path[] = "/loader/loader.conf";
	struct fault fault = {0};
	struct part part;
	struct span text;
	enum err e = part_find(volume, literal(path), &part, &fault);

	if (!e)
		e = part_text(&part, CONF_MAX, &text, &fault);
	if (!e)
		bls_config_parse(text, &config);
	else if (e != ERR_NO_FILE)
		complain(e, literal(path), &fault);
}

void entries_find(void)
{
	bls_config_parse((struct span){0}, &config);
	read_config(&volumes[0]);
	for (uint32_t i = 0; i < volume_count; i++) {
		each_file(&volumes[i], "/loader/entries", conf_found);
		each_file(&volumes[i], "/EFI/Linux", image_found);
	}
	for (uint32_t i = 0; i < volume_count && !entry_count; i++)
		fallback(&volumes[i]);
	sort();
}
