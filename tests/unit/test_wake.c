/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/wake: each reason alone keeps other processors asleep. */
#include "tests/unit/unit.h"

#include "core/wake.h"
#include "spec/x86.h"

#define FINE_APIC (APIC_DEFAULT_PA | APIC_BASE_ENABLED | APIC_BASE_BSP)
#define MIB       0x100000

static struct span text(const char *s)
{
	return (struct span){(const uint8_t *)s, strlen(s)};
}

/* A stock kernel, started by a boot loader on an ordinary PC. */
static struct wake_facts fine(void)
{
	return (struct wake_facts){
		.entered_32 = true,
		.type_of_loader = 0x72,
		.cmdline = text("root=/dev/sda1 ro"),
		.apic_base = FINE_APIC,
		.divides = true,
		.chunk_count = 12,
		.content_size = 50 * MIB,
	};
}

static void check(const char *name, const struct wake_facts *facts, unsigned int limit)
{
	const char *reason = NULL;

	CHECK_EQ(name, wake_limit(facts, &reason), limit);
	CHECK_EQ(name, reason == NULL, limit != 0);
}

static void test_reasons(void **state)
{
	struct wake_facts f = fine();

	check("nothing against it", &f, 10);
#define AGAINST(field, value)             \
	do {                              \
		f = fine();               \
		f.field = (value);        \
		check(#field " = " #value, &f, 0); \
	} while (0)
	AGAINST(entered_32, false);
	AGAINST(type_of_loader, 0xd0);
	AGAINST(type_of_loader, 0xd5);
	AGAINST(cmdline, text("elfcorehdr=0x1000 root=/dev/sda1"));
	AGAINST(apic_base, 0);
	AGAINST(apic_base, FINE_APIC & ~APIC_BASE_BSP);
	AGAINST(apic_base, FINE_APIC & ~APIC_BASE_ENABLED);
	AGAINST(apic_base, APIC_BASE_ENABLED | APIC_BASE_BSP | 0x10000000);
	AGAINST(apic_base, 0x1000000000 | FINE_APIC);
	AGAINST(encrypted, true);
	AGAINST(divides, false);
	AGAINST(stored, true);
	AGAINST(chunk_count, 0);
	AGAINST(chunk_count, 2);
	AGAINST(content_size, MIB);
#undef AGAINST
}

static void test_no_reasons(void **state)
{
	struct wake_facts f = fine();

	f.type_of_loader = 0x0d;
	check("another loader's version", &f, 10);
	f = fine();
	f.apic_base = APIC_BASE_ENABLED | APIC_BASE_BSP | APIC_BASE_X2APIC;
	check("x2APIC has no address", &f, 10);
	f = fine();
	f.cmdline = text("noelfcorehdr= bzforge.smpx=off");
	check("other words", &f, 10);
	f = fine();
	f.chunk_count = 3;
	check("two chunks to share", &f, 1);
}

static void test_wanted(void **state)
{
	static const struct {
		const char *cmdline;
		unsigned int limit;
	} cases[] = {
		{"bzforge.smp=off", 0},
		{"bzforge.smp=1", 0},
		{"bzforge.smp=2", 1},
		{"bzforge.smp=4 quiet", 3},
		{"bzforge.smp=off bzforge.smp=3", 2},
		{"bzforge.smp=1000", 10},
		{"bzforge.smp=4294967297", 10},
		{"bzforge.smp=0", 10},
		{"bzforge.smp=-1", 10},
		{"bzforge.smp=many", 10},
		{"bzforge.smp=", 10},
		{"bzforge.smp", 10},
		{"", 10},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct wake_facts f = fine();

		f.cmdline = text(cases[i].cmdline);
		check(cases[i].cmdline, &f, cases[i].limit);
	}
}

static void test_slow(void **state)
{
	static const struct {
		const char *name;
		const char *vendor;
		uint32_t signature;
		bool slow;
	} cases[] = {
		{"Core 2", "Genu", 0x000006fb, false},
		{"Ice Lake", "Genu", 0x000606a6, false},
		{"Pentium 4", "Genu", 0x00000f43, true},
		{"a later family of Intel's", "Genu", 0x00400f10, false},
		{"Opteron", "Auth", 0x00000f5a, false},
		{"Zen 4", "Auth", 0x00a10f11, false},
		{"Hygon", "Hygo", 0x00900f02, false},
		{"VIA", "Cent", 0x000006f8, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_EQ(cases[i].name,
			wake_is_slow(le32_get((const uint8_t *)cases[i].vendor), cases[i].signature),
			cases[i].slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_no_reasons),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
