/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of `bzforge inspect`. What follows from a kernel's bytes is found out first (struct facts, each
 * part in a file of its own), then told: to people, as JSON, as a drawing.
 */
#ifndef HOST_INSPECT_H
#define HOST_INSPECT_H

#include "host/authenticode.h"
#include "host/kernel.h"

/* --- what lies where in the file: inspect_layout.c --- */

enum region_kind { REGION_HEADER, REGION_CODE, REGION_PAYLOAD, REGION_DATA, REGION_SIGNATURE, REGION_REST };

#define REGION_NAME_MAX 40
#define REGIONS_MAX     160

struct region {
	uint64_t offset, size; /* in k->file */
	enum region_kind kind;
	char name[REGION_NAME_MAX]; /* printable */
};

/* In order, without overlap; without gap, too, unless there are more than fit. */
struct regions {
	struct region r[REGIONS_MAX];
	size_t count;
};

void inspect_layout(const struct kernel *k, struct regions *ret);
/* The same of an ELF alone, up to its end, and what lies behind it in its file. */
void inspect_elf_layout(const struct elf_file *elf, struct regions *ret);

/* --- why init_size is what it is: inspect_size.c --- */

#define INIT_PARTS_MAX 4

struct init_size {
	struct {
		const char *name;
		uint64_t bytes;
		bool decides; /* it is the largest: init_size follows from it */
	} part[INIT_PARTS_MAX];
	size_t count; /* 0: nothing is known about it */
	uint64_t besides; /* bytes that come to the deciding part */
	const char *besides_name; /* NULL: none do */
	bool explained; /* the parts give just the header's value */
};

void inspect_init_size(const struct kernel *k, struct init_size *ret);

/* --- can it be randomised: inspect_kaslr.c --- */

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

struct kaslr_facts {
	enum answer physical, virtual;
	const char *physical_why, *virtual_why;
};

void inspect_kaslr(const struct kernel *k, struct kaslr_facts *ret);

/* --- the decoded kernel: inspect_elf.c --- */

#define NOTES_MAX 32

/* Bytes in memory. Linux's per-CPU area counts once, as it lies in the image. */
struct footprint {
	uint64_t text, rodata, data, bss, percpu, init;
};

struct note {
	struct span owner, desc; /* owner without its NUL */
	uint32_t type;
	uint64_t offset; /* in the kernel */
};

struct elf_facts {
	bool by_sections; /* footprint is from section headers: rodata, init and per-CPU are told apart */
	struct footprint footprint;
	struct note note[NOTES_MAX];
	size_t note_count, note_dropped;
	struct span build_id; /* len 0: none */
	struct span ikconfig; /* the compressed configuration in the kernel, len 0: none */
};

void inspect_elf(const struct kernel *k, struct elf_facts *ret);

/* --- all of it --- */

struct facts {
	const struct kernel *k;
	struct regions layout;
	struct init_size init_size;
	struct kaslr_facts kaslr;
	struct elf_facts elf;
	struct authenticode signatures;
	struct span sbat; /* text, len 0: none */
};

/* Fails, and prints, when memory runs out. *ret is to be closed in either case. */
enum status facts_find(const struct kernel *k, struct facts *ret);
void facts_close(struct facts *f);

/* --- reports --- */

void inspect_print_text(const struct facts *f);
/* What its parts say: inspect_more.c, inspect_draw.c. */
void inspect_print_reasons(const struct facts *f);
void inspect_print_elf(const struct facts *f);
void inspect_print_signatures(const struct facts *f);
void inspect_print_layout(const struct facts *f);
/* The keys are a contract: bzforge(1) lists them, docs/inspect.schema.json says what they hold. */
enum status inspect_print_json(const struct facts *f);
enum status inspect_write_svg(const struct facts *f, const char *path);

#endif /* HOST_INSPECT_H */
