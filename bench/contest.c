/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See contest.h. */
#include "bench/contest.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "bench/decoder.h"
#include "core/bzimage.h"
#include "core/crc32c.h"

#define HUGE_PAGE ((size_t)2 << 20)
#define TEXT(x)   #x
#define NAME(x)   TEXT(x)

static linux_decoder *reference;
static uint8_t *in, *out, *linux_in, *linux_out;
static size_t out_size, linux_in_size, linux_out_size;
static void *linux_heap;
static uint32_t expected_crc; /* of all that one thread has made */
static cpu_set_t allowed_cpus;

void __attribute__((noreturn)) fail(const char *what, const char *why)
{
	fprintf(stderr, "decode: %s: %s\n", what, why);
	exit(1);
}

double clock_ms(int clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static struct took now(void)
{
	return (struct took){clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct took since(struct took start)
{
	struct took end = now();

	return (struct took){end.wall - start.wall, end.cpu - start.cpu};
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

static void *load(const char *path, const char *symbol)
{
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *p = object ? dlsym(object, symbol) : NULL;

	if (!p)
		fail(path, dlerror());
	return p;
}

static void load_stub(struct contest *c, const char *program)
{
	char path[4096];
	const char *slash = strrchr(program, '/');

	snprintf(path, sizeof(path), "%.*s/decoder-%s.so", slash ? (int)(slash - program) : 1,
		slash ? program : ".", codec_name(c->manifest.codec));
	c->stub = load(path, NAME(STUB_DECODER));
}

/* The plan of a boot with memory enough: nothing overlaps. */
static void plan_make(struct contest *c)
{
	const struct manifest *m = &c->manifest;
	uint64_t behind = (m->mem_size + PLACE_PAGE - 1) & ~(PLACE_PAGE - 1ull);

	c->plan.output_pa = c->plan.header_pa = (uintptr_t)out;
	c->plan.tail_pa = c->plan.content_pa = (uintptr_t)out + behind;
	c->plan.payload_pa = (uintptr_t)in;
	c->decode = (struct decode){m, &c->image, &c->plan, NULL};
}

static void workspaces_make(struct contest *c, unsigned int threads)
{
	size_t size = ((size_t)c->manifest.workspace + 4095) / 4096 * 4096 + 4096;

	for (unsigned int i = 0; i < threads; i++)
		c->worker[i] = (struct worker){0, allocate(size), size, i};
}

/* Each thread stays on a CPU of its own, as processors do, as far as there are enough. */
static void stay_on(unsigned int nth)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &allowed_cpus) && nth-- == 0) {
			CPU_SET(cpu, &one);
			pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
			return;
		}
	}
}

void contest_open(struct contest *c, const char *program, const char *path, unsigned int threads)
{
	struct span file = map_file(path), body, bytes, payload;
	struct manifest *m = &c->manifest;
	struct bzimage image;

	if (bzimage_parse(file, &image, NULL) || !manifest_find(image.kernel_info, &bytes))
		fail(path, "not an image with a manifest");
	body = (struct span){file.ptr + image.setup_size, file.len - image.setup_size};
	if (manifest_parse(bytes, body.len, m, NULL) ||
		span_sub(body, m->payload_off, m->payload_size, &payload))
		fail(path, "no payload that can be timed");
	c->image = (struct place_image){
		.content_size = m->content_size,
		.first_offset = m->first_offset,
		.tail_offset = m->tail_offset,
		.mem_base = m->mem_base,
		.mem_size = m->mem_size,
		.in_place = m->flags & MANIFEST_FLAG_IN_PLACE,
	};
	if (place_extent(&c->image, &c->plan.extent))
		fail(path, "no payload that can be timed");
	out_size = c->plan.extent > m->content_size ? c->plan.extent : m->content_size;
	out = allocate(out_size);
	linux_out = allocate(out_size);
	in = allocate(payload.len);
	memcpy(in, payload.ptr, payload.len);
	plan_make(c);
	workspaces_make(c, threads);
	sched_getaffinity(0, sizeof(allowed_cpus), &allowed_cpus);
	if (threads > 1)
		stay_on(0);
	load_stub(c, program);
}

void contest_open_linux(struct contest *c, const char *decoder, const char *path)
{
	struct span file = map_file(path);
	struct bzimage image;

	if (bzimage_parse(file, &image, NULL) || image.payload.len < 4)
		fail(path, "not an image with a payload");
	reference = (linux_decoder *)load(decoder, NAME(LINUX_DECODER));
	linux_in_size = image.payload.len;
	linux_in = allocate(linux_in_size);
	memcpy(linux_in, image.payload.ptr, linux_in_size);
	linux_out_size = le32_get(image.payload.ptr + image.payload.len - 4);
	if (linux_out_size < c->manifest.elf_size)
		fail(path, "holds another kernel");
	if (linux_out_size > out_size) {
		free(linux_out);
		linux_out = allocate(linux_out_size);
	}
	linux_heap = allocate(LINUX_HEAP_SIZE);
	c->has_linux = true;
}

struct seat {
	const struct stub_decoder *stub;
	struct crew *crew;
	unsigned int cpu;
};

static void *serve(void *arg)
{
	const struct seat *seat = arg;

	stay_on(seat->cpu);
	seat->stub->crew_serve(seat->crew, seat->cpu);
	return NULL;
}

struct took run_stub(struct contest *c, unsigned int threads, kernel_chunk_seen *seen, void *ctx)
{
	struct fault fault = {0};
	struct seat seat[CREW_MAX];
	pthread_t thread[CREW_MAX];
	struct elf_plan elf;
	struct crew crew;
	struct took took;

	c->stub->crew_init(&crew, &c->worker[0]);
	for (unsigned int i = 1; i < threads; i++) {
		crew.worker[i] = c->worker[i];
		seat[i] = (struct seat){c->stub, &crew, i};
		if (pthread_create(&thread[i], NULL, serve, &seat[i]))
			fail("threads", "there are not so many");
	}
	while (crew.present < threads - 1)
		;
	took = now();
	enum err err = c->stub->decode(&c->decode, &crew, seen, ctx, &elf, &fault);

	took = since(took);
	c->stub->crew_dismiss(&crew);
	for (unsigned int i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	if (err)
		fail(fault.text ? fault.text : "chunk", err_text(err));
	return took;
}

struct took run_linux(struct contest *c)
{
	struct took start = now();
	const char *complaint =
		reference(linux_in, linux_in_size, linux_out, linux_out_size, linux_heap);

	(void)c;
	if (complaint)
		fail("Linux's decoder", complaint);
	return since(start);
}

struct took run_memcpy(struct contest *c)
{
	struct took start = now();

	memcpy(linux_out, out, c->manifest.content_size);
	__asm__ volatile("" : : "r"(linux_out) : "memory");
	return since(start);
}

/* Only the ELF: the relocation table may be written in another way. */
static void compare_chunk(void *ctx, const struct manifest *m, uint32_t i, struct span made)
{
	uint32_t out_off = manifest_chunk(m, i).out_off;

	(void)ctx;
	if (!linux_out_size || out_off >= m->elf_size)
		return;
	if (made.len > m->elf_size - out_off)
		made.len = m->elf_size - out_off;
	if (made.len && memcmp(made.ptr, linux_out + out_off, made.len))
		fail("stub and Linux", "decode to different bytes");
}

void contest_check(struct contest *c, unsigned int threads)
{
	memset(out, 0, out_size);
	run_stub(c, threads, threads == 1 ? compare_chunk : NULL, NULL);
	uint32_t crc = crc32c(0, (struct span){out, c->plan.extent});

	if (threads == 1)
		expected_crc = crc;
	else if (crc != expected_crc)
		fail("several threads", "decode to other bytes than one");
}
