/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a kernel's version, as somebody's loader.conf and as an entry, for `bzforge disk`:
 * names stay names, and what is written is read back by core's parser, which is the boot loader's,
 * as it was meant.
 */
#include "fuzz/fuzz.h"

#include "core/bls.h"
#include "host/disk_text.h"

static bool is_id(const char *id)
{
	static const char allowed[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-";

	return *id && *id != '.' && id[strspn(id, allowed)] == 0 && id[strlen(id) - 1] != '.' &&
		strlen(id) < DISK_ID_MAX - 4;
}

static struct span text(const char *s)
{
	return (struct span){(const uint8_t *)s, strlen(s)};
}

static void check_entry(const char *id, const char *title)
{
	const char *const initrds[] = {"/initrd-1", "/initrd-2"};
	const struct disk_entry entry = {title, id, "/vmlinuz", "a=1  b", initrds, 2};
	struct bls_entry read;
	struct fault fault;
	char buf[1024];
	size_t len = disk_text_entry(&entry, buf, sizeof(buf));
	struct span made = {(const uint8_t *)buf, len};

	FUZZ_CHECK(len && !bls_entry_parse(made, &read, &fault));
	FUZZ_CHECK(fuzz_same(read.kernel, text("/vmlinuz")) && fuzz_same(read.version, text(id)));
	FUZZ_CHECK(read.initrd_count == 2 && fuzz_same(read.initrd[1], text("/initrd-2")));
	FUZZ_CHECK(read.options_count == 1 && fuzz_same(read.options[0], text("a=1  b")));
	FUZZ_CHECK(disk_text_names(made, "/INITRD-2") && !disk_text_names(made, "/initrd"));
}

/* What else was said stays said. */
static void check_conf(struct span old, const char *id)
{
	static char once[DISK_TEXT_MAX], twice[DISK_TEXT_MAX];
	struct bls_config before, after;
	size_t len = disk_text_conf(old, id, 7, once, sizeof(once));
	struct span made = {(const uint8_t *)once, len};

	FUZZ_CHECK(len || old.len + 100 > sizeof(once));
	if (!len)
		return;
	bls_config_parse(old, &before);
	bls_config_parse(made, &after);
	FUZZ_CHECK(fuzz_same(after.default_pattern, text(id)));
	FUZZ_CHECK(after.editor == before.editor);
	FUZZ_CHECK(after.timeout == (old.len ? before.timeout : 7));
	FUZZ_CHECK(disk_text_conf(made, id, 9, twice, sizeof(twice)) == len);
	FUZZ_CHECK(!memcmp(once, twice, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	char id[DISK_ID_MAX], title[DISK_TITLE_MAX];

	disk_text_id(input, id);
	FUZZ_CHECK(is_id(id));
	disk_text_title(input, title);
	FUZZ_CHECK(disk_text_is_line(title));
	check_entry(id, title);
	check_conf(input, id);
	disk_text_names(input, "/vmlinuz");
	return 0;
}
