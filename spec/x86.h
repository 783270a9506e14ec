/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 architecture constants that boot code needs. Usable from assembly.
 * Source: Intel SDM volume 3, chapters 2 to 6 (control registers, paging, IDT), volume 4 (MSRs).
 */
#ifndef SPEC_X86_H
#define SPEC_X86_H

#define CR0_PE (1 << 0)
#define CR0_MP (1 << 1)
#define CR0_EM (1 << 2)
#define CR0_TS (1 << 3)
#define CR0_ET (1 << 4)
#define CR0_NE (1 << 5)
#define CR0_WP (1 << 16)
#define CR0_AM (1 << 18)
#define CR0_PG (1 << 31)

#define CR4_PAE        (1 << 5)
#define CR4_MCE        (1 << 6)
#define CR4_PGE        (1 << 7)
#define CR4_OSFXSR     (1 << 9)
#define CR4_OSXMMEXCPT (1 << 10)
#define CR4_LA57       (1 << 12)
#define CR4_OSXSAVE    (1 << 18)

#define EFLAGS_IF (1 << 9)
#define EFLAGS_AC (1 << 18)
#define EFLAGS_ID (1 << 21)

#define MSR_EFER        0xc0000080
#define MSR_FS_BASE     0xc0000100
#define MSR_GS_BASE     0xc0000101
#define EFER_SCE        (1 << 0)
#define EFER_LME        (1 << 8)
#define EFER_LMA        (1 << 10)
#define EFER_NX         (1 << 11)

/* the local APIC [SDM3 11.4.3 to 11.12] */
#define MSR_APIC_BASE     0x1b
#define APIC_BASE_BSP     (1u << 8)
#define APIC_BASE_X2APIC  (1u << 10)
#define APIC_BASE_ENABLED (1u << 11)
#define APIC_BASE_ADDRESS 0x000ffffffffff000
#define APIC_DEFAULT_PA   0xfee00000

/* page-table entries [SDM3 4.5] */
#define PTE_PRESENT     (1 << 0)
#define PTE_WRITE       (1 << 1)
#define PTE_UNCACHED    (3 << 3) /* PWT and PCD */
#define PTE_LARGE       (1 << 7)
#define PTE_ADDR_MASK   0x000ffffffffff000
#define PAGE_4K         0x1000
#define PAGE_2M         0x200000
#define PAGE_1G         0x40000000

/* flat segments as the boot protocol wants them [boot.rst "32-bit Boot Protocol"] */
#define BOOT_CS  0x10
#define BOOT_DS  0x18

#endif /* SPEC_X86_H */
