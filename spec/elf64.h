/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF, 64-bit little-endian, as far as a kernel's image needs it. Offsets only: ELF bytes come from
 * outside and are read through core/span.h, never by casting.
 * Source: System V ABI, generic part (gABI) chapters 4 and 5; x86-64 psABI table 4.9 for R_X86_64_*.
 */
#ifndef SPEC_ELF64_H
#define SPEC_ELF64_H

#define ELF_MAGIC     0x464c457f /* 0x7f "ELF" read as le32 */
#define ELFCLASS32    1
#define ELFCLASS64    2
#define ELFDATA2LSB   1
#define EV_CURRENT    1
#define ET_EXEC       2
#define ET_DYN        3
#define EM_386        3
#define EM_X86_64     62

/* file header */
#define EI_CLASS      4  /* u8 */
#define EI_DATA       5  /* u8 */
#define EI_VERSION    6  /* u8 */
#define E_TYPE        16 /* u16 */
#define E_MACHINE     18 /* u16 */
#define E_VERSION     20 /* u32 */
#define E_ENTRY       24 /* u64 */
#define E_PHOFF       32 /* u64 */
#define E_SHOFF       40 /* u64 */
#define E_FLAGS       48 /* u32 */
#define E_EHSIZE      52 /* u16 */
#define E_PHENTSIZE   54 /* u16 */
#define E_PHNUM       56 /* u16 */
#define E_SHENTSIZE   58 /* u16 */
#define E_SHNUM       60 /* u16 */
#define E_SHSTRNDX    62 /* u16 */
#define ELF64_EHDR_SIZE 64

/* program header */
#define P_TYPE        0  /* u32 */
#define P_FLAGS       4  /* u32 */
#define P_OFFSET      8  /* u64 */
#define P_VADDR       16 /* u64 */
#define P_PADDR       24 /* u64 */
#define P_FILESZ      32 /* u64 */
#define P_MEMSZ       40 /* u64 */
#define P_ALIGN       48 /* u64 */
#define ELF64_PHDR_SIZE 56
#define PT_LOAD       1
#define PT_DYNAMIC    2
#define PT_NOTE       4
#define PF_X          1
#define PF_W          2
#define PF_R          4

/* section header */
#define SH_NAME       0  /* u32 */
#define SH_TYPE       4  /* u32 */
#define SH_FLAGS      8  /* u64 */
#define SH_ADDR       16 /* u64 */
#define SH_OFFSET     24 /* u64 */
#define SH_SIZE       32 /* u64 */
#define SH_LINK       40 /* u32 */
#define SH_INFO       44 /* u32 */
#define SH_ADDRALIGN  48 /* u64 */
#define SH_ENTSIZE    56 /* u64 */
#define ELF64_SHDR_SIZE 64
#define SHT_PROGBITS  1
#define SHT_SYMTAB    2
#define SHT_STRTAB    3
#define SHT_RELA      4
#define SHT_NOTE      7
#define SHT_NOBITS    8
#define SHF_ALLOC     2
#define SHN_UNDEF     0
#define SHN_ABS       0xfff1

/* symbol */
#define ST_NAME       0  /* u32 */
#define ST_INFO       4  /* u8 */
#define ST_OTHER      5  /* u8 */
#define ST_SHNDX      6  /* u16 */
#define ST_VALUE      8  /* u64 */
#define ST_SIZE       16 /* u64 */
#define ELF64_SYM_SIZE 24

/* relocation with addend */
#define R_OFFSET      0  /* u64 */
#define R_INFO        8  /* u64: symbol << 32 | type */
#define R_ADDEND      16 /* i64 */
#define ELF64_RELA_SIZE 24
#define R_X86_64_NONE     0
#define R_X86_64_64       1
#define R_X86_64_PC32     2
#define R_X86_64_PLT32    4
#define R_X86_64_RELATIVE 8
#define R_X86_64_32       10
#define R_X86_64_32S      11
#define R_X86_64_PC64     24

/* dynamic section entry: i64 tag, u64 value */
#define ELF64_DYN_SIZE 16
#define DT_NULL       0
#define DT_RELA       7
#define DT_RELASZ     8
#define DT_RELAENT    9
#define DT_REL        17
#define DT_JMPREL     23
#define DT_RELRSZ     35
#define DT_RELR       36
#define DT_RELRENT    37

#endif /* SPEC_ELF64_H */
