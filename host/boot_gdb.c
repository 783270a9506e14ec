/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge boot --gdb: a machine that waits for gdb in front of its first instruction, and the lines that gdb
 * needs (gdb_lines.c). Under UEFI, where firmware chooses where the image goes, a silent boot in front of it
 * tells that place; firmware takes the same one the next time. Files that gdb reads exist in memory only, as
 * long as this process does; the socket is removed at the end.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "host/boot.h"
#include "host/boot_elf.h"
#include "host/gdb_lines.h"
#include "host/kernel.h"
#include "host/output.h"
#include "host/symbols.h"
#include "host/trace.h"

#define REHEARSAL_S 120
#define QEMU_KERNEL 0x100000 /* where QEMU's -kernel puts the protected-mode part */
#define LINES_MAX   16384

/* All that must live as long as gdb may look at it. */
struct session {
	const struct boot *b;
	struct gdb_plan plan;
	struct boot_elf setup, stub, sector, loader;
	struct memory_file kernel, lines;
	char kernel_path[64], lines_path[64], socket[108];
};

/* What another process of the same user opens it by. */
static void outside_path(const struct memory_file *file, char *ret, size_t cap)
{
	snprintf(ret, cap, "/proc/%ld/fd/%d", (long)getpid(), file->fd);
}

static void name_socket(struct session *s)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	uint64_t number = 0;

	if (!folder || folder[0] != '/' || strlen(folder) > 60 || strchr(folder, ',') || access(folder, W_OK))
		folder = "/tmp";
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		number = (uint64_t)getpid();
	snprintf(s->socket, sizeof(s->socket), "%s/bzforge-%016" PRIx64 ".gdb", folder, number);
	s->plan.socket = s->socket;
}

static bool see_image(void *ctx, const char *line)
{
	struct trace *t = ctx;

	trace_line(t, line);
	return !t->image_pa && !t->entry_pa;
}

static enum status rehearse(const struct boot *b, uint64_t *ret_image_pa)
{
	struct trace *t = calloc(1, sizeof(*t));
	struct guest_report *end = malloc(sizeof(*end));
	const struct guest_wish wish = {.timeout_s = REHEARSAL_S, .see = see_image, .ctx = t};
	struct boot_machine machine = {0};
	enum status status = t && end ? STATUS_DONE : report_no_memory(b->name);

	if (!status)
		status = boot_machine_make(b, false, true, "stdio", &machine);
	if (!status)
		status = guest_run(machine.args.arg, &wish, end);
	if (!status && !t->image_pa) {
		report(b->name, "its boot code did not say where it was loaded");
		status = STATUS_BAD_INPUT;
	}
	if (!status)
		*ret_image_pa = t->image_pa;
	boot_machine_free(&machine);
	free(end);
	free(t);
	return status;
}

/* Where the kernel's entry is linked to run; 0: not known. */
static uint64_t kernel_va(const struct kernel *k)
{
	for (size_t i = 0; i < k->plan.count; i++) {
		const struct elf_segment *s = &k->plan.segment[i];

		if (k->plan.entry_pa >= s->paddr && k->plan.entry_pa - s->paddr < s->memsz)
			return s->vaddr + (k->plan.entry_pa - s->paddr);
	}
	return 0;
}

/* The kernel as an ELF with symbols, if it has any; without them gdb is told less. */
static enum status add_kernel(struct session *s)
{
	struct input in = {.name = s->b->name, .ptr = (uint8_t *)(uintptr_t)s->b->image.ptr,
		.len = s->b->image.len};
	struct symbols symbols = {0};
	struct kernel k;
	enum status status = kernel_open(&in, RELOCS_AUTO, &k);
	enum err e;

	if (status)
		return status;
	if (k.has_elf && kernel_va(&k)) {
		e = symbols_build(k.elf, &symbols, NULL);
		status = memory_file_open(s->b->name,
			e ? k.elf : (struct span){symbols.head, symbols.head_size}, &s->kernel);
		if (!status && !e)
			status = memory_file_add(s->b->name, symbols.body, &s->kernel);
		if (!status && !e)
			status = memory_file_add(s->b->name, (struct span){symbols.tail, symbols.tail_size},
				&s->kernel);
		symbols_free(&symbols);
	}
	if (!status && s->kernel.path[0]) {
		outside_path(&s->kernel, s->kernel_path, sizeof(s->kernel_path));
		s->plan.kernel_elf = s->kernel_path;
		s->plan.kernel_va = kernel_va(&k);
	}
	kernel_close(&k);
	return status;
}

/* All of the stub's places, or none. */
static void add_stub(struct session *s)
{
	const struct {
		const char *name;
		uint64_t *ret;
	} symbols[] = {{"enter64_from32", &s->plan.long_mode}, {"stub_enter_at", &s->plan.enter_at},
		{"stage2_enter", &s->plan.stage2}, {"stage2_main", &s->plan.stage2_main},
		{"kernel_finish", &s->plan.finish}, {"kernel_jump", &s->plan.jump}};
	bool all = true;

	boot_elf_stub(s->b->image, &s->stub);
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		all = boot_elf_symbol(&s->stub, symbols[i].name, symbols[i].ret) && all;
	s->plan.stub_elf = all ? s->stub.path : NULL;
}

static enum status plan(struct session *s)
{
	const struct boot *b = s->b;
	enum status status = STATUS_DONE;

	name_socket(s);
	s->plan.uefi = b->uefi;
	s->plan.image_pa = QEMU_KERNEL;
	if (b->drive) {
		s->plan.disk = true;
		boot_elf_sector(&s->sector);
		boot_elf_loader(&s->loader);
		s->plan.sector_elf = s->sector.there ? s->sector.path : NULL;
		s->plan.loader_elf = s->loader.there ? s->loader.path : NULL;
		return STATUS_DONE;
	}
	boot_elf_setup(b->image, &s->setup);
	s->plan.setup_elf = s->setup.there ? s->setup.path : NULL;
	add_stub(s);
	if (!s->plan.stub_elf)
		report(b->name, "no symbols: its boot code is not of this bzforge, or that is not all installed");
	if (s->plan.stub_elf)
		status = add_kernel(s);
	if (!status && b->uefi)
		status = rehearse(b, &s->plan.image_pa);
	return status;
}

/* The lines as a file, and on standard error. */
static enum status tell(struct session *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	enum status status;

	if (f)
		gdb_lines(&s->plan, f);
	if (!f || fclose(f)) {
		free(text);
		return report_no_memory(s->b->name);
	}
	status = memory_file_open(s->b->name, (struct span){(const uint8_t *)text, len}, &s->lines);
	if (!status) {
		outside_path(&s->lines, s->lines_path, sizeof(s->lines_path));
		report_table(text);
		report(s->b->name, "waits for gdb; in another terminal: gdb -x %s", s->lines_path);
	}
	free(text);
	return status;
}

static enum status run(struct session *s)
{
	const struct guest_wish wish = {.timeout_s = (unsigned int)s->b->timeout_s, .attended = true};
	struct guest_report *end = malloc(sizeof(*end));
	struct boot_machine machine = {0};
	enum status status;

	if (!end)
		return report_no_memory(s->b->name);
	status = boot_machine_make(s->b, false, true, "stdio", &machine);
	qemu_add(&machine.args, "-S");
	qemu_add(&machine.args, "-gdb");
	qemu_add(&machine.args, "unix:%s,server=on,wait=off", s->socket);
	if (!status && machine.args.no_memory)
		status = report_no_memory(s->b->name);
	output_live_add(s->socket);
	if (!status)
		status = guest_run(machine.args.arg, &wish, end);
	if (!status)
		status = boot_end(s->b, end);
	unlink(s->socket);
	output_live_remove(s->socket);
	boot_machine_free(&machine);
	free(end);
	return status;
}

enum status boot_gdb(const struct boot *b)
{
	struct session *s = calloc(1, sizeof(*s));
	enum status status;

	if (!s)
		return report_no_memory(b->name);
	s->b = b;
	status = plan(s);
	if (!status)
		status = tell(s);
	if (!status)
		status = run(s);
	boot_elf_free(&s->setup);
	boot_elf_free(&s->stub);
	boot_elf_free(&s->sector);
	boot_elf_free(&s->loader);
	memory_file_close(&s->kernel);
	memory_file_close(&s->lines);
	free(s);
	return status;
}
