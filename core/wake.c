/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See wake.h. INIT to a processor takes it away from whoever it obeys. A boot loader or firmware has
 * left the others idle; a kernel that starts another one may not have: after a crash they still run, or
 * wait in a loop, in memory that nobody may touch. And INIT to the boot processor, which the crash
 * kernel may call from any other one, resets the machine [SDM3 9.4.1].
 */
#include "core/wake.h"
#include "core/cmdline.h"
#include "spec/x86.h"

#define LOADER_KEXEC  0xd /* type_of_loader's upper half [boot.rst "type_of_loader"] */
/* One processor decodes that in a millisecond or two; calling others and sending them back takes 0.2. */
#define CONTENT_MIN   0x200000
/* The first chunk comes out before others can begin, and one of the rest is the boot processor's, too. */
#define CHUNKS_MIN    3

#define VENDOR_INTEL     0x756e6547 /* "Genu" */
#define VENDOR_AMD       0x68747541 /* "Auth" */
#define VENDOR_HYGON     0x6f677948 /* "Hygo" */
#define FAMILY_EXTENDED  15
#define FAMILY_PENTIUM_4 15

unsigned int wake_wanted(struct span cmdline)
{
	struct span value;

	if (!cmdline_value(cmdline, "bzforge.smp", &value))
		return UINT32_MAX;
	if (cmdline_equal(value, "off"))
		return 0;
	int32_t processors = cmdline_int(cmdline, "bzforge.smp");

	return processors > 0 ? (unsigned int)processors - 1 : UINT32_MAX;
}

unsigned int wake_useful(struct span cmdline, uint32_t chunk_count)
{
	unsigned int wanted = wake_wanted(cmdline);
	unsigned int useful = chunk_count < CHUNKS_MIN ? 0 : chunk_count - (CHUNKS_MIN - 1);

	return wanted < useful ? wanted : useful;
}

static const char *reason_against(const struct wake_facts *f)
{
	if (!wake_wanted(f->cmdline))
		return "bzforge.smp=";
	if (!f->entered_32)
		return "entered at 64 bits";
	if (f->type_of_loader >> 4 == LOADER_KEXEC)
		return "started by kexec";
	if (cmdline_has(f->cmdline, "elfcorehdr"))
		return "crash kernel";
	if (!(f->apic_base & APIC_BASE_ENABLED))
		return "local APIC is off";
	if (!(f->apic_base & APIC_BASE_BSP))
		return "not the boot processor";
	if (!(f->apic_base & APIC_BASE_X2APIC) &&
		(f->apic_base & APIC_BASE_ADDRESS) != APIC_DEFAULT_PA)
		return "local APIC is not where it belongs";
	if (f->encrypted)
		return "encrypted guest";
	if (!f->divides || f->chunk_count < CHUNKS_MIN)
		return "payload cannot be shared out";
	if (f->stored)
		return "nothing to decode";
	if (f->content_size < CONTENT_MIN)
		return "small kernel";
	return NULL;
}

unsigned int wake_limit(const struct wake_facts *facts, const char **ret_reason)
{
	const char *reason = reason_against(facts);

	if (reason) {
		*ret_reason = reason;
		return 0;
	}
	return wake_useful(facts->cmdline, facts->chunk_count);
}

/* Other CPUs with 64 bits of these vendors are ready at once, says the kernel, which should know. */
bool wake_is_slow(uint32_t vendor, uint32_t signature)
{
	uint32_t family = signature >> 8 & 0xf;

	if (family == FAMILY_EXTENDED)
		family += signature >> 20 & 0xff; /* [SDM2 CPUID, figure 3-6] */
	switch (vendor) {
	case VENDOR_INTEL:
		return family == FAMILY_PENTIUM_4;
	case VENDOR_AMD:
	case VENDOR_HYGON:
		return false;
	default:
		return true;
	}
}
