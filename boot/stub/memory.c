/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See memory.h. Stage 1, 64-bit mode. The rules about memory maps are core's (e820, memparam,
 * range); here they are fed with what boot_params points at.
 */
#include "boot/stub/memory.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/setup_list.h"
#include "core/e820.h"
#include "core/memparam.h"
#include "spec/x86.h"

#define FIRST_MIB       0x100000
#define LOW_MEMORY_KB   640
#define EFI_TABLE_SIZE  PAGE_4K /* an EFI system table is much smaller */
#define EFI_SIGNATURE64 0x34364c45 /* "EL64" */
#define EFI_SIGNATURE32 0x32334c45 /* "EL32" */

void memory_init(struct memory *m, struct range *kept)
{
	m->ram = (struct range_set){m->ram_ranges, 0, MEMORY_RANGES_MAX};
	m->reserved = (struct range_set){m->reserved_ranges, 0, MEMORY_RANGES_MAX};
	m->free = (struct range_set){m->free_ranges, 0, 2 * MEMORY_RANGES_MAX};
	m->limited = (struct range_set){m->limited_ranges, 0, 2 * MEMORY_RANGES_MAX};
	m->work = (struct range_set){m->work_ranges, 0, 2 * MEMORY_RANGES_MAX};
	m->kept = (struct range_set){kept, 0, KEPT_MAX};
	m->named_count = 0;
}

static void set_copy(struct range_set *to, const struct range_set *from)
{
	/* the sets that are copied have arrays of one size */
	memcpy(to->r, from->r, from->count * sizeof(*from->r));
	to->count = from->count;
}

struct range_set *memory_copy(struct memory *m, const struct range_set *from)
{
	set_copy(&m->work, from);
	return &m->work;
}

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

enum err memory_read_map(struct memory *m, const struct boot_params *bp, struct span cmdline,
	struct fault *fault)
{
	size_t entries = bp->e820_entries <= BP_E820_MAX ? bp->e820_entries : BP_E820_MAX;
	struct span table = {(const uint8_t *)bp->e820_table, entries * E820_ENTRY_SIZE};
	enum err err;

	if (entries)
		err = e820_split(table, &m->ram, &m->reserved, fault);
	else
		err = sizes_read(m, bp, fault);
	if (!err)
		err = setup_list_walk(bp->hdr.setup_data, extension_read, m, fault);
	if (!err)
		err = e820_usable(&m->ram, &m->reserved, &m->free);
	if (err)
		return err;
	set_copy(&m->limited, &m->free);
	return memparam_apply(cmdline, &m->limited);
}

enum err memory_keep(struct memory *m, struct range r, const char *name)
{
	if (range_empty(r))
		return ERR_OK;
	if (m->named_count < MEMORY_NAMED_MAX)
		m->named[m->named_count++] = (struct named_range){r, name};
	enum err err = range_set_remove(&m->free, r);

	return err ? err : range_set_remove(&m->limited, r);
}

enum err memory_map_later(struct memory *m, struct range r)
{
	uint64_t end;
	enum err err = align_up(r.end, PAGE_2M, &end);

	if (err || range_empty(r))
		return err;
	err = range_set_add(&m->kept, (struct range){align_down(r.start, PAGE_2M), end});
	return err == ERR_NO_SPACE ? ERR_OK : err;
}

static enum err keep_mapped(struct memory *m, struct range r, const char *name)
{
	enum err err = memory_map_later(m, r);

	return err ? err : memory_keep(m, r, name);
}

static enum err node_keep(const struct setup_data_node *node, void *ctx, struct fault *fault)
{
	enum err err = keep_mapped(ctx, node->bytes, "setup_data");

	if (!err && node->indirect)
		err = keep_mapped(ctx, node->indirect_bytes, "setup_data, indirect");
	return err ? fault_set(fault, err, "setup_data", node->bytes.start, node->len) : ERR_OK;
}

static enum err efi_keep(struct memory *m, const struct efi_info *efi)
{
	if (efi->efi_loader_signature != EFI_SIGNATURE64 &&
		efi->efi_loader_signature != EFI_SIGNATURE32)
		return ERR_OK;
	uint64_t map_pa = efi->efi_memmap | (uint64_t)efi->efi_memmap_hi << 32;
	uint64_t table_pa = efi->efi_systab | (uint64_t)efi->efi_systab_hi << 32;
	enum err err = memory_keep(m, range_make(map_pa, efi->efi_memmap_size), "EFI memory map");

	if (err)
		return err;
	return memory_keep(m, range_make(table_pa, EFI_TABLE_SIZE), "EFI system table");
}

struct range boot_params_initrd(const struct boot_params *bp)
{
	uint64_t pa = bp->hdr.ramdisk_image | (uint64_t)bp->ext_ramdisk_image << 32;
	uint64_t size = bp->hdr.ramdisk_size | (uint64_t)bp->ext_ramdisk_size << 32;

	return pa && size ? range_make(pa, size) : (struct range){0, 0};
}

uint64_t boot_params_cmdline_pa(const struct boot_params *bp)
{
	return bp->hdr.cmd_line_ptr | (uint64_t)bp->ext_cmd_line_ptr << 32;
}

enum err memory_keep_boot_params(struct memory *m, const struct boot_params *bp,
	struct span cmdline, struct fault *fault)
{
	uint64_t cmdline_pa = boot_params_cmdline_pa(bp);
	enum err err = memory_keep(m, (struct range){0, FIRST_MIB}, "first MiB");

	if (!err)
		err = keep_mapped(m, range_make(phys_addr(bp), BP_SIZE), "boot_params");
	if (!err && cmdline_pa)
		err = keep_mapped(m, range_make(cmdline_pa, cmdline.len + 1), "command line");
	if (!err)
		err = memory_keep(m, boot_params_initrd(bp), "initrd");
	if (!err)
		err = efi_keep(m, &bp->efi_info);
	if (err)
		return err;
	return setup_list_walk(bp->hdr.setup_data, node_keep, m, fault);
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
	for (size_t i = 0; i < m->named_count; i++)
		say_debug("  keep       0x%012lx - 0x%012lx %s", m->named[i].range.start,
			m->named[i].range.end, m->named[i].name);
	set_print("free", &m->limited);
}

const struct named_range *memory_find_kept(const struct memory *m, struct range r)
{
	for (size_t i = 0; i < m->named_count; i++) {
		if (m->named[i].range.end > FIRST_MIB && range_overlap(m->named[i].range, r))
			return &m->named[i];
	}
	return NULL;
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
	for (size_t i = 0; i < m->named_count; i++) {
		if (range_overlap(m->named[i].range, wanted))
			complain("  in the way 0x%012lx - 0x%012lx %s", m->named[i].range.start,
				m->named[i].range.end, m->named[i].name);
	}
}
