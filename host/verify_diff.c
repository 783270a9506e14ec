/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two kernels side by side: part by part, a part of one against the part of that name in the other, so that
 * sections that only moved count as the same. A part's name comes from the ELF; of an image without one the
 * whole kernel is one part.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/inspect.h"
#include "host/verify.h"

#define BLOCK 4096 /* compared at once */

struct difference {
	uint64_t first; /* offset in the part */
	uint64_t bytes, places; /* places: runs of wrong bytes */
};

static struct difference compare_bytes(struct span a, struct span b)
{
	size_t common = a.len < b.len ? a.len : b.len, i = 0;
	struct difference d = {.first = common};
	bool inside = false;

	while (i < common) {
		if (!(i % BLOCK) && common - i >= BLOCK && !memcmp(a.ptr + i, b.ptr + i, BLOCK)) {
			i += BLOCK;
			inside = false;
			continue;
		}
		if (a.ptr[i] == b.ptr[i]) {
			inside = false;
		} else {
			if (!d.bytes++)
				d.first = i;
			d.places += !inside;
			inside = true;
		}
		i++;
	}
	return d;
}

/* Number n of that name. */
static const struct region *find_part(const struct regions *l, const char *name, unsigned int n)
{
	for (size_t i = 0; i < l->count; i++) {
		if (!strcmp(l->r[i].name, name) && !n--)
			return &l->r[i];
	}
	return NULL;
}

static unsigned int count_before(const struct regions *l, size_t at)
{
	unsigned int n = 0;

	for (size_t i = 0; i < at; i++)
		n += !strcmp(l->r[i].name, l->r[at].name);
	return n;
}

static void list_parts(const struct kernel *k, struct regions *ret)
{
	struct elf_file elf;

	ret->count = 0;
	if (k->has_any && !elf_file_read(k->kernel, &elf, NULL)) {
		inspect_elf_layout(&elf, ret);
		return;
	}
	ret->r[0] = (struct region){.size = k->kernel.len, .name = "kernel"};
	ret->count = 1;
}

static struct span bytes_of(const struct kernel *k, const struct region *r)
{
	struct span bytes = {0};

	return span_sub(k->kernel, r->offset, r->size, &bytes) ? (struct span){0} : bytes;
}

static void print_part(const char *name, struct span a, struct span b, uint64_t offset)
{
	struct difference d = compare_bytes(a, b);

	if (!d.bytes && *name == '(') /* padding has the length that its neighbours leave it */
		return;
	printf("  %-24s", name);
	if (d.bytes)
		printf(" %" PRIu64 " bytes in %" PRIu64 " places, the first at 0x%" PRIx64, d.bytes, d.places,
			offset + d.first);
	else
		printf(" the same as far as both go");
	if (a.len != b.len)
		printf("; %zu bytes, not %zu", a.len, b.len);
	putchar('\n');
}

static void compare_parts(const struct kernel *a, const struct kernel *b, const struct regions *x,
	const struct regions *y)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct region *other = find_part(y, x->r[i].name, count_before(x, i));
		struct span p = bytes_of(a, &x->r[i]), q;

		if (!other) {
			printf("  %-24s only here, 0x%" PRIx64 "\n", x->r[i].name, x->r[i].offset);
			continue;
		}
		q = bytes_of(b, other);
		if (p.len != q.len || (p.len && memcmp(p.ptr, q.ptr, p.len)))
			print_part(x->r[i].name, p, q, x->r[i].offset);
	}
	for (size_t i = 0; i < y->count; i++) {
		if (!find_part(x, y->r[i].name, count_before(y, i)))
			printf("  %-24s only there, 0x%" PRIx64 "\n", y->r[i].name, y->r[i].offset);
	}
}

/* Which of Linux's lists a byte of the table is in. */
static const char *list_of(const struct kernel *k, const uint8_t *p)
{
	const struct reloc_table *t = &k->table;
	const struct {
		struct span words;
		const char *name;
	} lists[] = {{t->rel64, " (64-bit)"}, {t->inverse32, " (32-bit inverse)"}, {t->rel32, " (32-bit)"}};

	for (size_t i = 0; i < 3; i++) {
		if (lists[i].words.len && p >= lists[i].words.ptr && p < lists[i].words.ptr + lists[i].words.len)
			return lists[i].name;
	}
	return "";
}

static void print_relocs(const struct kernel *a, const struct kernel *b)
{
	struct difference d = compare_bytes(a->relocs, b->relocs);
	char name[48] = "relocation table";

	if (a->relocs.len == b->relocs.len && !d.bytes)
		return;
	if (d.first < a->relocs.len)
		snprintf(name, sizeof(name), "relocation table%s", list_of(a, a->relocs.ptr + d.first));
	print_part(name, a->relocs, b->relocs, 0);
	printf("  %-24s %" PRIu64 " here, %" PRIu64 " there\n", "relocations", kernel_relocs_count(a),
		kernel_relocs_count(b));
}

/* Where the byte comes from: itself in the file, or a chunk of it. */
static void print_source(const struct kernel *k, uint64_t offset)
{
	const uint8_t *p = k->kernel.ptr + offset;

	if (p >= k->file.ptr && p < k->file.ptr + k->file.len) {
		printf("  %-24s 0x%" PRIx64 "\n", "in the file", kernel_offset(k, p));
		return;
	}
	for (uint32_t i = 0; k->ours && i < k->manifest.chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(&k->manifest, i);
		uint64_t start = (uint64_t)k->image.setup_size + k->manifest.payload_off + c.in_off;

		if (offset >= c.out_off && offset - c.out_off < c.out_size)
			printf("  %-24s 0x%" PRIx64 " to 0x%" PRIx64 " (chunk %" PRIu32 ")\n", "in the file",
				start, start + c.in_size, i);
	}
}

static void print_first(const struct kernel *a, const struct kernel *b, uint64_t offset,
	const struct regions *parts)
{
	struct verify_address at = verify_find_address(a, offset);

	for (size_t i = 0; i < parts->count; i++) {
		if (offset >= parts->r[i].offset && offset - parts->r[i].offset < parts->r[i].size)
			printf("  %-24s %s+0x%" PRIx64 "\n", "first difference", parts->r[i].name,
				offset - parts->r[i].offset);
	}
	if (offset < a->kernel.len && offset < b->kernel.len)
		printf("  %-24s 0x%02x here, 0x%02x there\n", "byte", a->kernel.ptr[offset],
			b->kernel.ptr[offset]);
	if (at.known)
		printf("  %-24s 0x%" PRIx64 "\n", "address", at.va);
	if (*at.symbol)
		printf("  %-24s %s\n", "symbol", at.symbol);
	print_source(a, offset);
}

/* The line on standard error: the first difference of all. */
static void report_first(const struct kernel *a, const struct kernel *b, const char *part, struct span x,
	struct span y, uint64_t at)
{
	if (at == x.len || at == y.len)
		report(a->name,
			"not the same kernel as %s: %s has another length "
			"(offset 0x%" PRIx64 ", value %zu)",
			b->name, part, at, x.len);
	else
		report(a->name,
			"not the same kernel as %s: %s differs (offset 0x%" PRIx64 ", value %u)",
			b->name, part, at, x.ptr[at]);
}

enum status verify_compare(const struct kernel *a, const struct kernel *b)
{
	struct difference d;
	struct regions *l;

	if (!memcmp(a->sha256, b->sha256, SHA256_SIZE)) {
		printf("%s: same kernel as %s\n", a->name, b->name);
		return STATUS_DONE;
	}
	l = calloc(2, sizeof(*l));
	if (!l)
		return report_no_memory(a->name);
	list_parts(a, &l[0]);
	list_parts(b, &l[1]);
	d = compare_bytes(a->kernel, b->kernel);
	printf("%s: not the same kernel as %s\n", a->name, b->name);
	if (d.bytes || a->kernel.len != b->kernel.len) {
		print_first(a, b, d.first, &l[0]);
		printf("  %-24s\n", "parts that differ");
		compare_parts(a, b, &l[0], &l[1]);
	}
	print_relocs(a, b);
	if (d.bytes || a->kernel.len != b->kernel.len) {
		report_first(a, b, "kernel", a->kernel, b->kernel, d.first);
	} else {
		d = compare_bytes(a->relocs, b->relocs);
		report_first(a, b, "relocation table", a->relocs, b->relocs, d.first);
	}
	free(l);
	return STATUS_BAD_INPUT;
}
