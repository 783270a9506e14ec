/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode IMAGE [ROUNDS]: how long does decoding an image take on this CPU? Times, one after the
 * other in each round, so that a busy machine is busy for all of them:
 *
 *   chunks    the stub's chunk decoder over all chunks of the manifest, one after the other
 *   checks    the CRC-32C of every chunk, as the host tool computes it (the stub has its own)
 *   library   the codec's ordinary decoder over the whole stream, with its checksums
 *   memcpy    a copy of the content: the least that any decoder has to do
 *
 * and prints the medians. Runs as an ordinary program; docs/benchmarks.md says what it is good for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "codec/codec.h"
#include "core/bzimage.h"
#include "core/crc32c.h"
#include "core/manifest.h"

#define ROUNDS_DEFAULT 9
#define ROUNDS_MAX     1001

struct subject {
	struct manifest manifest;
	struct span stream;
	uint8_t *out, *copy;
	void *workspace;
	size_t workspace_size;
};

typedef void contestant(const struct subject *s);

static void __attribute__((noreturn)) fail(const char *what, const char *why)
{
	fprintf(stderr, "decode: %s: %s\n", what, why);
	exit(1);
}

static void run_chunks(const struct subject *s)
{
	struct codec_job job = {.workspace = s->workspace, .workspace_size = s->workspace_size};

	for (uint32_t i = 0; i < s->manifest.chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(&s->manifest, i);
		enum err err;

		job.in = (struct span){s->stream.ptr + c.in_off, c.in_size};
		job.out = s->out + c.out_off;
		job.out_size = c.out_size;
		job.first = i == 0;
		job.last = i + 1 == s->manifest.chunk_count;
		err = codec_chunk(s->manifest.codec, &job, NULL);
		if (err)
			fail("chunk", err_text(err));
	}
}

static void run_checks(const struct subject *s)
{
	for (uint32_t i = 0; i < s->manifest.chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(&s->manifest, i);

		if (crc32c(0, (struct span){s->stream.ptr + c.in_off, c.in_size}) != c.crc32c)
			fail("chunk", err_text(ERR_CHUNK_CRC));
	}
}

static void run_library(const struct subject *s)
{
	struct codec_job job = {s->stream, s->copy, s->manifest.content_size};
	enum err err = codec_decode(s->manifest.codec, &job, NULL);

	if (err)
		fail("library", err_text(err));
}

static void run_memcpy(const struct subject *s)
{
	memcpy(s->copy, s->out, s->manifest.content_size);
	__asm__ volatile("" : : "r"(s->copy) : "memory");
}

static const struct {
	const char *name;
	contestant *run;
} contestants[] = {
	{"chunks", run_chunks},
	{"checks", run_checks},
	{"library", run_library},
	{"memcpy", run_memcpy},
};
#define CONTESTANTS (sizeof(contestants) / sizeof(contestants[0]))

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct span map_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		fail(path, "cannot read");
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		fail(path, "cannot map");
	return (struct span){p, (size_t)st.st_size};
}

static void open_subject(const char *path, struct subject *ret)
{
	struct span file = map_file(path), body, bytes;
	struct bzimage image;
	struct manifest *m = &ret->manifest;

	if (bzimage_parse(file, &image, NULL) || !manifest_find(image.kernel_info, &bytes))
		fail(path, "not an image with a manifest");
	body = (struct span){file.ptr + image.setup_size, file.len - image.setup_size};
	if (manifest_parse(bytes, body.len, m, NULL) ||
		span_sub(body, m->payload_off, m->payload_size, &ret->stream))
		fail(path, "no payload that can be timed");
	ret->workspace_size = (size_t)m->workspace / 64 * 64 + 64;
	ret->workspace = aligned_alloc(64, ret->workspace_size);
	ret->out = malloc(m->content_size);
	ret->copy = malloc(m->content_size);
	if (!ret->workspace || !ret->out || !ret->copy)
		fail(path, "out of memory");
}

int main(int argc, char **argv)
{
	static double took[CONTESTANTS][ROUNDS_MAX];
	long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : ROUNDS_DEFAULT;
	struct subject s;

	if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: decode IMAGE [ROUNDS]\n");
		return 2;
	}
	open_subject(argv[1], &s);
	run_chunks(&s); /* also warms: caches filled, pages there */
	run_library(&s);
	if (memcmp(s.out, s.copy, s.manifest.content_size))
		fail(argv[1], "chunks and stream decode to different bytes");
	for (long r = 0; r < rounds; r++) {
		for (size_t i = 0; i < CONTESTANTS; i++) {
			double start = seconds();

			contestants[i].run(&s);
			took[i][r] = seconds() - start;
		}
	}
	for (size_t i = 0; i < CONTESTANTS; i++) {
		qsort(took[i], (size_t)rounds, sizeof(double), compare);
		printf("%-8s %9.3f ms\n", contestants[i].name, took[i][rounds / 2] * 1e3);
	}
	return 0;
}
