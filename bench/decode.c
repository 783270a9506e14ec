/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode [--json] [--rounds N] [--linux DECODER,LINUX_IMAGE] IMAGE: how long does decoding an image
 * take on one core of this CPU? These take turns in each round, so that a busy machine is busy for
 * all of them:
 *
 *   stub     IMAGE's chunks by the stub's own decoder (decoder-CODEC.so beside this program), where
 *            the stub would put them, all checks on
 *   linux    LINUX_IMAGE's payload by Linux's decoder (linux-reference.sh --decoder), whole
 *   memcpy   a copy of the content: the least that any decoder has to do
 *
 * What is measured is CPU time, of which waiting is no part. What the two decoders make is
 * compared.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "bench/decoder.h"
#include "boot/stub/decode.h"
#include "codec/codec.h"
#include "core/bzimage.h"

#define ROUNDS_DEFAULT 9
#define ROUNDS_MAX     1001
#define HUGE_PAGE      ((size_t)2 << 20)
#define TEXT(x)        #x
#define NAME(x)        TEXT(x)

typedef __typeof__(decode_chunk) chunk_decoder;

static struct {
	struct manifest manifest;
	struct place_image image;
	struct place_plan plan;
	struct decode decode;
	struct worker worker;
	chunk_decoder *stub;
	linux_decoder *reference;
	uint8_t *in, *out, *linux_in, *linux_out;
	size_t out_size, linux_in_size, linux_out_size;
	void *linux_heap;
} s;

static void __attribute__((noreturn)) fail(const char *what, const char *why)
{
	fprintf(stderr, "decode: %s: %s\n", what, why);
	exit(1);
}

/* Memory in pages as large as a boot stub maps it with, where the system has them. */
static void *allocate(size_t size)
{
	size_t rounded = (size + HUGE_PAGE) & ~(HUGE_PAGE - 1);
	void *p = aligned_alloc(HUGE_PAGE, rounded);

	if (!p)
		fail("memory", "there is not enough");
	madvise(p, rounded, MADV_HUGEPAGE);
	memset(p, 0, rounded);
	return p;
}

static void run_stub(const uint8_t *expected)
{
	struct fault fault = {0};
	struct elf_plan elf;
	struct span out;

	for (uint32_t i = 0; i < s.manifest.chunk_count; i++) {
		uint32_t out_off = manifest_chunk(&s.manifest, i).out_off;
		enum err err = s.stub(&s.decode, &s.worker, i ? &elf : NULL, i, &out, &fault);

		if (!err && !i)
			err = elf_plan(out, s.manifest.elf_size, &elf, &fault);
		if (err)
			fail(fault.text ? fault.text : "chunk", err_text(err));
		/* Only the ELF: the relocation table may be written in another way. */
		if (!expected || out_off >= s.manifest.elf_size)
			continue;
		if (out.len > s.manifest.elf_size - out_off)
			out.len = s.manifest.elf_size - out_off;
		if (out.len && memcmp(out.ptr, expected + out_off, out.len))
			fail("stub and Linux", "decode to different bytes");
	}
}

static void run_linux(void)
{
	const char *complaint = s.reference(
		s.linux_in, s.linux_in_size, s.linux_out, s.linux_out_size, s.linux_heap);

	if (complaint)
		fail("Linux's decoder", complaint);
}

static void run_memcpy(void)
{
	memcpy(s.linux_out, s.out, s.manifest.content_size);
	__asm__ volatile("" : : "r"(s.linux_out) : "memory");
}

static void run(int contestant)
{
	switch (contestant) {
	case 0:
		return run_stub(NULL);
	case 1:
		return run_linux();
	default:
		return run_memcpy();
	}
}

static const char *const names[] = {"stub", "linux", "memcpy"};
#define CONTESTANTS 3

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
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

static void *load(const char *path, const char *function)
{
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *p = object ? dlsym(object, function) : NULL;

	if (!p)
		fail(path, dlerror());
	return p;
}

static void load_stub(const char *program)
{
	char path[4096];
	const char *slash = strrchr(program, '/');

	snprintf(path, sizeof(path), "%.*s/decoder-%s.so", slash ? (int)(slash - program) : 1,
		slash ? program : ".", codec_name(s.manifest.codec));
	s.stub = (chunk_decoder *)load(path, NAME(STUB_DECODER));
}

/* The plan of a boot with memory enough: nothing overlaps. */
static void open_image(const char *path)
{
	struct span file = map_file(path), body, bytes, payload;
	struct manifest *m = &s.manifest;
	struct bzimage image;
	size_t heap_size;

	if (bzimage_parse(file, &image, NULL) || !manifest_find(image.kernel_info, &bytes))
		fail(path, "not an image with a manifest");
	body = (struct span){file.ptr + image.setup_size, file.len - image.setup_size};
	if (manifest_parse(bytes, body.len, m, NULL) ||
		span_sub(body, m->payload_off, m->payload_size, &payload))
		fail(path, "no payload that can be timed");
	s.image = (struct place_image){
		.content_size = m->content_size,
		.first_offset = m->first_offset,
		.tail_offset = m->tail_offset,
		.mem_base = m->mem_base,
		.mem_size = m->mem_size,
		.in_place = m->flags & MANIFEST_FLAG_IN_PLACE,
	};
	if (place_extent(&s.image, &s.plan.extent))
		fail(path, "no payload that can be timed");
	s.out_size = s.plan.extent > m->content_size ? s.plan.extent : m->content_size;
	s.out = allocate(s.out_size);
	s.linux_out = allocate(s.out_size);
	s.in = allocate(payload.len);
	memcpy(s.in, payload.ptr, payload.len);
	heap_size = ((size_t)m->workspace + 4095) / 4096 * 4096 + 4096;

	uint64_t out = (uintptr_t)s.out,
		 behind = (m->mem_size + PLACE_PAGE - 1) & ~(PLACE_PAGE - 1ull);

	s.plan.output_pa = s.plan.header_pa = out;
	s.plan.tail_pa = s.plan.content_pa = out + behind;
	s.plan.payload_pa = (uintptr_t)s.in;
	s.decode = (struct decode){m, &s.image, &s.plan, NULL};
	s.worker = (struct worker){0, allocate(heap_size), heap_size, 0};
}

static void open_linux(const char *decoder, const char *path)
{
	struct span file = map_file(path);
	struct bzimage image;

	if (bzimage_parse(file, &image, NULL) || image.payload.len < 4)
		fail(path, "not an image with a payload");
	s.reference = (linux_decoder *)load(decoder, NAME(LINUX_DECODER));
	s.linux_in_size = image.payload.len;
	s.linux_in = allocate(s.linux_in_size);
	memcpy(s.linux_in, image.payload.ptr, s.linux_in_size);
	s.linux_out_size = le32_get(image.payload.ptr + image.payload.len - 4);
	if (s.linux_out_size < s.manifest.elf_size)
		fail(path, "holds another kernel");
	if (s.linux_out_size > s.out_size) {
		free(s.linux_out);
		s.linux_out = allocate(s.linux_out_size);
	}
	s.linux_heap = allocate(LINUX_HEAP_SIZE);
}

static void print(bool json, const char *path, long rounds, double took[][ROUNDS_MAX])
{
	const char *codec = codec_name(s.manifest.codec);

	if (json)
		printf("{\"image\": \"%s\", \"codec\": \"%s\", \"rounds\": %ld", path, codec,
			rounds);
	for (int i = 0; i < CONTESTANTS; i++) {
		if (i == 1 && !s.reference)
			continue;
		qsort(took[i], (size_t)rounds, sizeof(double), compare);
		double least = took[i][0], median = took[i][rounds / 2];

		printf(json ? ", \"%s\": {\"min_ms\": %.3f, \"median_ms\": %.3f}"
			    : "%-8s min %9.3f ms   median %9.3f ms\n",
			names[i], least, median);
	}
	if (s.reference)
		printf(json ? ", \"ratio\": {\"min\": %.4f, \"median\": %.4f}"
			    : "ratio    min %9.4f      median %9.4f\n",
			took[0][0] / took[1][0], took[0][rounds / 2] / took[1][rounds / 2]);
	if (json)
		printf("}\n");
}

static void __attribute__((noreturn)) usage(void)
{
	fprintf(stderr,
		"usage: decode [--json] [--rounds N] [--linux DECODER,LINUX_IMAGE] IMAGE\n");
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
		{"rounds", required_argument, NULL, 'r'}, {"linux", required_argument, NULL, 'l'},
		{0}};
	static double took[CONTESTANTS][ROUNDS_MAX];
	const char *linux_so = NULL, *linux_image = NULL;
	long rounds = ROUNDS_DEFAULT;
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'j')
			json = true;
		else if (option == 'r')
			rounds = strtol(optarg, NULL, 10);
		else if (option == 'l')
			linux_so = strtok(optarg, ","), linux_image = strtok(NULL, "");
		else
			usage();
	}
	if (argc - optind != 1 || (linux_so && !linux_image) || rounds < 1 || rounds > ROUNDS_MAX)
		usage();
	open_image(argv[optind]);
	load_stub(argv[0]);
	if (linux_so) {
		open_linux(linux_so, linux_image);
		run_linux();
	}
	run_stub(linux_so ? s.linux_out : NULL); /* also warms: caches filled, pages there */
	for (long r = 0; r < rounds; r++) {
		for (int i = 0; i < CONTESTANTS; i++) {
			if (i == 1 && !s.reference)
				continue;
			double start = cpu_ms();

			run(i);
			took[i][r] = cpu_ms() - start;
		}
	}
	print(json, argv[optind], rounds, took);
	return 0;
}
