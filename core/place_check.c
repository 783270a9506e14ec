/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The proof of a placement plan, from the definitions in place.h and not from how place.c finds
 * one: the two share no code. The stub asks before it writes the first byte; the tests ask about
 * every plan.
 */
#include "core/place.h"

struct area {
	uint64_t start, size;
};

static bool wraps(struct area a)
{
	return a.start + a.size < a.start;
}

/* Half-open areas that do not wrap; an empty one touches nothing. */
static bool apart(struct area a, struct area b)
{
	return !a.size || !b.size || a.start + a.size <= b.start || b.start + b.size <= a.start;
}

static bool inside(struct area inner, struct area outer)
{
	return inner.start >= outer.start && inner.start + inner.size <= outer.start + outer.size;
}

/* Do header, tail or content lie where place.h says, and all that is written inside the output? */
static enum err check_content(
	const struct place_image *image, const struct place_plan *plan, struct area output)
{
	struct area header = {plan->header_pa, image->first_offset};
	struct area tail = {plan->tail_pa, image->content_size - image->tail_offset};
	struct area content = {plan->content_pa, image->content_size};

	if (image->tail_offset > image->content_size || image->first_offset > image->tail_offset ||
		wraps(header) || wraps(tail) || wraps(content) || image->mem_size > output.size)
		return ERR_OVERFLOW;
	if (image->in_place) {
		if (header.start != output.start || !inside(header, output) ||
			!inside(tail, output) || tail.start < output.start + image->mem_size)
			return ERR_ADDRESS_TAKEN;
	} else {
		if (!inside(content, output) || content.start < output.start + image->mem_size ||
			header.start != content.start ||
			tail.start != content.start + image->tail_offset)
			return ERR_ADDRESS_TAKEN;
	}
	return ERR_OK;
}

enum err place_check(const struct place_image *image, const struct place_plan *plan)
{
	struct area output = {plan->output_pa, plan->extent};
	struct area payload = {plan->payload_pa, image->payload_size};
	struct area stub = {plan->stub_pa, image->head_size};
	struct area work = {plan->work_pa, image->work_size};
	enum err e;

	if (wraps(output) || wraps(payload) || wraps(stub) || wraps(work))
		return ERR_OVERFLOW;
	e = check_content(image, plan, output);
	if (e)
		return e;
	if (plan->work_pa % PLACE_PAGE)
		return ERR_ADDRESS_TAKEN;
	if (!apart(output, stub) || !apart(output, work) || !apart(stub, work) ||
		!apart(payload, stub) || !apart(payload, work))
		return ERR_ADDRESS_TAKEN;
	if (!plan->sequential)
		return apart(output, payload) ? ERR_OK : ERR_ADDRESS_TAKEN;

	/* An offset that does not wrap: payload behind output's start, and far enough. */
	if (payload.start < output.start || payload.start - output.start < image->safe_offset)
		return ERR_NO_SPACE;
	return ERR_OK;
}

enum err place_check_memory(const struct place_image *image, uint64_t image_pa,
	const struct range_set *free, const struct place_plan *plan)
{
	const struct area source = {image_pa, image->image_size};
	const struct area areas[4] = {
		{plan->output_pa, plan->extent},
		{plan->work_pa, image->work_size},
		{plan->stub_pa, image->head_size},
		{plan->payload_pa, image->payload_size},
	};
	const bool copied[4] = {false, false, plan->stub_pa != image_pa,
		plan->payload_pa != image_pa + image->payload_off};
	const bool by_copy[4] = {false, false, false, plan->stub_pa != image_pa};

	for (unsigned i = 0; i < 4; i++) {
		bool written = i < 2 || copied[i], covered = false;

		if (wraps(areas[i]))
			return ERR_OVERFLOW;
		for (size_t n = 0; n < free->count; n++) {
			if (areas[i].start >= free->r[n].start &&
				areas[i].start + areas[i].size <= free->r[n].end)
				covered = true;
		}
		if (written && areas[i].size && !covered)
			return ERR_ADDRESS_TAKEN;
		if (copied[i] && !by_copy[i] && !apart(areas[i], source))
			return ERR_ADDRESS_TAKEN;
	}
	return ERR_OK;
}
