/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip [RFC 1952] over libdeflate: members in a row, CRC-32 and ISIZE checked by the library. Host only.
 */
#include <libdeflate.h>
#include "codec/stream.h"

static bool member_begins(struct span in, size_t pos)
{
	return span_has(in, pos, 3) && in.ptr[pos] == 0x1f && in.ptr[pos + 1] == 0x8b &&
		in.ptr[pos + 2] == 8;
}

enum err stream_gzip(const struct codec_job *job, struct codec_end *ret, struct fault *fault)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	enum libdeflate_result result;
	struct codec_end end = {0};

	if (!d)
		return fault_set(fault, ERR_WORKSPACE, "libdeflate", 0, 0);
	do {
		size_t used = 0, made = 0;

		result = libdeflate_gzip_decompress_ex(d, job->in.ptr + end.used,
			job->in.len - end.used, job->out + end.made, job->out_size - end.made, &used,
			&made);
		if (!result) {
			end.used += used;
			end.made += made;
		}
	} while (!result && member_begins(job->in, end.used));
	libdeflate_free_decompressor(d);

	switch (result) {
	case LIBDEFLATE_SUCCESS:
		*ret = end;
		return ERR_OK;
	case LIBDEFLATE_INSUFFICIENT_SPACE:
		return fault_set(
			fault, ERR_CHUNK_LENGTH, "gzip member is longer", end.used, job->out_size);
	default:
		return fault_set(fault, ERR_BAD_STREAM, "gzip", end.used, (uint64_t)result);
	}
}
