/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/tpm_log: sizes, bounds and digests of events, in logs of both formats. */
#include "tests/unit/unit.h"

#include "core/tpm_log.h"

/* Logs, written with literal offsets and numbers of the specification. */
struct builder {
	uint8_t bytes[512];
	size_t len;
};

static void put(struct builder *b, uint64_t v, unsigned bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		b->bytes[b->len++] = (uint8_t)v;
}

static void fill(struct builder *b, uint8_t v, size_t n)
{
	memset(b->bytes + b->len, v, n);
	b->len += n;
}

static void put_sha1_event(struct builder *b, uint32_t pcr, uint32_t type, uint8_t digest, uint32_t data)
{
	put(b, pcr, 4);
	put(b, type, 4);
	fill(b, digest, 20);
	put(b, data, 4);
	fill(b, 0xdd, data);
}

struct alg {
	uint16_t id, size;
};

static const struct alg usual[] = {{0x4, 20}, {0xb, 32}, {0xc, 48}};

static void put_spec_id(struct builder *b, const struct alg *algs, uint32_t count)
{
	put(b, 0, 4);
	put(b, 3, 4);
	fill(b, 0, 20);
	put(b, 28 + 4 * count + 1, 4);
	memcpy(b->bytes + b->len, "Spec ID Event03", 16);
	b->len += 16;
	put(b, 0, 4);
	put(b, 0x02000200, 4); /* version 2.0, errata 0, UINTN of 64 bits */
	put(b, count, 4);
	for (uint32_t i = 0; i < count; i++) {
		put(b, algs[i].id, 2);
		put(b, algs[i].size, 2);
	}
	put(b, 0, 1);
}

static void put_event2(struct builder *b, uint32_t pcr, const struct alg *algs, uint32_t count, uint32_t data)
{
	put(b, pcr, 4);
	put(b, 6, 4);
	put(b, count, 4);
	for (uint32_t i = 0; i < count; i++) {
		put(b, algs[i].id, 2);
		fill(b, (uint8_t)algs[i].id, algs[i].size);
	}
	put(b, data, 4);
	fill(b, 0xdd, data);
}

static struct span bytes_of(const struct builder *b)
{
	return (struct span){b->bytes, b->len};
}

static void test_formats(void **state)
{
	static const struct {
		const char *name;
		struct alg algs[17];
		uint32_t count, claimed;
		enum err want;
	} cases[] = {
		{"one algorithm", {{0xb, 32}}, 1, 1, ERR_OK},
		{"four, one that we have no name for", {{4, 20}, {0xb, 32}, {0x12, 32}, {0xd, 64}}, 4, 4,
			ERR_OK},
		{"no algorithm", {{0}}, 0, 0, ERR_BAD_TPM_LOG},
		{"one without a size", {{4, 20}, {0xb, 0}}, 2, 2, ERR_BAD_TPM_LOG},
		{"one twice", {{4, 20}, {4, 32}}, 2, 2, ERR_BAD_TPM_LOG},
		{"more than fit in the event", {{4, 20}}, 1, 3, ERR_TRUNCATED},
		{"more than anybody has", {{4, 20}}, 1, 17, ERR_BAD_TPM_LOG},
		{"a number that would wrap", {{4, 20}}, 1, 0xffffffff, ERR_BAD_TPM_LOG},
	};
	struct tpm_log log;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct builder b = {0};

		put_spec_id(&b, cases[i].algs, cases[i].count);
		le32_put(b.bytes + 32 + 24, cases[i].claimed);
		CHECK_EQ(cases[i].name, tpm_log_open(bytes_of(&b), &log, NULL), cases[i].want);
		if (cases[i].want)
			continue;
		CHECK(cases[i].name, log.agile);
		CHECK_EQ(cases[i].name, log.first_size, b.len);
		CHECK_EQ(cases[i].name, log.alg_count, cases[i].count);
		CHECK_EQ(cases[i].name, log.alg[0].size, cases[i].algs[0].size);
	}
}

/* Everything that is not quite the event that a 2.0 log begins with begins a 1.2 log. */
static void test_old_format(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
	} cases[] = {
		{"another PCR", 0, 1},
		{"another type", 4, 1},
		{"a digest that is not zero", 8 + 19, 1},
		{"another signature", 32, 's'},
		{"a signature without its end", 32 + 15, '1'},
	};
	struct tpm_event e;
	struct tpm_log log;
	struct span digest;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct builder b = {0};

		put_spec_id(&b, usual, 3);
		b.bytes[cases[i].at] = cases[i].value;
		size_t second = b.len;

		put_sha1_event(&b, 5, 4, 0x44, 7);
		CHECK_EQ(cases[i].name, tpm_log_open(bytes_of(&b), &log, NULL), 0);
		CHECK(cases[i].name, !log.agile);
		CHECK_EQ(cases[i].name, tpm_log_event(&log, bytes_of(&b), second, false, &e, NULL), 0);
		CHECK_EQ(cases[i].name, e.pcr, 5);
		CHECK_EQ(cases[i].name, e.type, 4);
		CHECK_EQ(cases[i].name, e.size, 32 + 7);
		CHECK_EQ(cases[i].name, e.data.len, 7);
		CHECK(cases[i].name, tpm_event_digest(&log, &e, 4, &digest));
		CHECK(cases[i].name, digest.len == 20 && digest.ptr[19] == 0x44);
		CHECK(cases[i].name, !tpm_event_digest(&log, &e, 0xb, &digest));
	}
}

static void test_events(void **state)
{
	static const struct {
		const char *name;
		struct alg algs[4];
		uint32_t count, data;
		enum err want;
	} cases[] = {
		{"all digests", {{0x4, 20}, {0xb, 32}, {0xc, 48}}, 3, 33, ERR_OK},
		{"in another order, without data", {{0xc, 48}, {0x4, 20}, {0xb, 32}}, 3, 0, ERR_OK},
		{"fewer digests than the log names", {{0xb, 32}}, 1, 5, ERR_OK},
		{"no digest", {{0}}, 0, 5, ERR_OK},
		{"more digests than the log names", {{4, 20}, {4, 20}, {4, 20}, {4, 20}}, 4, 0,
			ERR_BAD_TPM_LOG},
		{"an algorithm that the log does not name", {{0xd, 64}}, 1, 0, ERR_BAD_TPM_LOG},
	};
	struct tpm_event e;
	struct tpm_log log;
	struct span digest;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct builder b = {0};

		put_spec_id(&b, usual, 3);
		size_t at = b.len;

		put_event2(&b, 9, cases[i].algs, cases[i].count, cases[i].data);
		CHECK_EQ(name, tpm_log_open(bytes_of(&b), &log, NULL), 0);
		CHECK_EQ(name, tpm_log_event(&log, bytes_of(&b), at, false, &e, NULL), cases[i].want);
		/* Cut off anywhere it is truncated, and nothing behind the cut is read. */
		for (size_t len = at; len < b.len && !cases[i].want; len++) {
			uint8_t *cut = malloc(len);

			memcpy(cut, b.bytes, len);
			CHECK_EQ(name, tpm_log_event(&log, (struct span){cut, len}, at, false, &e, NULL),
				ERR_TRUNCATED);
			free(cut);
		}
		if (cases[i].want)
			continue;
		CHECK_EQ(name, e.size, b.len - at);
		CHECK_EQ(name, e.pcr, 9);
		CHECK_EQ(name, e.type, 6);
		CHECK_EQ(name, e.data.len, cases[i].data);
		for (uint32_t a = 0; a < cases[i].count; a++) {
			CHECK(name, tpm_event_digest(&log, &e, cases[i].algs[a].id, &digest));
			CHECK_EQ(name, digest.len, cases[i].algs[a].size);
			CHECK_EQ(name, digest.ptr[digest.len - 1], cases[i].algs[a].id);
		}
		CHECK(name, !tpm_event_digest(&log, &e, 0xd, &digest));
	}
}

/* A final events table has its events behind a version and a count, and no first event. */
static void test_events_size(void **state)
{
	static const struct {
		const char *name;
		uint64_t count;
		uint64_t size; /* 0: must fail */
	} cases[] = {
		{"none", 0, 0},
		{"one", 1, 12 + 2 + 32 + 4 + 5},
		{"all", 2, 12 + 2 + 32 + 4 + 5 + 12 + 22 + 34 + 4},
		{"one more than there are", 3, 0},
		{"very many", UINT64_MAX, 0},
	};
	struct builder b = {0}, table = {0};
	struct tpm_log log;

	put_spec_id(&b, usual, 3);
	assert_int_equal(tpm_log_open(bytes_of(&b), &log, NULL), 0);
	put(&table, 1, 8);
	put(&table, 2, 8);
	put_event2(&table, 5, usual + 1, 1, 5);
	put_event2(&table, 5, usual, 2, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t size = 77;
		enum err err = tpm_log_events_size(&log, bytes_of(&table), 16, cases[i].count, &size, NULL);

		CHECK_EQ(cases[i].name, !err, cases[i].size || !cases[i].count);
		CHECK_EQ(cases[i].name, size, err ? 77 : cases[i].size);
	}
}

static void test_cut_first_event(void **state)
{
	struct builder b = {0};
	struct tpm_log log;
	struct fault fault;

	put_spec_id(&b, usual, 3);
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *cut = malloc(len + !len);

		memcpy(cut, b.bytes, len);
		CHECK_EQ("first event", tpm_log_open((struct span){cut, len}, &log, &fault),
			ERR_TRUNCATED);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_old_format),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_events_size),
		cmocka_unit_test(test_cut_first_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
