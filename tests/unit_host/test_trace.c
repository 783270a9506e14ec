/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/trace, host/cpu_state: what a boot says on its serial port and what QEMU says of its CPU, good and
 * hostile; tables and drawings of it.
 */
#include "tests/unit/unit.h"

#include "host/trace_stops.h"

static struct trace trace;

/* Each line of text. */
static void read_lines(const char *text)
{
	char line[512];

	trace = (struct trace){0};
	while (*text) {
		size_t len = strcspn(text, "\n");

		assert_true(len < sizeof(line));
		memcpy(line, text, len);
		line[len] = 0;
		trace_line(&trace, line);
		text += len + (text[len] == '\n');
	}
}

static void test_marks(void **state)
{
	static const struct {
		const char *name, *line;
		bool counts;
		uint64_t ticks;
		uint32_t cpu, chunk;
		const char *stage;
	} cases[] = {
		{"a stage", "bzforge: time             0  cpu 0  setup", true, 0, 0, TRACE_NO_CHUNK, "setup"},
		{"a chunk", "bzforge: time     114937276  cpu 1  chunk 13  chunk-start", true, 114937276, 1, 13,
			"chunk-start"},
		{"no chunk as a dash", "bzforge: time 5 cpu 0 chunk -  stub", true, 5, 0, TRACE_NO_CHUNK, "stub"},
		{"behind firmware's escapes", "\x1b[2J\x1b[01;01Hbzforge: time 7 cpu 0 efi", true, 7, 0,
			TRACE_NO_CHUNK, "efi"},
		{"all of 64 bits", "bzforge: time 18446744073709551615 cpu 0 map", true, UINT64_MAX, 0,
			TRACE_NO_CHUNK, "map"},
		{"a name that is cut", "bzforge: time 1 cpu 0 abcdefghijklmnopqrstuvwxyz", true, 1, 0,
			TRACE_NO_CHUNK, "abcdefghijklmnopqrstuvw"},
		{"what is not printable ends a name", "bzforge: time 1 cpu 0 ab\x1b[0m", true, 1, 0, TRACE_NO_CHUNK,
			"ab"},
		{"not ours", "time 0 cpu 0 setup", false},
		{"no number", "bzforge: time x cpu 0 setup", false},
		{"65 bits", "bzforge: time 18446744073709551616 cpu 0 setup", false},
		{"negative", "bzforge: time -1 cpu 0 setup", false},
		{"no processor", "bzforge: time 1 setup", false},
		{"a processor too many", "bzforge: time 1 cpu 64 setup", false},
		{"no stage", "bzforge: time 1 cpu 0", false},
		{"a stage that is none", "bzforge: time 1 cpu 0 <svg>", false},
		{"a chunk too large", "bzforge: time 1 cpu 0 chunk 4294967295 chunk-end", false},
		{"cut", "bzforge: time 1 cp", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		read_lines(cases[i].line);
		CHECK_EQ(cases[i].name, trace.marks, cases[i].counts);
		if (!cases[i].counts)
			continue;
		CHECK_EQ(cases[i].name, trace.mark[0].ticks, cases[i].ticks);
		CHECK_EQ(cases[i].name, trace.mark[0].cpu, cases[i].cpu);
		CHECK_EQ(cases[i].name, trace.mark[0].chunk, cases[i].chunk);
		CHECK(cases[i].name, !strcmp(trace.mark[0].stage, cases[i].stage));
	}
}

static const char places[] =
	"bzforge: image at 0x100000, 0xdd7600 bytes, work area at 0xed8000, boot_params at 0x16020\n"
	"bzforge:   RAM        0x000000100000 - 0x00003ffe0000\n"
	"bzforge:   not RAM    0x00000009fc00 - 0x0000000a0000\n"
	"bzforge:   keep       0x000000016020 - 0x000000017020 boot_params\n"
	"bzforge:   keep       0x000000017020 - 0x000000016020 backwards\n"
	"bzforge:   free       0x000000100000 - 0x00003ffe0000\n"
	"bzforge: kernel to 0x30800000, 0x3a3a8b2 bytes, virtual +0x11800000\n"
	"bzforge: payload at 0x11f000, 0xdb8426 bytes, overlapping; stub at 0x100000, work area at 0xed8000\n"
	"bzforge: moving stub to 0x3f400000, payload to 0x11f000\n"
	"bzforge: entering the kernel at 0x30800000\n";

static void test_places(void **state)
{
	read_lines(places);
	CHECK_EQ("image", trace.image_pa, 0x100000);
	CHECK_EQ("its size", trace.image_size, 0xdd7600);
	CHECK_EQ("boot_params", trace.boot_params_pa, 0x16020);
	CHECK_EQ("ranges: RAM, not RAM, kept", trace.ranges, 3);
	CHECK("RAM", trace.range[0].ram && !trace.range[0].kept);
	CHECK("kept", trace.range[2].kept && !strcmp(trace.range[2].name, "boot_params"));
	CHECK_EQ("kernel", trace.kernel_pa, 0x30800000);
	CHECK_EQ("virtual", trace.virtual_delta, 0x11800000);
	CHECK_EQ("payload", trace.payload_size, 0xdb8426);
	CHECK_EQ("work area of stage 2", trace.planned_work_pa, 0xed8000);
	CHECK("moved", trace.moved);
	CHECK_EQ("the copy", trace.stub_pa, 0x3f400000);
	CHECK_EQ("entry", trace.entry_pa, 0x30800000);
	read_lines("bzforge: entering the kernel at \nbzforge: image at 0x1, x bytes\nbzforge: kernel to");
	CHECK_EQ("cut lines do not count", trace.entry_pa | trace.image_pa | trace.kernel_pa, 0);
}

static const char two_cpus[] = "bzforge: time 10 cpu 0 stub\n"
			       "bzforge: time 100 cpu 1 wake\n"
			       "bzforge: time 110 cpu 0 chunk 0 chunk-start\n"
			       "bzforge: time 120 cpu 1 chunk 1 chunk-start\n"
			       "bzforge: time 200 cpu 1 chunk 1 chunk-end\n"
			       "bzforge: time 310 cpu 0 chunk 0 chunk-end\n"
			       "bzforge: time 300 cpu 0 decoded\n";

static void test_took(void **state)
{
	static const uint64_t want[] = {10, 0, 100, 20, 100, 300, 0};

	read_lines(two_cpus);
	CHECK_EQ("marks", trace.marks, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		CHECK_EQ(trace.mark[i].stage, trace_took(&trace, i), want[i]);
	CHECK_EQ("total", trace_total(&trace), 310);
}

static void test_too_many(void **state)
{
	trace = (struct trace){0};
	for (size_t i = 0; i < TRACE_MARKS_MAX + 5; i++)
		trace_line(&trace, "bzforge: time 1 cpu 0 setup");
	for (size_t i = 0; i < TRACE_RANGES_MAX + 2; i++)
		trace_line(&trace, "bzforge:   RAM        0x0 - 0x1000");
	CHECK_EQ("kept", trace.marks, TRACE_MARKS_MAX);
	CHECK_EQ("lost", trace.lost, 7);
}

/* What print(trace) writes; to be freed. */
static char *text_of(void (*put)(FILE *f))
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	put(f);
	fclose(f);
	return text;
}

static void put_table(FILE *f)
{
	trace_print(&trace, "ticks", f);
}

static void put_svg(FILE *f)
{
	trace_svg(&trace, "<a & 'b'>", "ticks", f);
}

static void test_table(void **state)
{
	char *text;

	read_lines(two_cpus);
	text = text_of(put_table);
	CHECK("chunks by number", strstr(text, "chunk 1             cpu 1"));
	CHECK("no beginnings", !strstr(text, "chunk-start"));
	CHECK("share", strstr(text, "  stub                cpu 0                 10               10   3.23 %"));
	CHECK("total", strstr(text, "all of it"));
	free(text);
	read_lines("");
	text = text_of(put_table);
	CHECK_EQ("nothing for nothing", strlen(text), 0);
	free(text);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void test_svg(void **state)
{
	char *text;

	read_lines(two_cpus);
	text = text_of(put_svg);
	CHECK("a lane for each processor", strstr(text, ">cpu 0<") && strstr(text, ">cpu 1<"));
	CHECK("names cannot be elements", !strstr(text, "<a &") && strstr(text, "&#60;a &#38; &#39;b&#39;&#62;"));
	CHECK_EQ("no memory map without places", count_of(text, "stage 2"), 0);
	free(text);
	read_lines(places);
	trace.work_size = 0x74000;
	text = text_of(put_svg);
	CHECK("no lanes without a timeline", !strstr(text, ">cpu 0<"));
	CHECK_EQ("kernel: title, stage 2 and at its entry", count_of(text, ">kernel<"), 3);
	CHECK_EQ("the stub's copy", count_of(text, ">stub, moved<"), 0); /* above its work area: not drawn */
	CHECK_EQ("work area in stages 1 and 2", count_of(text, ">work area<"), 2);
	CHECK_EQ("whole elements", count_of(text, "<text"), count_of(text, "</text>"));
	free(text);
}

#define SEGMENTS16                                                                                 \
	"ES =1000 00010000 0000ffff 00009300\nCS =1020 00010200 0000ffff 00009b00\n"               \
	"SS =1000 00010000 0000ffff 00009300\nDS =1000 00010000 0000ffff 00009300\n"
#define REAL                                                                                       \
	"EAX=00001020 EBX=00000000 ECX=00000000 EDX=00000000\n"                                    \
	"ESI=00000000 EDI=00000000 EBP=00000000 ESP=0000fff0\n"                                    \
	"EIP=00000000 EFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0\n" SEGMENTS16            \
	"GDT=     00000000 00000000\nIDT=     00000000 000003ff\n"                                 \
	"CR0=00000010 CR2=00000000 CR3=00000000 CR4=00000000\nEFER=0000000000000000\n"
#define LONG                                                                                       \
	"RAX=0000000000100200 RBX=0000000000f0c000 RCX=00000000c0000080 RDX=0000000000000000\n"    \
	"RSI=0000000000016020 RDI=0000000000ed8000 RBP=0000000000100000 RSP=0000000000ee4000\n"    \
	"RIP=0000000000100200 RFL=00200006 [-----P-] CPL=0 II=0 A20=1 SMM=0 HLT=0\n"               \
	"CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]\n"                           \
	"SS =0018 0000000000000000 ffffffff 00cf9300 DPL=0 DS   [-WA]\n"                           \
	"DS =0018 0000000000000000 ffffffff 00cf9300 DPL=0 DS   [-WA]\n"                           \
	"GDT=     0000000000100220 0000001f\nIDT=     0000000000000000 00000000\n"                 \
	"CR0=80050033 CR2=0000000000000000 CR3=0000000000f0c000 CR4=00000020\n"                    \
	"EFER=0000000000000500\n"

static void test_cpu_state(void **state)
{
	struct cpu_state s;
	const char *rest = cpu_state_parse("CPU#0\n" REAL "FCW=037f\n" LONG, &s);

	CHECK("real mode is found", rest);
	CHECK_EQ("CS:IP", cpu_state_linear(&s), 0x10200);
	CHECK_EQ("SP", s.sp, 0xfff0);
	CHECK_EQ("the hidden base", s.ds.base, 0x10000);
	CHECK_EQ("IDT", s.idt_limit, 0x3ff);
	CHECK_EQ("flags", s.flags, 0x46);
	CHECK("mode", !strcmp(cpu_state_mode(&s), "real mode, 16-bit code"));
	rest = cpu_state_parse(rest, &s);
	CHECK("long mode is found", rest && !*rest);
	CHECK_EQ("RIP", cpu_state_linear(&s), 0x100200);
	CHECK_EQ("RSI", s.si, 0x16020);
	CHECK_EQ("CR0", s.cr0, 0x80050033);
	CHECK_EQ("EFER", s.efer, 0x500);
	CHECK("mode", !strcmp(cpu_state_mode(&s), "long mode, 64-bit code"));
	s.cs.flags = 0x00cf9b00; /* a 32-bit segment */
	CHECK("compatibility", strstr(cpu_state_mode(&s), "compatibility"));
	s.efer = 0;
	CHECK("paging of 32 bits", strstr(cpu_state_mode(&s), "with paging, 32-bit"));
	s.cr0 &= ~CPU_CR0_PG;
	CHECK("none", !strcmp(cpu_state_mode(&s), "protected mode, 32-bit code"));
	CHECK("no more", !cpu_state_parse(rest, &s));
}

static void test_cpu_state_damaged(void **state)
{
	static const char *const whole[] = {REAL, LONG};

	for (size_t w = 0; w < COUNT(whole); w++) {
		size_t len = strlen(whole[w]);

		/* cut at every byte up to its last value: nothing, or a later whole one */
		for (size_t cut = 0; cut + 17 < len; cut++) {
			struct cpu_state s = {.ax = 0x5555};
			char text[2048];

			snprintf(text, sizeof(text), "%.*s", (int)cut, whole[w]);
			CHECK("cut", !cpu_state_parse(text, &s) && s.ax == 0x5555);
			snprintf(text, sizeof(text), "%.*s\n%s", (int)cut, whole[w], LONG);
			CHECK("the next one", cpu_state_parse(text, &s) && s.wide);
		}
	}
}

static void test_stops(void **state)
{
	const struct trace_code code = {.long_mode = 0x1d09, .stage2 = 0x45d5}, none = {0};
	char filter[TRACE_FILTER_MAX], *text = NULL;
	struct trace_stops stops;
	size_t len;
	FILE *f;

	read_lines(places);
	trace_stops_make(&trace, &code, TRACE_WAY_IMAGE, &stops);
	trace_stops_filter(&stops, filter);
	CHECK("all five", !strcmp(filter,
		"0x10200+1,0x100000+1,0x101d09+1,0x3f4045d5+1,0x30800000+1"));
	trace_stops_read(&stops, REAL REAL LONG);
	CHECK("reached", stops.stop[0].reached && !stops.stop[1].reached && !stops.stop[2].reached);
	f = open_memstream(&text, &len);
	trace_stops_print(&stops, f);
	fclose(f);
	CHECK("what was not reached", strstr(text, "32-bit entry, 0x100000 (boot/stub/head.S): the boot did not"));
	CHECK("real mode", strstr(text, "base 0x10200, limit 0xffff  base is selector x 16"));
	free(text);

	trace_stops_make(&trace, &none, TRACE_WAY_IMAGE, &stops);
	trace_stops_filter(&stops, filter);
	CHECK("without symbols", !strcmp(filter, "0x10200+1,0x100000+1,0x100200+1,0x30800000+1"));
	read_lines("");
	trace_stops_make(&trace, &code, TRACE_WAY_DISK, &stops);
	trace_stops_filter(&stops, filter);
	CHECK("a disk of which nothing is known", !strcmp(filter, "0x7c00+1,0x7c00+1,0x20200+1"));
	trace_stops_make(&trace, &code, TRACE_WAY_UEFI, &stops);
	CHECK_EQ("UEFI, of which nothing is known", stops.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_took),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_svg),
		cmocka_unit_test(test_cpu_state),
		cmocka_unit_test(test_cpu_state_damaged),
		cmocka_unit_test(test_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
