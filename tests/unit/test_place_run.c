/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/place, carried out: random images in a small memory, planned, and then moved and decoded
 * byte by byte by a decoder that is as unkind as its margin allows. Everything that was to survive
 * is looked at: input until it is read, stub and work area, memory that is not ours, and the kernel
 * at the end.
 *
 * Nothing here knows how place.c decides; it knows only what a plan means.
 */
#include "tests/unit/unit.h"

#include "core/place.h"

#define MEM_BASE   0x100000 /* the simulated memory's first address */
#define MEM_SIZE   0x60000
#define CHUNKS_MAX 32
#define FOREIGN	   0xee /* memory that is not free */
#define OLD_WORK   0x78
#define NEW_WORK   0x77

struct chunk {
	uint64_t in_off, in_size, out_off, out_size;
	uint64_t margin;
	bool skip;
};

struct world {
	struct unit_random random;
	uint8_t mem[MEM_SIZE];
	uint8_t image_bytes[MEM_SIZE]; /* what the loader loaded */
	uint8_t content[MEM_SIZE];
	struct range free_ranges[8];
	struct range_set free;
	struct elf_plan elf;
	struct place_image image;
	struct chunk chunks[CHUNKS_MAX];
	size_t chunk_count;
	uint64_t image_pa, output_pa, init_size;
	struct place_plan plan;
	unsigned unmoved, moved, sequential, refused; /* what was met so far */
};

static uint8_t *at(struct world *w, uint64_t pa, uint64_t size)
{
	assert_true(pa >= MEM_BASE && size <= MEM_SIZE && pa - MEM_BASE <= MEM_SIZE - size);
	return w->mem + (pa - MEM_BASE);
}

static uint64_t below(struct world *w, uint64_t n)
{
	return unit_below(&w->random, n);
}

/* Some segments, in order, with holes in file and memory. */
static void make_elf(struct world *w)
{
	uint64_t offset = below(w, 4) ? 1 + below(w, 0x900) : 0;
	uint64_t paddr = 0x1000000;

	w->elf = (struct elf_plan){.mem_base = paddr, .first_offset = offset, .in_place = true};
	w->elf.count = 1 + below(w, 4);
	for (size_t i = 0; i < w->elf.count; i++) {
		uint64_t filesz = 1 + below(w, 0x2000), hole = below(w, 2) ? below(w, 0x800) : 0;
		uint64_t memsz = filesz + (below(w, 2) ? below(w, 0x1000) : 0);

		w->elf.segment[i] = (struct elf_segment){offset, 0, paddr, filesz, memsz, 1, 0};
		w->elf.tail_offset = offset + filesz;
		w->elf.mem_size = paddr + memsz - w->elf.mem_base;
		offset += memsz + hole;
		paddr += memsz + (below(w, 2) ? hole : below(w, 0x800));
	}
}

static void add_chunk(struct world *w, uint64_t out_off, uint64_t out_size)
{
	struct chunk *c = &w->chunks[w->chunk_count];
	uint64_t in_off = w->chunk_count ? c[-1].in_off + c[-1].in_size : below(w, 16);

	assert_true(w->chunk_count < CHUNKS_MAX);
	/* Mostly compressed, sometimes expanded. */
	*c = (struct chunk){
		in_off, 1 + out_size * (below(w, 8) ? below(w, 90) : 110) / 100, out_off, out_size};
	c->margin = 1 + (c->in_size > out_size ? c->in_size - out_size : 0);
	w->chunk_count++;
}

/* Cut a piece into one to three chunks. */
static void add_piece(struct world *w, uint64_t off, uint64_t size)
{
	while (size) {
		uint64_t part = below(w, 3) ? size : 1 + below(w, size);

		if (w->chunk_count > CHUNKS_MAX - 24)
			part = size;
		add_chunk(w, off, part);
		off += part;
		size -= part;
	}
}

static void make_image(struct world *w)
{
	struct place_image *image = &w->image;
	const struct chunk *last;

	make_elf(w);
	w->chunk_count = 0;
	*image = (struct place_image){
		.head_size = 0x100 + below(w, 0x1800),
		.work_size = 1 + below(w, 0x2800),
		.content_size = w->elf.tail_offset + below(w, 0x1000),
		.first_offset = w->elf.first_offset,
		.tail_offset = w->elf.tail_offset,
		.mem_base = w->elf.mem_base,
		.mem_size = w->elf.mem_size,
		.alignment = 0x1000,
		.pref_address = MEM_BASE + 0x1000 * below(w, 8),
		.in_place = below(w, 3) != 0,
		.movable = true,
	};
	if (image->in_place) {
		struct elf_piece pieces[ELF_PIECES_MAX];
		size_t count;

		assert_int_equal(elf_pieces(&w->elf, image->content_size, pieces, &count), ERR_OK);
		for (size_t i = 0; i < count; i++)
			add_piece(w, pieces[i].offset, pieces[i].size);
	} else {
		add_piece(w, 0, image->content_size);
	}
	last = &w->chunks[w->chunk_count - 1];
	image->payload_size = last->in_off + last->in_size + below(w, 16);
	image->payload_off = image->head_size + below(w, 0x100);
	image->image_size = image->payload_off + image->payload_size + below(w, 0x800);
	for (uint64_t i = 0; i < image->content_size; i++)
		w->content[i] = (uint8_t)unit_random(&w->random);
	for (uint64_t i = 0; i < image->image_size; i++)
		w->image_bytes[i] = (uint8_t)unit_random(&w->random);
}

/*
 * safe_offset as the host tool finds it: where each chunk would go if the output began at a page,
 * and how far it gets. Uses place_chunk for the destinations, on a plan far away from everything.
 */
static void find_safe_offset(struct world *w)
{
	struct place_plan plan = {.output_pa = 1ull << 40};
	uint64_t behind;

	assert_int_equal(place_extent(&w->image, &plan.extent), ERR_OK);
	assert_int_equal(align_up(w->image.mem_size, 0x1000, &behind), ERR_OK);
	plan.header_pa = plan.output_pa + (w->image.in_place ? 0 : behind);
	plan.content_pa = plan.output_pa + behind;
	plan.tail_pa = plan.content_pa + (w->image.in_place ? 0 : w->image.tail_offset);
	for (size_t i = 0; i < w->chunk_count; i++) {
		struct chunk *c = &w->chunks[i];
		uint64_t pa, need;

		assert_int_equal(place_chunk(&w->image, &plan, &w->elf, c->out_off, c->out_size,
					 &pa, &c->skip),
			ERR_OK);
		if (c->skip)
			continue;
		need = place_safe_offset(
			pa + c->out_size - plan.output_pa, c->in_off + c->in_size, c->margin);
		w->image.safe_offset = need > w->image.safe_offset ? need : w->image.safe_offset;
	}
}

/* A loader: picks a place for the image, some of the memory is taken by others. */
static bool make_machine(struct world *w)
{
	uint64_t size = 0x8000 + below(w, MEM_SIZE - 0x8000), start;

	bool tight = below(w, 3) == 0;

	assert_int_equal(place_init_size(&w->image, &w->init_size), ERR_OK);
	if (tight) /* little more than what the protocol guarantees */
		size = 0x1000 * below(w, 3) + w->init_size;
	if (size > MEM_SIZE || w->image.image_size > size)
		return false;
	w->free = (struct range_set){w->free_ranges, 0, COUNT(w->free_ranges)};
	assert_int_equal(range_set_add(&w->free, range_make(MEM_BASE, size)), ERR_OK);
	w->image_pa = MEM_BASE + below(w, size - w->image.image_size + 1);
	if (tight || below(w, 2))
		w->image_pa = MEM_BASE + 0x1000 * below(w, tight ? 2 : 16);
	if (tight)
		w->image.pref_address = MEM_BASE;
	if (w->image_pa + w->image.image_size > MEM_BASE + size)
		return false;
	for (unsigned n = tight ? 0 : (unsigned)below(w, 4); n; n--) {
		struct range taken = range_make(MEM_BASE + below(w, size), below(w, 0x2000));

		if (!range_overlap(taken, range_make(w->image_pa, w->image.image_size)))
			assert_int_equal(range_set_remove(&w->free, taken), ERR_OK);
	}
	assert_int_equal(place_start(&w->image, w->image_pa, &start), ERR_OK);
	w->output_pa = tight || below(w, 2) ? start : MEM_BASE + 0x1000 * below(w, size / 0x1000);

	memset(w->mem, FOREIGN, sizeof(w->mem));
	for (size_t i = 0; i < w->free.count; i++)
		memset(at(w, w->free_ranges[i].start, 0), 0x55,
			w->free_ranges[i].end - w->free_ranges[i].start);
	memcpy(at(w, w->image_pa, w->image.image_size), w->image_bytes, w->image.image_size);
	return true;
}

static void check_filled(struct world *w, uint64_t pa, uint64_t size, uint8_t value)
{
	const uint8_t *p = at(w, pa, size);

	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(p[i], value);
}

/* What is neither free nor the image itself is as it was. */
static void check_foreign(struct world *w)
{
	struct range ranges[16] = {{MEM_BASE, MEM_BASE + MEM_SIZE}};
	struct range_set foreign = {ranges, 1, COUNT(ranges)};

	for (size_t i = 0; i < w->free.count; i++)
		assert_int_equal(range_set_remove(&foreign, w->free_ranges[i]), ERR_OK);
	assert_int_equal(
		range_set_remove(&foreign, range_make(w->image_pa, w->image.image_size)), ERR_OK);
	for (size_t i = 0; i < foreign.count; i++)
		check_filled(w, ranges[i].start, ranges[i].end - ranges[i].start, FOREIGN);
}

/* Copy as memcpy may: source and destination must be apart. */
static void copy(struct world *w, uint64_t to, uint64_t from, uint64_t size)
{
	assert_true(to + size <= from || from + size <= to);
	memcpy(at(w, to, size), at(w, from, size), size);
}

static void run_moves(struct world *w)
{
	const struct place_plan *p = &w->plan;
	uint64_t old_payload = w->image_pa + w->image.payload_off, old_work;
	bool old_work_free;

	assert_int_equal(align_up(w->image_pa + w->image.image_size, 0x1000, &old_work), ERR_OK);
	old_work_free = range_set_covers(&w->free, range_make(old_work, w->image.work_size));
	if (old_work_free)
		memset(at(w, old_work, w->image.work_size), OLD_WORK, w->image.work_size);
	/* The stub runs from the old place, with the old stack, until it is copied. */
	if (p->moved)
		copy(w, p->stub_pa, w->image_pa, w->image.head_size);
	if (old_work_free)
		check_filled(w, old_work, w->image.work_size, OLD_WORK);
	assert_memory_equal(
		at(w, w->image_pa, w->image.head_size), w->image_bytes, w->image.head_size);
	memset(at(w, p->work_pa, w->image.work_size), NEW_WORK, w->image.work_size);
	/* The copy fetches the payload. */
	if (p->payload_pa != old_payload)
		memmove(at(w, p->payload_pa, w->image.payload_size),
			at(w, old_payload, w->image.payload_size), w->image.payload_size);
}

/* Reads input byte by byte, each as late as it may, and writes output as early. */
static void run_chunk(struct world *w, const struct chunk *c)
{
	const uint8_t *in = at(w, w->plan.payload_pa + c->in_off, c->in_size);
	const uint8_t *want = w->image_bytes + w->image.payload_off + c->in_off;
	uint64_t pa, written = 0;
	uint8_t *out;
	bool skip;

	assert_int_equal(
		place_chunk(&w->image, &w->plan, &w->elf, c->out_off, c->out_size, &pa, &skip),
		ERR_OK);
	assert_int_equal(skip, c->skip);
	if (skip)
		return;
	out = at(w, pa, c->out_size);
	for (uint64_t i = 0; i < c->in_size; i++) {
		uint64_t until = (i + 1) * c->out_size / c->in_size;

		assert_int_equal(in[i], want[i]);
		for (; written < until; written++)
			out[written] = w->content[c->out_off + written];
	}
}

static void run_chunks(struct world *w)
{
	size_t order[CHUNKS_MAX];

	for (size_t i = 0; i < w->chunk_count; i++)
		order[i] = i;
	/* The first chunk is read before anything else happens; the others in any order, if they
	 * may. */
	for (size_t i = w->chunk_count - 1; i > 1 && !w->plan.sequential; i--) {
		size_t other = 1 + below(w, i), swap = order[i];

		order[i] = order[other];
		order[other] = swap;
	}
	for (size_t i = 0; i < w->chunk_count; i++) {
		run_chunk(w, &w->chunks[order[i]]);
		if (!i)
			assert_memory_equal(at(w, w->plan.header_pa, w->chunks[0].out_size),
				w->content, w->chunks[0].out_size);
	}
}

static void check_kernel(struct world *w)
{
	const struct place_image *image = &w->image;
	uint64_t tail_size = image->content_size - image->tail_offset;

	if (image->in_place) {
		for (size_t i = 0; i < w->elf.count; i++) {
			const struct elf_segment *s = &w->elf.segment[i];
			uint64_t pa = w->plan.output_pa + (s->paddr - image->mem_base);

			assert_memory_equal(
				at(w, pa, s->filesz), w->content + s->offset, s->filesz);
		}
	} else {
		assert_memory_equal(at(w, w->plan.content_pa, image->content_size), w->content,
			image->content_size);
	}
	assert_memory_equal(
		at(w, w->plan.tail_pa, tail_size), w->content + image->tail_offset, tail_size);
	/* Clearing bss and relocating may touch all of the output. */
	memset(at(w, w->plan.output_pa, w->plan.extent), 0xdd, w->plan.extent);
	assert_memory_equal(
		at(w, w->plan.stub_pa, image->head_size), w->image_bytes, image->head_size);
	check_filled(w, w->plan.work_pa, image->work_size, NEW_WORK);
	check_foreign(w);
}

static void run(struct world *w)
{
	enum err e;

	make_image(w);
	find_safe_offset(w);
	if (!make_machine(w))
		return;
	e = place_plan(&w->image, w->image_pa, w->output_pa, w->init_size, &w->free, &w->plan);
	if (e) {
		assert_true(e == ERR_ADDRESS_TAKEN || e == ERR_NO_MEMORY);
		w->refused++;
		return;
	}
	assert_int_equal(place_check(&w->image, &w->plan), ERR_OK);
	assert_int_equal(place_check_memory(&w->image, w->image_pa, &w->free, &w->plan), ERR_OK);
	w->unmoved += !w->plan.moved;
	w->moved += w->plan.moved && !w->plan.sequential;
	w->sequential += w->plan.sequential;
	run_moves(w);
	run_chunks(w);
	check_kernel(w);
}

static void test_plans_carried_out(void **state)
{
	static struct world w;

	w.random.state = 6;
	for (unsigned round = 0; round < 3000; round++)
		run(&w);
	/* All three layouts were met, and often. */
	assert_true(w.unmoved > 100);
	assert_true(w.moved > 100);
	assert_true(w.sequential > 100);
	assert_true(w.refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans_carried_out),
	};

	return cmocka_run_group_tests_name("place, carried out", tests, NULL, NULL);
}
