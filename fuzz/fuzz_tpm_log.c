/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a TPM event log. Oracle: events lie one behind the other in the input; their digests and
 * data in them, the data at the end; the size of many events is the sum of the sizes of each.
 */
#include "fuzz/fuzz.h"

#include "core/tpm_log.h"

#define EVENTS_MAX 64

static void check_event(const struct tpm_log *log, const struct tpm_event *e, struct span whole)
{
	struct span digest;
	uint64_t sum = 0;

	FUZZ_CHECK(e->size >= 16 && e->size <= whole.len);
	whole.len = (size_t)e->size;
	FUZZ_CHECK(fuzz_within(e->data, whole) && fuzz_within(e->digests, whole));
	FUZZ_CHECK(!e->data.len || e->data.ptr + e->data.len == whole.ptr + whole.len);
	for (uint32_t i = 0; i < log->alg_count; i++) {
		if (!tpm_event_digest(log, e, log->alg[i].id, &digest))
			continue;
		FUZZ_CHECK(fuzz_within(digest, e->digests) && digest.len == log->alg[i].size);
		sum += digest.len;
	}
	FUZZ_CHECK(sum <= e->digests.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	struct tpm_log log;
	struct tpm_event e;
	struct fault fault = {0};
	uint64_t at, end;

	if (tpm_log_open(input, &log, &fault)) {
		FUZZ_CHECK(fault.text);
		return 0;
	}
	FUZZ_CHECK(log.alg_count && log.alg_count <= TPM_LOG_ALGS_MAX && log.first_size <= size);
	FUZZ_CHECK(!tpm_log_event(&log, input, 0, true, &e, NULL) && e.size == log.first_size);
	at = log.first_size;
	for (uint64_t n = 0; n < EVENTS_MAX; n++) {
		FUZZ_CHECK(!tpm_log_events_size(&log, input, log.first_size, n, &end, NULL));
		FUZZ_CHECK(log.first_size + end == at);
		if (tpm_log_event(&log, input, at, false, &e, &fault)) {
			FUZZ_CHECK(fault.text);
			FUZZ_CHECK(tpm_log_events_size(&log, input, log.first_size, n + 1, &end, NULL));
			break;
		}
		check_event(&log, &e, (struct span){data + at, size - (size_t)at});
		at += e.size;
	}
	return 0;
}
