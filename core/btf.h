/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF, the compact type information that kernels carry since 5.2, as far as walking along its types
 * goes [Linux Documentation/bpf/btf.rst, sections 2 and 4].
 */
#ifndef CORE_BTF_H
#define CORE_BTF_H

#include "core/span.h"

#define BTF_MAGIC        0xeb9f
#define BTF_KIND_VAR     14
#define BTF_KIND_DATASEC 15
#define BTF_VAR_STATIC   0

struct btf {
	struct span types, strings;
	bool big_endian;
};

struct btf_type {
	uint32_t id; /* from 1 */
	uint32_t kind;
	const char *name; /* ends with NUL inside strings; "" if there is none */
	uint32_t vlen; /* how many members and the like */
	struct span more; /* what follows the type, by its kind */
};

struct btf_iter {
	const struct btf *btf;
	uint32_t id;
	uint64_t at;
};

/* bytes may have more behind it. Errors: TRUNCATED, BAD_BTF. */
enum err btf_parse(struct span bytes, bool big_endian, struct btf *ret, struct fault *fault) MUST_CHECK;

struct btf_iter btf_begin(const struct btf *btf);
/* false: at the end, or at a type that cannot be stepped over. */
bool btf_next(struct btf_iter *it, struct btf_type *ret);

/* 32 bits of more, at a multiple of four that lies inside. */
uint32_t btf_u32(const struct btf *btf, struct span more, uint64_t off);

#endif /* CORE_BTF_H */
