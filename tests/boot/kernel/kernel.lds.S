/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout of the test kernel, one script for the three ways it is linked (preprocessed with one of
 * FIXED, HIGH, PIE defined):
 *
 *   FIXED  runs where it is linked, nothing to relocate. Its data stands far from its text in memory
 *          but not in the file, so that it cannot be decoded in place.
 *   HIGH   as Linux: virtual 0xffffffff81000000, physical 0x1000000, entry a physical address.
 *   PIE    linked at 0, relocates by its own dynamic section.
 *
 * [pure_start, pure_end) holds nothing to relocate: its bytes in memory must be those of the file.
 */
#if defined(HIGH)
#define VIRTUAL 0xffffffff80000000
#define START   (VIRTUAL + 0x1000000)
#elif defined(FIXED)
#define VIRTUAL 0
#define START   0x2000000
#else
#define VIRTUAL 0
#define START   0
#endif

OUTPUT_FORMAT(elf64-x86-64)
ENTRY(physical_entry)

PHDRS {
	text PT_LOAD FLAGS(5);
	data PT_LOAD FLAGS(6);
#if defined(PIE)
	dynamic PT_DYNAMIC FLAGS(6);
#endif
}

SECTIONS {
	. = START;
	kernel_start = .;
	physical_entry = kernel_entry64 - VIRTUAL;

	.pure : AT(ADDR(.pure) - VIRTUAL) {
		pure_start = .;
		*(.text.entry)
		*(.text)
		*(.rodata .rodata.*)
		*(.blob)
		pure_end = .;
	} :text
	.reloc_text : AT(ADDR(.reloc_text) - VIRTUAL) {
		*(.text.reloc)
	} :text

#if defined(FIXED)
	. = START + 0x800000;
#else
	. = ALIGN(0x200000);
#endif
	.data : AT(ADDR(.data) - VIRTUAL) {
		*(.data .data.*)
		landmark = .;
		QUAD(0)
	} :data
#if defined(PIE)
	.rela.dyn : { *(.rela.*) } :data
	.relr.dyn : { *(.relr.dyn) } :data
	.dynamic : { *(.dynamic) } :data :dynamic
	.dynsym : { *(.dynsym) } :data
	.dynstr : { *(.dynstr) } :data
	.hash : { *(.hash) } :data
	.gnu.hash : { *(.gnu.hash) } :data
#endif
	.bss : AT(ADDR(.bss) - VIRTUAL) {
		bss_start = .;
		*(.bss .bss.* COMMON)
		bss_end = .;
		*(.stack)
	} :data
	kernel_end = .;

	/DISCARD/ : { *(.comment) *(.note*) *(.interp) *(.eh_frame*) *(.got .got.plt) *(.plt*) *(.igot*) *(.iplt*) }
}
