/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timing decoders. The program bench/decode does it, with the stub's own objects: as machine code,
 * what is timed is what boots.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/child.h"
#include "host/decode_time.h"
#include "host/libexec.h"

#define TIMEOUT_S  600
#define OUTPUT_MAX 16384
#define LIST_SIZE  (DECODE_COUNTS_MAX * 12)

static bool in_order(double least, double median)
{
	return least >= 0 && median >= least;
}

static bool parse_threads(json_t *object, struct decode_threads *ret)
{
	int threads;

	if (json_unpack(object, "{s:i,s:F,s:F,s:F,s:F}", "threads", &threads, "min_ms", &ret->cpu_min_ms,
		    "median_ms", &ret->cpu_median_ms, "wall_min_ms", &ret->wall_min_ms, "wall_median_ms",
		    &ret->wall_median_ms) ||
		threads < 1 || threads > DECODE_THREADS_MAX)
		return false;
	ret->threads = (unsigned int)threads;
	return in_order(ret->cpu_min_ms, ret->cpu_median_ms) &&
	       in_order(ret->wall_min_ms, ret->wall_median_ms);
}

bool decode_time_parse(const char *text, struct decode_time *ret)
{
	json_t *top = json_loads(text, 0, NULL), *list = NULL, *object;
	struct decode_time time = {0};
	bool good;
	size_t i;

	good = top &&
	       !json_unpack(top, "{s:{s:F,s:F},s:{s:F},s:o}", "stub", "median_ms", &time.median_ms, "min_ms",
		       &time.min_ms, "memcpy", "median_ms", &time.copy_ms, "threads", &list) &&
	       in_order(time.min_ms, time.median_ms) && time.copy_ms >= 0 &&
	       json_is_array(list) && json_array_size(list) <= DECODE_COUNTS_MAX + 1;
	json_array_foreach (list, i, object) {
		good = good && parse_threads(object, &time.on[time.counts]);
		time.counts += good;
	}
	json_decref(top);
	if (good)
		*ret = time;
	return good;
}

enum status decode_time(const char *name, const char *path, const struct decode_counts *threads,
	struct decode_time *ret)
{
	char program[PATH_MAX], image[64], list[LIST_SIZE] = "";
	char json[] = "--json", option[] = "--threads";
	char *const argv[] = {program, json, option, list, image, NULL};
	enum status status;
	size_t size, i, len = 0;
	char *text;

	snprintf(image, sizeof(image), "%s", path);
	for (i = 0; i < threads->count; i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%u", i ? "," : "", threads->n[i]);
	status = libexec_find("decode", program);
	if (!status)
		status = child_output(argv, TIMEOUT_S, OUTPUT_MAX, &text, &size);
	if (status)
		return status;
	if (!decode_time_parse(text, ret)) {
		report(name, "decode time is unknown: %s printed no time", program);
		status = STATUS_ENVIRONMENT;
	}
	free(text);
	return status;
}
