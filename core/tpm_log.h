/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of what firmware has measured into a TPM, in both formats that there are [spec/tcg.h]. A 1.2
 * log has one kind of event, with a SHA-1 digest. A 2.0 log begins with such an event, too, which names
 * the algorithms and how long their digests are; only with that can the others be read.
 */
#ifndef CORE_TPM_LOG_H
#define CORE_TPM_LOG_H

#include "core/span.h"

#define TPM_LOG_ALGS_MAX 16

struct tpm_log {
	bool agile; /* a 2.0 log */
	uint64_t first_size; /* bytes of its first event */
	uint32_t alg_count;
	struct {
		uint16_t id; /* TPM_ALG_* */
		uint16_t size; /* of a digest */
	} alg[TPM_LOG_ALGS_MAX];
};

struct tpm_event {
	uint32_t pcr, type;
	uint32_t digest_count;
	struct span digests; /* see tpm_event_digest */
	struct span data;
	uint64_t size; /* bytes of the whole event */
};

/*
 * What format has the log that begins here? bytes may reach beyond the log's end. Errors: TRUNCATED,
 * BAD_TPM_LOG (an algorithm without a size, twice, or too many of them).
 */
enum err tpm_log_open(struct span bytes, struct tpm_log *ret, struct fault *fault) MUST_CHECK;

/*
 * The event that begins at off of bytes; at 0 the log begins, except in a final events table, where
 * first is false. Errors: TRUNCATED, BAD_TPM_LOG (a digest of an algorithm that the log does not name,
 * or more digests than it names).
 */
enum err tpm_log_event(const struct tpm_log *log, struct span bytes, uint64_t off, bool first,
	struct tpm_event *ret, struct fault *fault) MUST_CHECK;

/* count events from off on, none of them the log's first: how many bytes? Errors as above. */
enum err tpm_log_events_size(const struct tpm_log *log, struct span bytes, uint64_t off,
	uint64_t count, uint64_t *ret_size, struct fault *fault) MUST_CHECK;

/* The event's digest by that algorithm; false if it has none. */
bool tpm_event_digest(const struct tpm_log *log, const struct tpm_event *event, uint16_t alg,
	struct span *ret);

#endif /* CORE_TPM_LOG_H */
