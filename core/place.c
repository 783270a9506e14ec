/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where kernel, payload, stub and work area go (place.h draws the layouts). Computes only; the stub
 * carries the plan out after place_check (place_check.c, which shares no code with this) agreed.
 *
 * Three answers are tried in this order, from the least copying to the tightest fit:
 *
 * 1. Nothing moves: the output lies clear of the image and of the work area behind it.
 *
 *      | head | payload | rest | work |            | output ............ |
 *      image_pa                                    output_pa
 *
 * 2. Out of the way: head and work area get a free place clear of output and image; the payload
 * too, if the output runs over it. Nothing is copied onto where something is copied from.
 *
 *      | output ..............|.......... |    | payload |  | head | work |
 *                 | image, overwritten |
 *
 * 3. Sequential: payload, head and work area at the end of the init_size bytes from output_pa on,
 * the payload overlapping the output's end. What place_init_size reserved, so that it always works
 * when the loader kept to the protocol: then output_pa is place_start, and the image lies below
 *    start + image_size, which is why nothing goes below start + image_size + work_size.
 *
 *      start          + image_size + work_size
 *      | image | work |        | payload .............. | head | work |
 *      | output .............................. |
 *      |<---- safe_offset ---->|
 */
#include "core/place.h"

/* Below are the BIOS's areas, the zero page, real-mode code: nothing of ours. */
#define LOWEST	 0x100000
#define FOUR_GIB 0x100000000

static bool add(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

static uint64_t max64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * In bytes from output_pa: where what lies behind the kernel's memory begins, and how long it is.
 * In place that is the tail, apart the whole content.
 */
static enum err find_behind(
	const struct place_image *image, uint64_t *ret_start, uint64_t *ret_size)
{
	uint64_t start;

	if (image->first_offset > image->tail_offset || image->tail_offset > image->content_size ||
		align_up(image->mem_size, PLACE_PAGE, &start))
		return ERR_OVERFLOW;
	*ret_start = start;
	*ret_size = image->content_size - (image->in_place ? image->tail_offset : 0);
	return ERR_OK;
}

enum err place_extent(const struct place_image *image, uint64_t *ret_extent)
{
	uint64_t start, size, end;

	if (find_behind(image, &start, &size) || !add(start, size, &end))
		return ERR_OVERFLOW;
	/* In place the header piece passes through the output's beginning. */
	*ret_extent = image->in_place ? max64(end, image->first_offset) : end;
	return ERR_OK;
}

uint64_t place_safe_offset(uint64_t dest_end, uint64_t in_end, uint64_t margin)
{
	uint64_t end = dest_end + margin < margin ? UINT64_MAX : dest_end + margin;

	return end > in_end ? end - in_end : 0;
}

/* head and work area as one block: stub first, work area on the next page. */
static enum err block_size(const struct place_image *image, uint64_t *ret_head, uint64_t *ret_size)
{
	uint64_t head, work, size;

	if (align_up(image->head_size, PLACE_PAGE, &head) ||
		align_up(image->work_size, PLACE_PAGE, &work) || !add(head, work, &size))
		return ERR_OVERFLOW;
	*ret_head = head;
	*ret_size = size;
	return ERR_OK;
}

struct sequential {
	uint64_t payload, stub, work, end;
};

/* Layout 3 from base on; pieces start on pages. */
static enum err layout_sequential(
	const struct place_image *image, uint64_t base, struct sequential *ret)
{
	struct sequential s;
	uint64_t source_end, output_end, head, block;

	if (place_extent(image, &output_end) || block_size(image, &head, &block) ||
		!add(base, output_end, &output_end))
		return ERR_OVERFLOW;
	/* The image and its work area at the highest place that a loader may take: base. */
	if (!add(base, image->image_size, &source_end) ||
		align_up(source_end, PLACE_PAGE, &source_end) ||
		!add(source_end, image->work_size, &source_end))
		return ERR_OVERFLOW;
	/* There it may stay, if that is far enough. */
	if (!add(base, max64(image->safe_offset, image->payload_off), &s.payload) ||
		align_up(s.payload, PLACE_PAGE, &s.payload) ||
		!add(s.payload, image->payload_size, &s.stub) ||
		align_up(max64(max64(s.stub, output_end), source_end), PLACE_PAGE, &s.stub) ||
		!add(s.stub, block, &s.end))
		return ERR_OVERFLOW;
	s.work = s.stub + head;
	*ret = s;
	return ERR_OK;
}

enum err place_init_size(const struct place_image *image, uint64_t *ret_init_size)
{
	/* A start that is not on a page costs up to a page: lay out from its offset in the page. */
	uint64_t low = image->movable && image->alignment < PLACE_PAGE
		? PLACE_PAGE - 1
		: image->pref_address & (PLACE_PAGE - 1);
	struct sequential s;

	if (layout_sequential(image, low, &s) || s.end >= FOUR_GIB)
		return ERR_OVERFLOW;
	*ret_init_size = s.end;
	return ERR_OK;
}

enum err place_start(const struct place_image *image, uint64_t image_pa, uint64_t *ret_start)
{
	uint64_t start;

	if (!image->movable) {
		*ret_start = image->pref_address;
		return ERR_OK;
	}
	if (align_up(image_pa, image->alignment, &start))
		return ERR_OVERFLOW;
	*ret_start = max64(start, image->pref_address);
	return ERR_OK;
}

/* The highest place below max, on a page, that is in free and clear of the count ranges of avoid.
 */
static bool find_clear(const struct range_set *free, uint64_t size, uint64_t max,
	const struct range *avoid, unsigned count, uint64_t *ret)
{
	uint64_t start;

	while (!range_set_find_high(free, size, PLACE_PAGE, LOWEST, max, &start)) {
		struct range r = range_make(start, size);
		unsigned i = 0;

		while (i < count && !range_overlap(r, avoid[i]))
			i++;
		if (i == count) {
			*ret = start;
			return true;
		}
		/* Every higher place touches it too, and so does every one that ends above its
		 * start. */
		max = avoid[i].start;
	}
	return false;
}

/* Below 4 GiB if possible: firmware and loaders have more experience with that. */
static bool find_place(const struct range_set *free, uint64_t size, const struct range *avoid,
	unsigned count, uint64_t *ret)
{
	return find_clear(free, size, FOUR_GIB, avoid, count, ret) ||
		find_clear(free, size, UINT64_MAX, avoid, count, ret);
}

/* Layout 2. avoid: output, and the image with its work area. */
static bool plan_clear(const struct place_image *image, const struct range_set *free,
	const struct range avoid[2], struct place_plan *plan)
{
	struct range taken[3] = {avoid[0], avoid[1]};
	uint64_t head, block;

	if (block_size(image, &head, &block) || !find_place(free, block, taken, 2, &plan->stub_pa))
		return false;
	plan->work_pa = plan->stub_pa + head;
	if (range_overlap(range_make(plan->payload_pa, image->payload_size), avoid[0])) {
		taken[2] = range_make(plan->stub_pa, block);
		if (!find_place(free, image->payload_size, taken, 3, &plan->payload_pa))
			return false;
	}
	plan->moved = true;
	return true;
}

/* Layout 3. source: the image with its work area, which stub and work area must not be copied onto.
 */
static bool plan_sequential(const struct place_image *image, const struct range_set *free,
	struct range source, uint64_t init_size, struct place_plan *plan)
{
	struct sequential s;

	if (layout_sequential(image, plan->output_pa, &s) || s.end - plan->output_pa > init_size)
		return false;
	if (!range_set_covers(free, (struct range){plan->output_pa, s.end}) ||
		range_overlap((struct range){s.stub, s.end}, source))
		return false;
	plan->payload_pa = s.payload;
	plan->stub_pa = s.stub;
	plan->work_pa = s.work;
	plan->moved = true;
	plan->sequential = true;
	return true;
}

enum err place_apart(const struct place_image *image, uint64_t output_pa, uint64_t stub_pa,
	uint64_t work_pa, struct place_plan *ret)
{
	struct place_plan plan = {
		.output_pa = output_pa,
		.stub_pa = stub_pa,
		.work_pa = work_pa,
	};
	uint64_t behind, size, end;

	if (place_extent(image, &plan.extent) || find_behind(image, &behind, &size) ||
		!add(output_pa, plan.extent, &end) ||
		!add(stub_pa, image->payload_off, &plan.payload_pa))
		return ERR_OVERFLOW;
	if (image->in_place) {
		plan.header_pa = output_pa;
		plan.tail_pa = output_pa + behind;
	} else {
		plan.header_pa = plan.content_pa = output_pa + behind;
		plan.tail_pa = plan.content_pa + image->tail_offset;
	}
	*ret = plan;
	return ERR_OK;
}

enum err place_plan(const struct place_image *image, uint64_t image_pa, uint64_t output_pa,
	uint64_t init_size, const struct range_set *free, struct place_plan *ret)
{
	struct place_plan plan;
	struct range output, source, work;
	struct range avoid[2];
	uint64_t work_pa, end;

	if (!add(image_pa, image->image_size, &end) || align_up(end, PLACE_PAGE, &work_pa) ||
		!add(work_pa, image->work_size, &end) ||
		place_apart(image, output_pa, image_pa, work_pa, &plan))
		return ERR_OVERFLOW;
	output = range_make(output_pa, plan.extent);
	source = (struct range){image_pa, end};
	work = (struct range){work_pa, end};
	if (!range_set_covers(free, output))
		return ERR_ADDRESS_TAKEN;

	avoid[0] = output;
	avoid[1] = source;
	if (!range_overlap(output, source) && range_set_covers(free, work)) {
		*ret = plan;
		return ERR_OK;
	}
	if (plan_clear(image, free, avoid, &plan) ||
		plan_sequential(image, free, source, init_size, &plan)) {
		*ret = plan;
		return ERR_OK;
	}
	return ERR_NO_MEMORY;
}
