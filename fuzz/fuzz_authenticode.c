/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a signed PE file: nothing hostile in a certificate table holds for a file that it is not
 * for. The signatures of the seeds are real, so that what is behind the first checks is reached.
 */
#include "fuzz/fuzz.h"

#include "host/authenticode.h"

/* Does the byte at that offset change the digest? */
static bool counts(uint8_t *file, size_t size, size_t at, const uint8_t digest[SHA256_SIZE])
{
	uint8_t other[SHA256_SIZE];
	struct pe pe;

	file[at] ^= 0x80;
	if (pe_parse((struct span){file, size}, &pe, NULL)) {
		file[at] ^= 0x80;
		return true;
	}
	authenticode_digest(&pe, other);
	file[at] ^= 0x80;
	return memcmp(digest, other, SHA256_SIZE) != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct authenticode a;
	uint8_t digest[SHA256_SIZE], *copy;
	struct pe pe;
	size_t i;

	if (pe_parse((struct span){data, size}, &pe, NULL))
		return 0; /* fuzz_pe's business; this would be said on standard error */
	FUZZ_CHECK(!authenticode_open("input", (struct span){data, size}, &a));
	FUZZ_CHECK(a.count <= AUTHENTICODE_MAX && (a.count != 0) == (pe.certificates.len != 0));
	for (i = 0; i < a.count; i++)
		FUZZ_CHECK(a.s[i].signer);
	authenticode_close(&a);
	FUZZ_CHECK(!a.count);

	/* The headers' bytes count, but for checksum and directory entry; unless a section lies on them. */
	if (pe_check_layout(&pe, NULL))
		return 0;
	copy = malloc(size);
	FUZZ_CHECK(copy);
	memcpy(copy, data, size);
	authenticode_digest(&pe, digest);
	FUZZ_CHECK(!counts(copy, size, pe.optional_off + OPT_CHECKSUM, digest));
	FUZZ_CHECK(counts(copy, size, 2, digest));
	free(copy);
	return 0;
}
