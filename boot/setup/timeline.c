/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When were setup's stages reached? Kept here until the end, when the stub is told if it wants to know.
 * Only what the loader's command line says counts: an embedded one is read by the stub. 16-bit real mode.
 */
#include "boot/lib/io.h"
#include "boot/lib/real16.h"
#include "boot/lib/setup_stamps.h"
#include "boot/setup/setup.h"
#include "spec/x86.h"

#define CPUID_FEATURES 1
#define CPUID_EDX_TSC  (1u << 4)

static struct setup_stamps stamps = {.magic = SETUP_STAMPS_MAGIC};
static bool has_tsc;

/* First of all, when nobody has looked whether this CPU will do. */
void timeline_init(void)
{
	uint32_t regs[4];

	if (!((eflags_toggled(EFLAGS_ID) ^ eflags_get()) & EFLAGS_ID))
		return;
	cpuid_count(0, 0, regs);
	if (regs[0] < CPUID_FEATURES)
		return;
	cpuid_count(CPUID_FEATURES, 0, regs);
	has_tsc = regs[3] & CPUID_EDX_TSC;
	timeline_stamp(TIMELINE_SETUP);
}

void timeline_stamp(enum timeline_stage stage)
{
	if (has_tsc && stamps.count == (uint32_t)(stage - TIMELINE_SETUP))
		stamps.tsc[stamps.count++] = rdtsc();
}

void timeline_hand_over(void)
{
	timeline_stamp(TIMELINE_PROTECTED);
	if (console_wants_timeline())
		__builtin_memcpy((uint8_t *)&boot_params + SETUP_STAMPS_AT, &stamps, sizeof(stamps));
}
