/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See kernel.h. Stage 2, 64-bit mode. The ELF was checked when its first chunk had come out; from
 * then on only the checked plan is used, since in place the header itself is overwritten.
 */
#include "boot/stub/kernel.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/gate.h"
#include "boot/stub/spread.h"
#include "boot/stub/stamp.h"
#include "core/reloc_compact.h"
#include "spec/image.h"

static enum err differ(const char *text, uint64_t manifest, uint64_t elf, struct fault *fault)
{
	return manifest == elf ? ERR_OK : fault_set(fault, ERR_ELF_CHANGED, text, manifest, elf);
}

enum err kernel_check(const struct manifest *m, struct span prefix, struct elf_plan *ret,
	struct fault *fault)
{
	bool in_place = m->flags & MANIFEST_FLAG_IN_PLACE;
	enum err err = elf_plan(prefix, m->elf_size, ret, fault);

	if (!err)
		err = differ("lowest address", m->mem_base, ret->mem_base, fault);
	if (!err)
		err = differ("size in memory", m->mem_size, ret->mem_size, fault);
	if (!err)
		err = differ("first segment's offset", m->first_offset, ret->first_offset, fault);
	if (!err)
		err = differ("end of the segments", m->tail_offset, ret->tail_offset, fault);
	/* A kernel that could be decoded in place may be decoded apart; not the other way round. */
	if (!err && in_place && !ret->in_place)
		err = differ("in place", in_place, ret->in_place, fault);
	return err;
}

/* The first chunk says what the others are. */
static enum err decode_first(const struct decode *d, const struct worker *worker, struct span *ret_out,
	struct elf_plan *ret_elf, struct fault *fault)
{
	stamp(TIMELINE_CHUNK_START, worker->cpu, 0);
	enum err err = decode_chunk(d, worker, NULL, 0, ret_out, fault);

	if (!err)
		err = kernel_check(d->manifest, *ret_out, ret_elf, fault);
	if (!err)
		err = decode_unfilter(d, ret_elf, 0, *ret_out);
	stamp(TIMELINE_CHUNK_END, worker->cpu, 0);
	return err;
}

enum err kernel_decode(const struct decode *d, struct crew *crew, kernel_chunk_seen *seen, void *ctx,
	struct elf_plan *ret_elf, struct fault *fault)
{
	struct queue queue; /* others reach it, too: one memory for all */
	const struct manifest *m = d->manifest;
	const struct worker *boot = &crew->worker[0];
	uint32_t failed = 0;
	struct span first;

	gate_init(boot->gate_pa, rdtsc());
	say("decoding 0x%x bytes in %u chunks", m->content_size, m->chunk_count);
	enum err err = decode_first(d, boot, &first, ret_elf, fault);

	if (!err) {
		if (seen)
			seen(ctx, m, 0, first);
		queue_init(&queue, d, ret_elf, 1);
		queue.seen = seen;
		queue.ctx = ctx;
		if (seen || !queue_divides(m)) {
			queue_work(&queue, boot);
		} else {
			queue_longest_first(&queue);
			crew_run(crew, queue_work, &queue);
		}
		err = queue_result(&queue, &failed, fault);
	}
	if (err)
		complain("chunk %u of %u, counted from 0:", failed, m->chunk_count);
	stamp_boot(TIMELINE_DECODED);
	return err;
}

/* Decoded apart from where it runs, behind the kernel's memory: copy. */
static void segments_copy(struct crew *crew, const struct place_plan *place, const struct elf_plan *elf)
{
	for (size_t i = 0; i < elf->count; i++) {
		const struct elf_segment *s = &elf->segment[i];

		spread_copy(crew, place->output_pa + (s->paddr - elf->mem_base),
			place->content_pa + s->offset, s->filesz);
	}
}

/* What a segment has in memory but not in the file; in place, padding of the file may lie there. */
static void segments_clear(struct crew *crew, const struct place_plan *place, const struct elf_plan *elf)
{
	for (size_t i = 0; i < elf->count; i++) {
		const struct elf_segment *s = &elf->segment[i];

		spread_clear(crew, place->output_pa + (s->paddr - elf->mem_base) + s->filesz,
			s->memsz - s->filesz);
	}
}

/* Linux's table lies behind the ELF, as the manifest says it is coded. */
static enum err relocate_linux(const struct manifest *m, const struct place_plan *place,
	const struct reloc_target *target, uint64_t delta, struct fault *fault)
{
	struct span table = phys_span(place->tail_pa + (m->elf_size - m->tail_offset),
		m->content_size - m->elf_size);
	struct reloc_compact codes;
	struct reloc_table words;
	enum err err;

	if (m->reloc_coding == RELOC_COMPACT) {
		err = reloc_compact_split(table, m->reloc_layout, &codes, fault);
		if (!err && delta)
			err = reloc_compact_apply(&codes, target, delta, fault);
	} else {
		err = reloc_split(table, m->reloc_layout, &words, fault);
		if (!err && delta)
			err = reloc_apply(&words, target, delta, fault);
	}
	if (!err)
		say("relocated by 0x%lx, table of %lu bytes", delta, table.len);
	return err;
}

/*
 * A kernel linked where it runs physically is moved physically; others keep to virtual addresses.
 */
static enum err relocate(const struct manifest *m, const struct place_plan *place,
	const struct elf_plan *elf, uint64_t virtual_delta, struct fault *fault)
{
	const struct reloc_target target = {
		.image = phys_ptr(place->output_pa),
		.mem_base = elf->mem_base,
		.mem_size = elf->mem_size,
		.va_minus_pa = elf->link_base,
	};
	uint64_t delta = elf->link_base ? virtual_delta : place->output_pa - elf->mem_base;

	if (m->reloc_layout == RELOC_LINUX_3 || m->reloc_layout == RELOC_LINUX_2)
		return relocate_linux(m, place, &target, delta, fault);
	if (m->reloc_layout == RELOC_DYNAMIC) {
		enum err err = reloc_apply_dynamic(elf, &target, delta, fault);

		if (!err)
			say("relocated by its own table by 0x%lx", delta);
		return err;
	}
	return ERR_OK;
}

enum err kernel_finish(struct crew *crew, const struct manifest *m, const struct place_plan *place,
	const struct elf_plan *elf, uint64_t virtual_delta, uint64_t *ret_entry_pa,
	struct fault *fault)
{
	if (!(m->flags & MANIFEST_FLAG_IN_PLACE))
		segments_copy(crew, place, elf);
	segments_clear(crew, place, elf);
	enum err err = relocate(m, place, elf, virtual_delta, fault);

	if (!err)
		*ret_entry_pa = elf->entry_pa + (place->output_pa - elf->mem_base);
	return err;
}
