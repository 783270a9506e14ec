/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel with the symbol table that it carries for itself (core/kallsyms.h) turned into an ELF one, so
 * that debuggers, profilers and disassemblers know its functions. The kernel's own bytes stay what they
 * were: only the ELF header changes, and tables come behind. A kernel that is no ELF (Image of arm64 and
 * riscv64, what is in a zImage) gets an ELF header in front.
 */
#ifndef HOST_SYMBOLS_H
#define HOST_SYMBOLS_H

#include "core/kallsyms.h"

/* The file, in the order in which it is written. */
struct symbols {
	uint8_t *head; /* owned: header, and program header and padding if there was none */
	size_t head_size;
	struct span body; /* the kernel's bytes behind its header: a view */
	uint8_t *tail; /* owned: padding, tables, section headers */
	size_t tail_size;
	uint32_t count; /* of symbols */
	enum err types_err; /* why there are no types though there is BTF: BAD_BTF, TRUNCATED */
	struct fault types_fault; /* where in the kernel's bytes */
};

/* Is it an image of arm64 or riscv64, by its own header? One of 32-bit ARM cannot be told. */
bool symbols_is_image(struct span kernel);

/*
 * kernel: decoded, an ELF file of any class or an image as it is loaded; must outlive *ret. Errors: as
 * kallsyms_find and elf_file_read have them; SYMBOLS_THERE, the ELF has a symbol table already; NO_MEMORY.
 */
enum err symbols_build(struct span kernel, struct symbols *ret, struct fault *fault) MUST_CHECK;
void symbols_free(struct symbols *s);

#endif /* HOST_SYMBOLS_H */
