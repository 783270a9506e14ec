/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See entropy.h. Stage 1, 64-bit mode. Sources are mixed by SipHash (core/random), each under its
 * own number, so a bad source cannot undo a good one. Instructions that return random numbers are
 * asked CPUID for, tried again when not ready, and not believed when they keep returning one value:
 * CPUs with that fault were sold.
 */
#include "boot/stub/entropy.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/pit.h"
#include "boot/stub/console.h"

#define CPUID1_ECX_RDRAND  (1u << 30)
#define CPUID1_EDX_TSC     (1u << 4)
#define CPUID7_EBX_RDSEED  (1u << 18)
#define WORDS              4
#define RETRIES            100 /* Intel's guide says 10 for RDRAND; RDSEED runs dry sooner */
#define TIMER_SAMPLES      32

enum source {
	SOURCE_RDSEED = 1,
	SOURCE_RDRAND = 2,
	SOURCE_TSC = 3,
	SOURCE_I8254 = 4,
	SOURCE_BOOT_PARAMS = 5,
};

typedef bool hardware_word(uint64_t *ret);

/* WORDS different words, neither zero nor all ones, or nothing. */
static bool hardware_mix(struct random_state *s, enum source source, hardware_word *next)
{
	uint64_t words[WORDS];

	for (unsigned int i = 0; i < WORDS; i++) {
		unsigned int tries = 0;

		while (!next(&words[i])) {
			if (++tries == RETRIES)
				return false;
			cpu_pause();
		}
		if (words[i] == 0 || words[i] == UINT64_MAX || (i > 0 && words[i] == words[i - 1]))
			return false;
	}
	random_mix(s, source, (struct span){(const uint8_t *)words, sizeof(words)});
	return true;
}

/*
 * How long the timer chip's bus cycles take, in clock cycles, varies a little. False: a still
 * clock.
 */
static bool tsc_mix(struct random_state *s)
{
	uint64_t samples[TIMER_SAMPLES];

	for (unsigned int i = 0; i < TIMER_SAMPLES; i++) {
		pit_count();
		samples[i] = rdtsc();
	}
	random_mix(s, SOURCE_TSC, (struct span){(const uint8_t *)samples, sizeof(samples)});
	return samples[0] != samples[TIMER_SAMPLES - 1];
}

static bool i8254_mix(struct random_state *s)
{
	uint16_t samples[TIMER_SAMPLES];
	bool moves = false;

	for (unsigned int i = 0; i < TIMER_SAMPLES; i++) {
		samples[i] = pit_count();
		moves |= samples[i] != samples[0];
	}
	random_mix(s, SOURCE_I8254, (struct span){(const uint8_t *)samples, sizeof(samples)});
	return moves;
}

void entropy_collect(struct random_state *s, const struct boot_params *bp)
{
	uint32_t leaf0[4], leaf1[4], leaf7[4] = {0};

	random_init(s);
	cpuid_count(0, 0, leaf0);
	cpuid_count(1, 0, leaf1);
	if (leaf0[0] >= 7)
		cpuid_count(7, 0, leaf7);

	bool seed = (leaf7[1] & CPUID7_EBX_RDSEED) && hardware_mix(s, SOURCE_RDSEED, rdseed);
	bool random = (leaf1[2] & CPUID1_ECX_RDRAND) && hardware_mix(s, SOURCE_RDRAND, rdrand);
	bool tsc = (leaf1[3] & CPUID1_EDX_TSC) && tsc_mix(s);
	bool timer = i8254_mix(s);

	/* Differs between machines, and by the clock that some loaders leave in it. */
	random_mix(s, SOURCE_BOOT_PARAMS, (struct span){(const uint8_t *)bp, BP_SIZE});
	say("entropy:%s%s%s%s boot_params", seed ? " RDSEED" : "", random ? " RDRAND" : "",
		tsc ? " TSC" : "", timer ? " i8254" : "");
	if (!seed && !random)
		warn(tsc || timer
			? "no random number generator, only timers: the place can be guessed"
			: "no source of random numbers: the place is predictable");
}
