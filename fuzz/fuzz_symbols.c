/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a decoded kernel, to be given a symbol table: what comes out is an ELF file whose tables lie
 * inside it, with the kernel's bytes unchanged and every name in its place.
 */
#include "fuzz/fuzz.h"

#include "host/elf_write.h"
#include "host/symbols.h"
#include "spec/elf64.h"
#include "spec/elf_any.h"

static uint8_t *join(const struct symbols *s, size_t *ret_size)
{
	uint8_t *p;

	*ret_size = s->head_size + s->body.len + s->tail_size;
	p = malloc(*ret_size);
	FUZZ_CHECK(p);
	memcpy(p, s->head, s->head_size);
	memcpy(p + s->head_size, s->body.ptr, s->body.len);
	memcpy(p + s->head_size + s->body.len, s->tail, s->tail_size);
	return p;
}

static void check(struct span file, uint32_t count)
{
	struct elf_file_section symtab, strtab;
	struct elf_file elf;
	uint32_t size;
	uint16_t shnum;

	FUZZ_CHECK(!elf_file_read(file, &elf, NULL));
	shnum = elf.header.shnum;
	FUZZ_CHECK(shnum >= 4 && elf.names.len);
	symtab = elf_file_section(&elf, (uint16_t)(shnum - 3));
	strtab = elf_file_section(&elf, (uint16_t)(shnum - 2));
	size = elf_symbol_size(elf.form);
	FUZZ_CHECK(symtab.type == SHT_SYMTAB && strtab.type == SHT_STRTAB);
	/* also one for each section that is loaded */
	FUZZ_CHECK(symtab.size >= ((uint64_t)count + 1) * size && symtab.entsize == size);
	FUZZ_CHECK(symtab.size <= ((uint64_t)count + shnum) * size && !(symtab.size % size));
	FUZZ_CHECK(symtab.link == shnum - 2u && symtab.info <= symtab.size / size);
	FUZZ_CHECK(!file.ptr[strtab.offset] && !file.ptr[strtab.offset + strtab.size - 1]);
	for (uint16_t i = (uint16_t)(shnum - 3); i < shnum; i++)
		FUZZ_CHECK(elf_file_section(&elf, i).name < elf.names.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = {0};
	struct symbols s;
	uint8_t *file;
	size_t total;

	if (symbols_build((struct span){data, size}, &s, &fault)) {
		FUZZ_CHECK(!s.head && !s.tail);
		return 0;
	}
	FUZZ_CHECK(s.body.len <= size && !memcmp(s.body.ptr, data + size - s.body.len, s.body.len));
	file = join(&s, &total);
	check((struct span){file, total}, s.count);
	free(file);
	symbols_free(&s);
	return 0;
}
