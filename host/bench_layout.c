/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Placing labels. Each in turn takes the first place around its dot that is free; if none is, the
 * one that covers least. What counts as covered: dots, labels placed before, and what lies
 * outside of the field.
 */
#include "host/bench.h"

struct box {
	double left, bottom, right, top;
};

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

static double common_area(struct box a, struct box b)
{
	double w = smaller(a.right, b.right) - larger(a.left, b.left);
	double h = smaller(a.top, b.top) - larger(a.bottom, b.bottom);

	return w > 0 && h > 0 ? w * h : 0;
}

static struct box text_box(const struct bench_label *l)
{
	return (struct box){l->left, l->bottom, l->left + l->w, l->bottom + l->h};
}

static struct box dot_box(const struct bench_label *l, double r)
{
	return (struct box){l->x - r, l->y - r, l->x + r, l->y + r};
}

/* Put the text beside its dot: -1, 0, 1 for left, middle, right; and for below, middle, above. */
static void put_beside(struct bench_label *l, int across, int up, double r)
{
	/* at a corner the text may come nearer: the dot is round */
	double away = across && up ? r * 0.8 : r * 1.5;

	l->left = l->x + (across ? across * away : 0) - l->w * (1 - across) / 2;
	l->bottom = l->y + (up ? up * away : 0) - l->h * (1 - up) / 2;
}

static double covered(const struct bench_label *label, size_t count, size_t i, double r,
	struct box field)
{
	struct box own = text_box(&label[i]);
	double area = (own.right - own.left) * (own.top - own.bottom) - common_area(own, field);
	size_t j;

	for (j = 0; j < count; j++) {
		area += common_area(own, dot_box(&label[j], r));
		if (j < i)
			area += common_area(own, text_box(&label[j]));
	}
	return area;
}

/* The places to try, in order: around the dot, then a little further away. */
#define SIDES 8
#define RINGS 3

static void try_place(struct bench_label *l, size_t n, double r)
{
	static const int side[SIDES][2] = {
		{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}};

	size_t ring = n / SIDES + 1;

	put_beside(l, side[n % SIDES][0], side[n % SIDES][1], r * (double)ring);
}

void bench_layout(struct bench_label *label, size_t count, double radius, double width,
	double height)
{
	const struct box field = {0, 0, width, height};
	size_t i, n;

	for (i = 0; i < count; i++) {
		double best = 0;
		size_t best_place = 0;

		for (n = 0; n < SIDES * RINGS; n++) {
			double area;

			try_place(&label[i], n, radius);
			area = covered(label, count, i, radius, field);
			if (n == 0 || area < best) {
				best = area;
				best_place = n;
			}
			if (best <= 0)
				break;
		}
		try_place(&label[i], best_place, radius);
	}
}
