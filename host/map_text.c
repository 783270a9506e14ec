/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See map_text.h. Ranges in logs and in /proc/iomem name their last byte, a trace the first behind. */
#include <string.h>
#include "host/map_text.h"
#include "spec/efi.h"

/* One line, read from the left. */
struct cursor {
	const uint8_t *start; /* of the whole text, for offsets */
	struct span rest;
};

static bool skip(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	if (c->rest.len < len || memcmp(c->rest.ptr, text, len))
		return false;
	c->rest = (struct span){c->rest.ptr + len, c->rest.len - len};
	return true;
}

static void skip_spaces(struct cursor *c)
{
	while (skip(c, " "))
		;
}

/* Go behind the first occurrence of text. */
static bool seek(struct cursor *c, const char *text)
{
	const uint8_t *at = memmem(c->rest.ptr, c->rest.len, text, strlen(text));

	if (!at)
		return false;
	at += strlen(text);
	c->rest = (struct span){at, c->rest.len - (size_t)(at - c->rest.ptr)};
	return true;
}

static enum err complain(const struct cursor *c, enum err e, const char *text, uint64_t value,
	struct fault *fault)
{
	return fault_set(fault, e, text, (uint64_t)(c->rest.ptr - c->start), value);
}

static enum err hex(struct cursor *c, uint64_t *ret, struct fault *fault)
{
	uint64_t v = 0;
	size_t digits = 0;

	skip(c, "0x");
	for (; c->rest.len; digits++) {
		uint8_t ch = c->rest.ptr[0], low = ch | 0x20;
		unsigned digit = ch >= '0' && ch <= '9' ? ch - 0u - '0'
			: low >= 'a' && low <= 'f'      ? low - 'a' + 10u
							: 16;

		if (digit == 16)
			break;
		if (v >> 60)
			return complain(c, ERR_BAD_MEMORY_MAP, "address of more than 64 bits", v, fault);
		v = v << 4 | digit;
		c->rest = (struct span){c->rest.ptr + 1, c->rest.len - 1};
	}
	if (!digits)
		return complain(c, ERR_BAD_MEMORY_MAP, "no address",
			c->rest.len ? c->rest.ptr[0] : 0, fault);
	*ret = v;
	return ERR_OK;
}

/* "START-LAST", or, in a trace, "START - END". */
static enum err range_read(
	struct cursor *c, const char *dash, bool last, struct range *ret, struct fault *fault)
{
	uint64_t start, end;
	enum err e = hex(c, &start, fault);

	if (!e && !skip(c, dash))
		e = complain(c, ERR_BAD_MEMORY_MAP, "no end of the range", start, fault);
	if (!e)
		e = hex(c, &end, fault);
	if (e)
		return e;
	if (end < start)
		return complain(c, ERR_BAD_MEMORY_MAP, "range ends below its start", end, fault);
	/* The last byte of all addresses is never part of a range. */
	*ret = (struct range){start, last && end != UINT64_MAX ? end + 1 : end};
	return ERR_OK;
}

static enum err e820_add(struct map_text *m, const struct cursor *c, struct range r, uint32_t type,
	struct fault *fault)
{
	uint8_t *entry = m->e820 + m->e820_count * E820_ENTRY_SIZE;

	if (m->e820_count == MAP_TEXT_MAX)
		return complain(c, ERR_NO_SPACE, "too many lines", MAP_TEXT_MAX, fault);
	le64_put(entry, r.start);
	le64_put(entry + 8, r.end - r.start);
	le32_put(entry + 16, type);
	m->e820_count++;
	return ERR_OK;
}

static enum err list_add(
	struct map_list *list, const struct cursor *c, struct range r, struct fault *fault)
{
	if (list->count == MAP_TEXT_MAX)
		return complain(c, ERR_NO_SPACE, "too many lines", MAP_TEXT_MAX, fault);
	list->r[list->count++] = r;
	return ERR_OK;
}

/* Words of the kernel's log and of /proc/iomem. All that is not known is not RAM. */
static uint32_t e820_type(struct cursor c)
{
	if (skip(&c, "usable") || skip(&c, "System RAM"))
		return E820_RAM;
	if (skip(&c, "ACPI data") || skip(&c, "ACPI Tables"))
		return E820_ACPI;
	if (skip(&c, "ACPI NVS") || skip(&c, "ACPI Non-volatile"))
		return E820_NVS;
	if (skip(&c, "persistent (type 7)") || skip(&c, "Persistent Memory"))
		return E820_PMEM;
	return E820_RESERVED;
}

/* "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable" */
static enum err log_line(struct map_text *m, struct cursor *c, struct fault *fault)
{
	struct range r;
	enum err e = range_read(c, "-", true, &r, fault);

	if (e)
		return e;
	if (!skip(c, "] "))
		return complain(c, ERR_BAD_MEMORY_MAP, "no kind of memory", r.start, fault);
	return e820_add(m, c, r, e820_type(*c), fault);
}

static uint32_t efi_type(const struct cursor *at)
{
	struct cursor c = *at;

	if (skip(&c, "Conventional"))
		return EFI_CONVENTIONAL_MEMORY;
	if (skip(&c, "Unaccepted"))
		return EFI_UNACCEPTED_MEMORY;
	if (skip(&c, "Boot Code") || skip(&c, "Boot Data"))
		return EFI_BOOT_SERVICES_DATA;
	if (skip(&c, "Loader"))
		return EFI_LOADER_DATA;
	return EFI_RESERVED_MEMORY;
}

/* "efi: mem00: [Conventional Memory|   |MR| ...|WB|WT|WC|UC] range=[0x0-0xfff] (0MB)" */
static enum err efi_line(struct map_text *m, struct cursor *c, struct fault *fault)
{
	uint8_t *md = m->efi + m->efi_count * MAP_TEXT_MD_SIZE;
	uint64_t attribute = 0;
	struct range r;

	if (!seek(c, ": ["))
		return ERR_OK; /* another line about EFI and memory */
	uint32_t type = efi_type(c);
	struct cursor flags = *c;

	if (!seek(c, "range=[") && !seek(c, "[mem "))
		return complain(c, ERR_BAD_MEMORY_MAP, "no range", 0, fault);
	flags.rest.len -= c->rest.len;
	struct cursor reliable = flags;

	if (seek(&reliable, "|MR|"))
		attribute |= EFI_MEMORY_MORE_RELIABLE;
	if (seek(&flags, "|SP|"))
		attribute |= EFI_MEMORY_SP;
	enum err e = range_read(c, "-", true, &r, fault);

	if (e)
		return e;
	if (m->efi_count == MAP_TEXT_MAX)
		return complain(c, ERR_NO_SPACE, "too many lines", MAP_TEXT_MAX, fault);
	memset(md, 0, MAP_TEXT_MD_SIZE);
	le32_put(md + EFI_MD_TYPE, type);
	le64_put(md + EFI_MD_PHYSICAL_START, r.start);
	le64_put(md + EFI_MD_NUMBER_OF_PAGES, (r.end - r.start) >> EFI_PAGE_SHIFT);
	le64_put(md + EFI_MD_ATTRIBUTE, attribute);
	m->efi_count++;
	return ERR_OK;
}

static enum err keep_add(
	struct map_text *m, struct cursor *c, struct range r, struct fault *fault)
{
	enum keep reason = KEEP_OTHER;

	if (m->kept_count == MEMORY_NAMED_MAX)
		return complain(c, ERR_NO_SPACE, "too many lines", MEMORY_NAMED_MAX, fault);
	skip_spaces(c);
	for (unsigned i = 0; i < KEEP_COUNT; i++) {
		const char *text = keep_text((enum keep)i);

		if (c->rest.len == strlen(text) && !memcmp(c->rest.ptr, text, c->rest.len))
			reason = (enum keep)i;
	}
	m->kept[m->kept_count++] =
		(struct kept_range){r, reason, reason == KEEP_CRASHKERNEL};
	return ERR_OK;
}

/* "  RAM        0x000000000000 - 0x00000009fc00", behind "bzforge: " */
static enum err trace_line(struct map_text *m, struct cursor *c, struct fault *fault)
{
	enum kind { RAM, NOT_RAM, KEEP, FREE, MIRRORED, IMMOVABLE } kind;
	struct range r;

	if (skip(c, "image at ")) {
		m->has_image = true;
		return hex(c, &m->image_pa, fault);
	}
	if (!skip(c, "  "))
		return ERR_OK;
	if (skip(c, "RAM "))
		kind = RAM;
	else if (skip(c, "not RAM "))
		kind = NOT_RAM;
	else if (skip(c, "keep "))
		kind = KEEP;
	else if (skip(c, "free "))
		kind = FREE;
	else if (skip(c, "mirrored "))
		kind = MIRRORED;
	else if (skip(c, "immovable "))
		kind = IMMOVABLE;
	else
		return ERR_OK;
	skip_spaces(c);
	enum err e = range_read(c, " - ", false, &r, fault);

	if (e)
		return e;
	switch (kind) {
	case RAM:
		return e820_add(m, c, r, E820_RAM, fault);
	case NOT_RAM:
		return e820_add(m, c, r, E820_RESERVED, fault);
	case KEEP:
		return keep_add(m, c, r, fault);
	case FREE:
		return list_add(&m->free, c, r, fault);
	case MIRRORED:
		return list_add(&m->mirrored, c, r, fault);
	case IMMOVABLE:
		return list_add(&m->immovable, c, r, fault);
	}
	return ERR_OK;
}

/* "00100000-bffdffff : System RAM"; what is inside of something else stands behind spaces. */
static bool is_iomem(const struct cursor *at)
{
	struct cursor c = *at;
	struct fault unused;
	uint64_t v;

	return c.rest.len && c.rest.ptr[0] != ' ' && !hex(&c, &v, &unused) && skip(&c, "-") &&
		!hex(&c, &v, &unused) && skip(&c, " : ");
}

static enum err iomem_line(struct map_text *m, struct cursor *c, struct fault *fault)
{
	struct range r;
	enum err e = range_read(c, "-", true, &r, fault);

	if (e)
		return e;
	skip(c, " : ");
	if (r.end == 1)
		return complain(c, ERR_BAD_MEMORY_MAP,
			"addresses are hidden: read /proc/iomem as root", 0, fault);
	return e820_add(m, c, r, e820_type(*c), fault);
}

static enum err line_parse(struct map_text *m, struct cursor line, struct fault *fault)
{
	struct cursor c = line;

	if (is_iomem(&line))
		return iomem_line(m, &c, fault);
	if (seek(&c, "BIOS-e820: [mem "))
		return log_line(m, &c, fault);
	if (seek(&c, "efi: mem"))
		return efi_line(m, &c, fault);
	if (seek(&c, "bzforge: "))
		return trace_line(m, &c, fault);
	return ERR_OK;
}

enum err map_text_parse(struct span text, struct map_text *ret, struct fault *fault)
{
	size_t at = 0;

	memset(ret, 0, sizeof(*ret));
	while (at < text.len) {
		const uint8_t *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.ptr) - at : text.len - at;
		struct cursor line = {text.ptr, {text.ptr + at, len}};

		at += len + 1;
		if (len && line.rest.ptr[len - 1] == '\r')
			line.rest.len--;
		enum err e = line_parse(ret, line, fault);

		if (e)
			return e;
	}
	if (!ret->e820_count && !ret->efi_count)
		return fault_set(fault, ERR_NO_MEMORY_MAP, "not one line of a memory map", 0, text.len);
	return ERR_OK;
}

size_t map_text_line(struct span text, uint64_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < text.len && i < offset; i++)
		line += text.ptr[i] == '\n';
	return line;
}
