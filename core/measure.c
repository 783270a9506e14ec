/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See measure.h. Runs in the stub and in the host tool. */
#include "core/measure.h"
#include "core/cmdline.h"

enum measure measure_wanted(struct span cmdline, unsigned int *ret_pcr)
{
	struct span value;
	unsigned int pcr = 0;

	if (!cmdline_value(cmdline, "bzforge.measure", &value) || cmdline_equal(value, "off"))
		return MEASURE_OFF;
	if (value.len < 1 || value.len > 2)
		return MEASURE_BAD;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return MEASURE_BAD;
		pcr = pcr * 10 + (value.ptr[i] - (unsigned int)'0');
	}
	if (pcr < MEASURE_PCR_MIN || pcr > MEASURE_PCR_MAX)
		return MEASURE_BAD;
	*ret_pcr = pcr;
	return MEASURE_ON;
}

void measure_extend(uint8_t pcr[SHA256_SIZE], const uint8_t digest[SHA256_SIZE])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_update(&s, (struct span){pcr, SHA256_SIZE});
	sha256_update(&s, (struct span){digest, SHA256_SIZE});
	sha256_final(&s, pcr);
}
