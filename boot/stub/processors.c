/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See processors.h. Stage 1, 64-bit mode, after the plan has been made: the others' memory is what that
 * leaves free, in one piece:
 *
 *   | what was in the room | block of the first | block of the second | ...     room, below 1 MiB
 */
#include "boot/stub/processors.h"
#include "boot/efi/efi.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/stub/ap_start.h"
#include "boot/stub/apic.h"
#include "boot/stub/console.h"
#include "boot/stub/levels.h"
#include "boot/stub/memory.h"
#include "boot/stub/queue.h"
#include "codec/codec.h"
#include "core/levels.h"
#include "core/madt.h"
#include "core/wake.h"
#include "spec/acpi.h"

#define LEAF_VENDOR    0
#define LEAF_FEATURES  1

_Static_assert(AP_ROOM_SIZE == LEVELS_ROOM_SIZE, "the pages that are looked for are those used");
_Static_assert(SMP_SAVE_SIZE == AP_ROOM_SIZE, "room to save them");

static unsigned int limit_find(const struct stage1 *s, bool entered_32, const char **ret_reason)
{
	const struct wake_facts facts = {
		.entered_32 = entered_32,
		.type_of_loader = s->bp->hdr.type_of_loader,
		.cmdline = s->cmdline,
		.apic_base = msr_read(MSR_APIC_BASE),
		.encrypted = efi_guest_check(NULL) != ERR_OK,
		.divides = queue_divides(&s->manifest),
		.stored = s->manifest.codec == CODEC_NONE,
		.chunk_count = s->manifest.chunk_count,
		.content_size = s->manifest.content_size,
	};
	unsigned int limit = wake_limit(&facts, ret_reason);

	return limit < CREW_MAX - 1 ? limit : CREW_MAX - 1;
}

static void cpuid_read(uint32_t leaf, uint32_t sub, uint32_t ret[4])
{
	cpuid_count(leaf, sub, ret);
}

/* Without a table, or with a damaged one, CPUID knows a part of them. */
static void others_find(struct stage1 *s, struct apic_ids *ids)
{
	const struct memory_reader reader = {memory_read_described, &s->memory};
	uint64_t rsdp_pa = memory_find_rsdp(s);
	struct fault fault = {0};
	struct span madt;

	if (!rsdp_pa || acpi_table_find(&reader, rsdp_pa, ACPI_SIGNATURE_MADT, &madt, &fault) ||
		madt_processors(madt, ids, &fault))
		topology_processors(cpuid_read, ids);
}

static bool is_slow(void)
{
	uint32_t vendor[4], features[4];

	cpuid_count(LEAF_VENDOR, 0, vendor);
	cpuid_count(LEAF_FEATURES, 0, features);
	return wake_is_slow(vendor[1], features[0]);
}

/* Room for as many of them as possible, in free memory that nothing else is going to be put to. */
static enum err memory_find(struct stage1 *s, const struct handover *handover, struct smp_plan *smp)
{
	const struct place_plan *plan = &handover->plan;
	const struct range taken[] = {
		s->in_use,
		range_make(plan->output_pa, plan->extent),
		range_make(plan->payload_pa, s->image.payload_size),
		range_make(plan->stub_pa, s->image.head_size),
		range_make(plan->work_pa, s->image.work_size),
	};
	enum err err = align_up(SMP_HEAP + (uint64_t)s->manifest.workspace, PAGE_4K, &smp->block_size);

	if (err)
		return err;
	for (; smp->count; smp->count--) {
		err = memory_find_clear(&s->memory, taken, sizeof(taken) / sizeof(*taken),
			SMP_SAVE_SIZE + smp->count * smp->block_size, UINT64_MAX, &smp->memory_pa);
		if (err != ERR_NO_MEMORY)
			break;
	}
	return err;
}

static enum err others_plan(struct stage1 *s, unsigned int limit, struct handover *handover)
{
	struct smp_plan *smp = &handover->smp;
	struct apic_ids ids = {.id = smp->apic_id, .cap = limit};
	enum err err = apic_init();

	if (err)
		return err;
	ids.own = apic_own_id();
	ids.wide = apic_is_wide();
	others_find(s, &ids);
	smp->count = (uint32_t)ids.count;
	if (!smp->count)
		return ERR_OK;
	smp->slow = is_slow();
	err = levels_room_low(s, &smp->room_pa);
	return err ? err : memory_find(s, handover, smp);
}

void processors_plan(struct stage1 *s, bool entered_32, struct handover *handover)
{
	struct smp_plan *smp = &handover->smp;
	const char *reason = "there is no other";
	unsigned int limit = limit_find(s, entered_32, &reason);
	enum err err = limit ? others_plan(s, limit, handover) : ERR_OK;

	if (err) {
		smp->count = 0;
		reason = err_text(err);
	}
	if (smp->count)
		say("%u other processors called, 0x%lx bytes each at 0x%lx, room at 0x%lx", smp->count,
			smp->block_size, smp->memory_pa, smp->room_pa);
	else
		say("one processor works: %s", reason);
}
