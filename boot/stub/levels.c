/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See levels.h. Stage 1, 64-bit mode, on the stub's own page tables. Comes before the kernel's place
 * is chosen, which may need the fifth level, and as soon as the memory map is known, since the change
 * needs two pages below 4 GiB. They are somebody else's, perhaps even in use (kexec: by the kernel
 * that crashed), so what was in them is put back:
 *
 *   room_pa, highest pages of base memory          work area
 *   | root | instructions |   <--- saved in --->   | ... | decoder's stack, idle yet | ...
 */
#include "boot/stub/levels.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/gate.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/trampoline.h"
#include "core/cmdline.h"
#include "core/e820.h"
#include "core/levels.h"
#include "core/span.h"

#define CPUID7_ECX_LA57   (1u << 16)
#define BDA_EBDA_SEGMENT  0x40e
#define BDA_BASE_KB       0x413
#define CMOS_INDEX        0x70
#define CMOS_NMI_OFF      0x80

_Static_assert(TRAMPOLINE_SIZE == LEVELS_ROOM_SIZE, "the pages that are looked for are those used");
_Static_assert(TRAMPOLINE_SIZE <= GATE_SIZE, "room to save them");

static bool cpu_can(void)
{
	uint32_t regs[4];

	cpuid_count(0, 0, regs);
	if (regs[0] < 7)
		return false;
	cpuid_count(7, 0, regs);
	return regs[2] & CPUID7_ECX_LA57;
}

/* Page 0, which is otherwise not mapped, holds it. Under EFI nobody has filled it in. */
static enum err low_end_read(const struct boot_params *bp, uint64_t *ret)
{
	if (bp->efi_info.efi_loader_signature) {
		*ret = levels_low_end(0, 0);
		return ERR_OK;
	}
	enum err err = paging_map_page0();

	if (err)
		return err;
	*ret = levels_low_end(le16_get(phys_page0_ptr(BDA_EBDA_SEGMENT)),
		le16_get(phys_page0_ptr(BDA_BASE_KB)));
	return paging_unmap_page0();
}

/* Into memory.work. */
static enum err ram_find(struct stage1 *s, uint64_t *ret_low_end)
{
	struct range_set *ram = &s->memory.work;
	enum err err = low_end_read(s->bp, ret_low_end);

	if (!err)
		err = e820_usable(&s->memory.ram, &s->memory.reserved, ram);
	return err ? err : range_set_remove(ram, s->in_use);
}

static enum err room_find(struct stage1 *s, uint64_t *ret_pa)
{
	uint64_t low_end;
	enum err err = ram_find(s, &low_end);

	return err ? err : levels_find_room(&s->memory.work, low_end, ret_pa);
}

enum err levels_room_low(struct stage1 *s, uint64_t *ret_pa)
{
	const struct memory *m = &s->memory;
	uint64_t low_end;
	enum err err = ram_find(s, &low_end);

	for (size_t i = 0; i < m->named_count && !err; i++) {
		if (m->named[i].reason != KEEP_FIRST_MIB)
			err = range_set_remove(&s->memory.work, m->named[i].range);
	}
	return err ? err : levels_find_low_room(&s->memory.work, low_end, ret_pa);
}

/* Has the loader put something where four levels do not reach? */
static bool needs_five(const struct stage1 *s)
{
	const struct range_set *mapped = &s->mapped;

	return s->in_use.end > PAGING_LIMIT_4 ||
		(mapped->count && mapped->r[mapped->count - 1].end > PAGING_LIMIT_4);
}

/*
 * Nothing may interrupt: there is no table of handlers for 32-bit mode. NMI is turned off where PCs
 * do that, and stays so, as after 16-bit setup; the kernel turns it on when it first reads the clock.
 * One that comes all the same, or a machine check, resets the machine.
 */
enum err levels_change(uint64_t room_pa)
{
	const struct table_register none = {0, 0};
	struct table_register idtr;
	enum err err = paging_map(range_make(room_pa, TRAMPOLINE_SIZE));

	if (err)
		return err;
	memcpy(phys_ptr(room_pa + TRAMPOLINE_CODE), trampoline_start,
		(size_t)(trampoline_end - trampoline_start));
	outb(CMOS_INDEX, CMOS_NMI_OFF);
	idt_store(&idtr);
	idt_load(&none);
	err = paging_change_levels(room_pa);
	idt_load(&idtr);
	return err;
}

/* The same in memory that is somebody else's. */
static enum err change_and_restore(uint64_t room_pa, uint64_t save_pa)
{
	enum err err = paging_map(range_make(room_pa, TRAMPOLINE_SIZE));

	if (err)
		return err;
	memcpy(phys_ptr(save_pa), phys_ptr(room_pa), TRAMPOLINE_SIZE);
	err = levels_change(room_pa);
	memcpy(phys_ptr(room_pa), phys_ptr(save_pa), TRAMPOLINE_SIZE);
	return err;
}

bool levels_wanted_five(uint16_t xloadflags, struct span cmdline)
{
	const struct levels_facts facts = {
		.xloadflags = xloadflags,
		.cpu_can = cpu_can(),
		.forbidden = cmdline_has(cmdline, "no5lvl"),
	};

	return levels_want_five(&facts);
}

/* It cannot be changed. A kernel that knows both takes what there is. */
static enum err stay(const struct stage1 *s, bool five, const char *why, struct fault *fault)
{
	if (five && !levels_kernel_can(s->info.xloadflags))
		return fault_set(fault, ERR_CPU_5LEVEL, why, HDR_XLOADFLAGS, s->info.xloadflags);
	warn("paging stays at %d levels: %s", five ? 5 : 4, why);
	return ERR_OK;
}

enum err levels_settle(struct stage1 *s, struct fault *fault)
{
	bool five = paging_five_levels();
	uint64_t room_pa;

	if (levels_wanted_five(s->info.xloadflags, s->cmdline) == five)
		return ERR_OK;
	if (five && needs_five(s))
		return stay(s, five, "memory above 128 TiB is in use", fault);
	enum err err = room_find(s, &room_pa);

	if (err == ERR_NO_MEMORY)
		return stay(s, five, "no room below 4 GiB to change that", fault);
	if (!err)
		err = change_and_restore(room_pa, s->in_use.end - s->info.work_size + WORK_GATE);
	if (!err)
		say("paging: %d levels, changed at 0x%lx", five ? 4 : 5, room_pa);
	return err;
}
