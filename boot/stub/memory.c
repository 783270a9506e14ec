/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See memory.h. Stage 1, 64-bit mode. Memory that firmware or loader point at is read only after it
 * has been mapped, and only where the memory map says that there is something.
 */
#include "boot/stub/memory.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/efi_tables.h"
#include "boot/stub/paging.h"
#include "boot/stub/setup_list.h"
#include "core/bzimage.h"
#include "core/e820.h"
#include "core/memplans.h"
#include "spec/acpi.h"
#include "spec/efi.h"
#include "spec/x86.h"

#define FIRST_MIB       0x100000
#define LOW_MEMORY_KB   640

/* A setup_data node may bring more entries than boot_params has room for. */
static enum err extension_read(const struct setup_data_node *node, void *ctx, struct fault *fault)
{
	struct memory *m = ctx;

	if (node->type != SETUP_E820_EXT)
		return ERR_OK;
	return e820_split(phys_span(node->bytes.start + SETUP_DATA_DATA, node->len), &m->ram,
		&m->reserved, fault);
}

/* A loader without E820 leaves the size of memory above 1 MiB, as the BIOS calls before it did. */
static enum err sizes_read(struct memory *m, const struct boot_params *bp, struct fault *fault)
{
	struct e820_entry entries[4];
	uint32_t above_kb = bp->alt_mem_k ? bp->alt_mem_k : bp->screen_info.ext_mem_k;
	size_t count;

	if (!above_kb)
		return fault_set(fault, ERR_NO_MEMORY_MAP, "e820_entries", BP_E820_ENTRIES, 0);
	enum err err = e820_from_sizes(LOW_MEMORY_KB, above_kb, 0, entries, 4, &count);

	if (err)
		return fault_set(fault, err, "alt_mem_k", BP_ALT_MEM_K, above_kb);
	return e820_split((struct span){(const uint8_t *)entries, count * E820_ENTRY_SIZE}, &m->ram,
		&m->reserved, fault);
}

static enum err e820_read(struct memory *m, const struct boot_params *bp, struct fault *fault)
{
	size_t entries = bp->e820_entries <= BP_E820_MAX ? bp->e820_entries : BP_E820_MAX;
	struct span table = {(const uint8_t *)bp->e820_table, entries * E820_ENTRY_SIZE};
	enum err err = entries ? e820_split(table, &m->ram, &m->reserved, fault)
			       : sizes_read(m, bp, fault);

	return err ? err : setup_list_walk(bp->hdr.setup_data, extension_read, m, fault);
}

enum err memory_read_map(struct stage1 *s, struct fault *fault)
{
	struct memory *m = &s->memory;
	struct memory_input in = {
		.own = range_make(s->image_pa, s->info.init_size),
		.cmdline = s->cmdline,
	};
	struct fault efi_fault = {0};
	struct efi_map map;

	memory_init(m);
	enum err err = e820_read(m, s->bp, fault);

	if (err)
		return err;
	err = efi_map_read(s->bp, &map, &efi_fault);
	if (!err)
		in.efi = &map;
	/* The loader's E820 table calls memory free that firmware uses: not to be chosen, then. */
	enum err settled = memory_settle(m, &in, in.efi ? &efi_fault : fault);

	if (err == ERR_BAD_MEMORY_MAP || m->efi == EFI_MAP_BAD)
		warn("EFI memory map is damaged, only E820 counts: %s 0x%lx", efi_fault.text,
			efi_fault.value);
	if (settled && in.efi)
		*fault = efi_fault;
	return settled;
}

enum err memory_read_described(void *ctx, uint64_t pa, uint64_t len, struct span *ret)
{
	const struct memory *m = ctx;
	struct range r = range_make(pa, len);

	if (r.end - r.start != len)
		return ERR_OVERFLOW;
	if (r.end > FIRST_MIB && !range_set_covers(&m->ram, r) &&
		!range_set_covers(&m->reserved, r))
		return ERR_BAD_MEMORY_MAP;
	enum err err = paging_map(r);

	if (!err)
		*ret = phys_span(pa, len);
	return err;
}

enum err memory_map_later(struct stage1 *s, struct range r)
{
	uint64_t end;
	enum err err = align_up(r.end, PAGE_2M, &end);

	if (err || range_empty(r))
		return err;
	err = range_set_add(&s->mapped, (struct range){align_down(r.start, PAGE_2M), end});
	return err == ERR_NO_SPACE ? ERR_OK : err;
}

static enum err keep_mapped(struct stage1 *s, struct range r, enum keep reason)
{
	enum err err = memory_map_later(s, r);

	return err ? err : memory_keep(&s->memory, r, reason);
}

static enum err node_keep(const struct setup_data_node *node, void *ctx, struct fault *fault)
{
	enum err err = keep_mapped(ctx, node->bytes, KEEP_SETUP_DATA);

	if (!err && node->indirect)
		err = keep_mapped(ctx, node->indirect_bytes, KEEP_SETUP_INDIRECT);
	return err ? fault_set(fault, err, "setup_data", node->bytes.start, node->len) : ERR_OK;
}

static enum err efi_keep(struct memory *m, const struct boot_params *bp)
{
	const struct efi_info *efi = &bp->efi_info;
	uint64_t map_pa = efi->efi_memmap | (uint64_t)efi->efi_memmap_hi << 32;
	uint64_t system_pa = efi->efi_systab | (uint64_t)efi->efi_systab_hi << 32;

	if (efi->efi_loader_signature != EFI_LOADER_SIGNATURE_64 &&
		efi->efi_loader_signature != EFI_LOADER_SIGNATURE_32)
		return ERR_OK;
	enum err err = memory_keep(m, range_make(map_pa, efi->efi_memmap_size), KEEP_EFI_MAP);

	if (!err)
		err = memory_keep(m, range_make(system_pa, PAGE_4K), KEEP_EFI_SYSTEM_TABLE);
	if (err)
		return err;
	struct efi_tables tables = efi_tables_read(bp, m);

	err = memory_keep(m, tables.tables, KEEP_EFI_TABLES);
	return err ? err
		   : memory_keep(m, range_make(phys_addr(tables.seed.ptr), tables.seed.len),
			     KEEP_EFI_SEED);
}

enum err memory_keep_boot_params(struct stage1 *s, struct fault *fault)
{
	const struct boot_params *bp = s->bp;
	struct memory *m = &s->memory;
	uint64_t cmdline_pa = boot_params_cmdline_pa(bp);
	enum err err = memory_keep(m, (struct range){0, FIRST_MIB}, KEEP_FIRST_MIB);

	if (!err)
		err = keep_mapped(s, range_make(phys_addr(bp), BP_SIZE), KEEP_BOOT_PARAMS);
	if (!err && cmdline_pa)
		err = keep_mapped(s, range_make(cmdline_pa, s->cmdline.len + 1), KEEP_CMDLINE);
	if (!err)
		err = memory_keep(m, boot_params_initrd(bp), KEEP_INITRD);
	if (!err)
		err = efi_keep(m, bp);
	if (!err && bp->acpi_rsdp_addr)
		err = memory_keep(
			m, range_make(bp->acpi_rsdp_addr, ACPI_RSDP_SIZE_2), KEEP_ACPI);
	if (err)
		return err;
	return setup_list_walk(bp->hdr.setup_data, node_keep, s, fault);
}

/* The first root pointer in the area, or 0. */
static uint64_t rsdp_scan(struct memory *m, struct range area)
{
	struct span bytes;
	uint64_t off;

	if (memory_read_described(m, area.start, area.end - area.start, &bytes) ||
		acpi_rsdp_find(bytes, &off))
		return 0;
	return area.start + off;
}

/* Where kexec, the loader, EFI or the BIOS say that it is, in this order. */
uint64_t memory_find_rsdp(struct stage1 *s)
{
	struct memory *m = &s->memory;
	uint64_t pa = memplans_acpi_rsdp(s->cmdline);
	struct span ebda;

	if (!pa)
		pa = s->bp->acpi_rsdp_addr;
	if (!pa)
		pa = efi_tables_read(s->bp, m).rsdp_pa;
	if (!pa && !memory_read_described(m, ACPI_EBDA_SEGMENT_PA, 2, &ebda)) {
		uint64_t start = (uint64_t)le16_get(ebda.ptr) << 4;

		/* A BIOS without an EBDA leaves nonsense there. */
		if (start >= 0x400 && start < ACPI_ROM_START)
			pa = rsdp_scan(m, range_make(start, ACPI_EBDA_SCAN));
	}
	return pa ? pa : rsdp_scan(m, (struct range){ACPI_ROM_START, ACPI_ROM_END});
}

enum err memory_read_nodes(struct stage1 *s)
{
	const struct memory_reader reader = {memory_read_described, &s->memory};
	struct range_set *immovable = &s->memory.immovable;
	struct fault fault = {0};
	struct span srat;

	if (!memplans_movable_node(s->cmdline))
		return ERR_OK;
	uint64_t rsdp_pa = memory_find_rsdp(s);
	enum err err = rsdp_pa
		? acpi_table_find(&reader, rsdp_pa, ACPI_SIGNATURE_SRAT, &srat, &fault)
		: fault_set(&fault, ERR_BAD_ACPI, "no ACPI root pointer", 0, 0);

	if (!err)
		err = acpi_srat_immovable(srat, immovable, &fault);
	if (err || !immovable->count) {
		immovable->count = 0;
		warn("movable_node: which memory can be unplugged is not known%s%s",
			err ? ": " : "", err ? fault.text : "");
	}
	return ERR_OK;
}

static void set_print(const char *name, const struct range_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		say_debug("  %-10s 0x%012lx - 0x%012lx", name, s->r[i].start, s->r[i].end);
}

void memory_print(const struct memory *m)
{
	set_print("RAM", &m->ram);
	set_print("not RAM", &m->reserved);
	set_print("mirrored", &m->mirrored);
	set_print("immovable", &m->immovable);
	for (size_t i = 0; i < m->named_count; i++)
		say_debug("  keep       0x%012lx - 0x%012lx %s", m->named[i].range.start,
			m->named[i].range.end, keep_text(m->named[i].reason));
	set_print("free", &m->limited);
}

void memory_complain(const struct memory *m, struct range wanted)
{
	uint64_t at = wanted.start;

	complain("the kernel needs 0x%lx bytes at 0x%lx", wanted.end - wanted.start, wanted.start);
	for (size_t i = 0; i < m->ram.count && m->ram.r[i].start < wanted.end; i++) {
		if (m->ram.r[i].start > at)
			complain("  in the way 0x%012lx - 0x%012lx not RAM", at, m->ram.r[i].start);
		if (m->ram.r[i].end > at)
			at = m->ram.r[i].end;
	}
	if (at < wanted.end)
		complain("  in the way 0x%012lx - 0x%012lx not RAM", at, wanted.end);
	/* Where RAM is called something else, too, that counts. */
	for (size_t i = 0; i < m->reserved.count; i++) {
		if (range_overlap(m->reserved.r[i], wanted) &&
			range_set_touches(&m->ram, m->reserved.r[i]))
			complain("  in the way 0x%012lx - 0x%012lx reserved",
				m->reserved.r[i].start, m->reserved.r[i].end);
	}
	for (size_t i = 0; i < m->named_count; i++) {
		const struct kept_range *kept = &m->named[i];

		if (!kept->soft && range_overlap(kept->range, wanted))
			complain("  in the way 0x%012lx - 0x%012lx %s", kept->range.start,
				kept->range.end, keep_text(kept->reason));
	}
}
