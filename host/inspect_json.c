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
#include "host/inspect.h"
#include "host/text.h"
#include "spec/elf64.h"

#define XLOADFLAG_BITS 16

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *hex(uint64_t v)
{
	return json_sprintf("0x%" PRIx64, v);
}

static json_t *number(uint64_t v)
{
	return v <= INT64_MAX ? json_integer((json_int_t)v) : hex(v);
}

/* Text from a file: may hold anything, JSON wants UTF-8. */
static json_t *text(struct span s)
{
	json_t *value = json_stringn((const char *)s.ptr, s.len);

	return value ? value : json_string("(not UTF-8)");
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
	put(o, "offset", number(s->offset));
	put(o, "vaddr", hex(s->vaddr));
	put(o, "paddr", number(s->paddr));
	put(o, "filesz", number(s->filesz));
	put(o, "memsz", number(s->memsz));
	put(o, "align", number(s->align));
	put(o, "flags", json_string(flags));
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
	put(o, "size", number(k->kernel.len));
	put(o, "entry", number(k->any.header.entry));
	put(o, "type", json_string(elf_type(k->any.header.type)));
	put(o, "segments", segments);
	return o;
}

/* From the outside in; what they are is in words, "offset" only where it lies in the one before. */
static json_t *layer(const struct kernel_layer *l, const struct kernel_layer *before)
{
	json_t *o = json_object();
	bool inside = before && l->bytes.ptr >= before->bytes.ptr &&
		l->bytes.ptr <= before->bytes.ptr + before->bytes.len;

	put(o, "format",
		json_string(l->format == KERNEL_STREAM ? codec_name(l->codec)
						       : format_name(l->format)));
	put(o, "size", number(l->bytes.len));
	put(o, "offset",
		inside ? number((uint64_t)(l->bytes.ptr - before->bytes.ptr)) : json_null());
	put(o, "member", l->member ? json_string(l->member) : json_null());
	put(o, "searched", json_boolean(l->searched));
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

	put(o, "count", number(kernel_relocs_count(k)));
	put(o, "layout",
		json_string(!k->has_elf && k->relocs.len ? "linux-i386"
							 : reloc_layout_name(t->layout)));
	put(o, "size", number(k->relocs.len));
	put(o, "coding", json_string(reloc_coding_name(coding)));
	put(o, "coded_size", number(k->relocs_coded_size));
	if (t->layout == RELOC_LINUX_2 || t->layout == RELOC_LINUX_3) {
		put(o, "count_64", number(t->rel64.len / 4));
		put(o, "count_32", number(t->rel32.len / 4));
		put(o, "count_inverse", number(t->inverse32.len / 4));
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

	put(o, "offset", number(kernel_offset(k, bytes.ptr)));
	put(o, "length", number(bytes.len));
	return o;
}

/* What the setup header says; for a file without one only the keys that are always there. */
static void put_image(json_t *top, const struct kernel *k)
{
	const struct bzimage *b = &k->image;
	const struct setup_header *h = &b->hdr;

	if (!b->setup_size) {
		put(top, "protocol", json_null());
		put(top, "version", json_null());
		put(top, "init_size", json_null());
		put(top, "pref_address", json_null());
		return;
	}
	put(top, "protocol", json_sprintf("%u.%u", b->protocol >> 8, b->protocol & 0xff));
	put(top, "version", b->version.len ? text(b->version) : json_null());
	put(top, "init_size", number(h->init_size));
	put(top, "pref_address", number(h->pref_address));
	put(top, "setup_size", number(b->setup_size));
	put(top, "image_size", number(b->image_size));
	put(top, "image_crc", json_string(text_crc(k->crc)));
	put(top, "signed", json_boolean(k->signature_size));
	put(top, "relocatable", json_boolean(h->relocatable_kernel));
	put(top, "kernel_alignment", number(h->kernel_alignment));
	put(top, "min_alignment", number(h->min_alignment));
	put(top, "cmdline_size", number(h->cmdline_size));
	put(top, "initrd_addr_max", number(h->initrd_addr_max));
	put(top, "root_flags", number(h->root_flags));
	put(top, "root_dev", number(h->root_dev));
	put(top, "vid_mode", number(h->vid_mode));
	put(top, "xloadflags", xloadflags(h->xloadflags));
	put(top, "setup_type_max", b->has_kernel_info ? number(b->setup_type_max) : json_null());
}

static json_t *chunk(struct manifest_chunk c)
{
	json_t *o = json_object();

	put(o, "in_offset", number(c.in_off));
	put(o, "in_size", number(c.in_size));
	put(o, "out_offset", number(c.out_off));
	put(o, "out_size", number(c.out_size));
	put(o, "crc32c", hex(c.crc32c));
	put(o, "ready_after", number(c.ready_after));
	return o;
}

static json_t *manifest(const struct kernel *k)
{
	const struct manifest *m = &k->manifest;
	json_t *o = json_object(), *chunks = json_array();
	uint32_t i;

	for (i = 0; i < m->chunk_count; i++)
		json_array_append_new(chunks, chunk(manifest_chunk(m, i)));
	put(o, "in_place", json_boolean(m->flags & MANIFEST_FLAG_IN_PLACE));
	put(o, "movable", json_boolean(m->flags & MANIFEST_FLAG_MOVABLE));
	put(o, "virtual", json_boolean(m->flags & MANIFEST_FLAG_VIRTUAL));
	put(o, "mem_base", number(m->mem_base));
	put(o, "mem_size", number(m->mem_size));
	put(o, "first_offset", number(m->first_offset));
	put(o, "tail_offset", number(m->tail_offset));
	put(o, "safe_offset", number(m->safe_offset));
	put(o, "workspace", number(m->workspace));
	put(o, "cmdline", m->cmdline_size ? text(k->cmdline) : json_null());
	put(o, "initrd_size", number(m->initrd_size));
	put(o, "kernel_sha256", digest(m->kernel_sha256));
	put(o, "chunks", chunks);
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
	put(o, "name", text(s.name));
	put(o, "address", number(s.rva));
	put(o, "size", number(s.mem_size));
	put(o, "offset", number(s.file_off));
	put(o, "file_size", number(s.file_size));
	put(o, "flags", json_string(flags));
	put(o, "sha256", digest(sha256));
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
	put(o, "offset", p->fault.text ? number(p->fault.offset) : json_null());
	put(o, "value", p->fault.text ? number(p->fault.value) : json_null());
	put(o, "text", json_string(words));
	put(o, "part", json_string(p->part && *p->part ? p->part : "file"));
	return o;
}

enum status inspect_print_json(const struct kernel *k)
{
	json_t *top = json_object(), *problems = json_array();
	enum status status = STATUS_DONE;
	size_t i;

	for (i = 0; i < k->problems.count; i++)
		json_array_append_new(problems, problem(&k->problems.p[i]));
	put(top, "format", json_string(format_name(k->format)));
	put_image(top, k);
	put(top, "codec", k->has_codec ? json_string(codec_name(k->codec)) : json_null());
	put(top, "filter",
		k->has_codec ? json_string(kernel_is_filtered(k) ? "x86" : "none") : json_null());
	put(top, "payload", k->stream.len || k->image.payload.len ? payload(k) : json_null());
	put(top, "content_size", k->content ? number(k->content_size) : json_null());
	put(top, "elf", k->has_any ? elf(k) : json_null());
	put(top, "relocs", k->has_any ? relocs(k) : json_null());
	put(top, "kernel_sha256", k->has_kernel ? digest(k->sha256) : json_null());
	put(top, "kernel_size", k->has_kernel ? number(k->kernel.len) : json_null());
	put(top, "arch", k->arch ? json_string(k->arch) : json_null());
	put(top, "release", k->release.len ? text(k->release) : json_null());
	put(top, "searched", json_boolean(k->searched));
	put(top, "layers", layers(k));
	put(top, "uki", json_boolean(k->uki));
	put(top, "sections", k->has_pe ? sections(k) : json_null());
	put(top, "manifest", k->ours ? manifest(k) : json_null());
	put(top, "problems", problems);
	put(top, "whole", json_boolean(!k->problems.count));
	if (json_dumpf(top, stdout, JSON_INDENT(2))) {
		report(k->name, "cannot write the report as JSON");
		status = STATUS_ENVIRONMENT;
	}
	putchar('\n');
	json_decref(top);
	return status;
}
