/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/package: which file of a package is the kernel, and packages that are cut, lie, or have none. The
 * packages are made by libarchive, as tar and cpio; what .deb and .rpm have around these is put together
 * here [deb(5); rpm's docs/manual/format.md].
 */
#include <archive.h>
#include <archive_entry.h>
#include "tests/unit/unit.h"

#include "lib/memory.h"
#include "lib/package.h"

#define MEMBERS_MAX 4
#define SMALLEST    4096
#define PACKAGE_MAX (1024 * 1024)
#define NO_LIMIT    PACKAGE_MAX

/* What a member's first bytes look like. */
enum content { NOTHING, BZIMAGE, ELF, STREAM, EFI, LINK };

struct member {
	const char *path;
	enum content content;
	size_t size;
};

static uint8_t package[PACKAGE_MAX];

static void fill(uint8_t *p, const struct member *m)
{
	static const uint8_t gzip[] = {0x1f, 0x8b, 8}, elf[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

	memset(p, 0x55, m->size);
	p[m->size - 1] = (uint8_t)m->path[strlen(m->path) - 1];
	if (m->content == STREAM)
		memcpy(p, gzip, sizeof(gzip));
	if (m->content == ELF)
		memcpy(p, elf, sizeof(elf));
	if (m->content == BZIMAGE || m->content == EFI)
		memcpy(p, "MZ", 2);
	if (m->content == BZIMAGE) {
		le16_put(p + 0x1fe, 0xaa55);
		le32_put(p + 0x202, 0x53726448); /* "HdrS" */
		le16_put(p + 0x206, 0x020f);
		p[0x211] = 1;
	}
	if (m->content == EFI) { /* PE32+ without sections */
		le32_put(p + 0x3c, 0x40);
		memset(p + 0x40, 0, 0x100);
		le32_put(p + 0x40, 0x4550);
		le16_put(p + 0x44, 0x8664);
		le16_put(p + 0x54, 0x70);
		le16_put(p + 0x58, 0x20b);
		le32_put(p + 0x58 + 56, 0x1000); /* SizeOfImage */
		le32_put(p + 0x58 + 60, 0x200); /* SizeOfHeaders */
	}
}

/* An archive of them at p; members end with one without a path. */
static size_t put_archive(uint8_t *p, size_t cap, bool cpio, const struct member *members)
{
	struct archive *a = archive_write_new();
	uint8_t *bytes = malloc(PACKAGE_MAX);
	size_t used = 0;

	assert_int_equal(cpio ? archive_write_set_format_cpio_newc(a) : archive_write_set_format_ustar(a), 0);
	assert_int_equal(archive_write_set_bytes_per_block(a, 0), 0);
	assert_int_equal(archive_write_open_memory(a, p, cap, &used), 0);
	for (const struct member *m = members; m->path; m++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, m->path);
		archive_entry_set_mode(entry, (m->content == LINK ? AE_IFLNK : AE_IFREG) | 0644);
		if (m->content == LINK)
			archive_entry_set_symlink(entry, "boot/vmlinuz-1");
		archive_entry_set_size(entry, m->content == LINK ? 0 : (int64_t)m->size);
		assert_int_equal(archive_write_header(a, entry), 0);
		if (m->content != LINK) {
			fill(bytes, m);
			assert_int_equal(archive_write_data(a, bytes, m->size), m->size);
		}
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(a), 0);
	archive_write_free(a);
	free(bytes);
	return used;
}

/* ar's header of a member; returns where its bytes begin. */
static size_t put_ar_header(uint8_t *p, const char *name, size_t size)
{
	char header[61];

	snprintf(header, sizeof(header), "%-16s%-12s%-6s%-6s%-8s%-10zu`\n", name, "0", "0", "0", "100644", size);
	memcpy(p, header, 60);
	return 60;
}

static size_t put_deb(const struct member *members)
{
	size_t at = 8, begin;

	memset(package, 0, sizeof(package));
	memcpy(package, "!<arch>\n", 8);
	at += put_ar_header(package + at, "debian-binary", 4);
	memcpy(package + at, "2.0\n", 4);
	at += 4;
	/* of an odd size: the next begins at an even offset */
	at += put_ar_header(package + at, "control.tar", 3) + 4;
	begin = at + 60;
	at = begin + put_archive(package + begin, sizeof(package) - begin, false, members);
	put_ar_header(package + begin - 60, "data.tar", at - begin);
	return at;
}

static size_t put_rpm(const struct member *members)
{
	static const uint8_t lead[] = {0xed, 0xab, 0xee, 0xdb, 3}, header[] = {0x8e, 0xad, 0xe8, 1};

	memset(package, 0, sizeof(package));
	memcpy(package, lead, sizeof(lead)); /* of 96 bytes; then the signature, and the header, both empty */
	memcpy(package + 96, header, sizeof(header));
	memcpy(package + 112, header, sizeof(header));
	return 128 + put_archive(package + 128, sizeof(package) - 128, true, members);
}

static enum err open_package(
	bool rpm, size_t size, uint64_t limit, struct package_member *ret, struct fault *fault)
{
	uint8_t *exact = malloc(size + !size);
	enum err e;

	memcpy(exact, package, size);
	*ret = (struct package_member){0};
	e = package_open((struct span){exact, size}, rpm ? KERNEL_RPM : KERNEL_DEB, limit, ret, fault);
	free(exact);
	return e;
}

static void release(struct package_member *m)
{
	free(m->name);
	memory_release(m->bytes, m->size);
}

static void test_which_is_the_kernel(void **state)
{
	static const struct {
		const char *name;
		struct member members[MEMBERS_MAX];
		const char *want; /* NULL: NO_MEMBER */
	} cases[] = {
		{"one that is named", {{"./boot/config-1", NOTHING, 9000}, {"./boot/vmlinuz-1", BZIMAGE, 9000}},
			"./boot/vmlinuz-1"},
		{"named, before one in /boot", {{"./boot/zz", BZIMAGE, 9000}, {"./usr/lib/vmlinuz", BZIMAGE, 9000}},
			"./usr/lib/vmlinuz"},
		{"the first that is named", {{"./boot/vmlinuz-1", BZIMAGE, 9000}, {"./boot/vmlinuz-2", ELF, 9000}},
			"./boot/vmlinuz-1"},
		{"in /boot, before one elsewhere", {{"./usr/a", BZIMAGE, 9000}, {"boot/memtest", BZIMAGE, 9000}},
			"boot/memtest"},
		{"elsewhere, if there is none", {{"./usr/lib/a.lkrn", BZIMAGE, 9000}}, "./usr/lib/a.lkrn"},
		{"a compressed one in /boot", {{"./boot/xen-4.gz", STREAM, 9000}}, "./boot/xen-4.gz"},
		{"not the form for firmware", {{"./boot/a.efi", EFI, 9000}, {"./boot/a.gz", STREAM, 9000}},
			"./boot/a.gz"},
		{"but if it is the only one", {{"./boot/a.efi", EFI, 9000}}, "./boot/a.efi"},
		{"as small as any", {{"./boot/vmlinuz", BZIMAGE, SMALLEST}}, "./boot/vmlinuz"},
		{"too small", {{"./boot/vmlinuz", BZIMAGE, SMALLEST - 1}}, NULL},
		{"named, but something else", {{"./boot/vmlinuz", NOTHING, 9000}, {"./usr/b", BZIMAGE, 9000}},
			"./usr/b"},
		{"not a link", {{"./vmlinuz", LINK, 0}, {"./boot/vmlinuz-1", BZIMAGE, 9000}}, "./boot/vmlinuz-1"},
		{"not an initrd", {{"./boot/initrd.img-vmlinuz", STREAM, 9000}}, NULL},
		{"programs are none", {{"./usr/bin/a", ELF, 9000}, {"./usr/share/b.gz", STREAM, 9000},
			{"./usr/lib/a.efi", EFI, 9000}}, NULL},
		{"ELF, named", {{"./usr/lib/debug/vmlinux-1", ELF, 9000}}, "./usr/lib/debug/vmlinux-1"},
		{"no files", {{0}}, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int rpm = 0; rpm < 2; rpm++) {
			const char *want = cases[i].want;
			size_t size = rpm ? put_rpm(cases[i].members) : put_deb(cases[i].members);
			struct package_member m;

			CHECK_EQ(cases[i].name, open_package(rpm, size, NO_LIMIT, &m, NULL),
				want ? ERR_OK : ERR_NO_MEMBER);
			CHECK(cases[i].name, want ? m.name && !strcmp(m.name, want) : !m.name && !m.bytes);
			if (want)
				CHECK_EQ(cases[i].name, m.bytes[m.size - 1], want[strlen(want) - 1]);
			release(&m);
		}
	}
}

static void test_limits(void **state)
{
	static const struct member large[] = {{"./boot/vmlinuz", BZIMAGE, 9000}, {0}};
	static const struct member two[] = {
		{"./boot/vmlinuz", BZIMAGE, 9000}, {"./boot/vmlinuz-small", BZIMAGE, 5000}, {0}};
	static const struct member much[] = {
		{"./a", NOTHING, 300000}, {"./b", NOTHING, 300000}, {"./boot/vmlinuz", BZIMAGE, 5000}, {0}};
	struct package_member m;
	struct fault fault = {0};
	size_t size;

	size = put_deb(large);
	assert_int_equal(open_package(false, size, 8999, &m, NULL), ERR_NO_MEMBER);
	assert_int_equal(open_package(false, size, 9000, &m, NULL), ERR_OK);
	release(&m);
	size = put_deb(two); /* one that is too large is passed over */
	assert_int_equal(open_package(false, size, 8999, &m, NULL), ERR_OK);
	assert_string_equal(m.name, "./boot/vmlinuz-small");
	release(&m);
	size = put_deb(much); /* 64 times the limit is walked over */
	assert_int_equal(open_package(false, size, 9000, &m, &fault), ERR_OUTPUT_LIMIT);
	assert_int_equal(fault.value, 600000);
	assert_int_equal(open_package(false, size, 9500, &m, NULL), ERR_OK);
	release(&m);
}

static void test_ar_that_lies(void **state)
{
	static const struct member members[] = {{"./boot/vmlinuz", BZIMAGE, 9000}, {0}};
	static const struct {
		const char *name;
		size_t at; /* 8: the first header; 72: the second; 136: that of data.tar */
		const char *text;
		enum err err;
	} cases[] = {
		{"size that is no number", 8 + 48, "x", ERR_BAD_PACKAGE},
		{"empty size", 136 + 48, "          ", ERR_BAD_PACKAGE},
		{"negative size", 72 + 48, "-60       ", ERR_BAD_PACKAGE},
		{"member beyond the file", 8 + 48, "9999999999", ERR_BAD_PACKAGE},
		{"data.tar beyond the file", 136 + 48, "9999999999", ERR_TRUNCATED},
		{"no data.tar", 136, "data.zip", ERR_BAD_PACKAGE},
		{"data.tar that is no archive", 136 + 60, "\1\2\3\4\5\6\7", ERR_BAD_PACKAGE},
		{"data.tar of nothing", 136 + 48, "0         ", ERR_BAD_PACKAGE},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t size = put_deb(members);
		struct package_member m;

		memcpy(package + cases[i].at, cases[i].text, strlen(cases[i].text));
		CHECK_EQ(cases[i].name, open_package(false, size, NO_LIMIT, &m, NULL), cases[i].err);
		CHECK(cases[i].name, !m.name && !m.bytes);
	}
}

/* Until the last byte of the kernel is there, it is not given out. */
static void test_cut(void **state)
{
	static const struct member members[] = {{"./boot/vmlinuz", BZIMAGE, 5000}, {0}};
	struct package_member m;

	for (int rpm = 0; rpm < 2; rpm++) {
		size_t size = rpm ? put_rpm(members) : put_deb(members), step = 1;

		for (size_t len = rpm ? 96 : 8; len < size - 1024; len += step) {
			enum err e = open_package(rpm, len, NO_LIMIT, &m, NULL);

			/* what stands in front of the kernel's bytes, byte by byte; then not all of these */
			step = len < 1400 ? 1 : 97;
			assert_true(e || (rpm && m.size == 5000));
			release(&m);
		}
	}
}

static void test_changed(void **state)
{
	static const struct member members[] = {
		{"./boot/config", NOTHING, 4100}, {"./boot/vmlinuz", BZIMAGE, 5000}, {0}};
	struct package_member m;

	for (int rpm = 0; rpm < 2; rpm++) {
		size_t size = rpm ? put_rpm(members) : put_deb(members);

		for (size_t pos = 0; pos < 900; pos++) {
			package[pos] ^= 0xff;
			if (!open_package(rpm, size, NO_LIMIT, &m, NULL))
				assert_true(m.name && m.bytes && m.size <= NO_LIMIT);
			release(&m);
			package[pos] ^= 0xff;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_is_the_kernel),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_ar_that_lies),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
