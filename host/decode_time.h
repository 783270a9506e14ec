/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long does decoding one of our images take on this CPU?
 */
#ifndef HOST_DECODE_TIME_H
#define HOST_DECODE_TIME_H

#include "host/report.h"

/* Of some rounds, on one processor, in milliseconds of its time. */
struct decode_time {
	double median_ms, min_ms;
};

/* What the program prints: {"stub": {"min_ms": ..., "median_ms": ...}, ...}. False if it is not. */
bool decode_time_parse(const char *text, struct decode_time *ret);

/* path: one of our images. Prints. */
enum status decode_time(const char *name, const char *path, struct decode_time *ret);

#endif /* HOST_DECODE_TIME_H */
