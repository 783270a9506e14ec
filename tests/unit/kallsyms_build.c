/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See kallsyms_build.h. */
#include "tests/unit/kallsyms_build.h"

static void store(const struct layout *l, uint8_t *p, uint64_t v, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		p[l->big_endian ? size - 1 - i : i] = (uint8_t)(v >> (8 * i));
}

static void append(const struct layout *l, struct kernel_build *b, uint64_t v, unsigned int size)
{
	store(l, b->bytes + b->at, v, size);
	b->at += size;
}

static size_t align(const struct layout *l, struct kernel_build *b)
{
	b->at = (b->at + l->align - 1) / l->align * l->align;
	return b->at;
}

static void add_symbol(struct kernel_build *b, uint64_t va, char type, const char *name)
{
	struct symbol *s = &b->symbol[b->count++];

	s->va = va;
	s->type = type;
	snprintf(s->name, sizeof(s->name), "%s", name);
}

/* Of no regular distance: otherwise, calls would fit at every multiple of it. */
static uint32_t function_offset(unsigned int i)
{
	return 0x1000 + i * FUNCTION_SIZE + (i ? i * 2654435761u >> 20 & 0x3c : 0);
}

static void list_symbols(const struct layout *l, struct kernel_build *b)
{
	char name[200];

	if (l->form == KALLSYMS_PERCPU) {
		add_symbol(b, 0, 'A', "__per_cpu_start");
		add_symbol(b, 0x1240, 'A', "cpu_number");
		add_symbol(b, 0x5000, 'A', "__per_cpu_end");
	}
	if (!(l->flags & CODE_ONLY))
		add_symbol(b, l->va, 'T', "_text");
	add_symbol(b, l->va + 0x1000, 'T', "_stext");
	for (unsigned int i = 0; i < FUNCTIONS; i++) {
		bool is_long = l->flags & LONG_NAMES && i % 100 == 50;

		/* no two codes in a row that a token would stand for */
		snprintf(name, sizeof(name), is_long ? "%0150u_function" : "function_%u", i);
		if (is_long)
			memcpy(name, "_R", 2);
		add_symbol(b, l->va + function_offset(i), i % 7 ? 't' : 'T', name);
	}
	if (l->flags & ODD_MARKS)
		add_symbol(b, l->va + KERNEL_BANNER - 3, 't', "text_p2");
	add_symbol(b, l->va + KERNEL_BANNER, l->flags & ODD_MARKS ? 'D' : 'T', "_etext");
	if (l->flags & CODE_ONLY) {
		if (l->flags & ODD_MARKS) {
			add_symbol(b, l->va + KERNEL_DATA, 'T', "_sinittext");
			add_symbol(b, l->va + KERNEL_DATA + 0x1000, 'T', "_einittext");
		}
		return;
	}
	add_symbol(b, l->va + KERNEL_BANNER, 'D', "linux_banner");
	while (b->count < SYMBOLS - (l->flags & ODD_MARKS ? 2 : 0)) {
		snprintf(name, sizeof(name), "data.%u", b->count);
		add_symbol(b, l->va + KERNEL_DATA + b->count * 16, b->count % 3 ? 'd' : 'B', name);
	}
	if (l->flags & ODD_MARKS) {
		add_symbol(b, l->va + KERNEL_SIZE - 0x200, 'R', "_edata");
		add_symbol(b, l->va + KERNEL_SIZE + 0x1000, 'B', "_end");
	}
}

/* Two tokens, and each character for itself: enough to need every step of decoding. */
static const char *token(unsigned int code, char single[2])
{
	if (code == 1)
		return "tfunction_";
	if (code == 2)
		return "data.";
	single[0] = (char)code;
	single[1] = 0;
	return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
			(code >= 'a' && code <= 'z') || code == '_' || code == '.' ?
		single :
		"";
}

static size_t encode(const struct symbol *s, uint8_t *codes)
{
	char text[202];
	size_t n = 0;

	snprintf(text, sizeof(text), "%c%s", s->type, s->name);
	for (const char *p = text; *p;) {
		if (!strncmp(p, "tfunction_", 10)) {
			codes[n++] = 1;
			p += 10;
		} else if (!strncmp(p, "data.", 5)) {
			codes[n++] = 2;
			p += 5;
		} else {
			codes[n++] = (uint8_t)*p++;
		}
	}
	return n;
}

static void put_names(const struct layout *l, struct kernel_build *b)
{
	uint32_t markers[(SYMBOLS + 255) / 256];
	uint8_t codes[202];
	size_t n;

	b->num_syms = align(l, b);
	append(l, b, b->count, l->marker);
	b->names = align(l, b);
	for (unsigned int i = 0; i < b->count; i++) {
		if (i % 256 == 0)
			markers[i / 256] = (uint32_t)(b->at - b->names);
		n = encode(&b->symbol[i], codes);
		if (n > 127) {
			b->bytes[b->at++] = (uint8_t)(n | 0x80);
			b->bytes[b->at++] = (uint8_t)(n >> 7);
		} else {
			b->bytes[b->at++] = (uint8_t)n;
		}
		memcpy(b->bytes + b->at, codes, n);
		b->at += n;
	}
	b->markers = align(l, b);
	for (unsigned int i = 0; i < (b->count + 255) / 256; i++)
		append(l, b, markers[i], l->marker);
}

static void put_seqs(const struct layout *l, struct kernel_build *b)
{
	if (!l->seqs)
		return;
	align(l, b);
	for (unsigned int i = 0; i < b->count; i++) {
		unsigned int seq = i * 337 % b->count;

		if (l->seqs == 4)
			append(l, b, seq, 4);
		else
			for (int shift = 16; shift >= 0; shift -= 8)
				b->bytes[b->at++] = (uint8_t)(seq >> shift);
	}
}

static void put_tokens(const struct layout *l, struct kernel_build *b)
{
	uint16_t index[256];
	char single[2];

	b->token_table = align(l, b);
	for (unsigned int i = 0; i < 256; i++) {
		const char *t = token(i, single);

		index[i] = (uint16_t)(b->at - b->token_table);
		memcpy(b->bytes + b->at, t, strlen(t) + 1);
		b->at += strlen(t) + 1;
	}
	b->token_index = align(l, b);
	for (unsigned int i = 0; i < 256; i++)
		append(l, b, index[i], 2);
}

static void put_addresses(const struct layout *l, struct kernel_build *b)
{
	uint64_t base = l->flags & CODE_ONLY ? l->va + 0x1000 : l->va;

	b->addresses = align(l, b);
	for (unsigned int i = 0; i < b->count; i++) {
		const struct symbol *s = &b->symbol[i];
		bool absolute = s->type == 'A';

		if (l->form == KALLSYMS_ABSOLUTE)
			append(l, b, s->va, l->word);
		else if (l->form == KALLSYMS_RELATIVE)
			append(l, b, s->va - base, 4);
		else if (l->form == KALLSYMS_PERCPU)
			append(l, b, absolute ? s->va : base - s->va - 1, 4);
		else
			append(l, b, s->va - (l->va + b->at), 4);
	}
	if (l->form == KALLSYMS_RELATIVE || l->form == KALLSYMS_PERCPU) {
		b->base = align(l, b);
		append(l, b, l->flags & ZERO_BASE ? 0 : base, l->word);
	}
	if (l->sizes) {
		align(l, b);
		for (unsigned int i = 0; i < b->count; i++)
			append(l, b, 16 + i % 5, l->sizes);
	}
}

/* A call of some function every 64 bytes. */
static void put_calls(const struct layout *l, struct kernel_build *b)
{
	for (uint32_t at = 0x1000; at < KERNEL_BANNER; at += 64) {
		uint32_t to = function_offset(at / 64 * 41 % FUNCTIONS);

		if (l->code == KALLSYMS_ARM64) {
			store(l, b->bytes + at, 0x94000000 | ((to - at) / 4 & 0x3ffffff), 4);
		} else if (l->code == KALLSYMS_ARM) {
			store(l, b->bytes + at, 0xeb000000 | ((to - at - 8) / 4 & 0xffffff), 4);
		} else {
			uint32_t low = (to - at) & 0xfff, high = (to - at - low) + (low >> 11 << 12);

			store(l, b->bytes + at, high | 0x097, 4); /* auipc ra */
			store(l, b->bytes + at + 4, low << 20 | 0x080e7, 4); /* jalr low(ra) */
		}
	}
}

/* Pointers at functions, and the relocation that fills base in, among others. */
static void put_pointers(const struct layout *l, struct kernel_build *b)
{
	uint8_t *p = b->bytes + KERNEL_DATA;

	for (unsigned int i = 0; i < 1200; i++, p += 24) {
		uint64_t kind = l->code == KALLSYMS_ARM64 ? 1027 : 3;
		uint64_t to = l->va + function_offset(i * 17 % FUNCTIONS);

		if (!(l->flags & ZERO_BASE)) {
			store(l, p, to, 8);
			continue;
		}
		store(l, p, i == 100 ? l->va + b->base : l->va + KERNEL_DATA + 0x8000 + i * 8, 8);
		store(l, p + 8, kind, 8);
		store(l, p + 16, i == 100 ? l->va + (l->flags & CODE_ONLY ? 0x1000 : 0) : to, 8);
	}
}

void kernel_build(const struct layout *l, struct kernel_build *b)
{
	static const char banner[] = "Linux version 1.2.3 (somebody@somewhere)";

	memset(b, 0, sizeof(*b));
	/* code, as far as it is none of what is looked for */
	memset(b->bytes, 0x11, KERNEL_BANNER);
	memcpy(b->bytes + KERNEL_BANNER, banner, sizeof(banner));
	list_symbols(l, b);
	b->at = KERNEL_TABLES;
	if (!l->behind)
		put_addresses(l, b);
	put_names(l, b);
	if (!l->behind)
		put_seqs(l, b);
	put_tokens(l, b);
	if (l->behind) {
		put_addresses(l, b);
		put_seqs(l, b);
	}
	assert_true(b->at <= KERNEL_DATA);
	if (l->code != KALLSYMS_OTHER)
		put_calls(l, b);
	if (l->code == KALLSYMS_ARM64 || l->code == KALLSYMS_RISCV64)
		put_pointers(l, b);
}
