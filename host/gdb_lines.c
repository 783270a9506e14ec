/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See gdb_lines.h. Where the kernel will be cannot be said beforehand: each stop lets time pass in the guest,
 * and time is among what KASLR draws from. So gdb finds it out on the way: the stub's last functions have it
 * in registers, by the C calling convention.
 *
 *   stub_enter_at(rdi = copy of the stub, ...)                        only if the stub moves
 *   kernel_finish(..., r8 = how far the kernel moves virtually, ...)
 *   kernel_jump(rdi = where the kernel is entered, ...)
 *
 * Breakpoints are set on addresses, one at a time, and deleted when they are reached: gdb does not know
 * segments, so in 16-bit code it does not see that it stands on one.
 */
#include <inttypes.h>
#include "host/gdb_lines.h"
#include "spec/disk.h"
#include "spec/image.h"

#define QEMU_SETUP   0x10000 /* QEMU's -kernel puts the setup part there, */
#define LOADER_SETUP 0x20000 /* our loader here [boot/loader/layout.h] */
#define SETUP_START  0x200 /* the 16-bit entry in it [boot.rst] */
#define SECTOR_LINK  0x600 /* where the boot sector is linked to, since it moves there */

static void put_symbols(const char *elf, uint64_t offset, FILE *f)
{
	if (elf)
		fprintf(f, "add-symbol-file \"%s\" -o 0x%" PRIx64 "\n", elf, offset);
}

/* A command that goes to an address and says what is there. */
static void put_command(const char *name, const char *words, uint64_t pa, bool real_mode, FILE *f)
{
	fprintf(f, "define %s\n  hbreak *0x%" PRIx64 "\n  continue\n  delete\n  info symbol %s\nend\n", name, pa,
		real_mode ? "$cs * 16 + $pc" : "$pc");
	fprintf(f, "document %s\n%s\nend\n", name, words);
}

/* In front of the commands that go to the kernel: which copy of the stub does the work? */
static void put_stage2(const struct gdb_plan *p, FILE *f)
{
	fprintf(f, "set $stub = 0x%" PRIx64 "\n", p->image_pa);
	if (p->uefi)
		return;
	fprintf(f, "define stage2\n  hbreak *0x%" PRIx64 "\n  hbreak *0x%" PRIx64 "\n  continue\n  delete\n",
		p->image_pa + p->enter_at, p->image_pa + p->stage2_main);
	fprintf(f, "  if $pc == 0x%" PRIx64 "\n    set $stub = $rdi\n", p->image_pa + p->enter_at);
	fprintf(f, "    add-symbol-file \"%s\" -o $stub\n    hbreak *($stub + 0x%" PRIx64 ")\n", p->stub_elf,
		p->stage2);
	fprintf(f, "    continue\n    delete\n  end\n  info symbol $pc\nend\ndocument stage2\n"
		   "Stage 2 of the stub, where it decodes the kernel: in place, or in a copy\nend\n");
}

static void put_kernel(const struct gdb_plan *p, FILE *f)
{
	fprintf(f, "define kernel\n");
	fprintf(f, "  hbreak *($stub + 0x%" PRIx64 ")\n  continue\n  delete\n  set $moved_by = $r8\n", p->finish);
	fprintf(f, "  hbreak *($stub + 0x%" PRIx64 ")\n  continue\n  delete\n  set $kernel = $rdi\n", p->jump);
	fprintf(f, "  hbreak *$kernel\n  continue\n  delete\n");
	if (p->kernel_elf) {
		/* -o takes a number or a name, no sum; the kernel runs on physical addresses yet */
		fprintf(f, "  set $below = $kernel - 0x%" PRIx64 "\n  add-symbol-file \"%s\" -o $below\n",
			p->kernel_va, p->kernel_elf);
		fprintf(f, "  info symbol $pc\n");
	}
	fprintf(f, "end\ndocument kernel\nThe kernel's first instruction, wherever KASLR has put it%s\nend\n",
		p->uefi ? "" : "; after stage2");
	if (!p->kernel_elf)
		return;
	fprintf(f, "define kernel_mapped\n  add-symbol-file \"%s\" -o $moved_by\nend\n", p->kernel_elf);
	fprintf(f, "document kernel_mapped\nAfter kernel: its symbols at the addresses that it gives itself\nend\n");
}

static void put_disk(const struct gdb_plan *p, FILE *f)
{
	put_symbols(p->sector_elf, LOADER_ADDRESS - SECTOR_LINK, f);
	put_command("sector", "The boot sector's first instruction", LOADER_ADDRESS, true, f);
	fprintf(f, "define loader\n  stepi\n");
	if (p->sector_elf) /* which has moved away */
		fprintf(f, "  remove-symbol-file -a 0x%x\n", LOADER_ADDRESS);
	if (p->loader_elf)
		fprintf(f, "  add-symbol-file \"%s\"\n", p->loader_elf);
	fprintf(f, "  hbreak *0x%x\n  continue\n  delete\n  info symbol $cs * 16 + $pc\nend\n", LOADER_ADDRESS);
	fprintf(f, "document loader\nThe loader's first instruction; after sector, from whose place it runs\nend\n");
	put_command("entry16", "The setup part's 16-bit entry", LOADER_SETUP + SETUP_START, true, f);
}

void gdb_lines(const struct gdb_plan *p, FILE *f)
{
	fprintf(f, "set confirm off\nset pagination off\ntarget remote %s\n", p->socket);
	if (p->disk) {
		put_disk(p, f);
		return;
	}
	put_symbols(p->stub_elf, p->image_pa, f);
	if (p->uefi) {
		put_command("efi", "The EFI entry", p->image_pa + STUB_ENTRY_EFI, false, f);
	} else {
		put_symbols(p->setup_elf, QEMU_SETUP, f);
		put_command("entry16", "The setup part's 16-bit entry", QEMU_SETUP + SETUP_START, true, f);
		put_command("entry32", "The protected-mode part's 32-bit entry", p->image_pa + STUB_ENTRY32,
			false, f);
		put_command("entry64", "Where it runs 64-bit code for the first time",
			p->image_pa + (p->long_mode ? p->long_mode : STUB_ENTRY64), false, f);
	}
	if (p->stub_elf) {
		put_stage2(p, f);
		put_kernel(p, f);
	}
}
