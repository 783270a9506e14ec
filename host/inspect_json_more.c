/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect's JSON, what follows from the bytes: entries, flags, init_size and KASLR with their reasons, the
 * kernel's memory, notes, sections, signatures, layout.
 */
#include <string.h>
#include "host/inspect_json.h"
#include "host/text.h"
#include "spec/elf64.h"

static const char *kind_name(enum region_kind kind)
{
	static const char names[][10] = {"header", "code", "payload", "data", "signature", "rest"};

	return names[kind];
}

static json_t *bytes_hex(struct span s)
{
	char digits[128 + 1] = "";
	size_t len = s.len < 64 ? s.len : 64;

	for (size_t i = 0; i < len; i++)
		snprintf(digits + 2 * i, 3, "%02x", s.ptr[i]);
	return json_string(digits);
}

static json_t *layout(const struct regions *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->count; i++) {
		json_t *o = json_object();

		js_put(o, "offset", js_number(l->r[i].offset));
		js_put(o, "size", js_number(l->r[i].size));
		js_put(o, "kind", json_string(kind_name(l->r[i].kind)));
		js_put(o, "name", json_string(l->r[i].name));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *init_size(const struct init_size *s)
{
	json_t *o, *list = json_array();

	if (!s->count) {
		json_decref(list);
		return json_null();
	}
	for (size_t i = 0; i < s->count; i++) {
		json_t *part = json_object();

		js_put(part, "name", json_string(s->part[i].name));
		js_put(part, "bytes", js_number(s->part[i].bytes));
		js_put(part, "decides", json_boolean(s->part[i].decides));
		json_array_append_new(list, part);
	}
	o = json_object();
	js_put(o, "parts", list);
	js_put(o, "besides", s->besides_name ? js_number(s->besides) : json_null());
	js_put(o, "besides_name", s->besides_name ? json_string(s->besides_name) : json_null());
	js_put(o, "explained", json_boolean(s->explained));
	return o;
}

static json_t *answer(enum answer a)
{
	return a == ANSWER_UNKNOWN ? json_null() : json_boolean(a == ANSWER_YES);
}

static json_t *kaslr(const struct kaslr_facts *f)
{
	json_t *o = json_object();

	js_put(o, "physical", answer(f->physical));
	js_put(o, "physical_why", json_string(f->physical_why));
	js_put(o, "virtual", answer(f->virtual));
	js_put(o, "virtual_why", json_string(f->virtual_why));
	return o;
}

static json_t *footprint(const struct elf_facts *e)
{
	const struct footprint *p = &e->footprint;
	json_t *o = json_object();

	js_put(o, "text", js_number(p->text));
	js_put(o, "rodata", js_number(p->rodata));
	js_put(o, "data", js_number(p->data));
	js_put(o, "bss", js_number(p->bss));
	js_put(o, "percpu", js_number(p->percpu));
	js_put(o, "init", e->by_sections ? js_number(p->init) : json_null());
	return o;
}

static json_t *notes(const struct elf_facts *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->note_count; i++) {
		json_t *o = json_object();

		js_put(o, "owner", js_text(e->note[i].owner));
		js_put(o, "type", js_number(e->note[i].type));
		js_put(o, "offset", js_number(e->note[i].offset));
		js_put(o, "size", js_number(e->note[i].desc.len));
		js_put(o, "bytes", bytes_hex(e->note[i].desc));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *elf_sections(const struct elf_file *elf)
{
	json_t *list = json_array();

	for (uint16_t i = 0; i < elf->header.shnum; i++) {
		struct elf_file_section s = elf_file_section(elf, i);
		json_t *o;

		if (!s.type)
			continue;
		o = json_object();
		js_put(o, "number", js_number(i));
		js_put(o, "name", js_text(elf_file_section_name(elf, &s)));
		js_put(o, "type", js_number(s.type));
		js_put(o, "flags", js_number(s.flags));
		js_put(o, "address", js_hex(s.addr));
		js_put(o, "offset", js_number(s.offset));
		js_put(o, "size", js_number(s.size));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *signatures(const struct authenticode *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->count; i++) {
		json_t *o = json_object();
		const char *signer = a->s[i].signer;

		js_put(o, "signer", js_text((struct span){(const uint8_t *)signer, strlen(signer)}));
		js_put(o, "holds", json_boolean(!a->s[i].trouble));
		js_put(o, "trouble", a->s[i].trouble ? json_string(a->s[i].trouble) : json_null());
		json_array_append_new(list, o);
	}
	return list;
}

/* Offsets in the file. */
static json_t *entries(const struct bzimage *b)
{
	json_t *o = json_object();
	bool handover = b->hdr.xloadflags & (XLF_EFI_HANDOVER_32 | XLF_EFI_HANDOVER_64);

	js_put(o, "real_mode", js_number(0x200));
	js_put(o, "entry_32", js_number(b->setup_size));
	js_put(o, "entry_64", b->is_64bit ? js_number((uint64_t)b->setup_size + 0x200) : json_null());
	js_put(o, "efi_handover",
		handover ? js_number((uint64_t)b->setup_size + b->hdr.handover_offset) : json_null());
	return o;
}

static json_t *loadflags(uint8_t flags)
{
	json_t *list = json_array();

	for (unsigned int bit = 0; bit < 8; bit++) {
		if (flags & 1u << bit && text_loadflag(bit))
			json_array_append_new(list, json_string(text_loadflag(bit)));
	}
	return list;
}

static json_t *ikconfig(const struct facts *f)
{
	json_t *o;

	if (!f->elf.ikconfig.len)
		return json_null();
	o = json_object();
	js_put(o, "offset", js_number((uint64_t)(f->elf.ikconfig.ptr - f->k->kernel.ptr)));
	js_put(o, "size", js_number(f->elf.ikconfig.len));
	return o;
}

void inspect_put_json(json_t *top, const struct facts *f)
{
	const struct kernel *k = f->k;
	const struct elf_facts *e = &f->elf;
	json_t *o = json_object_get(top, "elf");

	js_put(top, "entries", k->image.setup_size ? entries(&k->image) : json_null());
	js_put(top, "loadflags", k->image.setup_size ? loadflags(k->image.hdr.loadflags) : json_null());
	js_put(top, "init_size_why", init_size(&f->init_size));
	js_put(top, "kaslr", kaslr(&f->kaslr));
	js_put(top, "ikconfig", ikconfig(f));
	js_put(top, "build_id", e->build_id.len ? bytes_hex(e->build_id) : json_null());
	js_put(top, "signatures", signatures(&f->signatures));
	js_put(top, "sbat", f->sbat.len ? js_text(f->sbat) : json_null());
	js_put(top, "layout", layout(&f->layout));
	if (!json_is_object(o))
		return;
	js_put(o, "sections", elf_sections(&k->any));
	js_put(o, "footprint", footprint(e));
	js_put(o, "notes", notes(e));
}
