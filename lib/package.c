/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages over libarchive. A .deb is an ar archive with a compressed tar archive in it, and libarchive
 * reads one archive at a time: the member data.tar.* is found here (deb(5): headers of 60 bytes, members at
 * even offsets) and given to it as it lies in the file. An .rpm's headers it skips itself.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include "lib/memory.h"
#include "lib/package.h"

#define AR_MAGIC_SIZE  8
#define AR_HEADER_SIZE 60
#define AR_SIZE        48 /* ten decimal digits, padded with spaces */
#define AR_SIZE_DIGITS 10
#define MEMBER_MIN     4096 /* no kernel is smaller */
#define SKIPPED_TIMES  64

/* How much a member is what is looked for; higher is better. */
enum rank { RANK_NONE, RANK_ANY, RANK_BOOT, RANK_NAMED };

static bool ar_number(const uint8_t *p, uint64_t *ret)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < AR_SIZE_DIGITS && p[i] >= '0' && p[i] <= '9'; i++)
		v = v * 10 + (p[i] - '0');
	*ret = v;
	return i > 0;
}

static enum err deb_data(struct span file, struct span *ret, struct fault *fault)
{
	uint64_t at = AR_MAGIC_SIZE, size;

	while (span_has(file, at, AR_HEADER_SIZE)) {
		const uint8_t *header = file.ptr + at;

		if (!ar_number(header + AR_SIZE, &size))
			return fault_set(fault, ERR_BAD_PACKAGE, "size of a member", at + AR_SIZE,
				header[AR_SIZE]);
		if (!memcmp(header, "data.tar", 8)) {
			if (span_sub(file, at + AR_HEADER_SIZE, size, ret))
				return fault_set(fault, ERR_TRUNCATED, "data.tar", at, size);
			return ERR_OK;
		}
		at += AR_HEADER_SIZE + size + (size & 1);
	}
	return fault_set(fault, ERR_BAD_PACKAGE, "no data.tar", at, file.len);
}

static enum rank rank_name(const char *path)
{
	static const char *const names[] = {
		"vmlinuz", "vmlinux", "bzImage", "zImage", "uImage", "Image", "kernel.img"};
	const char *base = strrchr(path, '/');
	size_t i;

	base = base ? base + 1 : path;
	if (!strncmp(base, "initr", 5)) /* initrd, initramfs: beside the kernel, and compressed, too */
		return RANK_NONE;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strncmp(base, names[i], strlen(names[i])))
			return RANK_NAMED;
	}
	while (*path == '.' || *path == '/')
		path++;
	return strncmp(path, "boot/", 5) ? RANK_ANY : RANK_BOOT;
}

/* An ELF is a kernel if it is named like one, or lies where kernels lie: programs are ELF, too. */
static enum rank rank_member(enum rank by_name, struct span bytes)
{
	enum kernel_format f = format_detect(bytes);

	if (f == KERNEL_UNKNOWN || f == KERNEL_DEB || f == KERNEL_RPM)
		return RANK_NONE;
	if (by_name == RANK_ANY && (f == KERNEL_ELF || f == KERNEL_STREAM || f == KERNEL_PE))
		return RANK_NONE;
	/* of two forms of one program, not the one that firmware starts */
	return by_name == RANK_BOOT && f == KERNEL_PE ? RANK_ANY : by_name;
}

static void forget(struct package_member *m)
{
	free(m->name);
	memory_release(m->bytes, m->size);
	*m = (struct package_member){0};
}

/* The member that a is at, whole. */
static enum err read_member(struct archive *a, const char *name, size_t size, struct package_member *ret)
{
	struct package_member m = {.size = size};
	size_t done = 0;
	la_ssize_t n = 1;

	m.name = strdup(name);
	m.bytes = memory_reserve(size);
	if (!m.name || !m.bytes) {
		forget(&m);
		return ERR_NO_MEMORY;
	}
	while (done < size && (n = archive_read_data(a, m.bytes + done, size - done)) > 0)
		done += (size_t)n;
	if (done < size) {
		forget(&m);
		return ERR_BAD_PACKAGE;
	}
	*ret = m;
	return ERR_OK;
}

/* Go through all members, or up to one that cannot be beaten. */
static enum err choose(struct archive *a, uint64_t limit, struct package_member *ret, struct fault *fault)
{
	struct package_member best = {0}, m;
	enum rank best_rank = RANK_NONE, rank;
	struct archive_entry *entry;
	uint64_t skipped = 0;
	enum err e = ERR_OK;
	int result = ARCHIVE_OK;

	while (!e && best_rank < RANK_NAMED &&
		(result = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);
		int64_t size = archive_entry_size(entry);

		if (!name || archive_entry_filetype(entry) != AE_IFREG || size < MEMBER_MIN)
			continue;
		rank = rank_name(name);
		skipped += (uint64_t)size;
		if (skipped / SKIPPED_TIMES > limit)
			e = fault_set(fault, ERR_OUTPUT_LIMIT, "package", 0, skipped);
		if (e || rank <= best_rank || (uint64_t)size > limit)
			continue;
		e = read_member(a, name, (size_t)size, &m);
		if (e) {
			fault_set(fault, e, "member", (uint64_t)archive_filter_bytes(a, -1),
				(uint64_t)size);
			break;
		}
		rank = rank_member(rank, (struct span){m.bytes, m.size});
		if (rank > best_rank) {
			forget(&best);
			best = m;
			best_rank = rank;
		} else {
			forget(&m);
		}
	}
	if (!e && result != ARCHIVE_OK && result != ARCHIVE_EOF)
		e = fault_set(fault, ERR_BAD_PACKAGE, "archive",
			(uint64_t)archive_filter_bytes(a, -1), (uint64_t)archive_errno(a));
	if (!e && !best_rank)
		e = fault_set(fault, ERR_NO_MEMBER, NULL, 0, 0);
	if (e)
		forget(&best);
	else
		*ret = best;
	return e;
}

enum err package_open(struct span file, enum kernel_format format, uint64_t limit,
	struct package_member *ret, struct fault *fault)
{
	struct span data = file;
	struct archive *a;
	enum err e = ERR_OK;

	if (format == KERNEL_DEB)
		e = deb_data(file, &data, fault);
	if (e)
		return e;
	a = archive_read_new();
	if (!a)
		return ERR_NO_MEMORY;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_rpm(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_cpio(a);
	if (archive_read_open_memory(a, data.ptr, data.len) == ARCHIVE_OK)
		e = choose(a, limit, ret, fault);
	else
		e = fault_set(fault, ERR_BAD_PACKAGE, "archive", 0, (uint64_t)archive_errno(a));
	archive_read_free(a);
	return e;
}
