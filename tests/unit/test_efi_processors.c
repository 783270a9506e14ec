/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boot/efi/processors: EFI_MP_SERVICES_PROTOCOL, with every answer that it may give. The firmware's other
 * processors are threads, which enter the stub's own processors.S and serve in its own crew.
 */
#include <pthread.h>
#include <stdatomic.h>
#include "tests/unit/fake_firmware.h"
#include "boot/efi/processors.h"
#include "boot/stub/decode.h"
#include "boot/stub/gate.h"
#include "codec/codec.h"

#define PROCESSORS_MAX 64
#define HEAP_SIZE      0x3000
#define BLOCK_PAGES    (0xc + HEAP_SIZE / EFI_PAGE_SIZE) /* stack, gate, workspace */
#define CHUNKS_MAX     40

/* EFI_MP_SERVICES_PROTOCOL [PI 1.8 II-13.4], and how it behaves. */
static struct {
	void *functions[7];
	uint64_t enabled, count_status, startup_status;
	unsigned int absent; /* so many are only there when all is over */
	enum { TIMER, ASKED, BUSY } notices; /* when: by itself; being asked; never */
	int busy_polls; /* so many times they are not back yet */

	int startups, polls;
	bool nothing_timed_out;
	void(EFIAPI *procedure)(void *);
	void *argument;
	pthread_t threads[PROCESSORS_MAX];
	unsigned int thread_count;
} mp;

static struct crew crew;
static atomic_uint served;
static atomic_bool seen[CREW_MAX];
static bool break_stack;

static uint64_t EFIAPI get_number(void *this, uint64_t *all, uint64_t *enabled)
{
	fake_used(false);
	if (this != &mp)
		fake_misuse("GetNumberOfProcessors of something else");
	if (mp.count_status)
		return mp.count_status;
	*all = mp.enabled + 1;
	*enabled = mp.enabled;
	return EFI_SUCCESS;
}

static void *processor(void *unused)
{
	(void)unused;
	mp.procedure(mp.argument);
	return NULL;
}

static void join_all(void)
{
	while (mp.thread_count > 0)
		pthread_join(mp.threads[--mp.thread_count], NULL);
}

/* Without an event: whoever asks wants to know whether all are back. */
static uint64_t poll(void(EFIAPI *procedure)(void *), uint64_t timeout_us)
{
	mp.polls++;
	if (!timeout_us)
		fake_misuse("StartupAllAPs that may wait for ever");
	if (mp.notices != ASKED)
		return EFI_NOT_READY;
	if (mp.busy_polls-- > 0)
		return EFI_NOT_READY;
	join_all();
	procedure(NULL);
	return mp.nothing_timed_out ? EFI_TIMEOUT : EFI_SUCCESS;
}

static uint64_t EFIAPI startup_all(void *this, void(EFIAPI *procedure)(void *), uint8_t one_by_one,
	uint64_t event, uint64_t timeout_us, void *argument, uint64_t failed)
{
	fake_used(false);
	if (this != &mp || one_by_one || failed)
		fake_misuse("StartupAllAPs with other arguments");
	if (!event)
		return poll(procedure, timeout_us);
	if (event != FAKE_EVENT || timeout_us)
		fake_misuse("StartupAllAPs with a limit, or another event");
	mp.startups++;
	if (mp.startup_status)
		return mp.startup_status;
	mp.procedure = procedure;
	mp.argument = argument;
	for (unsigned int i = 0; i + 1 + mp.absent < mp.enabled; i++)
		assert_int_equal(pthread_create(&mp.threads[mp.thread_count++], NULL, processor, NULL), 0);
	return EFI_SUCCESS;
}

/* --- what the stub's other files would do --- */

void gate_init(uint64_t gate_pa, uint64_t canary)
{
	assert_true(gate_pa % 64 == 0);
	memset((void *)gate_pa, 0x11, GATE_SIZE);
	(void)canary;
}

enum err decode_chunk(const struct decode *d, const struct worker *worker, const struct elf_plan *elf,
	uint32_t i, struct span *ret_out, struct fault *fault)
{
	(void)d, (void)worker, (void)elf, (void)i, (void)ret_out, (void)fault;
	fail_msg("decode_chunk was called");
	return ERR_OK;
}

enum err decode_unfilter(const struct decode *d, const struct elf_plan *elf, uint32_t i, struct span out)
{
	(void)d, (void)elf, (void)i, (void)out;
	fail_msg("decode_unfilter was called");
	return ERR_OK;
}

/* --- a boot --- */

struct line {
	const char *name;
	const char *cmdline;
	unsigned int codec;
	uint32_t mib, chunks;
	uint64_t enabled; /* 0: no protocol */
	unsigned int serve; /* that many other processors take part */
	uint64_t count_status, startup_status, event_status;
	unsigned int blocks; /* memory for so many, 0: for all */
	unsigned int absent;
	bool stream;
};

static uint8_t chunk_table[CHUNKS_MAX * MANIFEST_CHUNK_SIZE];

static struct efi_boot boot_of(const struct line *l, struct boot_params *bp)
{
	static struct worker boot_worker;
	struct efi_boot b;

	fake_start();
	memset(&mp, 0, sizeof(mp));
	mp.functions[0] = get_number;
	mp.functions[2] = startup_all;
	mp.enabled = l->enabled;
	mp.count_status = l->count_status;
	mp.startup_status = l->startup_status;
	mp.absent = l->absent;
	mp.notices = ASKED;
	if (l->enabled)
		fake_protocol_add(0x5000, EFI_GUID(0x3fdda605, 0xa76e, 0x4f46, 0xad, 0x29, 0x12, 0xf4,
			0x53, 0x1b, 0x3d, 0x08), &mp);
	fake.event_status = l->event_status;
	if (l->blocks)
		fake.memory_left = l->blocks * BLOCK_PAGES * EFI_PAGE_SIZE + EFI_PAGE_SIZE;
	b = fake_boot(bp, l->cmdline);
	b.wipe = true;
	b.manifest.codec = (uint8_t)l->codec;
	b.manifest.content_size = l->mib << 20;
	b.manifest.chunk_count = l->chunks;
	b.manifest.chunks = (struct span){chunk_table, sizeof(chunk_table)};
	for (uint32_t i = 0; i < l->chunks; i++)
		le32_put(chunk_table + i * MANIFEST_CHUNK_SIZE + MANIFEST_CHUNK_IN_SIZE,
			i && l->stream ? 0 : 100);
	b.image.work_size = WORK_HEAP + HEAP_SIZE;
	crew_init(&crew, &boot_worker);
	served = 0;
	for (size_t i = 0; i < CREW_MAX; i++)
		seen[i] = false;
	return b;
}

/* What each does: use all that it has for itself; the boot processor waits for those that shall come. */
static void work(void *ctx, const struct worker *worker)
{
	const unsigned int *others = ctx;

	if (!worker->cpu) {
		for (int i = 0; i < 20000 && served < *others; i++) {
			struct timespec ms = {0, 1000000};

			nanosleep(&ms, NULL);
		}
		return;
	}
	if (atomic_exchange(&seen[worker->cpu], true))
		fake_misuse("two processors are the same worker");
	if (worker->heap_size != HEAP_SIZE)
		fake_misuse("a worker's heap is of another size than the boot processor's");
	memset(worker->heap, 0x77, worker->heap_size);
	memset((void *)worker->gate_pa, 0x77, GATE_SIZE);
	if (break_stack)
		*(uint64_t *)(worker->gate_pa - 0x4000) = 0;
	served++;
}

static const struct line lines[] = {
	{"one other", "", CODEC_XZ, 62, 10, 2, 1},
	{"three others", "quiet", CODEC_XZ, 62, 10, 4, 3},
	{"as many as there are chunks", "", CODEC_XZ, 62, 5, 8, 3},
	{"as many as a crew takes", "", CODEC_BZIP2, 62, 40, 64, 15},
	{"lzma", "", CODEC_LZMA, 62, 10, 2, 1},
	{"zstd is not worth it", "", CODEC_ZSTD, 62, 10, 4, 0},
	{"nor is lzo", "", CODEC_LZO, 62, 10, 4, 0},
	{"a codec that there is none of", "", 77, 62, 10, 4, 0},
	{"a zstd kernel of 1 GiB is", "", CODEC_ZSTD, 1024, 10, 4, 3},
	{"a small xz kernel is not", "", CODEC_XZ, 27, 10, 4, 0},
	{"a little larger it is", "", CODEC_XZ, 28, 10, 4, 3},
	{"asked for", "bzforge.smp=4", CODEC_ZSTD, 62, 10, 8, 3},
	{"asked for more than there are", "bzforge.smp=9", CODEC_ZSTD, 62, 10, 2, 1},
	{"asked for fewer", "bzforge.smp=2", CODEC_XZ, 62, 10, 8, 1},
	{"asked for one", "bzforge.smp=1", CODEC_XZ, 62, 10, 8, 0},
	{"off", "bzforge.smp=off", CODEC_XZ, 62, 10, 8, 0},
	{"nonsense", "bzforge.smp=many", CODEC_XZ, 62, 10, 4, 3},
	{"nonsense does not ask", "bzforge.smp=many", CODEC_ZSTD, 62, 10, 4, 0},
	{"a stream", "bzforge.smp=4", CODEC_XZ, 62, 10, 4, 0, .stream = true},
	{"two chunks", "bzforge.smp=4", CODEC_XZ, 62, 2, 4, 0},
	{"three chunks", "bzforge.smp=4", CODEC_XZ, 62, 3, 4, 1},
	{"no protocol", "", CODEC_XZ, 62, 10, 0, 0},
	{"one processor", "", CODEC_XZ, 62, 10, 1, 0},
	{"not counted", "", CODEC_XZ, 62, 10, 4, 0, .count_status = EFI_NOT_READY},
	{"no event", "", CODEC_XZ, 62, 10, 4, 0, .event_status = EFI_OUT_OF_RESOURCES},
	{"too late in the boot", "", CODEC_XZ, 62, 10, 4, 0, .startup_status = EFI_UNSUPPORTED},
	{"busy", "", CODEC_XZ, 62, 10, 4, 0, .startup_status = EFI_NOT_READY},
	{"all are disabled", "", CODEC_XZ, 62, 10, 4, 0, .startup_status = EFI_NOT_STARTED},
	{"memory for two", "", CODEC_XZ, 62, 10, 8, 2, .blocks = 2},
	{"memory for none", "", CODEC_XZ, 62, 10, 8, 0, .blocks = 0x10000},
	{"one comes too late", "", CODEC_XZ, 62, 10, 4, 2, .absent = 1},
	{"all come too late", "", CODEC_XZ, 62, 10, 4, 0, .absent = 3},
};

static void test_lines(void **state)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct line *l = &lines[i];
		unsigned int serve = l->serve, late = l->absent;
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b = boot_of(l, &bp);
		int64_t pages;

		if (l->blocks == 0x10000)
			fake.memory_left = BLOCK_PAGES * EFI_PAGE_SIZE - 1;
		pages = fake.pages_out;
		efi_processors_start(&b, &crew);
		crew_run(&crew, work, &serve);
		CHECK_EQ(l->name, served, serve);
		CHECK_EQ(l->name, efi_processors_stop(&fault), ERR_OK);
		CHECK_EQ(l->name, fake.pages_out, pages);
		/* Who comes now goes. Nothing is left that it could use. */
		for (; late > 0 && mp.procedure; late--)
			mp.procedure(mp.argument);
		CHECK_EQ(l->name, efi_processors_stop(&fault), ERR_OK);
		efi_processors_settle();
		CHECK_EQ(l->name, mp.polls, serve || l->absent ? 1 : 0);
		CHECK_EQ(l->name, fake.events_out, 0);
		CHECK_EQ(l->name, fake.stalled_us, 0);
		CHECK_EQ(l->name, mp.startups <= 1, true);
		CHECK(l->name, !fake_warned);
		if (serve && !l->absent)
			CHECK(l->name, !fake.dirty);
		join_all();
		fake_end();
	}
}

/* It takes a while until firmware knows that they are back, or it never does. */
static void test_settle(void **state)
{
	static const struct {
		const char *name;
		int notices, busy_polls;
		bool timer, timed_out;
		bool back;
		uint64_t stalled_us;
		int polls;
	} cases[] = {
		{"at once", ASKED, 0, false, false, true, 0, 1},
		{"asked for the third time", ASKED, 2, false, false, true, 200, 3},
		{"its timer was there first", TIMER, 0, true, false, true, 0, 0},
		{"nothing takes too long", ASKED, 0, false, true, false, 1000000, 10000},
		{"never", BUSY, 0, false, false, false, 1000000, 10000},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].name;
		struct boot_params bp;
		struct fault fault = {0};
		struct efi_boot b = boot_of(&lines[1], &bp);

		mp.notices = cases[i].notices;
		mp.busy_polls = cases[i].busy_polls;
		mp.nothing_timed_out = cases[i].timed_out;
		efi_processors_start(&b, &crew);
		CHECK_EQ(name, efi_processors_stop(&fault), ERR_OK);
		fake.signaled = cases[i].timer;
		efi_processors_settle();
		CHECK_EQ(name, fake.stalled_us, cases[i].stalled_us);
		CHECK_EQ(name, mp.polls, cases[i].polls);
		CHECK_EQ(name, fake.events_out, !cases[i].back);
		CHECK_EQ(name, fake_warned != NULL, !cases[i].back);
		efi_processors_settle(); /* once is enough */
		CHECK_EQ(name, mp.polls, cases[i].polls);
		fake.events_out = 0;
		join_all();
		fake_end();
	}
}

static void test_stack(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};
	unsigned int serve = 3;
	struct efi_boot b = boot_of(&lines[1], &bp);

	break_stack = true;
	efi_processors_start(&b, &crew);
	crew_run(&crew, work, &serve);
	break_stack = false;
	assert_int_equal(efi_processors_stop(&fault), ERR_STACK);
	assert_non_null(fault.text);
	efi_processors_settle();
	join_all();
	fake_end();
}

/* bzforge.wipe=off: theirs stays as it is. Also that the other test would see it. */
static void test_no_wipe(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};
	unsigned int serve = 3;
	struct efi_boot b = boot_of(&lines[1], &bp);

	b.wipe = false;
	efi_processors_start(&b, &crew);
	crew_run(&crew, work, &serve);
	assert_int_equal(efi_processors_stop(&fault), ERR_OK);
	assert_true(fake.dirty);
	efi_processors_settle();
	join_all();
	fake_end();
}

/* Of what a procedure has to keep: what this side's own convention does not keep. */
static void *keeps(void *ret)
{
	uint64_t changed;

	__asm__ volatile("movq $1, %%rdi; movq $2, %%rsi; subq $168, %%rsp; call processors_enter\n\t"
			 "addq $168, %%rsp; decq %%rdi; subq $2, %%rsi; orq %%rsi, %%rdi"
		: "=&D"(changed)
		: "c"(mp.argument)
		: "rsi", "rax", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
	*(uint64_t *)ret = changed;
	return NULL;
}

static void test_registers(void **state)
{
	struct boot_params bp;
	struct fault fault = {0};
	unsigned int serve = 1;
	uint64_t changed = 1;
	pthread_t thread;
	struct line l = lines[1];

	l.absent = 3;
	struct efi_boot b = boot_of(&l, &bp);

	efi_processors_start(&b, &crew);
	assert_int_equal(pthread_create(&thread, NULL, keeps, &changed), 0);
	crew_run(&crew, work, &serve);
	assert_int_equal(served, 1);
	assert_int_equal(efi_processors_stop(&fault), ERR_OK);
	pthread_join(thread, NULL);
	assert_int_equal(changed, 0);
	efi_processors_settle();
	fake_end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_settle),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_no_wipe),
		cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests_name("efi_processors", tests, NULL, NULL);
}
