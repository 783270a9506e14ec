/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/efi/measure and boot/efi/tpm against a firmware of C functions, called through the stub's own
 * call.S: what is hashed into which register, and which log the kernel gets of which logs there are.
 */
#include "tests/unit/unit.h"

#include "boot/efi/call.h"
#include "boot/efi/firmware.h"
#include "boot/efi/measure.h"
#include "boot/stub/console.h"

#define EFIAPI __attribute__((ms_abi))
#define FAILED (1ull << 63 | 7)

static const uint8_t tcg2_guid[16] = {0x6c, 0x76, 0x7f, 0x60, 0x55, 0x74, 0xbe, 0x42, 0x93, 0x0b, 0xe4,
	0xd7, 0x6d, 0xb2, 0x72, 0x0f};
static const uint8_t cc_guid[16] = {0x3d, 0x1a, 0x75, 0x96, 0xf4, 0x72, 0xa6, 0x41, 0xa7, 0x94, 0xed,
	0x5d, 0x0e, 0x67, 0xae, 0x6b};
static const uint8_t log_guid[16] = {0xb0, 0x9c, 0x79, 0xb7, 0xa2, 0xec, 0x43, 0x49, 0x96, 0x67, 0x1f,
	0xae, 0x07, 0xb7, 0x47, 0xfa};
static const uint8_t tcg2_final_guid[16] = {0x96, 0xd0, 0x2e, 0x1e, 0xe2, 0x30, 0x54, 0x42, 0xbd, 0x89,
	0x86, 0x3b, 0xbe, 0xf8, 0x23, 0x25};
static const uint8_t cc_final_guid[16] = {0x48, 0x46, 0x4a, 0xdd, 0xe7, 0x2d, 0x65, 0x46, 0x96, 0x4d,
	0x21, 0xd9, 0xef, 0x5f, 0xb4, 0x46};

struct log {
	const uint8_t *bytes; /* NULL: not offered */
	int64_t last; /* offset of the last event; NO_EVENTS: none */
	bool truncated;
};
#define NO_EVENTS INT64_MIN

static struct {
	bool tcg2, cc;
	struct log log[3]; /* by format */
	const uint8_t *final_guid, *final_table;
	uint64_t hash_status, map_status, pool_status, install_status;

	unsigned int events;
	uint8_t event[3][128]; /* as given to HashLogExtendEvent */
	uint8_t data[3][64];
	uint64_t data_size[3];
	uint8_t *table; /* installed */
	int pools, warnings;
} fake;

void say(const char *format, ...)
{
}

void warn(const char *format, ...)
{
	fake.warnings++;
}

uint64_t efi_call32(uint64_t function, const uint64_t *args, size_t count)
{
	fail_msg("a call of 32-bit firmware");
	return 0;
}

static EFIAPI uint64_t unexpected(void)
{
	abort();
}

static EFIAPI uint64_t get_event_log(
	void *self, uint32_t format, uint64_t *ret_log, uint64_t *ret_last, uint8_t *ret_truncated)
{
	assert_true(format == 1 || format == 2);
	const struct log *log = &fake.log[format];

	if (!log->bytes)
		return FAILED;
	*ret_log = (uint64_t)log->bytes;
	*ret_last = log->last == NO_EVENTS ? 0 : (uint64_t)(log->bytes + log->last);
	*ret_truncated = log->truncated;
	return 0;
}

static EFIAPI uint64_t hash_extend(
	void *self, uint64_t flags, uint64_t data, uint64_t size, const uint8_t *event)
{
	unsigned int n = fake.events;

	assert_true(!flags && size <= sizeof(fake.data[0]) && n < 3);
	if (fake.hash_status)
		return fake.hash_status;
	memcpy(fake.event[n], event, le32_get(event));
	memcpy(fake.data[n], (const void *)data, size);
	fake.data_size[n] = size;
	fake.events++;
	return 0;
}

static EFIAPI uint64_t map_pcr(void *self, uint32_t pcr, uint32_t *ret)
{
	*ret = pcr == 9 ? 3 : 99;
	return fake.map_status;
}

static void *tcg2_protocol[] = {unexpected, get_event_log, hash_extend, unexpected};
static void *cc_protocol[] = {unexpected, get_event_log, hash_extend, map_pcr};

static EFIAPI uint64_t locate_protocol(const void *guid, void *registration, void **ret)
{
	if (fake.tcg2 && !memcmp(guid, tcg2_guid, 16))
		*ret = tcg2_protocol;
	else if (fake.cc && !memcmp(guid, cc_guid, 16))
		*ret = cc_protocol;
	else
		return 1ull << 63 | 14;
	return 0;
}

static EFIAPI uint64_t allocate_pool(uint32_t type, uint64_t size, void **ret)
{
	assert_int_equal(type, 9); /* EfiACPIReclaimMemory */
	if (fake.pool_status)
		return fake.pool_status;
	*ret = malloc(size);
	fake.pools++;
	return 0;
}

static EFIAPI uint64_t free_pool(void *p)
{
	free(p);
	fake.pools--;
	return 0;
}

static EFIAPI uint64_t install_table(const void *guid, void *table)
{
	assert_memory_equal(guid, log_guid, 16);
	if (fake.install_status)
		return fake.install_status;
	fake.table = table;
	return 0;
}

/* The system table of 64-bit firmware [UEFI 4.3]. */
static uint64_t boot_services[3 + 44], system_table[0x78 / 8], configuration[3];

static void start(void)
{
	for (size_t i = 3; i < COUNT(boot_services); i++)
		boot_services[i] = (uint64_t)unexpected;
	boot_services[3 + 5] = (uint64_t)allocate_pool;
	boot_services[3 + 6] = (uint64_t)free_pool;
	boot_services[3 + 21] = (uint64_t)install_table;
	boot_services[3 + 37] = (uint64_t)locate_protocol;
	system_table[0x60 / 8] = (uint64_t)boot_services;
	system_table[0x68 / 8] = fake.final_table ? 1 : 0;
	system_table[0x70 / 8] = (uint64_t)configuration;
	if (fake.final_table) {
		memcpy(configuration, fake.final_guid, 16);
		configuration[2] = (uint64_t)fake.final_table;
	}
	efi_init(1, (uint64_t)system_table, false);
}

/* --- measuring --- */

static void test_measure(void **state)
{
	static const struct {
		const char *name;
		bool tcg2, cc;
		uint64_t hash_status, map_status;
		unsigned int events, index;
		int warnings;
	} cases[] = {
		{"nobody measures", false, false, 0, 0, 0, 0, 0},
		{"a TPM", true, false, 0, 0, 2, 9, 0},
		{"a confidential guest has registers of its own", false, true, 0, 0, 2, 3, 0},
		{"a TPM comes first", true, true, 0, 0, 2, 9, 0},
		{"a TPM that refuses", true, true, FAILED, 0, 0, 0, 2},
		{"no register for that PCR", false, true, 0, FAILED, 0, 0, 2},
	};
	static const uint8_t options[] = {'a', 0, ' ', 0, 'b', 0, 0, 0};
	static uint64_t image[0x50 / 8];
	const char *initrd = "an initrd";

	image[0x30 / 8] = sizeof(options);
	image[0x38 / 8] = (uint64_t)options;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;

		memset(&fake, 0, sizeof(fake));
		fake.tcg2 = cases[i].tcg2;
		fake.cc = cases[i].cc;
		fake.hash_status = cases[i].hash_status;
		fake.map_status = cases[i].map_status;
		start();
		efi_measure_options((uint64_t)image);
		efi_measure_initrd((uint64_t)initrd, strlen(initrd));
		CHECK_EQ(name, fake.events, cases[i].events);
		CHECK_EQ(name, fake.warnings, cases[i].warnings);
		if (!fake.events)
			continue;
		/* Linux 6.1's events, byte by byte, but for the register. */
		static const uint8_t want[] = "\x34\0\0\0" "\x0e\0\0\0" "\1\0" "\0\0\0\0" "\6\0\0\0"
			"\xed\x22\x3b\x8f" "\x1a\0\0\0" "LOADED_IMAGE::LoadOptions";
		uint8_t event[sizeof(want)];

		memcpy(event, want, sizeof(want));
		event[10] = (uint8_t)cases[i].index;
		CHECK_EQ(name, sizeof(want), 0x34);
		CHECK(name, !memcmp(fake.event[0], event, sizeof(event)));
		CHECK(name, fake.data_size[0] == sizeof(options) &&
			!memcmp(fake.data[0], options, sizeof(options)));
		CHECK_EQ(name, le32_get(fake.event[1]), 18 + 8 + 13);
		CHECK(name, !memcmp(fake.event[1] + 18, "\xec\x22\x3b\x8f" "\x0d\0\0\0" "Linux initrd", 21));
		CHECK(name, fake.data_size[1] == 9 && !memcmp(fake.data[1], initrd, 9));
	}
}

/* Nothing was handed over: nothing to measure. */
static void test_no_options(void **state)
{
	static uint64_t image[0x50 / 8];

	memset(&fake, 0, sizeof(fake));
	fake.tcg2 = true;
	start();
	efi_measure_options((uint64_t)image);
	assert_int_equal(fake.events, 0);
}

/* --- the log --- */

/* Two algorithms: SHA-1 and SHA-256. */
#define SPEC_ID                                                                                    \
	"\0\0\0\0" "\3\0\0\0" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "\x25\0\0\0"            \
	"Spec ID Event03\0" "\0\0\0\0" "\0\2\0\2" "\2\0\0\0" "\4\0\x14\0" "\x0b\0\x20\0" "\0"
#define SPEC_ID_SIZE (32 + 0x25)
#define SHA1         "\4\0" "11111111111111111111"
#define SHA256       "\x0b\0" "22222222222222222222222222222222"
#define EVENT2       "\5\0\0\0" "\6\0\0\0" "\2\0\0\0" SHA1 SHA256 "\3\0\0\0" "abc"
#define EVENT2_SIZE  (12 + 22 + 34 + 4 + 3)
#define EVENT2_BAD   "\5\0\0\0" "\6\0\0\0" "\2\0\0\0" SHA1 "\x0c\0" "22222222222222222222222222222222" "\3\0\0\0" "abc"
#define EVENT12      "\5\0\0\0" "\6\0\0\0" "11111111111111111111" "\3\0\0\0" "abc"
#define EVENT12_SIZE (32 + 3)
#define FINAL(count) "\1\0\0\0\0\0\0\0" count "\0\0\0\0\0\0\0"
#define BYTES(text)  ((const uint8_t *)(text))

static const uint8_t agile_log[] = SPEC_ID EVENT2 EVENT2, agile_bad_log[] = SPEC_ID EVENT2 EVENT2_BAD;
static const uint8_t log12[] = EVENT12 EVENT12;

static void test_log(void **state)
{
	static const struct {
		const char *name;
		struct log log12, log2;
		bool cc;
		const uint8_t *final_guid, *final;
		/* what the kernel gets; version 0: nothing */
		uint8_t version;
		uint32_t size, final_size;
		int warnings;
	} cases[] = {
		{"format 2", {0}, {agile_log, SPEC_ID_SIZE + EVENT2_SIZE}, .version = 2,
			.size = SPEC_ID_SIZE + 2 * EVENT2_SIZE},
		{"format 2 before 1.2", {log12, EVENT12_SIZE}, {agile_log, SPEC_ID_SIZE}, .version = 2,
			.size = SPEC_ID_SIZE + EVENT2_SIZE},
		{"format 2 with nothing but its first event", {0}, {agile_log, 0}, .version = 2,
			.size = SPEC_ID_SIZE},
		{"format 1.2", {log12, EVENT12_SIZE}, {0}, .version = 1, .size = 2 * EVENT12_SIZE},
		{"format 1.2 has no final events", {log12, 0}, {0}, .final_guid = tcg2_final_guid,
			.final = BYTES(FINAL("\1") EVENT2), .version = 1, .size = EVENT12_SIZE},
		{"no log", {0}, {0}},
		{"an empty log", {0}, {agile_log, NO_EVENTS}, .version = 2},
		{"firmware ran out of room", {0}, {agile_log, SPEC_ID_SIZE, true}, .version = 2,
			.size = SPEC_ID_SIZE + EVENT2_SIZE, .warnings = 1},
		{"a last event that cannot be read is left out", {0},
			{agile_bad_log, SPEC_ID_SIZE + EVENT2_SIZE}, .version = 2,
			.size = SPEC_ID_SIZE + EVENT2_SIZE, .warnings = 1},
		{"the last event before the first", {0}, {agile_log + 1, -1}, .version = 2, .warnings = 1},
		{"the last event a gibibyte away", {0}, {agile_log, 1 << 30}, .version = 2, .warnings = 1},
		{"format 1.2 under the name of 2", {0}, {log12, EVENT12_SIZE}, .version = 2,
			.size = EVENT12_SIZE, .warnings = 1},
		{"final events", {0}, {agile_log, SPEC_ID_SIZE}, .final_guid = tcg2_final_guid,
			.final = BYTES(FINAL("\2") EVENT2 EVENT2), .version = 2,
			.size = SPEC_ID_SIZE + EVENT2_SIZE, .final_size = 2 * EVENT2_SIZE},
		{"no final events yet", {0}, {agile_log, SPEC_ID_SIZE}, .final_guid = tcg2_final_guid,
			.final = BYTES(FINAL("\0")), .version = 2, .size = SPEC_ID_SIZE + EVENT2_SIZE},
		{"final events that cannot be read", {0}, {agile_log, SPEC_ID_SIZE},
			.final_guid = tcg2_final_guid, .final = BYTES(FINAL("\2") EVENT2 EVENT2_BAD),
			.version = 2, .size = SPEC_ID_SIZE + EVENT2_SIZE, .warnings = 1},
		{"a confidential guest", {0}, {agile_log, SPEC_ID_SIZE}, true, cc_final_guid,
			BYTES(FINAL("\1") EVENT2), 2, SPEC_ID_SIZE + EVENT2_SIZE, EVENT2_SIZE},
		{"a confidential guest has no TPM's final events", {0}, {agile_log, SPEC_ID_SIZE}, true,
			tcg2_final_guid, BYTES(FINAL("\1") EVENT2), 2, SPEC_ID_SIZE + EVENT2_SIZE},
		{"a confidential guest has no format 1.2", {log12, 0}, {0}, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		const struct log *log = cases[i].version == 1 ? &cases[i].log12 : &cases[i].log2;

		memset(&fake, 0, sizeof(fake));
		fake.tcg2 = !cases[i].cc;
		fake.cc = cases[i].cc;
		fake.log[1] = cases[i].log12;
		fake.log[2] = cases[i].log2;
		fake.final_guid = cases[i].final_guid;
		fake.final_table = cases[i].final;
		start();
		efi_event_log();
		CHECK_EQ(name, fake.warnings, cases[i].warnings);
		CHECK_EQ(name, fake.table != NULL, cases[i].version != 0);
		CHECK_EQ(name, fake.pools, fake.table != NULL);
		if (!fake.table)
			continue;
		CHECK_EQ(name, le32_get(fake.table), cases[i].size);
		CHECK_EQ(name, le32_get(fake.table + 4), cases[i].final_size);
		CHECK_EQ(name, fake.table[8], cases[i].version);
		CHECK(name, !memcmp(fake.table + 9, log->bytes, cases[i].size));
		free(fake.table);
	}
}

static void test_log_without_room(void **state)
{
	for (int i = 0; i < 2; i++) {
		memset(&fake, 0, sizeof(fake));
		fake.tcg2 = true;
		fake.log[2] = (struct log){agile_log, SPEC_ID_SIZE, false};
		*(i ? &fake.install_status : &fake.pool_status) = 1ull << 63 | 9;
		start();
		efi_event_log();
		assert_true(!fake.table && !fake.pools && fake.warnings == 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measure),
		cmocka_unit_test(test_no_options),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_log_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
