/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect's report as JSON. A key whose fact is unknown has the value null. Numbers are integers;
 * those above 2^63 - 1, which JSON libraries disagree about, are strings ("0xffffffff81000000"), and
 * virtual addresses are always such strings.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include "host/inspect.h"
#include "host/text.h"

#define XLOADFLAG_BITS 16

static json_t *json_hex(uint64_t v)
{
	return json_sprintf("0x%" PRIx64, v);
}

static json_t *json_number(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : json_hex(v);
}

/* Text from a file: may hold anything, JSON wants UTF-8. */
static json_t *json_text(struct span s)
{
	json_t *text = json_stringn((const char *)s.ptr, s.len);

	return text ? text : json_string("(not UTF-8)");
}

static json_t *json_digest(const uint8_t digest[SHA256_SIZE])
{
	char text[SHA256_SIZE * 2 + 1];

	text_digest(digest, text);
	return json_string(text);
}

static json_t *segments(const struct elf_plan *p)
{
	json_t *list = json_array();
	char flags[4];
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct elf_segment *s = &p->segment[i];

		text_segment_flags(s->flags, flags);
		json_array_append_new(list, json_pack("{so so so so so so ss}",
			"offset", json_number(s->offset), "vaddr", json_hex(s->vaddr),
			"paddr", json_number(s->paddr), "filesz", json_number(s->filesz),
			"memsz", json_number(s->memsz), "align", json_number(s->align),
			"flags", flags));
	}
	return list;
}

static void put_kernel(json_t *top, const struct kernel *k)
{
	bool linux_table = k->table.layout == RELOC_LINUX_2 || k->table.layout == RELOC_LINUX_3;
	json_t *relocs;

	if (!k->has_elf) {
		json_object_set_new(top, "elf", json_null());
		json_object_set_new(top, "relocs", json_null());
		json_object_set_new(top, "kernel_sha256", json_null());
		return;
	}
	json_object_set_new(top, "elf", json_pack("{so so ss so}",
		"size", json_number(k->elf.len), "entry", json_number(k->plan.entry),
		"type", k->plan.type == 3 ? "dyn" : "exec", "segments", segments(&k->plan)));
	relocs = json_pack("{so ss so}", "count", json_number(kernel_relocs_count(k)),
		"layout", reloc_layout_name(k->table.layout), "size", json_number(k->relocs.len));
	if (linux_table) {
		json_object_set_new(relocs, "count_64", json_number(k->table.rel64.len / 4));
		json_object_set_new(relocs, "count_32", json_number(k->table.rel32.len / 4));
		json_object_set_new(relocs, "count_inverse", json_number(k->table.inverse32.len / 4));
	}
	json_object_set_new(top, "relocs", relocs);
	json_object_set_new(top, "kernel_sha256", json_digest(k->sha256));
}

static json_t *xloadflags(uint16_t flags)
{
	json_t *list = json_array();
	unsigned int bit;

	for (bit = 0; bit < XLOADFLAG_BITS; bit++) {
		const char *name = text_xloadflag(bit);

		if (flags & 1u << bit && name)
			json_array_append_new(list, json_string(name));
	}
	return list;
}

static void put_image(json_t *top, const struct kernel *k)
{
	const struct bzimage *b = &k->image;
	const struct setup_header *h = &b->hdr;
	bool known = k->format == KERNEL_BZIMAGE && b->setup_size;

	json_object_set_new(top, "protocol", !known ? json_null() :
		json_sprintf("%u.%u", b->protocol >> 8, b->protocol & 0xff));
	json_object_set_new(top, "version", known && b->version.len ? json_text(b->version) : json_null());
	json_object_set_new(top, "codec", k->has_codec ? json_string(codec_name(k->codec)) : json_null());
	json_object_set_new(top, "payload", !known || !b->payload.len ? json_null() :
		json_pack("{so so}", "offset", json_number(kernel_offset(k, b->payload.ptr)),
			"length", json_number(b->payload.len)));
	json_object_set_new(top, "content_size", k->content ? json_number(k->content_size) : json_null());
	json_object_set_new(top, "init_size", known ? json_number(h->init_size) : json_null());
	json_object_set_new(top, "pref_address", known ? json_number(h->pref_address) : json_null());
	if (!known)
		return;
	json_object_set_new(top, "setup_size", json_number(b->setup_size));
	json_object_set_new(top, "image_size", json_number(b->image_size));
	json_object_set_new(top, "image_crc", json_string(text_crc(k->crc)));
	json_object_set_new(top, "signed", json_boolean(k->signature_size));
	json_object_set_new(top, "relocatable", json_boolean(h->relocatable_kernel));
	json_object_set_new(top, "kernel_alignment", json_number(h->kernel_alignment));
	json_object_set_new(top, "min_alignment", json_number(h->min_alignment));
	json_object_set_new(top, "cmdline_size", json_number(h->cmdline_size));
	json_object_set_new(top, "initrd_addr_max", json_number(h->initrd_addr_max));
	json_object_set_new(top, "root_flags", json_number(h->root_flags));
	json_object_set_new(top, "root_dev", json_number(h->root_dev));
	json_object_set_new(top, "vid_mode", json_number(h->vid_mode));
	json_object_set_new(top, "xloadflags", xloadflags(h->xloadflags));
	json_object_set_new(top, "setup_type_max",
		b->has_kernel_info ? json_number(b->setup_type_max) : json_null());
}

static json_t *chunks(const struct manifest *m)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < m->chunk_count; i++) {
		struct manifest_chunk c = manifest_chunk(m, i);

		json_array_append_new(list, json_pack("{so so so so so so}",
			"in_offset", json_number(c.in_off), "in_size", json_number(c.in_size),
			"out_offset", json_number(c.out_off), "out_size", json_number(c.out_size),
			"crc32c", json_hex(c.crc32c), "ready_after", json_number(c.ready_after)));
	}
	return list;
}

static void put_manifest(json_t *top, const struct kernel *k)
{
	const struct manifest *m = &k->manifest;

	if (!k->ours) {
		json_object_set_new(top, "manifest", json_null());
		return;
	}
	json_object_set_new(top, "manifest", json_pack("{sb sb sb so so so so so so so so so so}",
		"in_place", !!(m->flags & MANIFEST_FLAG_IN_PLACE),
		"movable", !!(m->flags & MANIFEST_FLAG_MOVABLE),
		"virtual", !!(m->flags & MANIFEST_FLAG_VIRTUAL),
		"mem_base", json_number(m->mem_base), "mem_size", json_number(m->mem_size),
		"first_offset", json_number(m->first_offset),
		"tail_offset", json_number(m->tail_offset),
		"safe_offset", json_number(m->safe_offset),
		"workspace", json_number(m->workspace),
		"cmdline", m->cmdline_size ? json_text(k->cmdline) : json_null(),
		"initrd_size", json_number(m->initrd_size),
		"kernel_sha256", json_digest(m->kernel_sha256),
		"chunks", chunks(m)));
}

static json_t *problems(const struct problems *list)
{
	json_t *out = json_array();
	char text[256];
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct problem *p = &list->p[i];
		bool placed = p->fault.text;

		problem_text(p, text, sizeof(text));
		json_array_append_new(out, json_pack("{so so ss ss}",
			"offset", placed ? json_number(p->fault.offset) : json_null(),
			"value", placed ? json_number(p->fault.value) : json_null(),
			"text", text, "part", p->part && *p->part ? p->part : "file"));
	}
	return out;
}

enum status inspect_print_json(const struct kernel *k)
{
	json_t *top = json_object();
	enum status status = STATUS_DONE;

	if (!top)
		return report_no_memory(k->name);
	json_object_set_new(top, "format", json_string(text_format(k->format)));
	put_image(top, k);
	put_kernel(top, k);
	put_manifest(top, k);
	json_object_set_new(top, "problems", problems(&k->problems));
	json_object_set_new(top, "whole", json_boolean(!k->problems.count));
	if (json_dumpf(top, stdout, JSON_INDENT(2)))
		status = report_no_memory(k->name);
	else
		putchar('\n');
	json_decref(top);
	return status;
}
