/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF as far as both classes and byte orders share it, beside what spec/elf64.h has: machines, flags of
 * sections, symbols.
 * Source: System V ABI, generic part (gABI) chapters 4 and 5; psABIs of the machines for e_flags.
 */
#ifndef SPEC_ELF_ANY_H
#define SPEC_ELF_ANY_H

#define EI_NIDENT       16
#define ELFDATA2MSB     2
#define EM_MIPS         8
#define EM_PARISC       15
#define EM_PPC          20
#define EM_PPC64        21
#define EM_ARM          40
#define EM_AARCH64      183
#define EM_RISCV        243
#define EF_ARM_EABI5    0x05000000
#define EF_RISCV_RVC_DOUBLE 0x0005 /* compressed instructions, double-float ABI: what Linux is */

#define SHN_LORESERVE   0xff00
#define SHF_WRITE       1
#define SHF_EXECINSTR   4
#define SHF_MERGE       0x10
#define SHF_STRINGS     0x20

#define STB_LOCAL       0
#define STB_GLOBAL      1
#define STB_WEAK        2
#define STT_NOTYPE      0
#define STT_OBJECT      1
#define STT_FUNC        2
#define STT_SECTION     3

/* sizes by class */
#define ELF32_EHDR_SIZE 52
#define ELF32_PHDR_SIZE 32
#define ELF32_SHDR_SIZE 40
#define ELF32_SYM_SIZE  16

#endif /* SPEC_ELF_ANY_H */
