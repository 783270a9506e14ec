/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `bzforge kaslr` found, as JSON. Numbers are integers, as in inspect's report. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include "host/kaslr_model.h"

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *number(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : json_sprintf("0x%" PRIx64, v);
}

static json_t *bits(uint64_t count)
{
	return json_real(count ? log2((double)count) : 0);
}

static json_t *range(struct range r)
{
	json_t *o = json_object();

	put(o, "start", number(r.start));
	put(o, "end", number(r.end));
	return o;
}

static json_t *ranges(const struct range_set *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->count; i++)
		json_array_append_new(list, range(s->r[i]));
	return list;
}

static json_t *bounds(const struct kaslr_bounds *b)
{
	json_t *o = json_object();

	put(o, "size", number(b->size));
	put(o, "align", number(b->align));
	put(o, "min", number(b->min));
	put(o, "max", number(b->max));
	return o;
}

static json_t *avoided(const struct kaslr_model *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->avoided_count; i++) {
		json_t *o = range(m->avoided[i].range);

		put(o, "reason", json_string(m->avoided[i].reason));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *physical(const struct kaslr_model *m)
{
	json_t *o = json_object(), *areas = json_array();

	for (size_t i = 0; i < m->area_count; i++) {
		json_t *area = range(m->area[i].range);

		put(area, "first", number(m->area[i].first));
		put(area, "slots", number(m->area[i].slots));
		json_array_append_new(areas, area);
	}
	put(o, "slots", number(m->found.slots));
	put(o, "bits", bits(m->found.slots));
	put(o, "areas", areas);
	put(o, "default", number(m->default_pa));
	put(o, "default_free", json_boolean(m->default_free));
	return o;
}

static json_t *window(const struct kaslr_model *m)
{
	json_t *o = json_object();

	put(o, "slots", number(m->virtual_count));
	put(o, "bits", bits(m->virtual_count));
	return o;
}

static json_t *axis(const struct kaslr_axis *a)
{
	json_t *o = json_object();

	if (!a->bins) {
		json_decref(o);
		return json_null();
	}
	put(o, "lowest", number(a->lowest));
	put(o, "highest", number(a->highest));
	put(o, "bins", number(a->bins));
	put(o, "chi_square", json_real(a->test.statistic));
	put(o, "degrees", number(a->test.degrees));
	put(o, "p", json_real(a->test.p));
	return o;
}

static json_t *simulation(const struct kaslr_simulation *s)
{
	json_t *o = json_object();

	put(o, "boots", number(s->boots));
	put(o, "seed", number(s->seed));
	put(o, "physical", axis(&s->physical));
	put(o, "virtual", axis(&s->window));
	put(o, "correlation", json_real(s->correlation));
	put(o, "correlation_p", json_real(s->correlation_p));
	put(o, "wrong", number(s->wrong));
	return o;
}

enum status kaslr_print_json(const struct kaslr_model *m, const struct kaslr_simulation *s)
{
	json_t *top = json_object();
	enum status status = STATUS_DONE;

	put(top, "image", json_string(m->image_name));
	put(top, "memory_map", json_string(m->map_name));
	put(top, "ram", ranges(&m->memory.ram));
	put(top, "in_use", range(m->slots_image.in_use));
	put(top, "efi_map", json_boolean(m->memory.efi == EFI_MAP_USED));
	put(top, "mirrored", json_boolean(m->found.mirrored));
	put(top, "gib_pages", number(m->found.gib_pages));
	put(top, "nokaslr", json_boolean(m->nokaslr));
	put(top, "bounds", bounds(&m->bounds));
	put(top, "avoided", avoided(m));
	put(top, "physical", physical(m));
	put(top, "virtual", window(m));
	put(top, "bits", json_real((m->found.slots ? log2((double)m->found.slots) : 0) +
				 (m->virtual_count ? log2((double)m->virtual_count) : 0)));
	put(top, "simulation", s ? simulation(s) : json_null());
	if (json_dumpf(top, stdout, JSON_INDENT(2))) {
		report(m->image_name, "cannot write the report as JSON");
		status = STATUS_ENVIRONMENT;
	}
	putchar('\n');
	json_decref(top);
	return status;
}
