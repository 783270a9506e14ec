/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's own types (BTF) said once more in the way that debuggers understand: DWARF. What comes out
 * is one unit with every type, and with the functions and variables whose type BTF knows and whose
 * address the kernel's symbols know.
 *
 *   .BTF ----> types_open: number of each type, is it sound?   (types_check.c)
 *   symbols -> types_place: where functions and variables are  (types_places.c)
 *              types_measure, types_put_info                   (types_unit.c, types_dies.c, types_known.c)
 *              types_put_abbrev                                (types_abbrev.c)
 *
 * Names are not copied one by one: .debug_str is BTF's strings as they are.
 */
#ifndef HOST_TYPES_H
#define HOST_TYPES_H

#include "core/btf.h"
#include "core/elf_file.h"

/* Two ways in which types are made of others; in neither may there be a circle. */
enum types_web {
	TYPES_SPELLED, /* by how they are written down: ends at structs, unions and enums */
	TYPES_INSIDE, /* by what lies in memory: ends at pointers */
	TYPES_WEBS,
};

struct types_node {
	uint32_t at; /* in btf.types */
	uint32_t die; /* its place in .debug_info; 0: it has none */
	uint64_t size; /* bytes of such a value; 0: void, a function, not known */
	uint8_t kind; /* enum btf_kind; 0: void */
	uint8_t depth[TYPES_WEBS]; /* how many types below it, itself included */
	bool used; /* another type refers to it (of a prototype: not only functions do) */
};

/* A function or variable. */
struct types_place {
	uint32_t id;
	uint32_t matches; /* symbols of that name; only one that is alone counts */
	bool external;
	uint64_t va, size;
	const char *name; /* in btf.strings */
};

/* A variable that every kernel has: types_known.c. */
#define TYPES_KNOWN 30

struct types_known {
	uint32_t type; /* its number; 0: this kernel has no such type */
	uint32_t count; /* of elements, if an enumerator says it */
};

struct types {
	struct btf btf; /* a view */
	struct elf_form form;
	bool enums_have_signs;
	uint64_t start; /* of btf.types in what types_open was given */
	struct types_node *node; /* owned; by number, 0 is void */
	uint32_t count; /* of nodes, void included */
	struct types_place *place; /* owned; ascending by id; those of known variables: count + row */
	uint32_t place_count;
	uint8_t *tag; /* owned; a hash table of names: eight bits of the hash, 0 is empty */
	uint32_t *slot; /* owned; beside it, which place */
	uint32_t slot_mask;
	struct types_known known[TYPES_KNOWN];
	uint64_t jiffies; /* as they are at the start; 0: not known */
	uint64_t info_size, abbrev_size; /* bytes, set by types_measure */
};

/*
 * bytes: contents of .BTF, must outlive *ret; *ret is to be freed. Errors, with offsets in bytes:
 * TRUNCATED, BAD_BTF (unknown kinds, wrong numbers, circles, members outside a struct); NO_MEMORY.
 * Memory: at most eight times the size of BTF, and a page.
 */
enum err types_open(struct span bytes, struct elf_form form, struct types *ret,
	struct fault *fault) MUST_CHECK;
void types_free(struct types *t);

/* A symbol of the kernel: a function, or data. Of names that stand for several things nothing is said. */
struct types_symbol {
	const char *name;
	uint32_t name_len;
	bool is_function, external;
	uint64_t va, size;
};
void types_place(struct types *t, const struct types_symbol *symbol);

/* Then, if wanted: what does jiffies_64, which is at this address (0: not known), hold? */
uint64_t types_jiffies_va(const struct types *t);

/*
 * After the last symbol: how much is there to write? Errors: BAD_BTF, it would be more than eight times
 * as much as BTF's types.
 */
enum err types_measure(struct types *t, struct fault *fault) MUST_CHECK;
/* Write .debug_info and .debug_abbrev: as many bytes as were measured. */
void types_put_info(const struct types *t, uint8_t *p);
void types_put_abbrev(uint8_t *p);

#endif /* HOST_TYPES_H */
