/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timing decoders. The program bench/decode does it, with the stub's own objects: as machine code,
 * what is timed is what boots.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "host/child.h"
#include "host/decode_time.h"
#include "host/libexec.h"

#define TIMEOUT_S  600
#define OUTPUT_MAX 4096

bool decode_time_parse(const char *text, struct decode_time *ret)
{
	json_t *top = json_loads(text, 0, NULL);
	struct decode_time time;
	bool good;

	good = top && !json_unpack(top, "{s:{s:F,s:F}}", "stub", "median_ms", &time.median_ms,
			      "min_ms", &time.min_ms);
	json_decref(top);
	if (good && time.min_ms >= 0 && time.median_ms >= time.min_ms) {
		*ret = time;
		return true;
	}
	return false;
}

enum status decode_time(const char *name, const char *path, struct decode_time *ret)
{
	char program[PATH_MAX], image[64], json[] = "--json";
	char *const argv[] = {program, json, image, NULL};
	enum status status;
	size_t size;
	char *text;

	snprintf(image, sizeof(image), "%s", path);
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
