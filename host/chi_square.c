/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See chi_square.h. The incomplete gamma function by its power series below the mean, by its
 * continued fraction (in Lentz's form) above [Abramowitz, Stegun 6.5.29, 6.5.31].
 */
#include <float.h>
#include <math.h>
#include "host/chi_square.h"

#define STEPS_MAX 1000000
#define TINY      1e-300

/* x^a e^-x / Gamma(a) */
static double front(double a, double x)
{
	return exp(a * log(x) - x - lgamma(a));
}

static double lower_series(double a, double x)
{
	double term = 1 / a, sum = term;

	for (int n = 1; n < STEPS_MAX && term > sum * DBL_EPSILON; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum * front(a, x);
}

static double upper_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / TINY, d = 1 / b, result = d;

	for (int n = 1; n < STEPS_MAX; n++) {
		double an = -n * (n - a), change;

		b += 2;
		d = an * d + b;
		c = b + an / c;
		d = 1 / (fabs(d) < TINY ? TINY : d);
		c = fabs(c) < TINY ? TINY : c;
		change = d * c;
		result *= change;
		if (fabs(change - 1) < DBL_EPSILON)
			break;
	}
	return result * front(a, x);
}

double gamma_q(double a, double x)
{
	if (x <= 0)
		return 1;
	return x < a + 1 ? 1 - lower_series(a, x) : upper_fraction(a, x);
}

struct chi_square chi_square_test(const uint64_t *seen, const double *expected, size_t count)
{
	struct chi_square r = {0, count ? count - 1 : 0, 1};

	for (size_t i = 0; i < count; i++) {
		double off = (double)seen[i] - expected[i];

		r.statistic += off * off / expected[i];
	}
	if (r.degrees)
		r.p = gamma_q((double)r.degrees / 2, r.statistic / 2);
	return r;
}

double correlation_p(double r, uint64_t n)
{
	return erfc(fabs(r) * sqrt((double)n) / sqrt(2));
}
