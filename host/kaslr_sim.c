/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boots without booting: each draws with the stub's code from a pool that was filled with the seed
 * and the number of the boot. Every draw is checked; where all of them went is put to a test.
 *
 * Slots are counted in groups so large that each may expect some 20 draws, as the test wants it.
 */
#include <math.h>
#include <stdlib.h>
#include "host/kaslr_model.h"

#define DRAWS_PER_BIN 20
#define BINS_MAX      (1u << 20)
#define DOMAIN_BOOT   0x626f6f74 /* not a source of the stub's */

struct counter {
	uint64_t places;
	size_t bins;
	uint64_t *seen;
	double *expected;
};

/* Number of the first place of a group. */
static uint64_t bin_start(const struct counter *c, size_t bin)
{
	return (uint64_t)(((unsigned __int128)bin * c->places + c->bins - 1) / c->bins);
}

static enum status counter_init(struct counter *c, uint64_t places, uint64_t boots)
{
	uint64_t bins = boots / DRAWS_PER_BIN < 2 ? 2 : boots / DRAWS_PER_BIN;

	*c = (struct counter){.places = places};
	if (!places)
		return STATUS_DONE;
	bins = bins > BINS_MAX ? BINS_MAX : bins;
	c->bins = (size_t)(bins > places ? places : bins);
	c->seen = calloc(c->bins, sizeof(*c->seen));
	c->expected = calloc(c->bins, sizeof(*c->expected));
	if (!c->seen || !c->expected)
		return report_no_memory(NULL);
	for (size_t i = 0; i < c->bins; i++)
		c->expected[i] = (double)boots * (double)(bin_start(c, i + 1) - bin_start(c, i)) /
			(double)places;
	return STATUS_DONE;
}

static void count(struct counter *c, uint64_t place)
{
	c->seen[(size_t)((unsigned __int128)place * c->bins / c->places)]++;
}

static void counter_free(struct counter *c)
{
	free(c->seen);
	free(c->expected);
}

/* Which slot is at pa? False: none. */
static bool slot_number(const struct kaslr_model *m, uint64_t pa, uint64_t *ret)
{
	size_t low = 0, high = m->area_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->area[middle].range.end <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == m->area_count || pa < m->area[low].first || pa % m->bounds.align)
		return false;
	*ret = (pa - m->area[low].first) / m->bounds.align;
	if (*ret >= m->area[low].slots)
		return false;
	*ret += m->area[low].before;
	return true;
}

/* RAM by the map, nothing that is avoided, inside of the bounds: told from the lists, not from slots. */
static bool slot_is_good(const struct kaslr_model *m, uint64_t pa)
{
	struct range r = range_make(pa, m->bounds.size);

	if (!range_set_covers(&m->memory.ram, r) || pa < m->bounds.min || r.end > m->bounds.max)
		return false;
	for (size_t i = 0; i < m->avoided_count; i++) {
		if (range_overlap(m->avoided[i].range, r))
			return false;
	}
	return true;
}

/* Sums for the correlation of two series. */
struct sums {
	double x, y, xx, yy, xy;
};

static double correlation(const struct sums *s, double n)
{
	double x = n * s->xx - s->x * s->x, y = n * s->yy - s->y * s->y;

	return x > 0 && y > 0 ? (n * s->xy - s->x * s->y) / sqrt(x * y) : 0;
}

struct run {
	const struct kaslr_model *m;
	struct kaslr_simulation *s;
	struct counter physical, window;
	struct sums sums;
	uint8_t *checked; /* a bit a slot */
};

static void spread(struct kaslr_axis *axis, uint64_t at)
{
	axis->lowest = at < axis->lowest ? at : axis->lowest;
	axis->highest = at > axis->highest ? at : axis->highest;
}

static void boot(struct run *r, uint64_t number)
{
	const struct kaslr_model *m = r->m;
	uint8_t label[16];
	struct random_state random;
	struct slots_choice c;
	uint64_t slot = 0, place = 0;

	le64_put(label, r->s->seed);
	le64_put(label + 8, number);
	random_init(&random);
	random_mix(&random, DOMAIN_BOOT, (struct span){label, sizeof(label)});
	if (slots_draw(&m->memory, &m->slots_image, &random, &c)) {
		r->s->wrong++;
		return;
	}
	if (c.physical_count) {
		if (!slot_number(m, c.physical, &slot)) {
			r->s->wrong++;
			return;
		}
		if (!(r->checked[slot / 8] >> slot % 8 & 1)) {
			r->checked[slot / 8] |= (uint8_t)(1u << slot % 8);
			r->s->wrong += !slot_is_good(m, c.physical);
		}
		count(&r->physical, slot);
		spread(&r->s->physical, c.physical);
	}
	if (c.virtual_count) {
		uint64_t first = m->slots_image.pref_address, align = m->bounds.align;

		place = (c.virtual_offset - (first + align - 1) / align * align) / align;
		if (place >= c.virtual_count || c.virtual_offset % align ||
			c.virtual_offset + m->slots_image.mem_size > KASLR_WINDOW) {
			r->s->wrong++;
			return;
		}
		count(&r->window, place);
		spread(&r->s->window, c.virtual_offset);
	}
	/* Around the middle, so that the sums stay small. */
	double x = (double)slot - (double)r->physical.places / 2;
	double y = (double)place - (double)r->window.places / 2;

	r->sums.x += x;
	r->sums.y += y;
	r->sums.xx += x * x;
	r->sums.yy += y * y;
	r->sums.xy += x * y;
}

enum status kaslr_simulate(
	const struct kaslr_model *m, uint64_t boots, uint64_t seed, struct kaslr_simulation *ret)
{
	struct run r = {.m = m, .s = ret};
	enum status status;

	*ret = (struct kaslr_simulation){.boots = boots, .seed = seed,
		.physical.lowest = UINT64_MAX, .window.lowest = UINT64_MAX};
	status = counter_init(&r.physical, m->found.slots, boots);
	if (!status)
		status = counter_init(&r.window, m->virtual_count, boots);
	r.checked = calloc(m->found.slots / 8 + 1, 1);
	if (!status && !r.checked)
		status = report_no_memory(NULL);
	if (status)
		goto out;
	for (uint64_t i = 0; i < boots; i++)
		boot(&r, i);
	ret->physical.bins = r.physical.bins;
	ret->physical.test = chi_square_test(r.physical.seen, r.physical.expected, r.physical.bins);
	ret->window.bins = r.window.bins;
	ret->window.test = chi_square_test(r.window.seen, r.window.expected, r.window.bins);
	ret->correlation = correlation(&r.sums, (double)boots);
	ret->correlation_p = correlation_p(ret->correlation, boots);
out:
	counter_free(&r.physical);
	counter_free(&r.window);
	free(r.checked);
	return status;
}
