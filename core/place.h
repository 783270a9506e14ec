/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where everything goes: kernel, payload while it is read, stub and its work area. Computes only.
 *
 * Content is what the payload decodes to: ELF, then relocation table. Two ways to lay it out:
 *
 * in place   chunks are cut at the ELF's pieces (core/elf.h), and each is decoded where it belongs.
 *            The header piece comes first, to output_pa; it is read, then overwritten by the first
 *            run. Gaps are not decoded. The tail (with the relocation table) goes behind the kernel's
 *            memory.
 *
 *            output_pa                       + mem_size up to 4 KiB     + extent
 *            | run ... | run | run ......... | tail                     |
 *
 * apart      content is decoded whole behind the kernel's memory, and segments are copied out.
 *
 *            output_pa                       + mem_size up to 4 KiB     + extent
 *            | kernel's memory               | content                  |
 *
 * The payload is left where the loader put it if that is outside of the output; else it, the stub and
 * the work area move to free memory outside; and only where memory is too tight for that they lie at
 * the end of the init_size bytes that the boot protocol guarantees, the payload overlapping the
 * output:
 *
 *            output_pa                                                       + init_size
 *            | output, extent bytes ...................... |                 |
 *            | safe_offset  | payload ............................ | stub | work |
 *
 * The moved stub fetches the payload, which may be moved onto its old place, or stay there. In the last
 * case chunks must be decoded in order (sequential). It is safe when for every decoded
 * chunk the end of its output plus its codec's margin is not above the end of its input; safe_offset
 * is the smallest distance of the payload from output_pa for which that holds.
 */
#ifndef CORE_PLACE_H
#define CORE_PLACE_H

#include "core/elf.h"
#include "core/range.h"

#define PLACE_PAGE 0x1000

/* What the image is: from stub_info and the manifest, or, in the host tool, from the build. */
struct place_image {
	uint64_t image_size; /* protected-mode part as the loader loads it, embedded files included */
	uint64_t head_size; /* stub, kernel_info and manifest: what must move along with the stub */
	uint64_t work_size;
	uint64_t payload_off; /* stub offset */
	uint64_t payload_size;
	uint64_t content_size;
	uint64_t first_offset; /* size of the header piece */
	uint64_t tail_offset;
	uint64_t mem_base; /* at link time */
	uint64_t mem_size;
	uint64_t safe_offset;
	uint64_t pref_address;
	uint64_t alignment; /* kernel_alignment */
	bool in_place;
	bool movable;
};

struct place_plan {
	uint64_t output_pa; /* where link-time mem_base lands */
	uint64_t extent; /* bytes from output_pa that will be written */
	uint64_t header_pa; /* where the first chunk, with the ELF header, is decoded to */
	uint64_t content_pa; /* apart: where content byte 0 lands; in place: not used, 0 */
	uint64_t tail_pa; /* where content byte tail_offset lands */
	uint64_t payload_pa; /* where the payload is read from */
	uint64_t stub_pa; /* where stub, kernel_info and manifest lie while decoding */
	uint64_t work_pa; /* page-aligned */
	bool moved; /* stub_pa differs from where the loader put it */
	bool sequential; /* payload and output overlap: keep to ready_after */
};

/* Bytes from output_pa on that decoding and running the kernel writes. Errors: OVERFLOW. */
enum err place_extent(const struct place_image *image, uint64_t *ret_extent) MUST_CHECK;

/* init_size for the setup header: room for the last picture above. Errors: OVERFLOW (over 4 GiB). */
enum err place_init_size(const struct place_image *image, uint64_t *ret_init_size) MUST_CHECK;

/*
 * The kernel's run-time start by the boot protocol when it is not randomised: the load address
 * aligned up, but not below pref_address; pref_address itself if the image is not movable.
 */
enum err place_start(const struct place_image *image, uint64_t image_pa, uint64_t *ret_start) MUST_CHECK;

/*
 * image_pa: where the loader put the protected-mode part. output_pa: where the kernel shall land
 * (from kaslr or place_start). free: usable memory less everything that must be kept (initrd, command
 * line, boot_params, setup_data), not less the image itself. init_size from stub_info.
 * Errors: ADDRESS_TAKEN (output not in free memory), NO_MEMORY.
 */
enum err place_plan(const struct place_image *image, uint64_t image_pa, uint64_t output_pa,
	uint64_t init_size, const struct range_set *free, struct place_plan *ret) MUST_CHECK;

/*
 * The plan when everything but the output stays where it is: firmware loaded us, and gave us memory at
 * output_pa and work_pa. Errors: OVERFLOW.
 */
enum err place_apart(const struct place_image *image, uint64_t output_pa, uint64_t stub_pa,
	uint64_t work_pa, struct place_plan *ret) MUST_CHECK;

/*
 * Where is the chunk [out_off, out_off + out_size) of the content decoded to? For the first chunk elf
 * is not needed yet and may be NULL. *ret_skip: it lies in a gap or in the rest of the header and is
 * not decoded. Errors: BAD_MANIFEST when a chunk straddles two pieces, or leaves [output, + extent).
 */
enum err place_chunk(const struct place_image *image, const struct place_plan *plan,
	const struct elf_plan *elf, uint64_t out_off, uint64_t out_size, uint64_t *ret_pa,
	bool *ret_skip) MUST_CHECK;

/*
 * Distance of the payload from output_pa that one decoded chunk needs: dest_end is the end of its
 * output from output_pa, in_end the end of its input from the payload's start, margin its codec's.
 * safe_offset is the largest of these over all decoded chunks, in their order.
 */
uint64_t place_safe_offset(uint64_t dest_end, uint64_t in_end, uint64_t margin);

/*
 * Prove a plan: no two of output, stub, work (and payload, unless sequential) overlap; header, tail or
 * content lie in the output; a sequential payload keeps its distance. The stub calls it before it
 * writes a byte; tests call it on every plan. Errors: OVERFLOW, ADDRESS_TAKEN, NO_SPACE (distance).
 */
enum err place_check(const struct place_image *image, const struct place_plan *plan) MUST_CHECK;

/*
 * The other half of the proof: all that will be written lies in free memory, and the stub is not copied
 * onto the image that it runs in, nor is its work area; the payload only by the copy. Arguments as for place_plan. Errors: OVERFLOW, ADDRESS_TAKEN.
 */
enum err place_check_memory(const struct place_image *image, uint64_t image_pa,
	const struct range_set *free, const struct place_plan *plan) MUST_CHECK;

#endif /* CORE_PLACE_H */
