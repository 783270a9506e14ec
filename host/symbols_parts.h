/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of symbols share: the sections that symbols belong to, and the table they go into.
 */
#ifndef HOST_SYMBOLS_PARTS_H
#define HOST_SYMBOLS_PARTS_H

#include <pthread.h>
#include "core/kallsyms.h"
#include "host/elf_write.h"
#include "host/report.h"
#include "host/types.h"

#define SYMBOLS_SEGMENTS_MAX 64
#define SYMBOLS_SECTIONS_MAX 512 /* a vmlinux has 40; with --emit-relocs 100 */

/* Headers of the ELF that is to be written: the kernel's own, or what is made for an image. */
struct symbols_elf {
	struct elf_form form;
	struct elf_file_header header;
	uint16_t segment_count;
	struct elf_file_segment segment[SYMBOLS_SEGMENTS_MAX];
	uint16_t section_count;
	struct elf_file_section section[SYMBOLS_SECTIONS_MAX];
	struct span names;
};

/* Section names as they grow: the old ones, then ours. */
#define SYMBOLS_NAMES_MAX 4096

struct symbols_sections {
	struct elf_form form;
	uint16_t count;
	struct elf_file_section section[SYMBOLS_SECTIONS_MAX + 32];
	char names[SYMBOLS_NAMES_MAX + 16384]; /* .shstrtab */
	uint32_t names_size;
};

/* Append name. 0: no room. */
uint32_t sections_add_name(struct symbols_sections *s, const char *name);
/* The section header with that name, or NULL: no room. */
struct elf_file_section *sections_add(struct symbols_sections *s, const char *name);

/* What the ELF has. Errors: BAD_ELF, too many names. */
enum err sections_from_elf(const struct symbols_elf *elf, struct symbols_sections *ret,
	struct fault *fault) MUST_CHECK;
/*
 * Where there are no headers: cut what is loaded at the kernel's own marks (_stext, _etext, ...). Each
 * byte of a loaded segment gets into one section.
 */
enum err sections_from_marks(const struct symbols_elf *elf, const struct kallsyms *k,
	struct symbols_sections *ret, struct fault *fault) MUST_CHECK;
/* The same by the letters of neighbouring symbols, if the table has data in it. */
bool sections_have_data(const struct kallsyms *k);
enum err sections_from_runs(const struct symbols_elf *elf, const struct kallsyms *k,
	struct symbols_sections *ret, struct fault *fault) MUST_CHECK;

/*
 * The section of a symbol: one that holds its address, or ends there, and is of its type. SHN_ABS if
 * there is none. *hint speeds up a walk in the order of addresses; 0 at first.
 */
uint16_t sections_find(const struct symbols_sections *s, const struct kallsyms_symbol *symbol,
	uint16_t *hint);

/* Per-CPU variables that are static: their addresses count from the start of the per-CPU section. */
struct percpu_static {
	uint64_t offset;
	const char *name; /* in the kernel's bytes */
};
struct percpu_statics {
	struct percpu_static *variable; /* owned */
	uint32_t count;
};
/* btf: contents of .BTF, empty if there is none. false: no memory. */
bool percpu_find_statics(struct span btf, bool big_endian, struct percpu_statics *ret);
bool percpu_is_static(const struct percpu_statics *p, const struct kallsyms_symbol *symbol);
void percpu_free(struct percpu_statics *p);

struct symbols_table {
	uint8_t *symbols, *strings; /* owned */
	size_t symbols_size, strings_size;
	uint32_t locals; /* with the null symbol: sh_info */
};

/* All of them, local ones first, sizes up to the next one; types are told of each. false: no memory. */
bool table_build(uint16_t machine, const struct symbols_sections *s, const struct kallsyms *k,
	const struct percpu_statics *percpu, struct types *types, struct symbols_table *ret);
void table_free(struct symbols_table *t);

/* The kernel's BTF: its section, or, where sections have no names, found by its header. Empty: none. */
struct span symbols_find_btf(struct span kernel, const struct symbols_sections *s, bool big_endian);

/* Types on their way: zeros, started, waited for, measured. types.count is 0 if there are none. */
struct symbols_types {
	struct types types;
	enum err err; /* why there are none though there is BTF; NO_MEMORY */
	struct fault fault; /* after symbols_types_measure: where in the kernel's bytes */
	bool started;
	struct span kernel, btf;
	struct elf_form form;
	bool running; /* the thread */
	pthread_t thread;
};
void symbols_types_start(struct symbols_types *s, struct span kernel, const struct symbols_sections *sections);
void symbols_types_wait(struct symbols_types *s);
void symbols_types_measure(struct symbols_types *t, const struct symbols_sections *s);
void symbols_types_free(struct symbols_types *s);

/*
 * All that comes behind the kernel, whose last byte is in front of end in the file: tables, types (if
 * there are any: count), section headers. Adds their sections to s. Owned by the caller. NULL: no memory.
 */
uint8_t *tail_build(uint64_t end, struct symbols_sections *s, const struct symbols_table *table,
	const struct types *types, size_t *ret_size);

#endif /* HOST_SYMBOLS_PARTS_H */
