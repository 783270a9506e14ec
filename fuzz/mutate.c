/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many small changes to real files: what a fuzzer that starts from seeds of a few hundred bytes does not
 * get to.
 *
 *     mutate-kernel COUNT SEED FILE...
 *
 * Each round takes one of the files, cuts it to at most 256 KiB (from the front; the header with what it
 * points at counts, most of a kernel's code does not), changes one to eight places (a bit, a byte, a
 * 32-bit number to one of those that break sums, a stretch copied from elsewhere, the end) and gives it to the
 * fuzz target. The same SEED gives the same rounds. Ends with 1 if a round takes more than two seconds of a processor;
 * sanitizers end it where they find something, and the round's number stands above.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUT     (256 * 1024)
#define SECONDS 2

static uint64_t state;
static volatile uint64_t now;

/* splitmix64 */
static uint64_t draw(uint64_t below)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

static void too_slow(int signal)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "round %" PRIu64 ": more than %d s\n", now, SECONDS);

	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		_exit(3);
	_exit(1);
}

/* Of the processor: other programs may be running. */
static void limit_time(time_t seconds)
{
	const struct itimerval limit = {.it_value.tv_sec = seconds};

	setitimer(ITIMER_PROF, &limit, NULL);
}

/* Half of the changes go to the first 1 KiB: headers. */
static size_t place(size_t size)
{
	return draw(2) && size > 1024 ? draw(1024) : draw(size);
}

static void change(uint8_t *data, size_t *size)
{
	static const uint32_t bad[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, 0x10000, 0x1000};
	size_t at = place(*size), from, len;
	uint32_t word;

	switch (draw(6)) {
	case 0:
		data[at] ^= (uint8_t)(1 << draw(8));
		break;
	case 1:
		data[at] = (uint8_t)draw(256);
		break;
	case 2:
		word = bad[draw(sizeof(bad) / sizeof(bad[0]))];
		if (at + 4 <= *size)
			memcpy(data + at, &word, 4);
		break;
	case 3:
		if (at + 4 <= *size) {
			memcpy(&word, data + at, 4);
			word += (uint32_t)draw(33) - 16;
			memcpy(data + at, &word, 4);
		}
		break;
	case 4:
		from = place(*size);
		len = draw(64);
		if (at + len <= *size && from + len <= *size)
			memmove(data + at, data + from, len);
		break;
	default:
		if (!draw(4) && *size > 1)
			*size = 1 + draw(*size - 1);
	}
}

int main(int argc, char **argv)
{
	static uint8_t *file[256];
	size_t length[256], files = 0;
	uint64_t count;
	int i;

	if (argc < 4 || argc > 256)
		return 2;
	count = strtoull(argv[1], NULL, 10);
	for (i = 3; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");

		if (!f)
			return 2;
		file[files] = malloc(CUT);
		length[files] = file[files] ? fread(file[files], 1, CUT, f) : 0;
		fclose(f);
		files += length[files] > 0;
	}
	signal(SIGPROF, too_slow);
	for (now = 0; now < count; now++) {
		size_t which, size;
		uint8_t *data;

		state = strtoull(argv[2], NULL, 10) * 0x100000001b3 + now;
		which = draw(files);
		size = length[which];
		data = malloc(size);
		if (!data)
			return 2;
		memcpy(data, file[which], size);
		for (uint64_t n = 1 + draw(8); n; n--)
			change(data, &size);
		data = realloc(data, size); /* its end is where the sanitizer looks */
		limit_time(SECONDS);
		LLVMFuzzerTestOneInput(data, size);
		limit_time(0);
		free(data);
		if (now % 100000 == 99999)
			fprintf(stderr, "%" PRIu64 " rounds\n", now + 1);
	}
	return 0;
}
