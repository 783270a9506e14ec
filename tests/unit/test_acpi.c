/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/acpi: from the root pointer to the memory that cannot be unplugged, and every way to fail. */
#include "tests/unit/unit.h"

#include "core/acpi.h"
#include "spec/acpi.h"

#define GIB   0x40000000ull
#define RSDP  0x100
#define RSDT  0x200
#define XSDT  0x300
#define SRAT  0x400
#define OTHER 0x800
#define SIZE  0x1000

/* A machine's memory from address 0 on. */
struct machine {
	uint8_t bytes[SIZE];
};

static enum err machine_read(void *ctx, uint64_t pa, uint64_t len, struct span *ret)
{
	struct machine *m = ctx;

	return span_sub((struct span){m->bytes, SIZE}, pa, len, ret);
}

static void checksum(uint8_t *at, size_t len, size_t where)
{
	uint8_t sum = 0;

	at[where] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + at[i]);
	at[where] = (uint8_t)-sum;
}

static void table_finish(struct machine *m, size_t at, const char *signature, size_t len)
{
	memcpy(m->bytes + at, signature, 4);
	le32_put(m->bytes + at + 4, (uint32_t)len);
	checksum(m->bytes + at, len, 9);
}

static void rsdp_finish(struct machine *m)
{
	memcpy(m->bytes + RSDP, "RSD PTR ", 8);
	le32_put(m->bytes + RSDP + 16, RSDT);
	le32_put(m->bytes + RSDP + 20, 36);
	le64_put(m->bytes + RSDP + 24, XSDT);
	checksum(m->bytes + RSDP, 20, 8);
	checksum(m->bytes + RSDP, 36, 32);
}

static size_t srat_memory(
	struct machine *m, size_t off, uint64_t base, uint64_t size, uint32_t flags)
{
	uint8_t *e = m->bytes + SRAT + off;

	e[0] = 1;
	e[1] = 40;
	le64_put(e + 8, base);
	le64_put(e + 16, size);
	le32_put(e + 28, flags);
	return off + 40;
}

/* QEMU's two nodes with memory to plug: what -machine pc -m 4G,maxmem=8G -numa makes. */
static size_t machine_make(struct machine *m)
{
	size_t len = 48;

	*m = (struct machine){{0}};
	m->bytes[RSDP + 15] = 2;
	m->bytes[SRAT + len] = 0; /* processor affinity */
	m->bytes[SRAT + len + 1] = 16;
	len += 16;
	len = srat_memory(m, len, 0, 0xa0000, 1);
	len = srat_memory(m, len, 0x100000, 3 * GIB - 0x100000, 1);
	len = srat_memory(m, len, 4 * GIB, GIB, 1);
	len = srat_memory(m, len, 5 * GIB, 4 * GIB, 3); /* can be unplugged */
	len = srat_memory(m, len, 9 * GIB, GIB, 0); /* not there */
	table_finish(m, SRAT, "SRAT", len);
	table_finish(m, OTHER, "FACP", 40);
	le32_put(m->bytes + RSDT + 36, OTHER);
	le32_put(m->bytes + RSDT + 40, SRAT);
	table_finish(m, RSDT, "RSDT", 44);
	le64_put(m->bytes + XSDT + 36, 0);
	le64_put(m->bytes + XSDT + 44, OTHER);
	le64_put(m->bytes + XSDT + 52, SRAT);
	table_finish(m, XSDT, "XSDT", 60);
	rsdp_finish(m);
	return len;
}

static enum err find(struct machine *m, struct span *ret, struct fault *fault)
{
	const struct memory_reader reader = {machine_read, m};

	return acpi_table_find(&reader, RSDP, ACPI_SIGNATURE_SRAT, ret, fault);
}

static void test_good(void **state)
{
	static const struct range want[] = {
		{0, 0xa0000}, {0x100000, 3 * GIB}, {4 * GIB, 5 * GIB}};
	struct machine m;
	struct range r[8];
	struct range_set set = {r, 5, 8};
	struct span srat;

	for (unsigned old = 0; old < 2; old++) {
		size_t len = machine_make(&m);

		if (old) { /* ACPI 1.0: 32-bit list */
			m.bytes[RSDP + 15] = 0;
			le64_put(m.bytes + RSDP + 24, 0);
			rsdp_finish(&m);
		}
		assert_int_equal(find(&m, &srat, NULL), ERR_OK);
		assert_ptr_equal(srat.ptr, m.bytes + SRAT);
		assert_int_equal(srat.len, len);
		assert_int_equal(acpi_srat_immovable(srat, &set, NULL), ERR_OK);
		assert_int_equal(set.count, 3);
		assert_memory_equal(r, want, sizeof(want));
	}
}

static void test_damaged(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
		size_t finish_len; /* make this table's checksum right again */
		size_t finish_at;
		const char *field;
	} cases[] = {
		{"no root pointer", RSDP, 'X', 0, 0, "ACPI root pointer"},
		{"checksum of the root pointer", RSDP + 9, 0x55, 0, 0, "ACPI root pointer"},
		{"checksum of the list", XSDT + 10, 0x55, 0, 0, "checksum of ACPI table"},
		{"a list that is none", XSDT, 'Y', 0, 0, "no such ACPI table"},
		{"a list shorter than its header", XSDT + 4, 35, 35, XSDT, "length of ACPI table"},
		{"a list longer than memory", XSDT + 6, 0x0f, 0, 0, "ACPI table"},
		{"a list longer than any", XSDT + 7, 0x7f, 0, 0, "length of ACPI table"},
		{"checksum of the table", SRAT + 10, 0x55, 0, 0, "checksum of ACPI table"},
		{"no table of that name", SRAT, 'T', 0, 0, "no such ACPI table"},
		{"a table outside memory", XSDT + 58, 0x10, 60, XSDT, "ACPI table"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct machine m;
		struct span srat = {NULL, 7};
		struct fault fault = {0};

		machine_make(&m);
		m.bytes[cases[i].at] = cases[i].value;
		if (cases[i].finish_len)
			checksum(m.bytes + cases[i].finish_at, cases[i].finish_len, 9);
		CHECK_EQ(cases[i].name, find(&m, &srat, &fault), ERR_BAD_ACPI);
		CHECK_EQ(cases[i].name, srat.len, 7);
		if (strcmp(fault.text, cases[i].field))
			fail_msg("%s: %s", cases[i].name, fault.text);
	}
}

static void test_srat_damaged(void **state)
{
	static const struct {
		const char *name;
		uint8_t entry[4];
		size_t len;
		enum err e;
	} cases[] = {
		{"an entry of no length", {1, 0}, 2, ERR_BAD_ACPI},
		{"an entry that runs over", {1, 40}, 39, ERR_BAD_ACPI},
		{"half an entry", {1}, 1, ERR_BAD_ACPI},
		{"a memory entry too short says nothing", {1, 4}, 4, ERR_OK},
		{"an unknown entry is skipped", {99, 4}, 4, ERR_OK},
		{"no entries", {0}, 0, ERR_OK},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t srat[48 + 40] = {0};
		struct range r[1];
		struct range_set set = {r, 1, 1};

		memcpy(srat + 48, cases[i].entry, 4);
		CHECK_EQ(cases[i].name,
			acpi_srat_immovable((struct span){srat, 48 + cases[i].len}, &set, NULL),
			cases[i].e);
		CHECK_EQ(cases[i].name, set.count, 0);
	}
}

static void test_rsdp_find(void **state)
{
	struct machine m;
	uint64_t off = 7;

	machine_make(&m);
	assert_int_equal(acpi_rsdp_find((struct span){m.bytes, SIZE}, &off), ERR_OK);
	assert_int_equal(off, RSDP);
	/* Only on multiples of 16, only whole, and past one whose checksum is wrong. */
	assert_int_equal(acpi_rsdp_find((struct span){m.bytes + 8, SIZE - 8}, &off), ERR_BAD_ACPI);
	assert_int_equal(acpi_rsdp_find((struct span){m.bytes, RSDP + 19}, &off), ERR_BAD_ACPI);
	assert_int_equal(acpi_rsdp_find((struct span){m.bytes, RSDP + 20}, &off), ERR_OK);
	assert_int_equal(acpi_rsdp_find((struct span){m.bytes, 0}, &off), ERR_BAD_ACPI);
	memcpy(m.bytes + 0x40, "RSD PTR ", 8);
	m.bytes[0x50] = 1;
	assert_int_equal(acpi_rsdp_find((struct span){m.bytes, SIZE}, &off), ERR_OK);
	assert_int_equal(off, RSDP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_srat_damaged),
		cmocka_unit_test(test_rsdp_find),
	};

	return cmocka_run_group_tests_name("acpi", tests, NULL, NULL);
}
