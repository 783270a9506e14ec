/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `bzforge kaslr` found, for people: facts, tables, and memory as a picture of characters. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "host/kaslr_model.h"

#define COLUMNS  64
#define ROWS_MAX 32
#define KIB      1024
#define MIB      (1024 * 1024)

static double bits(uint64_t count)
{
	return count ? log2((double)count) : 0;
}

static void print_size(uint64_t bytes)
{
	if (bytes >= 8 * (uint64_t)MIB)
		printf("%10" PRIu64 " MiB", bytes / MIB);
	else
		printf("%10" PRIu64 " KiB", bytes / KIB);
}

static void print_facts(const struct kaslr_model *m)
{
	printf("%s on %s\n", m->image_name, m->map_name);
	printf("  RAM              %" PRIu64 " MiB in %zu ranges, highest address 0x%" PRIx64 "\n",
		range_set_bytes(&m->memory.ram) / MIB, m->memory.ram.count,
		m->memory.ram.count ? m->memory.ram.r[m->memory.ram.count - 1].end : 0);
	printf("  not RAM          %zu ranges\n", m->memory.reserved.count);
	printf("  image loaded at  0x%" PRIx64 ", with its work area to 0x%" PRIx64 "\n",
		m->slots_image.in_use.start, m->slots_image.in_use.end);
	printf("  kernel needs     0x%" PRIx64 " bytes, on multiples of 0x%" PRIx64 "\n",
		m->bounds.size, m->bounds.align);
	printf("  bounds           0x%" PRIx64 " to 0x%" PRIx64 "\n", m->bounds.min, m->bounds.max);
	if (m->memory.efi == EFI_MAP_USED)
		printf("  EFI map          used%s\n", m->found.mirrored ? ": mirrored memory only" : "");
	if (m->memory.gib_pages)
		printf("  1 GiB pages      %" PRIu64 " of %" PRIu64 " kept whole\n", m->found.gib_pages,
			m->memory.gib_pages);
}

static void print_avoided(const struct kaslr_model *m)
{
	puts("avoided RAM");
	for (size_t i = 0; i < m->avoided_count; i++) {
		const struct kaslr_avoided *a = &m->avoided[i];

		printf("  0x%012" PRIx64 " - 0x%012" PRIx64, a->range.start, a->range.end);
		print_size(a->range.end - a->range.start);
		printf("  %s\n", a->reason);
	}
	if (m->avoided_dropped)
		printf("  and %zu more\n", m->avoided_dropped);
}

static void print_areas(const struct kaslr_model *m)
{
	puts("areas with slots");
	for (size_t i = 0; i < m->area_count; i++) {
		const struct kaslr_area *a = &m->area[i];

		printf("  0x%012" PRIx64 " - 0x%012" PRIx64, a->range.start, a->range.end);
		print_size(a->range.end - a->range.start);
		printf("  %" PRIu64 " slots from 0x%" PRIx64 "\n", a->slots, a->first);
	}
	printf("physical           %" PRIu64 " slots, %.2f bits\n", m->found.slots,
		bits(m->found.slots));
	printf("virtual            %" PRIu64 " places, %.2f bits\n", m->virtual_count,
		bits(m->virtual_count));
	printf("together           %.2f bits\n", bits(m->found.slots) + bits(m->virtual_count));
	if (m->nokaslr)
		puts("nokaslr: the kernel goes to its default place");
	if (m->nokaslr || !m->found.slots)
		printf("default place      0x%" PRIx64 ", %s\n", m->default_pa,
			m->default_free ? "free" : "not free");
}

/* The smallest power of two of bytes per character with which all RAM is ROWS_MAX rows at most. */
static uint64_t cell_size(const struct kaslr_model *m)
{
	uint64_t top = m->memory.ram.count ? m->memory.ram.r[m->memory.ram.count - 1].end : 0;
	uint64_t cell = MIB;

	while (cell < top / COLUMNS / ROWS_MAX)
		cell *= 2;
	return cell;
}

static void print_picture(const struct kaslr_model *m)
{
	static const char signs[] = {' ', 'x', '.', '#'};
	uint64_t cell = cell_size(m);
	uint64_t top = m->memory.ram.count ? m->memory.ram.r[m->memory.ram.count - 1].end : 0;
	bool gap = false;

	printf("memory, %" PRIu64 " MiB a character: # slots, . no slot fits, x avoided\n", cell / MIB);
	for (uint64_t row = 0; row < top; row += COLUMNS * cell) {
		char line[COLUMNS + 1] = {0};

		for (unsigned i = 0; i < COLUMNS; i++)
			line[i] = signs[kaslr_cell_at(m, range_make(row + i * cell, cell))];
		if (strspn(line, " ") == COLUMNS) {
			if (!gap)
				puts("  ...");
			gap = true;
			continue;
		}
		gap = false;
		printf("  0x%012" PRIx64 " |%s|\n", row, line);
	}
}

static void print_axis(const char *name, const struct kaslr_axis *a)
{
	if (!a->bins) {
		printf("  %-16s no place to draw\n", name);
		return;
	}
	printf("  %-16s 0x%" PRIx64 " to 0x%" PRIx64 ", chi-square %.1f with %" PRIu64
	       " degrees of freedom, p %.4f\n",
		name, a->lowest, a->highest, a->test.statistic, a->test.degrees, a->test.p);
}

void kaslr_print_text(const struct kaslr_model *m, const struct kaslr_simulation *s)
{
	print_facts(m);
	print_avoided(m);
	print_areas(m);
	print_picture(m);
	if (!s)
		return;
	printf("%" PRIu64 " boots simulated, seed %" PRIu64 "\n", s->boots, s->seed);
	print_axis("physical", &s->physical);
	print_axis("virtual", &s->window);
	printf("  %-16s %.5f, p %.4f\n", "correlation", s->correlation, s->correlation_p);
}
