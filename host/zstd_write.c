/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The zstd writer. libzstd's own multi-threading compresses a frame in jobs; without overlap a job
 * refers to nothing in front of itself, and its first block carries all its tables, so that a
 * decoder may begin there with a fresh state. Job boundaries are put where chunks begin: as often as
 * jobs are full by themselves, and after shorter chunks by asking for a flush. Nobody waits for that
 * flush to be complete: other processors would have nothing to do meanwhile.
 *
 * Which byte of the frame a chunk begins at is found afterwards, by walking the frame's blocks with
 * the library's buffer-less decoder. That decodes it all, so it also proves the frame.
 */
#define ZSTD_STATIC_LINKING_ONLY
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include "host/progress.h"
#include "host/writers.h"

#define WINDOW_LOG_MIN 23
#define WINDOW_LOG_MAX 27 /* what decoders accept without being told to */
#define OUT_WINDOW     (128 * 1024) /* of output between two looks at the progress */
#define OUT_LEAST      1 /* the same, to come back at once */
#define OVERLAP_NONE   1 /* ZSTD_c_overlapLog: 0 is "default", 1 is "no overlap" */

static enum status zstd_error(const char *action, size_t code)
{
	report(NULL, "libzstd cannot %s: %s", action, ZSTD_getErrorName(code));
	return STATUS_ENVIRONMENT;
}

/* Output of one job. Whole pieces differ in size: each is ended by flushing, none fills a job. */
static uint32_t job_size(const struct chunk_list *chunks)
{
	uint32_t i, size = 0;

	if (chunks->chunk_size != CHUNK_WHOLE)
		return chunks->chunk_size;
	for (i = 0; i < chunks->count; i++) {
		if (chunks->c[i].out_size > size)
			size = chunks->c[i].out_size;
	}
	return size + 1;
}

/* Nothing further back than the beginning of its chunk is ever referred to. */
static int window_log(uint32_t chunk_size)
{
	int log = WINDOW_LOG_MIN;

	while (log < WINDOW_LOG_MAX && (uint64_t)1 << log < chunk_size)
		log++;
	return log;
}

static enum status set_parameters(
	ZSTD_CCtx *cctx, int level, size_t content_size, uint32_t chunk_size)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const struct {
		ZSTD_cParameter what;
		int value;
	} wanted[] = {
		{ZSTD_c_compressionLevel, level},
		{ZSTD_c_windowLog, window_log(chunk_size)}, /* libzstd lowers it for small content */
		{ZSTD_c_contentSizeFlag, 1},
		{ZSTD_c_checksumFlag, 1},
		{ZSTD_c_nbWorkers,
			cpus < 1 ? 1 : (int)cpus}, /* how many has no effect on the bytes */
		{ZSTD_c_jobSize, (int)chunk_size},
		{ZSTD_c_overlapLog, OVERLAP_NONE},
	};
	size_t i, code;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		code = ZSTD_CCtx_setParameter(cctx, wanted[i].what, wanted[i].value);
		if (ZSTD_isError(code))
			return zstd_error("be set up (is it built with multi-threading?)", code);
	}
	code = ZSTD_CCtx_setPledgedSrcSize(cctx, content_size);
	return ZSTD_isError(code) ? zstd_error("be set up", code) : STATUS_DONE;
}

/* One call of the library, with some of the room that is left; *ret_left is what it wants to flush. */
static enum status step(ZSTD_CCtx *cctx, ZSTD_inBuffer *in, ZSTD_outBuffer *out, size_t window,
	ZSTD_EndDirective how, size_t *ret_left)
{
	size_t room = out->size, code;

	out->size = room - out->pos > window ? out->pos + window : room;
	code = ZSTD_compressStream2(cctx, out, in, how);
	out->size = room;
	if (ZSTD_isError(code))
		return zstd_error("compress", code);
	*ret_left = code;
	return STATUS_DONE;
}

/* Give the library the content up to in->size; an end is complete on return. */
static enum status feed(ZSTD_CCtx *cctx, ZSTD_inBuffer *in, ZSTD_outBuffer *out,
	ZSTD_EndDirective how, struct progress *progress)
{
	enum status status;
	size_t left;

	do {
		status = step(cctx, in, out, OUT_WINDOW, how, &left);
		progress_update(progress, ZSTD_getFrameProgression(cctx).consumed);
	} while (!status && (how == ZSTD_e_end ? left != 0 : in->pos < in->size));
	return status;
}

/*
 * Make a job of what the library has taken in so far, with no need for it to be full. Asked for a
 * flush it does that first, as soon as there is room in its queue; then it would go on until all is
 * out. With hardly any room for output it returns in between.
 */
static enum status end_job(
	ZSTD_CCtx *cctx, ZSTD_inBuffer *in, ZSTD_outBuffer *out, struct progress *progress)
{
	unsigned int jobs = ZSTD_getFrameProgression(cctx).currentJobID;
	enum status status;
	size_t left;

	do {
		status = step(cctx, in, out, OUT_LEAST, ZSTD_e_flush, &left);
		progress_update(progress, ZSTD_getFrameProgression(cctx).consumed);
	} while (!status && left && ZSTD_getFrameProgression(cctx).currentJobID == jobs);
	return status;
}

static enum status compress_frame(
	struct span content, int level, const struct chunk_list *chunks, ZSTD_outBuffer *out)
{
	ZSTD_CCtx *cctx = ZSTD_createCCtx();
	ZSTD_inBuffer in = {content.ptr, 0, 0};
	uint32_t i, size = job_size(chunks);
	struct progress progress;
	enum status status;

	if (!cctx)
		return report_no_memory(NULL);
	progress_start(&progress, "compressing", content.len);
	status = set_parameters(cctx, level, content.len, size);
	for (i = 0; i < chunks->count && !status; i++) {
		bool last = i + 1 == chunks->count;

		in.size += chunks->c[i].out_size;
		status = feed(cctx, &in, out, last ? ZSTD_e_end : ZSTD_e_continue, &progress);
		if (!status && !last && chunks->c[i].out_size < size)
			status = end_job(cctx, &in, out, &progress);
	}
	progress_end(&progress);
	ZSTD_freeCCtx(cctx);
	return status;
}

/* Walk the blocks of the frame: set where each chunk's input begins, compare what comes out. */
static enum status find_chunks(struct span frame, struct span content, struct chunk_list *chunks)
{
	ZSTD_DCtx *dctx = ZSTD_createDCtx();
	uint8_t *out = malloc(content.len);
	size_t in_pos = 0, out_pos = 0, step, made;
	enum status status = STATUS_ENVIRONMENT;
	uint32_t next =
		1; /* chunk whose beginning is looked for; the first has the frame's header */

	if (!dctx || !out) {
		report_no_memory(NULL);
		goto out;
	}
	made = ZSTD_decompressBegin(dctx);
	while (!ZSTD_isError(made) && (step = ZSTD_nextSrcSizeToDecompress(dctx)) != 0) {
		if (ZSTD_nextInputType(dctx) == ZSTDnit_blockHeader && next < chunks->count &&
			chunks->c[next].out_off == out_pos)
			chunks->c[next++].in_off = (uint32_t)in_pos;
		if (step > frame.len - in_pos)
			break;
		made = ZSTD_decompressContinue(
			dctx, out + out_pos, content.len - out_pos, frame.ptr + in_pos, step);
		if (ZSTD_isError(made))
			break;
		in_pos += step;
		out_pos += made;
	}
	if (in_pos != frame.len || out_pos != content.len ||
		memcmp(out, content.ptr, content.len) || next != chunks->count) {
		report(NULL, "libzstd made a frame that does not decode chunk by chunk");
		goto out;
	}
	for (next = 0; next < chunks->count; next++) {
		size_t end = next + 1 < chunks->count ? chunks->c[next + 1].in_off : frame.len;

		chunks->c[next].in_size = (uint32_t)(end - chunks->c[next].in_off);
	}
	status = STATUS_DONE;
out:
	ZSTD_freeDCtx(dctx);
	free(out);
	return status;
}

enum status zstd_write(int level, struct span content, struct chunk_list *chunks,
	uint8_t **ret_stream, size_t *ret_size)
{
	ZSTD_outBuffer out = {0};
	enum status status;

	/* Each chunk may end with a block of its own. */
	out.size = ZSTD_compressBound(content.len) + (size_t)chunks->count * ZSTD_compressBound(0);
	out.dst = malloc(out.size);
	if (!out.dst)
		return report_no_memory(NULL);
	status = compress_frame(content, level, chunks, &out);
	if (!status)
		status = find_chunks((struct span){out.dst, out.pos}, content, chunks);
	if (status) {
		free(out.dst);
		return status;
	}
	*ret_stream = out.dst;
	*ret_size = out.pos;
	return STATUS_DONE;
}
