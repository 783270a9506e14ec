/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See tpm_log.h. Runs in the stub, on firmware's own memory, and in tests. */
#include "core/tpm_log.h"
#include "spec/tcg.h"

#define ALG_ID_SIZE 2 /* in front of each digest */

static enum err bad(const char *text, uint64_t off, uint64_t value, struct fault *fault)
{
	return fault_set(fault, ERR_BAD_TPM_LOG, text, off, value);
}

static enum err cut(const char *text, uint64_t off, uint64_t value, struct fault *fault)
{
	return fault_set(fault, ERR_TRUNCATED, text, off, value);
}

/* An event of the 1.2 format: its head has a fixed size. */
static enum err event_sha1(struct span bytes, uint64_t off, struct tpm_event *ret, struct fault *fault)
{
	struct span head, data;
	uint32_t size;

	if (span_sub(bytes, off, TCG_EVENT_DATA, &head))
		return cut("event", off, bytes.len, fault);
	size = le32_get(head.ptr + TCG_EVENT_DATA_SIZE);
	if (span_sub(bytes, off + TCG_EVENT_DATA, size, &data))
		return cut("event's data", off + TCG_EVENT_DATA_SIZE, size, fault);
	*ret = (struct tpm_event){
		.pcr = le32_get(head.ptr + TCG_EVENT_PCR),
		.type = le32_get(head.ptr + TCG_EVENT_TYPE),
		.digest_count = 1,
		.digests = {head.ptr + TCG_EVENT_DIGEST, TCG_SHA1_SIZE},
		.data = data,
		.size = TCG_EVENT_DATA + (uint64_t)size,
	};
	return ERR_OK;
}

/* Index of an algorithm that the log names, or alg_count. */
static uint32_t alg_find(const struct tpm_log *log, uint16_t id)
{
	uint32_t i = 0;

	while (i < log->alg_count && log->alg[i].id != id)
		i++;
	return i;
}

static bool is_spec_id(const struct tpm_event *e)
{
	static const char spec_id[TCG_SPEC_ID_SIZE] = TCG_SPEC_ID;
	uint8_t differ = 0;

	if (e->pcr || e->type != EV_NO_ACTION || e->data.len < TCG_SPEC_ID_SIZE)
		return false;
	for (size_t i = 0; i < TCG_SPEC_ID_SIZE; i++)
		differ |= e->data.ptr[i] ^ (uint8_t)spec_id[i];
	for (size_t i = 0; i < TCG_SHA1_SIZE; i++)
		differ |= e->digests.ptr[i];
	return !differ;
}

static enum err algs_read(struct span data, struct tpm_log *log, struct fault *fault)
{
	uint32_t count;

	if (span_le32(data, TCG_SPEC_ALG_COUNT, &count))
		return cut("number of algorithms", TCG_EVENT_DATA + TCG_SPEC_ALG_COUNT, data.len, fault);
	if (!count || count > TPM_LOG_ALGS_MAX)
		return bad("number of algorithms", TCG_EVENT_DATA + TCG_SPEC_ALG_COUNT, count, fault);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t at = TCG_SPEC_ALGS + i * TCG_SPEC_ALG_SIZE;
		struct span alg;

		if (span_sub(data, at, TCG_SPEC_ALG_SIZE, &alg))
			return cut("algorithm", TCG_EVENT_DATA + at, data.len, fault);
		uint16_t id = le16_get(alg.ptr), size = le16_get(alg.ptr + 2);

		if (!size || alg_find(log, id) < log->alg_count)
			return bad("algorithm", TCG_EVENT_DATA + at, le32_get(alg.ptr), fault);
		log->alg[i].id = id;
		log->alg[i].size = size;
		log->alg_count = i + 1;
	}
	return ERR_OK;
}

enum err tpm_log_open(struct span bytes, struct tpm_log *ret, struct fault *fault)
{
	struct tpm_log log = {0};
	struct tpm_event first;
	enum err err = event_sha1(bytes, 0, &first, fault);

	if (err)
		return err;
	log.first_size = first.size;
	log.agile = is_spec_id(&first);
	if (log.agile) {
		err = algs_read(first.data, &log, fault);
	} else {
		log.alg_count = 1;
		log.alg[0].id = TPM_ALG_SHA1;
		log.alg[0].size = TCG_SHA1_SIZE;
	}
	if (!err)
		*ret = log;
	return err;
}

/* An event of the 2.0 format: its digests have to be walked through to find the data. */
static enum err event_agile(const struct tpm_log *log, struct span bytes, uint64_t off,
	struct tpm_event *ret, struct fault *fault)
{
	struct span head, data;
	uint64_t at = off + TCG_EVENT2_DIGESTS;
	uint32_t count, size;

	if (span_sub(bytes, off, TCG_EVENT2_DIGESTS, &head))
		return cut("event", off, bytes.len, fault);
	count = le32_get(head.ptr + TCG_EVENT2_COUNT);
	if (count > log->alg_count)
		return bad("number of digests", off + TCG_EVENT2_COUNT, count, fault);
	for (uint32_t i = 0; i < count; i++) {
		uint16_t id;

		if (span_le16(bytes, at, &id))
			return cut("digest", at, bytes.len, fault);
		uint32_t alg = alg_find(log, id);

		if (alg == log->alg_count)
			return bad("digest's algorithm", at, id, fault);
		at += ALG_ID_SIZE + (uint64_t)log->alg[alg].size;
	}
	if (span_le32(bytes, at, &size))
		return cut("event's data", at, bytes.len, fault);
	if (span_sub(bytes, at + 4, size, &data))
		return cut("event's data", at, size, fault);
	*ret = (struct tpm_event){
		.pcr = le32_get(head.ptr + TCG_EVENT2_PCR),
		.type = le32_get(head.ptr + TCG_EVENT2_TYPE),
		.digest_count = count,
		.digests = {head.ptr + TCG_EVENT2_DIGESTS, (size_t)(at - off - TCG_EVENT2_DIGESTS)},
		.data = data,
		.size = at + 4 + size - off,
	};
	return ERR_OK;
}

enum err tpm_log_event(const struct tpm_log *log, struct span bytes, uint64_t off, bool first,
	struct tpm_event *ret, struct fault *fault)
{
	if (!log->agile || first)
		return event_sha1(bytes, off, ret, fault);
	return event_agile(log, bytes, off, ret, fault);
}

enum err tpm_log_events_size(const struct tpm_log *log, struct span bytes, uint64_t off,
	uint64_t count, uint64_t *ret_size, struct fault *fault)
{
	struct tpm_event event;
	uint64_t at = off;

	/* Each event has bytes of its own: the loop ends with the span, whatever count says. */
	for (; count > 0; count--) {
		enum err err = tpm_log_event(log, bytes, at, false, &event, fault);

		if (err)
			return err;
		at += event.size;
	}
	*ret_size = at - off;
	return ERR_OK;
}

bool tpm_event_digest(const struct tpm_log *log, const struct tpm_event *event, uint16_t alg,
	struct span *ret)
{
	uint64_t at = 0;

	/* The first event of a 2.0 log has SHA-1's place, but no digest in it. */
	if (!log->agile) {
		if (alg != TPM_ALG_SHA1)
			return false;
		*ret = event->digests;
		return true;
	}
	for (uint32_t i = 0; i < event->digest_count; i++) {
		uint16_t id;

		if (span_le16(event->digests, at, &id))
			return false;
		uint32_t n = alg_find(log, id);

		if (n == log->alg_count)
			return false;
		if (id == alg)
			return !span_sub(event->digests, at + ALG_ID_SIZE, log->alg[n].size, ret);
		at += ALG_ID_SIZE + (uint64_t)log->alg[n].size;
	}
	return false;
}
