/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gzip [RFC 1952] over libdeflate: one member, CRC-32 and ISIZE checked by the library. Host only.
 */
#include <libdeflate.h>
#include "codec/stream.h"

enum err stream_gzip(const struct codec_job *job, struct fault *fault)
{
	struct libdeflate_decompressor *d;
	enum libdeflate_result result;
	size_t used = 0, made = 0;

	d = libdeflate_alloc_decompressor();
	if (!d)
		return fault_set(fault, ERR_WORKSPACE, "libdeflate", 0, 0);
	result = libdeflate_gzip_decompress_ex(
		d, job->in.ptr, job->in.len, job->out, job->out_size, &used, &made);
	libdeflate_free_decompressor(d);

	switch (result) {
	case LIBDEFLATE_SUCCESS:
		break;
	case LIBDEFLATE_INSUFFICIENT_SPACE:
		return fault_set(
			fault, ERR_CHUNK_LENGTH, "gzip member is longer", 0, job->out_size);
	default:
		return fault_set(fault, ERR_BAD_STREAM, "gzip", 0, (uint64_t)result);
	}
	if (made != job->out_size)
		return fault_set(fault, ERR_CHUNK_LENGTH, "gzip member is shorter", used, made);
	if (used != job->in.len)
		return fault_set(fault, ERR_BAD_STREAM, "bytes behind the gzip member", used,
			job->in.len - used);
	return ERR_OK;
}
