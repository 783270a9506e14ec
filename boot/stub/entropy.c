/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See entropy.h. Stage 1, 64-bit mode. Sources are mixed by SipHash (core/random), each under its
 * own number, so a bad source cannot undo a good one. Instructions that return random numbers are
 * asked CPUID for, tried again when not ready, and not believed when they keep returning one value:
 * CPUs with that fault were sold. Samples on the stack are cleared after use.
 *
 * Seeds from loader and firmware are meant for the kernel, which mixes and erases them. What is
 * drawn here is a hash of them under a key that the other sources have made, never a part of them.
 */
#include "boot/stub/entropy.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/lib/pit.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "boot/stub/setup_list.h"

#define CPUID1_ECX_RDRAND  (1u << 30)
#define CPUID1_EDX_TSC     (1u << 4)
#define CPUID7_EBX_RDSEED  (1u << 18)
#define WORDS              4
#define RETRIES            100 /* Intel's guide says 10 for RDRAND; RDSEED runs dry sooner */
#define TIMER_SAMPLES      32
#define TSC_STEPS          4 /* so many different distances make a clock that jitters */
#define I8254_STEPS        2 /* coarse: a bus cycle takes about one of its ticks */
#define SEED_SIZE_MIN      16 /* less is no seed */

enum source {
	SOURCE_RDSEED = 1,
	SOURCE_RDRAND = 2,
	SOURCE_TSC = 3,
	SOURCE_I8254 = 4,
	SOURCE_BOOT_PARAMS = 5,
	SOURCE_LOADER_SEED = 6,
	SOURCE_EFI_SEED = 7,
};

typedef bool hardware_word(uint64_t *ret);

static bool words_read(uint64_t words[WORDS], hardware_word *next)
{
	for (unsigned int i = 0; i < WORDS; i++) {
		unsigned int tries = 0;

		while (!next(&words[i])) {
			if (++tries == RETRIES)
				return false;
			cpu_pause();
		}
	}
	return true;
}

/* WORDS different words, neither zero nor all ones, or nothing. */
static bool hardware_mix(struct random_state *random, enum source source, hardware_word *next)
{
	uint64_t words[WORDS];
	bool good = words_read(words, next);

	for (unsigned int i = 0; i < WORDS && good; i++) {
		good = words[i] != 0 && words[i] != UINT64_MAX;
		for (unsigned int j = 0; j < i; j++)
			good = good && words[j] != words[i];
	}
	if (good)
		random_mix(random, source, (struct span){(const uint8_t *)words, sizeof(words)});
	memset(words, 0, sizeof(words));
	return good;
}

/*
 * Do the distances of the samples, counted modulo mask + 1, take so many values? Mixed they are in
 * any case.
 */
static bool samples_mix(struct random_state *random, enum source source, uint64_t *samples,
	uint64_t mask, unsigned int steps)
{
	uint64_t seen[TSC_STEPS];
	unsigned int count = 0;

	for (unsigned int i = 1; i < TIMER_SAMPLES && count < steps; i++) {
		uint64_t step = (samples[i] - samples[i - 1]) & mask;
		unsigned int known = 0;

		while (known < count && seen[known] != step)
			known++;
		if (known == count && step)
			seen[count++] = step;
	}
	random_mix(random, source,
		(struct span){(const uint8_t *)samples, TIMER_SAMPLES * sizeof(*samples)});
	memset(samples, 0, TIMER_SAMPLES * sizeof(*samples));
	return count == steps;
}

/* How long the timer chip's bus cycles take, in clock cycles, varies a little. */
static bool tsc_mix(struct random_state *random)
{
	uint64_t samples[TIMER_SAMPLES];

	for (unsigned int i = 0; i < TIMER_SAMPLES; i++) {
		pit_count();
		samples[i] = rdtsc();
	}
	return samples_mix(random, SOURCE_TSC, samples, UINT64_MAX, TSC_STEPS);
}

static bool i8254_mix(struct random_state *random)
{
	uint64_t samples[TIMER_SAMPLES];

	for (unsigned int i = 0; i < TIMER_SAMPLES; i++)
		samples[i] = pit_count();
	return samples_mix(random, SOURCE_I8254, samples, 0xffff, I8254_STEPS);
}

/* A seed of a few equal bytes is a loader's mistake. */
static bool seed_mix(struct random_state *random, enum source source, struct span seed)
{
	bool varies = false;

	for (size_t i = 1; i < seed.len; i++)
		varies |= seed.ptr[i] != seed.ptr[0];
	random_mix(random, source, seed);
	return varies && seed.len >= SEED_SIZE_MIN;
}

struct seed_search {
	struct random_state *random;
	bool good;
};

static enum err node_mix(const struct setup_data_node *node, void *ctx, struct fault *fault)
{
	struct seed_search *search = ctx;

	if (node->type == SETUP_RNG_SEED &&
		seed_mix(search->random, SOURCE_LOADER_SEED,
			phys_span(node->bytes.start + SETUP_DATA_DATA, node->len)))
		search->good = true;
	return ERR_OK;
}

static bool loader_seed_mix(struct random_state *random, const struct boot_params *bp)
{
	struct seed_search search = {random, false};

	/* The list was walked before: it is whole. */
	return !setup_list_walk(bp->hdr.setup_data, node_mix, &search, NULL) && search.good;
}

void entropy_collect(struct random_state *random, const struct boot_params *bp,
	struct span firmware_seed)
{
	uint32_t leaf0[4], leaf1[4], leaf7[4] = {0};

	random_init(random);
	cpuid_count(0, 0, leaf0);
	cpuid_count(1, 0, leaf1);
	if (leaf0[0] >= 7)
		cpuid_count(7, 0, leaf7);

	bool seed = (leaf7[1] & CPUID7_EBX_RDSEED) && hardware_mix(random, SOURCE_RDSEED, rdseed);
	bool number = (leaf1[2] & CPUID1_ECX_RDRAND) && hardware_mix(random, SOURCE_RDRAND, rdrand);
	bool tsc = (leaf1[3] & CPUID1_EDX_TSC) && tsc_mix(random);
	bool timer = i8254_mix(random);

	/* Differs between machines, and by the clock that some loaders leave in it. */
	random_mix(random, SOURCE_BOOT_PARAMS, (struct span){(const uint8_t *)bp, BP_SIZE});
	bool loader = loader_seed_mix(random, bp);
	bool efi = seed_mix(random, SOURCE_EFI_SEED, firmware_seed);

	say("entropy:%s%s%s%s%s%s boot_params", seed ? " RDSEED" : "", number ? " RDRAND" : "",
		tsc ? " TSC" : "", timer ? " i8254" : "", loader ? " SETUP_RNG_SEED" : "",
		efi ? " EFI-seed" : "");
	if (!seed && !number && !loader && !efi)
		warn(tsc || timer
			? "no random number generator, only timers: the place can be guessed"
			: "no source of random numbers: the place is predictable");
}
