/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `bzforge extract` is measured against: read the file, decode the payload with its library, one call,
 * write what came out.
 *
 *     bare_decode CODEC OFFSET LENGTH OUT_SIZE WRITE_SIZE IN OUT
 *
 * OFFSET and LENGTH are the stream's in IN; of the OUT_SIZE bytes that it decodes to the first WRITE_SIZE
 * are written.
 */
#include <fcntl.h>
#include <libdeflate.h>
#include <lz4.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

static int decode_lz4(const char *in, size_t len, char *out, size_t size)
{
	size_t at = 4, made = 0;

	while (at + 4 <= len) { /* the legacy frame: a size, then a block */
		uint32_t block;
		int n;

		memcpy(&block, in + at, 4);
		n = LZ4_decompress_safe(in + at + 4, out + made, (int)block,
			size - made < INT32_MAX ? (int)(size - made) : INT32_MAX);
		if (n < 0)
			return 1;
		made += (size_t)n;
		at += 4 + block;
	}
	return made != size;
}

static int decode(const char *codec, const char *in, size_t len, char *out, size_t size)
{
	size_t used = 0, made = 0;
	uint64_t limit = UINT64_MAX;

	if (!strcmp(codec, "zstd"))
		return ZSTD_decompress(out, size, in, len) != size;
	if (!strcmp(codec, "lz4"))
		return decode_lz4(in, len, out, size);
	if (!strcmp(codec, "xz"))
		return lzma_stream_buffer_decode(&limit, 0, NULL, (const uint8_t *)in, &used, len,
			       (uint8_t *)out, &made, size) != LZMA_OK;
	if (!strcmp(codec, "gzip"))
		return libdeflate_gzip_decompress(
			libdeflate_alloc_decompressor(), in, len, out, size, NULL);
	return 1;
}

int main(int argc, char **argv)
{
	size_t offset, length, size, keep, done = 0;
	struct stat st;
	char *in, *out;
	ssize_t n;
	int fd;

	if (argc != 8)
		return 2;
	offset = strtoul(argv[2], NULL, 0);
	length = strtoul(argv[3], NULL, 0);
	size = strtoul(argv[4], NULL, 0);
	keep = strtoul(argv[5], NULL, 0);
	fd = open(argv[6], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) || offset + length > (size_t)st.st_size || keep > size)
		return 2;
	in = malloc((size_t)st.st_size);
	out = malloc(size);
	if (!in || !out || read(fd, in, (size_t)st.st_size) != st.st_size)
		return 2;
	if (decode(argv[1], in + offset, length, out, size))
		return 1;
	fd = open(argv[7], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	for (; fd >= 0 && done < keep; done += (size_t)n) {
		n = write(fd, out + done, keep - done);
		if (n <= 0)
			return 2;
	}
	return fd < 0 || close(fd);
}
