/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this CPU good enough for a 64-bit Linux kernel? If not, die() with the name of every feature
 * that is missing. Entered once in 16-bit real mode on anything from an 80386 on, with or without
 * CPUID.
 *
 * Two features may be there but switched off by firmware: SSE on AMD's first 64-bit CPUs, and
 * no-execute on Intel's. Both are switched on, as the kernel itself does. (The other CPUs whose
 * features setup code is known to switch on, VIA's C3 and Transmeta's, have no long mode.)
 */
#include "boot/lib/io.h"
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"
#include "spec/x86.h"

#define CPUID_VENDOR     0x00000000
#define CPUID_FEATURES   0x00000001
#define CPUID_EXT_MAX    0x80000000
#define CPUID_EXT        0x80000001
#define CPUID_EXT_SANE   0x8000ffff /* CPUs without extended leaves answer anything */

#define MSR_AMD_HWCR     0xc0010015
#define HWCR_SSE_OFF     (1ull << 15)
#define MSR_MISC_ENABLE  0x000001a0 /* [SDM4 table 2-2 IA32_MISC_ENABLE] */
#define MISC_XD_OFF      (1ull << 34)
#define MISC_FIRST_MODEL 0x0d /* first model of family 6 that has the register */

enum {
	WORD_FEATURES, /* CPUID leaf 1, edx */
	WORD_EXT, /* CPUID leaf 0x80000001, edx */
	WORD_COUNT,
};

struct cpu_feature {
	uint8_t word;
	uint8_t bit;
	char name[6]; /* as in /proc/cpuinfo */
};

/*
 * What the kernel's early assembly and the stub use without asking. Paging features beyond PAE are
 * not in the list: under a hypervisor they may be missing, and 64-bit kernels cope. [SDM2 CPUID]
 */
static const struct cpu_feature cpu_features[] = {
	{WORD_EXT, 29, "lm"},
	{WORD_FEATURES, 0, "fpu"},
	{WORD_FEATURES, 5, "msr"},
	{WORD_FEATURES, 6, "pae"},
	{WORD_FEATURES, 8, "cx8"},
	{WORD_FEATURES, 15, "cmov"},
	{WORD_FEATURES, 24, "fxsr"},
	{WORD_FEATURES, 25, "sse"},
	{WORD_FEATURES, 26, "sse2"},
};
#define FEATURE_LM     0 /* index of it, and the bits of a set of them */
#define FEATURES_SSE   (1u << 7 | 1u << 8)

static uint32_t cpu_vendor[4]; /* as cpuid_count leaves it: eax, ebx, ecx, edx */

/* The set of features that are missing. */
static uint32_t cpu_missing(void)
{
	uint32_t words[WORD_COUNT] = {0};
	uint32_t regs[4], missing = 0;

	cpuid_count(CPUID_VENDOR, 0, cpu_vendor);
	if (cpu_vendor[0] >= CPUID_FEATURES) {
		cpuid_count(CPUID_FEATURES, 0, regs);
		words[WORD_FEATURES] = regs[3];
	}
	cpuid_count(CPUID_EXT_MAX, 0, regs);
	if (regs[0] >= CPUID_EXT && regs[0] <= CPUID_EXT_SANE) {
		cpuid_count(CPUID_EXT, 0, regs);
		words[WORD_EXT] = regs[3];
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(cpu_features); i++)
		if (!(words[cpu_features[i].word] & 1u << cpu_features[i].bit))
			missing |= 1u << i;
	return missing;
}

static bool cpu_vendor_is(const char *name)
{
	/* The name is spread over ebx, edx, ecx. */
	return le32_get((const uint8_t *)name) == cpu_vendor[1] &&
		le32_get((const uint8_t *)name + 4) == cpu_vendor[3] &&
		le32_get((const uint8_t *)name + 8) == cpu_vendor[2];
}

static void cpu_enable_sse(void)
{
	if (cpu_vendor_is("AuthenticAMD"))
		msr_write(MSR_AMD_HWCR, msr_read(MSR_AMD_HWCR) & ~HWCR_SSE_OFF);
}

static void cpu_enable_no_execute(void)
{
	uint32_t regs[4], family, model;
	uint64_t misc;

	if (!cpu_vendor_is("GenuineIntel"))
		return;
	cpuid_count(CPUID_FEATURES, 0, regs);
	family = regs[0] >> 8 & 15;
	model = (regs[0] >> 4 & 15) | (regs[0] >> 12 & 0xf0);
	if (family < 6 || (family == 6 && model < MISC_FIRST_MODEL))
		return;
	misc = msr_read(MSR_MISC_ENABLE);
	if (misc & MISC_XD_OFF)
		msr_write(MSR_MISC_ENABLE, misc & ~MISC_XD_OFF);
}

#define LACKS "it lacks"

static _Noreturn void cpu_refuse(uint32_t missing)
{
	/* A space takes the place of each name's NUL. */
	char text[sizeof(LACKS) + ARRAY_SIZE(cpu_features) * sizeof(cpu_features[0].name)] = LACKS;
	size_t len = sizeof(LACKS) - 1;

	for (unsigned int i = 0; i < ARRAY_SIZE(cpu_features); i++) {
		if (!(missing & 1u << i))
			continue;
		text[len++] = ' ';
		for (const char *c = cpu_features[i].name; *c; c++)
			text[len++] = *c;
	}
	text[len] = '\0';
	if (missing & 1u << FEATURE_LM)
		die(ERR_CPU_64BIT, text);
	die(ERR_CPU_FEATURE, text + sizeof(LACKS)); /* only the names */
}

void cpu_check(void)
{
	uint32_t missing;

	if (!((eflags_toggled(EFLAGS_ID) ^ eflags_get()) & EFLAGS_ID))
		die(ERR_CPU_64BIT, "it does not even have CPUID");
	missing = cpu_missing();
	if (missing && !(missing & ~FEATURES_SSE)) {
		cpu_enable_sse();
		missing = cpu_missing();
	}
	if (missing)
		cpu_refuse(missing);
	cpu_enable_no_execute();
}
