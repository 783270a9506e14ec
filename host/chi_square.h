/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Are counts what chance would make of a uniform choice? */
#ifndef HOST_CHI_SQUARE_H
#define HOST_CHI_SQUARE_H

#include <stddef.h>
#include <stdint.h>

/* Regularised upper incomplete gamma function Q(a, x), for a > 0, x >= 0. */
double gamma_q(double a, double x);

struct chi_square {
	double statistic;
	uint64_t degrees; /* of freedom; 0: nothing to test, p is 1 */
	double p; /* chance of a statistic at least as large */
};

/* count bins, expected[i] > 0. */
struct chi_square chi_square_test(const uint64_t *seen, const double *expected, size_t count);

/* Two-sided: chance of a correlation at least as large in n independent pairs. */
double correlation_p(double r, uint64_t n);

#endif /* HOST_CHI_SQUARE_H */
