/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See image_sums.h. The PE checksum is fixed first, as if the last eight bytes were zero; then free
 * words are tried until word and CRC together add nothing to it. Its sum has 16 bits, so one word in
 * 65536 fits.
 */
#include "host/image_sums.h"
#include "host/pe_write.h"
#include "lib/image_crc.h"
#include "spec/pe.h"

/* One's-complement addition of the halves of v to a 16-bit sum. */
static uint32_t add_halves(uint32_t sum, uint32_t v)
{
	sum += (v & 0xffff) + (v >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

bool image_sums_put(uint8_t *image, size_t size)
{
	struct span all = {image, size};
	uint8_t *free_word = image + size - IMAGE_SUMS_SIZE, *crc_word = free_word + 4;
	uint8_t *checksum = image + le32_get(image + MZ_E_LFANEW) + PE_HEADER_SIZE + OPT_CHECKSUM;
	uint32_t sum, state, word = 0;

	le32_put(free_word, 0);
	le32_put(crc_word, 0);
	le32_put(checksum, pe_checksum(all));
	sum = le32_get(checksum) - (uint32_t)size;
	state = image_crc(IMAGE_CRC_START, (struct span){image, size - IMAGE_SUMS_SIZE});
	do {
		uint32_t crc;

		le32_put(free_word, word);
		crc = image_crc(state, (struct span){free_word, 4});
		if (add_halves(add_halves(sum, word), crc) == sum) {
			le32_put(crc_word, crc);
			return true;
		}
	} while (++word);
	return false;
}
