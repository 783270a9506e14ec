/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See memory.h. */
#include <sys/mman.h>
#include <unistd.h>
#include "lib/memory.h"

static size_t whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

uint8_t *memory_reserve(size_t size)
{
	void *p = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void memory_trim(uint8_t *memory, size_t size, size_t keep)
{
	size_t kept = whole_pages(keep ? keep : 1), all = whole_pages(size ? size : 1);

	if (kept < all)
		munmap(memory + kept, all - kept);
}

void memory_release(uint8_t *memory, size_t size)
{
	if (memory)
		munmap(memory, size ? size : 1);
}
