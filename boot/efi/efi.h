/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the EFI stub share. All of it runs in 64-bit mode under boot services: on the
 * firmware's stack, page tables and descriptors, with interrupts on unless the decoder runs. A boot
 * that fails goes back to the firmware with everything as it was.
 */
#ifndef BOOT_EFI_EFI_H
#define BOOT_EFI_EFI_H

#include "boot/efi/memory.h"
#include "boot/stub/stub.h"
#include "core/extra.h"
#include "core/pe.h"

struct efi_boot {
	uint64_t stub_pa;
	uint64_t work_pa; /* work area as boot/stub/layout.h draws it */
	uint64_t loaded_image; /* EFI_LOADED_IMAGE_PROTOCOL, 0 if there is none */
	struct boot_params *bp;
	struct span cmdline;
	bool program_named; /* the command line begins with our file's name: a shell started us */
	struct stub_info info;
	struct manifest manifest;
	struct place_image image;
	struct place_plan plan;
	struct efi_memory_map map;
	uint64_t e820_pa; /* of a setup_data node with room for the map once more */
	size_t e820_room; /* entries */
	uint64_t trampoline_pa; /* two pages below 4 GiB (boot/stub/trampoline.h) */
	bool is_uki; /* a unified kernel image, from the PE entry */
	struct pe pe; /* then its headers and sections in memory */
	bool line_replaced; /* the loader's line is there in place of the embedded one */
	struct efi_archive {
		uint64_t pa, size; /* size 0: there is none */
	} extra[EXTRA_KINDS]; /* for userspace, behind the initrd */
	bool wipe; /* clear what the stub leaves */
	uint64_t timeline_pa; /* a page for the timeline's node, 0: none */
};

/* guest.c: Errors: ENCRYPTED_GUEST (SEV or TDX is active). */
enum err efi_guest_check(struct fault *fault) MUST_CHECK;

/* options.c: LoadOptions, as UTF-8, into memory that boot_params points at. Errors: NO_MEMORY. */
enum err efi_options(struct efi_boot *b) MUST_CHECK;
/* What boot_params points at already (handover), or nothing. */
void efi_options_given(struct efi_boot *b);

/* given.c: Errors: BAD_SETUP_DATA (a loader's list that does not end, or has nodes that cannot be). */
enum err efi_given_check(const struct boot_params *bp, struct fault *fault) MUST_CHECK;

/* Does an efi=...,name,... stand on the line? */
bool efi_option(struct span cmdline, const char *name);

/* The command line is these len bytes, with a NUL. */
void efi_cmdline_set(struct efi_boot *b, uint64_t pa, size_t len);

/* embed.c: the image's own line and initrd, if any. Errors: CMDLINE_CRC, INITRD_CRC, CMDLINE_LONG. */
enum err efi_embedded_options(struct efi_boot *b, struct fault *fault) MUST_CHECK;
enum err efi_embedded_initrd(struct efi_boot *b, struct fault *fault) MUST_CHECK;
/* Must nothing of the loader's go where the image has its own? Then it is not even loaded. */
bool efi_signed_only(const struct efi_boot *b);

/*
 * uki.c: what else a unified kernel image does, in this order; docs/decisions/0026-what-a-uki-measures.md.
 * Is it one, from the PE entry? Then its sections are measured.
 */
void efi_uki_open(struct efi_boot *b);
/* Measure a line that replaces the embedded one. */
void efi_uki_line(struct efi_boot *b);
/* What lies beside the image, and two of its sections, as archives for userspace: b->extra. */
void efi_uki_extra(struct efi_boot *b);
/* What Linux's own stub would measure of all this: the line, the initrd. */
void efi_uki_linux(struct efi_boot *b);

/* variables.c: who booted what, for the system to read; the stub's are set anew. */
void efi_variables(const struct efi_boot *b);
/* A PCR's number, for the system to know that and where something was measured. */
void efi_variable_pcr(const char *name, unsigned int pcr);

/* extra.c: the files of a folder and kind on our volume as an archive. False: trouble, which was said. */
bool efi_extra_files(const struct efi_boot *b, enum extra kind, const uint16_t *folder,
	struct efi_archive *ret);
bool efi_extra_section(struct span bytes, enum extra kind, struct efi_archive *ret);

/*
 * initrd.c: LoadFile2, else each initrd= of the command line; under Secure Boot none of them if the image
 * has its own. Errors: INITRD_FILE, NO_MEMORY.
 */
enum err efi_initrd(struct efi_boot *b, struct fault *fault) MUST_CHECK;
/* The root folder of the volume that we were loaded from; 0 if it has no files. */
uint64_t efi_volume_open(const struct efi_boot *b);
#define EFI_CPIO_ALIGN 4 /* where one archive may follow another */
/* Memory for size bytes where the kernel finds them. Errors: NO_MEMORY. */
enum err efi_initrd_room(const struct efi_boot *b, uint64_t size, uint64_t *ret_pa) MUST_CHECK;

/* pci_rom.c: option ROMs of PCI devices, to setup_data. */
void efi_pci_roms(struct boot_params *bp);
/* pci_dma.c: efi=disable_early_pci_dma. Nothing but leaving may follow: drivers have let go of their devices. */
void efi_pci_dma_stop(struct span cmdline);
/* apple.c: what Apple's firmware knows of devices, to setup_data; and it is told who starts. */
void efi_apple(struct boot_params *bp);

/* screen.c: GRAPHICS_OUTPUT of the screen that can be drawn to and that the console is on, or 0. */
uint64_t efi_screen_find(uint64_t *ret_handle);
/* splash.c: show a picture (BMP), if there is one and it can be. */
void efi_splash(struct span picture);

/* screen.c: the frame buffer, if there is one that can be drawn to, and its EDID. */
void efi_screen(struct boot_params *bp);

/* boot_params.secure_boot, enum efi_secureboot_mode [include/linux/efi.h] */
#define EFI_SECURE_BOOT_UNKNOWN  1
#define EFI_SECURE_BOOT_DISABLED 2
#define EFI_SECURE_BOOT_ENABLED  3

/*
 * tables.c: ACPI's root pointer, secure-boot state, random seed (LINUX_EFI_RANDOM_SEED_TABLE), and the
 * request that memory be overwritten should the machine be reset.
 */
void efi_configuration(struct boot_params *bp);
/* The seed's bytes as they lie in that table, empty if there is none. */
struct span efi_random_seed(void);

/*
 * place.c: the kernel's memory, chosen and allocated; b->plan. Errors: NO_MEMORY_MAP, BAD_MEMORY_MAP,
 * NO_MEMORY, ADDRESS_TAKEN, OVERFLOW, those of place_check.
 */
enum err efi_place(struct efi_boot *b, uint64_t *ret_virtual_delta, struct fault *fault) MUST_CHECK;

/* leave.c: ExitBootServices. Services are gone after it, the console with them. */
enum err efi_leave(struct efi_boot *b, struct fault *fault) MUST_CHECK;
/* Then the map with which it was left to boot_params. Errors: BAD_MEMORY_MAP, NO_SPACE. */
enum err efi_leave_map(struct efi_boot *b, struct fault *fault) MUST_CHECK;

#endif /* BOOT_EFI_EFI_H */
