/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a manifest, as they are and with size and checksum put right, so that the fuzzer
 * gets past them. What parses keeps its promises, and is the same after it has been written and
 * parsed again. Input: u32 image size, then the manifest.
 */
#include "fuzz/fuzz.h"

#include "core/crc32c.h"
#include "core/manifest.h"

static void check_promises(const struct manifest *m, uint64_t image_size)
{
	bool in_place = m->flags & MANIFEST_FLAG_IN_PLACE;
	bool first = !m->first_offset, tail = false;
	uint64_t in_end = 0, out_end = 0;

	FUZZ_CHECK((uint64_t)m->payload_off + m->payload_size <= image_size);
	FUZZ_CHECK((uint64_t)m->cmdline_off + m->cmdline_size <= image_size);
	FUZZ_CHECK((uint64_t)m->initrd_off + m->initrd_size <= image_size);
	FUZZ_CHECK(m->elf_size <= m->content_size);
	FUZZ_CHECK(m->first_offset < m->tail_offset && m->tail_offset <= m->content_size);
	FUZZ_CHECK(m->mem_base + m->mem_size > m->mem_base);
	for (uint32_t i = 0; i < m->chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(m, i);

		FUZZ_CHECK(c.in_off >= in_end && (c.in_size || i));
		in_end = (uint64_t)c.in_off + c.in_size;
		FUZZ_CHECK(in_end <= m->payload_size);
		FUZZ_CHECK(c.out_off == out_end && c.out_size);
		out_end += c.out_size;
		FUZZ_CHECK(c.ready_after <= i);
		first |= out_end == m->first_offset;
		tail |= out_end == m->tail_offset;
	}
	FUZZ_CHECK(out_end == m->content_size);
	FUZZ_CHECK(!in_place || (first && tail));
}

static void check_round_trip(const struct manifest *m, uint64_t image_size)
{
	struct manifest_chunk *chunks = malloc(m->chunk_count * sizeof(*chunks));
	uint32_t size = manifest_size(m->chunk_count);
	uint8_t *first = malloc(size), *second = malloc(size);
	struct manifest again;

	FUZZ_CHECK(chunks && first && second);
	for (uint32_t i = 0; i < m->chunk_count; i++)
		chunks[i] = manifest_chunk(m, i);
	FUZZ_CHECK(!manifest_write(m, chunks, first, size));
	FUZZ_CHECK(manifest_write(m, chunks, second, size - 1) == ERR_NO_SPACE);
	FUZZ_CHECK(!manifest_parse((struct span){first, size}, image_size, &again, NULL));
	for (uint32_t i = 0; i < m->chunk_count; i++)
		chunks[i] = manifest_chunk(&again, i);
	FUZZ_CHECK(!manifest_write(&again, chunks, second, size));
	FUZZ_CHECK(!memcmp(first, second, size));
	free(chunks);
	free(first);
	free(second);
}

static void check(struct span bytes, uint64_t image_size)
{
	struct manifest m = {.codec = 0x55};
	struct fault fault = {0};

	if (manifest_parse(bytes, image_size, &m, &fault)) {
		FUZZ_CHECK(m.codec == 0x55 && fault.text);
		return;
	}
	FUZZ_CHECK(fuzz_within(m.chunks, bytes));
	check_promises(&m, image_size);
	check_round_trip(&m, image_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {data, size};
	uint64_t image_size = fuzz_take(&input, 4);
	uint8_t *fixed;
	size_t end;

	check(input, image_size);
	if (input.len < MANIFEST_CHUNKS || input.len < manifest_size(1))
		return 0;
	end = input.len - MANIFEST_CRC_SIZE;
	fixed = malloc(input.len);
	FUZZ_CHECK(fixed);
	memcpy(fixed, input.ptr, input.len);
	le32_put(fixed + MANIFEST_SIZE, (uint32_t)input.len);
	le32_put(fixed + end, crc32c(0, (struct span){fixed, end}));
	check((struct span){fixed, input.len}, image_size);
	free(fixed);
	return 0;
}
