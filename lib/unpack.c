/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See unpack.h. */
#include "lib/memory.h"
#include "lib/unpack.h"

#define LIMIT_TIMES   64
#define LIMIT_AT_LEAST (UINT64_C(256) << 20)

uint64_t unpack_limit(uint64_t limit, size_t input)
{
	uint64_t times;

	if (limit)
		return limit;
	times = (uint64_t)input * LIMIT_TIMES;
	return times > LIMIT_AT_LEAST ? times : LIMIT_AT_LEAST;
}

enum err unpack_stream(
	enum codec codec, struct span in, uint64_t limit, struct unpacked *ret, struct fault *fault)
{
	struct codec_job job = {.in = in, .out_size = limit};
	struct codec_end end = {0};
	enum err e;

	job.out = memory_reserve(job.out_size);
	if (!job.out)
		return ERR_NO_MEMORY;
	e = codec_decode_some(codec, &job, &end, fault);
	if (e) {
		memory_release(job.out, job.out_size);
		if (e == ERR_WORKSPACE)
			return ERR_NO_MEMORY;
		return e == ERR_CHUNK_LENGTH ? ERR_OUTPUT_LIMIT : e;
	}
	memory_trim(job.out, job.out_size, end.made);
	*ret = (struct unpacked){job.out, end.made, end.used};
	return ERR_OK;
}
