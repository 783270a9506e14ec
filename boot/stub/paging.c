/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity mapping on demand, see paging.h. 64-bit mode, four levels or five, whatever CR4.LA57
 * says.
 *
 * Pages are of 2 MiB, with two thoughts behind it. Larger ones would map, cacheable, what is not
 * RAM and invite the CPU to read it ahead; a kernel of 64 MiB needs 32 entries, so nothing is
 * gained by them. Smaller ones only below 2 MiB, where the fixed-range MTRRs give different memory
 * types to parts of what would be one page [SDM3 12.11.9], and where page 0 stays out: a null
 * pointer is then an exception with a name.
 *
 *   level 5 (LA57 only) -> level 4 -> level 3 -> directory -> 2 MiB page
 *                                                entry 0 of the first one -> 512 pages of 4 KiB
 */
#include "boot/stub/paging.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/stub/libc.h"
#include "boot/stub/trampoline.h"
#include "spec/x86.h"

#define TABLE_ENTRIES 512
#define TABLE_BITS    9
#define LEAF_2M_SHIFT 21
#define KNOWN_MAX     48
/* Address bits below the root's index. */
#define TOP_SHIFT_4   39
#define TOP_SHIFT_5   48
/* The upper half of the linear addresses is not equal to any physical one [SDM3 4.5.4]. */
#define LIMIT_4       PAGING_LIMIT_4
#define LIMIT_5       (1ull << 56)

static struct {
	uint64_t root_pa;
	uint64_t pool_pa; /* next free table */
	uint64_t pool_end_pa;
	unsigned int top_shift;
	uint64_t limit; /* first address that cannot be mapped to itself */
	bool lock; /* of the tables, in page faults */
	const struct range_set *ram;
	struct range_set known;
	struct range known_ranges[KNOWN_MAX];
} paging;

static enum err table_new(uint64_t *ret_pa)
{
	if (paging.pool_pa >= paging.pool_end_pa)
		return ERR_PAGE_TABLES;
	*ret_pa = paging.pool_pa;
	paging.pool_pa += PAGE_4K;
	memset(phys_ptr(*ret_pa), 0, PAGE_4K);
	return ERR_OK;
}

static void levels_note(bool five)
{
	paging.top_shift = five ? TOP_SHIFT_5 : TOP_SHIFT_4;
	paging.limit = five ? LIMIT_5 : LIMIT_4;
}

bool paging_five_levels(void)
{
	return cr4_read() & CR4_LA57;
}

void paging_init(uint64_t pool_pa, uint64_t pool_end_pa)
{
	paging.root_pa = pool_pa;
	paging.pool_pa = pool_pa + PAGE_4K;
	paging.pool_end_pa = pool_end_pa;
	memset(phys_ptr(pool_pa), 0, PAGE_4K);
	levels_note(paging_five_levels());
	paging.ram = NULL;
	paging.known = (struct range_set){paging.known_ranges, 0, KNOWN_MAX};
}

uint64_t paging_pool_free(void)
{
	return paging.pool_pa;
}

uint64_t paging_root(void)
{
	return paging.root_pa;
}

void paging_activate(void)
{
	cr3_write(paging.root_pa);
}

enum err paging_change_levels(uint64_t room_pa)
{
	uint64_t *old_root = phys_ptr(paging.root_pa);
	bool five = !paging_five_levels();
	uint64_t root_pa = old_root[0] & PTE_ADDR_MASK;

	if (five) {
		enum err err = table_new(&root_pa);

		if (err)
			return err;
		*(uint64_t *)phys_ptr(root_pa) = paging.root_pa | PTE_PRESENT | PTE_WRITE;
	}
	memcpy(phys_ptr(room_pa + TRAMPOLINE_ROOT), phys_ptr(root_pa), PAGE_4K);
	trampoline_run(room_pa);
	paging.root_pa = root_pa;
	paging_activate();
	levels_note(five);
	if (!five)
		memset(old_root, 0, PAGE_4K);
	return ERR_OK;
}

/* The entry for address in the table at shift; the tables above it are made as needed. */
static enum err entry_find(uint64_t address, unsigned int shift, uint64_t **ret_entry)
{
	uint64_t table_pa = paging.root_pa;

	for (unsigned int s = paging.top_shift;; s -= TABLE_BITS) {
		uint64_t *entry = (uint64_t *)phys_ptr(table_pa) + (address >> s) % TABLE_ENTRIES;

		if (s == shift) {
			*ret_entry = entry;
			return ERR_OK;
		}
		if (!(*entry & PTE_PRESENT)) {
			enum err err = table_new(&table_pa);

			if (err)
				return err;
			*entry = table_pa | PTE_PRESENT | PTE_WRITE;
		}
		table_pa = *entry & PTE_ADDR_MASK;
	}
}

/* The first 2 MiB, in small pages, without page 0. */
static enum err low_map(uint64_t *directory_entry)
{
	uint64_t table_pa;
	enum err err = table_new(&table_pa);

	if (err)
		return err;
	uint64_t *table = phys_ptr(table_pa);

	for (uint64_t i = 1; i < TABLE_ENTRIES; i++)
		table[i] = i * PAGE_4K | PTE_PRESENT | PTE_WRITE;
	*directory_entry = table_pa | PTE_PRESENT | PTE_WRITE;
	return ERR_OK;
}

static enum err page_map(uint64_t address)
{
	uint64_t *entry;
	enum err err = entry_find(address, LEAF_2M_SHIFT, &entry);

	if (err)
		return err;
	if (*entry & PTE_PRESENT)
		return ERR_OK;
	if (address < PAGE_2M)
		return low_map(entry);
	*entry = align_down(address, PAGE_2M) | PTE_PRESENT | PTE_WRITE | PTE_LARGE;
	return ERR_OK;
}

enum err paging_map_device(uint64_t pa)
{
	uint64_t *entry;
	enum err err = entry_find(pa, LEAF_2M_SHIFT, &entry);

	if (!err)
		*entry = align_down(pa, PAGE_2M) | PTE_PRESENT | PTE_WRITE | PTE_UNCACHED | PTE_LARGE;
	tlb_forget(phys_ptr(pa));
	return err;
}

enum err paging_map_page0(void)
{
	uint64_t *entry;
	enum err err = page_map(0);

	if (!err)
		err = entry_find(0, 12, &entry);
	if (!err)
		*entry = PTE_PRESENT | PTE_WRITE;
	return err;
}

enum err paging_unmap_page0(void)
{
	uint64_t *entry;
	enum err err = entry_find(0, 12, &entry);

	if (!err) {
		*entry = 0;
		tlb_forget(NULL);
	}
	return err;
}

enum err paging_map(struct range r)
{
	/* Until there are tables of ours, firmware's map everything. */
	if (range_empty(r) || !paging.root_pa)
		return ERR_OK;
	if (r.end > paging.limit)
		return ERR_OVERFLOW;
	for (uint64_t pa = align_down(r.start, PAGE_2M); pa < r.end; pa += PAGE_2M) {
		enum err err = page_map(pa);

		if (err)
			return err;
	}
	return r.start < PAGE_4K ? paging_map_page0() : ERR_OK;
}

enum err paging_allow(struct range r)
{
	return range_set_add(&paging.known, r);
}

void paging_allow_ram(const struct range_set *ram)
{
	paging.ram = ram;
}

enum err paging_fault(uint64_t address)
{
	struct range byte = range_make(address, 1);

	if (address < PAGE_4K || address >= paging.limit)
		return ERR_EXCEPTION;
	if (!range_set_covers(&paging.known, byte) &&
		!(paging.ram && range_set_covers(paging.ram, byte)))
		return ERR_EXCEPTION;
	/* Another processor may be here, too; nothing below faults. */
	while (__atomic_test_and_set(&paging.lock, __ATOMIC_ACQUIRE))
		cpu_pause();
	enum err err = page_map(address);

	__atomic_clear(&paging.lock, __ATOMIC_RELEASE);
	return err;
}
