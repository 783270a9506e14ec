/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/madt, core/topology: which other processors there are, and which ones are never called. */
#include "tests/unit/unit.h"

#include "core/madt.h"
#include "spec/acpi.h"

#define IDS_MAX 8

struct table {
	uint8_t bytes[512];
	size_t len;
};

static struct table table_start(void)
{
	return (struct table){.len = ACPI_MADT_ENTRIES};
}

static void add_apic(struct table *t, uint8_t id, uint32_t flags)
{
	uint8_t *e = t->bytes + t->len;

	e[0] = 0;
	e[1] = 8;
	e[2] = 77; /* UID: means nothing here */
	e[3] = id;
	le32_put(e + 4, flags);
	t->len += 8;
}

static void add_x2apic(struct table *t, uint32_t id, uint32_t flags)
{
	uint8_t *e = t->bytes + t->len;

	e[0] = 9;
	e[1] = 16;
	le32_put(e + 4, id);
	le32_put(e + 8, flags);
	t->len += 16;
}

/* Of any other kind. */
static void add_other(struct table *t, uint8_t type, uint8_t len)
{
	t->bytes[t->len] = type;
	t->bytes[t->len + 1] = len;
	t->len += len;
}

static void check_ids(const char *name, const struct apic_ids *ids, const uint32_t *want, size_t count)
{
	CHECK_EQ(name, ids->count, count);
	for (size_t i = 0; i < count; i++)
		CHECK_EQ(name, ids->id[i], want[i]);
}

static void check_table(const char *name, const struct table *t, struct apic_ids ids,
	const uint32_t *want, size_t count)
{
	struct fault fault = {0};
	uint32_t id[IDS_MAX];

	ids.id = id;
	CHECK_EQ(name, madt_processors((struct span){t->bytes, t->len}, &ids, &fault), ERR_OK);
	check_ids(name, &ids, want, count);
}

/* As QEMU's -smp 2,maxcpus=4 writes it: I/O APIC, overrides and NMI lines among them. */
static void test_plain(void **state)
{
	struct table t = table_start();
	static const uint32_t others[] = {1};

	add_apic(&t, 0, 1);
	add_apic(&t, 1, 1);
	add_apic(&t, 2, 0);
	add_apic(&t, 3, 0);
	add_other(&t, 1, 12);
	add_other(&t, 2, 10);
	add_other(&t, 4, 6);
	check_table("two there, two absent", &t, (struct apic_ids){.cap = IDS_MAX}, others, 1);
}

static void test_flags(void **state)
{
	struct table t = table_start();
	static const uint32_t others[] = {4, 9};

	add_apic(&t, 1, 0);
	add_apic(&t, 2, 2); /* online capable */
	add_x2apic(&t, 3, 2);
	add_apic(&t, 4, 3);
	add_x2apic(&t, 9, 1);
	check_table("enabled ones only", &t, (struct apic_ids){.cap = IDS_MAX}, others, 2);
}

static void test_left_out(void **state)
{
	struct table t = table_start();
	static const uint32_t narrow[] = {1, 254}, wide[] = {1, 254, 255, 0x100};

	add_apic(&t, 5, 1);
	add_apic(&t, 1, 1);
	add_apic(&t, 0xff, 1);
	add_x2apic(&t, 1, 1);
	add_x2apic(&t, 254, 1);
	add_x2apic(&t, 255, 1);
	add_x2apic(&t, 0x100, 1);
	add_x2apic(&t, 0xffffffff, 1);
	check_table("itself, all of them, twice the same; xAPIC", &t,
		(struct apic_ids){.cap = IDS_MAX, .own = 5}, narrow, 2);
	check_table("the same; x2APIC", &t,
		(struct apic_ids){.cap = IDS_MAX, .own = 5, .wide = true}, wide, 4);
}

static void test_cap(void **state)
{
	struct table t = table_start();
	static const uint32_t others[] = {1, 2, 3};

	for (uint8_t i = 0; i < 40; i++)
		add_apic(&t, i, 1);
	check_table("the first three of 39", &t, (struct apic_ids){.cap = 3}, others, 3);
	check_table("no room", &t, (struct apic_ids){.cap = 0}, others, 0);
}

static void test_mailbox(void **state)
{
	struct table t = table_start();

	add_apic(&t, 1, 1);
	add_other(&t, 16, 16);
	add_apic(&t, 2, 1);
	check_table("woken through memory", &t, (struct apic_ids){.cap = IDS_MAX}, NULL, 0);
}

static void test_damage(void **state)
{
	static const struct {
		const char *name;
		uint8_t type, len;
		size_t cut; /* bytes that are missing */
		bool fine;
	} cases[] = {
		{"an entry of one byte's length", 0, 1, 0, false},
		{"an entry without length", 0, 0, 0, false},
		{"an entry beyond the end", 0, 8, 1, false},
		{"half a header", 0, 8, 7, false},
		{"a short one of a known kind", 0, 7, 0, true},
		{"a short one of the other kind", 9, 15, 0, true},
		{"an unknown kind", 0x7f, 2, 0, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct table t = table_start();
		struct fault fault = {0};
		uint32_t id[IDS_MAX];
		struct apic_ids ids = {.id = id, .cap = IDS_MAX};

		add_apic(&t, 1, 1);
		size_t at = t.len;

		memset(t.bytes + at, 0xff, 32);
		t.bytes[at] = cases[i].type;
		t.bytes[at + 1] = cases[i].len;
		t.len = at + (cases[i].len > 1 ? cases[i].len : 16) - cases[i].cut;
		enum err err = madt_processors((struct span){t.bytes, t.len}, &ids, &fault);

		CHECK_EQ(cases[i].name, err, cases[i].fine ? ERR_OK : ERR_BAD_ACPI);
		CHECK_EQ(cases[i].name, ids.count, cases[i].fine ? 1 : 0);
		if (!cases[i].fine)
			CHECK_EQ(cases[i].name, fault.offset, at);
	}
}

/* CPUs as they answer CPUID. */
static struct {
	uint32_t max_leaf;
	uint32_t levels[4][3]; /* leaf 0xb: eax, ebx, type */
	uint32_t htt_count; /* leaf 1; 0: no HTT */
} cpu;

static void fake_cpuid(uint32_t leaf, uint32_t sub, uint32_t ret[4])
{
	memset(ret, 0, 4 * sizeof(*ret));
	if (leaf == 0) {
		ret[0] = cpu.max_leaf;
	} else if (leaf == 1) {
		ret[1] = cpu.htt_count << 16 | 0x0800;
		ret[3] = cpu.htt_count ? 1u << 28 : 0;
	} else if (leaf == 0xb && sub < 4) {
		ret[0] = cpu.levels[sub][0];
		ret[1] = cpu.levels[sub][1];
		ret[2] = cpu.levels[sub][2] << 8 | sub;
	}
}

static void test_topology(void **state)
{
	static const struct {
		const char *name;
		uint32_t max_leaf, levels[4][3], htt_count, own;
		size_t count;
		uint32_t others[7];
	} cases[] = {
		{"two cores", 0xb, {{0, 1, 1}, {1, 2, 2}}, 2, 0, 1, {1}},
		{"the second one asks", 0xb, {{0, 1, 1}, {1, 2, 2}}, 2, 1, 1, {0}},
		{"two cores of two threads, second package", 0xb, {{1, 2, 1}, {2, 4, 2}}, 4, 5, 3, {4, 6, 7}},
		{"three cores", 0xb, {{0, 1, 1}, {2, 3, 2}}, 3, 4, 2, {5, 6}},
		{"one processor", 0xb, {{0, 1, 1}, {0, 1, 2}}, 0, 0, 0, {0}},
		{"leaf 0xb says nothing", 0xb, {{0, 0, 0}}, 4, 0, 3, {1, 2, 3}},
		{"no leaf 0xb", 4, {{0, 0, 0}}, 2, 2, 1, {3}},
		{"no leaf 0xb, one processor", 4, {{0, 0, 0}}, 0, 0, 0, {0}},
		{"more processors than bits", 0xb, {{0, 1, 1}, {1, 500, 2}}, 2, 0, 1, {1}},
		{"no leaf at all", 0, {{0, 0, 0}}, 9, 0, 0, {0}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t id[IDS_MAX];
		struct apic_ids ids = {.id = id, .cap = IDS_MAX, .own = cases[i].own};

		cpu.max_leaf = cases[i].max_leaf;
		memcpy(cpu.levels, cases[i].levels, sizeof(cpu.levels));
		cpu.htt_count = cases[i].htt_count;
		topology_processors(fake_cpuid, &ids);
		check_ids(cases[i].name, &ids, cases[i].others, cases[i].count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_mailbox),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_topology),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
