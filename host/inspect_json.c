/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect's report as JSON. A key whose fact is unknown has the value null. Numbers are integers;
 * those above 2^63 - 1, which JSON libraries disagree about, are strings ("0xffffffff81000000"),
 * and virtual addresses are always such strings.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include "lib/digest.h"
#include "host/inspect_json.h"
#include "host/text.h"
#include "spec/elf64.h"

#define XLOADFLAG_BITS 16

void js_put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

json_t *js_hex(uint64_t v)
{
	return json_sprintf("0x%" PRIx64, v);
}

json_t *js_number(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : js_hex(v);
}

/* Text from a file: may hold anything, JSON wants UTF-8. */
json_t *js_text(struct span s)
{
	json_t *value = json_stringn((const char *)s.ptr, s.len);
	char safe[1024];

	if (value)
		return value;
	text_safe(s, safe, sizeof(safe));
	return json_string(safe);
}

static json_t *digest(const uint8_t sha256[SHA256_SIZE])
{
	char digits[SHA256_SIZE * 2 + 1];

	text_digest(sha256, digits);
	return json_string(digits);
}

static json_t *segment(const struct elf_file_segment *s)
{
	json_t *o = json_object();
	char flags[4];

	text_segment_flags(s->flags, flags);
	js_put(o, "offset", js_number(s->offset));
	js_put(o, "vaddr", js_hex(s->vaddr));
	js_put(o, "paddr", js_number(s->paddr));
	js_put(o, "filesz", js_number(s->filesz));
	js_put(o, "memsz", js_number(s->memsz));
	js_put(o, "align", js_number(s->align));
	js_put(o, "flags", json_string(flags));
	return o;
}

static const char *elf_type(uint16_t type)
{
	switch (type) {
	case ET_EXEC:
		return "exec";
	case ET_DYN:
		return "dyn";
	default:
		return "other";
	}
}

static json_t *elf(const struct kernel *k)
{
	json_t *o = json_object(), *segments = json_array();

	for (uint16_t i = 0; i < k->any.header.phnum; i++) {
		struct elf_file_segment s = elf_file_segment(&k->any, i);

		if (s.type == PT_LOAD)
			json_array_append_new(segments, segment(&s));
	}
	js_put(o, "size", js_number(k->kernel.len));
	js_put(o, "entry", js_number(k->any.header.entry));
	js_put(o, "type", json_string(elf_type(k->any.header.type)));
	js_put(o, "segments", segments);
	return o;
}

/* From the outside in; what they are is in words, "offset" only where it lies in the one before. */
static json_t *layer(const struct kernel_layer *l, const struct kernel_layer *before)
{
	json_t *o = json_object();
	bool inside = before && l->bytes.ptr >= before->bytes.ptr &&
		l->bytes.ptr <= before->bytes.ptr + before->bytes.len;

	js_put(o, "format",
		json_string(l->format == KERNEL_STREAM ? codec_name(l->codec)
						       : format_name(l->format)));
	js_put(o, "size", js_number(l->bytes.len));
	js_put(o, "offset",
		inside ? js_number((uint64_t)(l->bytes.ptr - before->bytes.ptr)) : json_null());
	js_put(o, "member", l->member ? json_string(l->member) : json_null());
	js_put(o, "searched", json_boolean(l->searched));
	return o;
}

static json_t *layers(const struct kernel *k)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < k->layer_count; i++)
		json_array_append_new(list, layer(&k->layer[i], i ? &k->layer[i - 1] : NULL));
	return list;
}

static json_t *relocs(const struct kernel *k)
{
	const struct reloc_table *t = &k->table;
	enum reloc_coding coding = k->ours ? k->manifest.reloc_coding : RELOC_WORDS;
	json_t *o = json_object();

	js_put(o, "count", js_number(kernel_relocs_count(k)));
	js_put(o, "layout",
		json_string(!k->has_elf && k->relocs.len ? "linux-i386"
							 : reloc_layout_name(t->layout)));
	js_put(o, "size", js_number(k->relocs.len));
	js_put(o, "coding", json_string(reloc_coding_name(coding)));
	js_put(o, "coded_size", js_number(k->relocs_coded_size));
	if (t->layout == RELOC_LINUX_2 || t->layout == RELOC_LINUX_3) {
		js_put(o, "count_64", js_number(t->rel64.len / 4));
		js_put(o, "count_32", js_number(t->rel32.len / 4));
		js_put(o, "count_inverse", js_number(t->inverse32.len / 4));
	}
	return o;
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

static json_t *payload(const struct kernel *k)
{
	struct span bytes = k->image.payload.len ? k->image.payload : k->stream;
	json_t *o = json_object();

	js_put(o, "offset", js_number(kernel_offset(k, bytes.ptr)));
	js_put(o, "length", js_number(bytes.len));
	return o;
}

/* What the setup header says; for a file without one only the keys that are always there. */
static void put_image(json_t *top, const struct kernel *k)
{
	const struct bzimage *b = &k->image;
	const struct setup_header *h = &b->hdr;

	if (!b->setup_size) {
		js_put(top, "protocol", json_null());
		js_put(top, "version", json_null());
		js_put(top, "init_size", json_null());
		js_put(top, "pref_address", json_null());
		return;
	}
	js_put(top, "protocol", json_sprintf("%u.%u", b->protocol >> 8, b->protocol & 0xff));
	js_put(top, "version", b->version.len ? js_text(b->version) : json_null());
	js_put(top, "init_size", js_number(h->init_size));
	js_put(top, "pref_address", js_number(h->pref_address));
	js_put(top, "setup_size", js_number(b->setup_size));
	js_put(top, "image_size", js_number(b->image_size));
	js_put(top, "image_crc", json_string(text_crc(k->crc)));
	js_put(top, "signed", json_boolean(k->signature_size));
	js_put(top, "relocatable", json_boolean(h->relocatable_kernel));
	js_put(top, "kernel_alignment", js_number(h->kernel_alignment));
	js_put(top, "min_alignment", js_number(h->min_alignment));
	js_put(top, "cmdline_size", js_number(h->cmdline_size));
	js_put(top, "initrd_addr_max", js_number(h->initrd_addr_max));
	js_put(top, "root_flags", js_number(h->root_flags));
	js_put(top, "root_dev", js_number(h->root_dev));
	js_put(top, "vid_mode", js_number(h->vid_mode));
	js_put(top, "xloadflags", xloadflags(h->xloadflags));
	js_put(top, "setup_type_max", b->has_kernel_info ? js_number(b->setup_type_max) : json_null());
}

static json_t *chunk(struct manifest_chunk c)
{
	json_t *o = json_object();

	js_put(o, "in_offset", js_number(c.in_off));
	js_put(o, "in_size", js_number(c.in_size));
	js_put(o, "out_offset", js_number(c.out_off));
	js_put(o, "out_size", js_number(c.out_size));
	js_put(o, "crc32c", js_hex(c.crc32c));
	js_put(o, "ready_after", js_number(c.ready_after));
	return o;
}

static json_t *manifest(const struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	json_t *o = json_object(), *chunks = json_array();
	uint32_t i;

	for (i = 0; i < m->chunk_count; i++)
		json_array_append_new(chunks, chunk(manifest_chunk(m, i)));
	js_put(o, "in_place", json_boolean(m->flags & MANIFEST_FLAG_IN_PLACE));
	js_put(o, "movable", json_boolean(m->flags & MANIFEST_FLAG_MOVABLE));
	js_put(o, "virtual", json_boolean(m->flags & MANIFEST_FLAG_VIRTUAL));
	js_put(o, "mem_base", js_number(m->mem_base));
	js_put(o, "mem_size", js_number(m->mem_size));
	js_put(o, "first_offset", js_number(m->first_offset));
	js_put(o, "tail_offset", js_number(m->tail_offset));
	js_put(o, "safe_offset", js_number(m->safe_offset));
	js_put(o, "workspace", js_number(m->workspace));
	js_put(o, "cmdline", m->cmdline_size ? js_text(k->cmdline) : json_null());
	js_put(o, "initrd_size", js_number(m->initrd_size));
	js_put(o, "kernel_sha256", digest(m->kernel_sha256));
	js_put(o, "chunks", chunks);
	return o;
}

static json_t *section(struct pe_section_info s)
{
	json_t *o = json_object();
	uint8_t sha256[SHA256_SIZE];
	struct sha256 sum;
	char flags[4];

	sha256_init(&sum);
	digest_update(&sum, s.bytes);
	sha256_final(&sum, sha256);
	text_section_flags(s.flags, flags);
	js_put(o, "name", js_text(s.name));
	js_put(o, "address", js_number(s.rva));
	js_put(o, "size", js_number(s.mem_size));
	js_put(o, "offset", js_number(s.file_off));
	js_put(o, "file_size", js_number(s.file_size));
	js_put(o, "flags", json_string(flags));
	js_put(o, "sha256", digest(sha256));
	return o;
}

/* As the PE header has them, of a UKI or any other EFI application. */
static json_t *sections(const struct kernel *k)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < k->pe.section_count; i++)
		json_array_append_new(list, section(pe_section(&k->pe, i)));
	return list;
}

static json_t *problem(const struct problem *p)
{
	json_t *o = json_object();
	char words[256];

	problem_text(p, words, sizeof(words));
	js_put(o, "offset", p->fault.text ? js_number(p->fault.offset) : json_null());
	js_put(o, "value", p->fault.text ? js_number(p->fault.value) : json_null());
	js_put(o, "text", json_string(words));
	js_put(o, "part", json_string(p->part && *p->part ? p->part : "file"));
	return o;
}

enum status inspect_print_json(const struct facts *f)
{
	const struct kernel *k = f->k;
	json_t *top = json_object(), *problems = json_array();
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < k->problems.count; i++)
		json_array_append_new(problems, problem(&k->problems.p[i]));
	js_put(top, "format", json_string(format_name(k->format)));
	put_image(top, k);
	js_put(top, "codec", k->has_codec ? json_string(codec_name(k->codec)) : json_null());
	js_put(top, "filter",
		k->has_codec ? json_string(kernel_is_filtered(k) ? "x86" : "none") : json_null());
	js_put(top, "payload", k->stream.len || k->image.payload.len ? payload(k) : json_null());
	js_put(top, "content_size", k->content ? js_number(k->content_size) : json_null());
	js_put(top, "elf", k->has_any ? elf(k) : json_null());
	js_put(top, "relocs", k->has_any ? relocs(k) : json_null());
	js_put(top, "kernel_sha256", k->has_kernel ? digest(k->sha256) : json_null());
	js_put(top, "kernel_size", k->has_kernel ? js_number(k->kernel.len) : json_null());
	js_put(top, "arch", k->arch ? json_string(k->arch) : json_null());
	js_put(top, "release", k->release.len ? js_text(k->release) : json_null());
	js_put(top, "searched", json_boolean(k->searched));
	js_put(top, "layers", layers(k));
	js_put(top, "uki", json_boolean(k->uki));
	js_put(top, "sections", k->has_pe ? sections(k) : json_null());
	js_put(top, "manifest", k->ours ? manifest(k) : json_null());
	inspect_put_json(top, f);
	js_put(top, "problems", problems);
	js_put(top, "whole", json_boolean(!k->problems.count));
	if (json_dumpf(top, stdout, JSON_INDENT(2))) {
		report(k->name, "cannot write the report as JSON");
		status = STATUS_ENVIRONMENT;
	}
	putchar('\n');
	json_decref(top);
	return status;
}
