/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The measurements as JSON. What was not measured is null.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "host/bench.h"
#include "host/compress.h"
#include "host/text.h"

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *time_value(double v)
{
	return v < 0 ? json_null() : json_real(v);
}

static json_t *number(uint64_t v)
{
	return v ? json_integer((json_int_t)v) : json_null();
}

/* Text from outside: there may be none, or bytes that are not UTF-8, which JSON wants. */
static json_t *text_value(const char *text, size_t len)
{
	json_t *value = len ? json_stringn(text, len) : NULL;

	return value ? value : json_null();
}

static const char *kind_name(enum bench_kind kind)
{
	switch (kind) {
	case BENCH_ORIGINAL:
		return "original";
	case BENCH_OTHER:
		return "other";
	case BENCH_MADE:
		return "made";
	}
	return NULL;
}

static json_t *threads(const struct decode_time *time)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < time->counts; i++) {
		const struct decode_threads *on = &time->on[i];
		json_t *o = json_object();

		put(o, "threads", json_integer(on->threads));
		put(o, "wall_ms", time_value(on->wall_median_ms));
		put(o, "wall_min_ms", time_value(on->wall_min_ms));
		put(o, "cpu_ms", time_value(on->cpu_median_ms));
		put(o, "cpu_min_ms", time_value(on->cpu_min_ms));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *cpus(const struct bench *b, const struct bench_row *row)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < b->cpus.count; i++) {
		json_t *o = json_object();

		put(o, "cpus", json_integer(b->cpus.n[i]));
		put(o, "seconds", time_value(row->cpus_s[i]));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *image(const struct bench *b, const struct bench_row *row)
{
	json_t *o = json_object(), *all = json_array();
	const struct compress_rules *rules = compress_rules(row->codec);
	bool made = row->kind == BENCH_MADE;
	unsigned int i;

	for (i = 0; i < row->boots; i++)
		json_array_append_new(all, json_real(row->userspace_s[i]));
	put(o, "name", text_value(row->name, strlen(row->name)));
	put(o, "kind", json_string(kind_name(row->kind)));
	put(o, "codec", json_string(codec_name(row->codec)));
	put(o, "level", made && rules->level_best >= rules->level_min
						  ? json_integer(row->level)
						  : json_null());
	put(o, "size", number(row->size));
	put(o, "payload_size", number(row->payload_size));
	put(o, "wrapper_size", number(row->size - row->payload_size));
	put(o, "init_size", number(row->init_size));
	put(o, "compress_seconds", time_value(row->compress_s));
	put(o, "make_seconds", time_value(row->make_s));
	put(o, "decode_ms", time_value(row->decode.median_ms));
	put(o, "decode_min_ms", time_value(row->decode.min_ms));
	put(o, "decode_threads", threads(&row->decode));
	put(o, "copy_ms", time_value(row->decode.copy_ms));
	put(o, "instructions", number(row->instructions));
	put(o, "instructions_kaslr", number(row->instructions_kaslr));
	put(o, "entry_to_kernel", cpus(b, row));
	put(o, "userspace_seconds", time_value(bench_userspace(row)));
	put(o, "userspace_seconds_all", all);
	return o;
}

enum status bench_json(const struct bench *b, char **ret_text)
{
	const struct kernel *k = b->kernel;
	json_t *top = json_object(), *images = json_array();
	char digits[SHA256_SIZE * 2 + 1];
	unsigned int i;
	char *text;

	for (i = 0; i < b->rows; i++)
		json_array_append_new(images, image(b, &b->row[i]));
	text_digest(k->sha256, digits);
	put(top, "tool", json_string("bzforge " BZFORGE_VERSION));
	put(top, "file", text_value(k->name, strlen(k->name)));
	put(top, "version",
		text_value((const char *)k->image.version.ptr, k->image.version.len));
	put(top, "kernel_sha256", json_string(digits));
	put(top, "content_size", number(k->content_size));
	put(top, "boots", json_integer(b->boots));
	put(top, "accelerator", b->boots ? json_string(b->kvm ? "kvm" : "tcg") : json_null());
	put(top, "images", images);
	text = json_dumps(top, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	json_decref(top);
	if (!text) {
		report(k->name, "cannot write the report as JSON");
		return STATUS_ENVIRONMENT;
	}
	*ret_text = text;
	return STATUS_DONE;
}
