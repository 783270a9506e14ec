/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host/types*: BTF as lists of 32-bit words [Linux Documentation/bpf/btf.rst, 2.2], and the DWARF that it
 * becomes, told by a reader of its own as lines: depth, tag, attributes.
 */
#include "tests/unit/unit.h"

#include "host/types.h"
#include "tests/unit/dwarf_walk.h"

#define WORDS_MAX 40

/* Offsets in the strings that all cases share. */
#define STRINGS "\0int\0a\0b\0f\0list\0next\0char\0u64\0nodemask_t\0NR_NODE_STATES\0pglist_data\0mem_section"
enum { INT = 1, A = 5, B = 7, F = 9, LIST = 11, NEXT = 16, CHAR = 21, U64 = 26, NODEMASK = 30, STATES = 41,
	PGLIST = 56, MEM_SECTION = 68 };

#define TYPE(name, kind, vlen, flag, size)                                                         \
	(name), ((uint32_t)(flag) << 31 | (kind) << 24 | (vlen)), (size)
#define INT32 TYPE(INT, 1, 0, 0, 4), 0x01000020u /* signed, 32 bits */

struct given {
	const char *name;
	uint32_t count;
	uint32_t word[WORDS_MAX];
};
#define GIVEN(name, ...) {name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, {__VA_ARGS__}}

static void put32(uint8_t *p, uint32_t v, bool big)
{
	le32_put(p, big ? __builtin_bswap32(v) : v);
}

static size_t make_btf(const struct given *g, bool big, uint8_t *p)
{
	const uint32_t types = g->count * 4, strings = sizeof(STRINGS);
	const uint32_t header[] = {24, 0, types, types, strings};

	put32(p, big ? 0xeb9f0100 : 0x0001eb9f, big);
	for (size_t i = 0; i < COUNT(header); i++)
		put32(p + 4 + 4 * i, header[i], big);
	for (uint32_t i = 0; i < g->count; i++)
		put32(p + 24 + 4 * i, g->word[i], big);
	memcpy(p + 24 + types, STRINGS, strings);
	return 24 + types + strings;
}

struct told {
	char text[2000];
	size_t len;
};

static const char *attribute_word(uint64_t name)
{
	switch (name) {
	case 0x02:
		return "at";
	case 0x0b:
		return "size";
	case 0x0d:
		return "bits";
	case 0x11:
		return "low";
	case 0x12:
		return "high";
	case 0x1c:
		return "value";
	case 0x37:
		return "count";
	case 0x38:
		return "offset";
	case 0x3c:
		return "declared";
	case 0x3e:
		return "encoding";
	case 0x3f:
		return "external";
	case 0x49:
		return "type";
	case 0x6b:
		return "bit";
	default:
		return NULL; /* language, producer, prototyped */
	}
}

static const char *tag_word(uint64_t tag)
{
	static const struct {
		uint8_t tag;
		const char *word;
	} words[] = {{0x01, "array"}, {0x04, "enum"}, {0x05, "parameter"}, {0x0d, "member"}, {0x0f, "pointer"},
		{0x11, "unit"}, {0x13, "struct"}, {0x15, "prototype"}, {0x16, "typedef"}, {0x17, "union"},
		{0x18, "..."}, {0x21, "range"}, {0x24, "base"}, {0x26, "const"}, {0x28, "enumerator"},
		{0x2e, "function"}, {0x34, "variable"}, {0x35, "volatile"}, {0x37, "restrict"}};

	for (size_t i = 0; i < COUNT(words); i++) {
		if (words[i].tag == tag)
			return words[i].word;
	}
	return "?";
}

/* "-member a offset=4 type;" with a dash for each level but the first. */
static bool tell(void *context, const struct dwarf_entry *e)
{
	struct told *t = context;
	const struct dwarf_attribute *name = dwarf_get(e, 0x03);

	if (!e->depth)
		return true;
	for (unsigned int i = 1; i < e->depth; i++)
		t->text[t->len++] = '-';
	t->len += (size_t)sprintf(t->text + t->len, "%s%s%s", tag_word(e->tag), name ? " " : "", name ? name->text : "");
	for (unsigned int i = 0; i < e->count; i++) {
		const char *word = attribute_word(e->attribute[i].name);
		int64_t v = (int64_t)e->attribute[i].value;

		if (word && v == 1 && e->attribute[i].form == 0x19)
			t->len += (size_t)sprintf(t->text + t->len, " %s", word);
		else if (word && e->attribute[i].name == 0x49) /* where it is depends on what is in front */
			t->len += (size_t)sprintf(t->text + t->len, " type");
		else if (word)
			t->len += (size_t)sprintf(t->text + t->len, " %s=%lld", word, (long long)v);
	}
	t->text[t->len++] = ';';
	t->text[t->len] = 0;
	return true;
}

static const struct types_symbol symbols[] = {{"f", 1, true, true, 0x1000, 0x20},
	{"a", 1, false, false, 0x2000, 4}, {"b", 1, true, false, 0x3000, 4}, {"b", 1, true, false, 0x4000, 4}};

static enum err convert(const struct given *g, struct elf_form form, const struct types_symbol *symbol,
	size_t count, uint64_t jiffies, struct told *told, struct fault *fault)
{
	uint8_t btf[24 + 4 * WORDS_MAX + sizeof(STRINGS)], info[4096], abbrev[2048];
	struct dwarf_bytes d;
	struct types t;
	enum err e;

	memset(told, 0, sizeof(*told));
	e = types_open((struct span){btf, make_btf(g, form.big_endian, btf)}, form, &t, fault);
	if (e)
		return e;
	for (size_t i = 0; i < count && symbol[i].name; i++)
		types_place(&t, &symbol[i]);
	t.jiffies = jiffies;
	CHECK_EQ(g->name, types_measure(&t, fault), ERR_OK);
	CHECK(g->name, t.info_size <= sizeof(info) && t.abbrev_size <= sizeof(abbrev));
	types_put_info(&t, info);
	types_put_abbrev(abbrev);
	d = (struct dwarf_bytes){{info, t.info_size}, {abbrev, t.abbrev_size}, t.btf.strings, form.big_endian};
	CHECK(g->name, dwarf_walk(&d, tell, told));
	types_free(&t);
	return ERR_OK;
}

static void test_entries(void **state)
{
	static const struct {
		struct given given;
		const char *want;
	} cases[] = {
		{GIVEN("numbers", INT32, TYPE(CHAR, 1, 0, 0, 1), 8, TYPE(A, 1, 0, 0, 1), 0x04000008,
			 TYPE(B, 16, 0, 0, 8)),
			"base int size=4 encoding=5;base char size=1 encoding=8;base a size=1 encoding=2;"
			"base b size=8 encoding=4;"},
		{GIVEN("a list", TYPE(LIST, 4, 1, 0, 8), NEXT, 2, 0, TYPE(0, 2, 0, 0, 1)),
			"struct list size=8;-member next offset=0 type;pointer type;"},
		{GIVEN("pointer to void, typedef, const, volatile, restrict", TYPE(0, 2, 0, 0, 0),
			 TYPE(A, 8, 0, 0, 3), TYPE(0, 10, 0, 0, 4), TYPE(0, 9, 0, 0, 5), TYPE(0, 11, 0, 0, 1)),
			"pointer;typedef a type;const type;volatile type;restrict type;"},
		{GIVEN("bit-fields", INT32, TYPE(0, 4, 2, 1, 8), A, 1, 3 << 24 | 29, B, 1, 32),
			"base int size=4 encoding=5;struct size=8;-member a bits=3 bit=29 type;"
			"-member b offset=4 type;"},
		{GIVEN("bit-fields of old", TYPE(0, 1, 0, 0, 4), 0x01020003, TYPE(0, 4, 1, 0, 4), A, 1, 8),
			"base size=4 encoding=5;struct size=4;-member a bits=3 bit=10 type;"},
		{GIVEN("a union of nothing", TYPE(A, 5, 0, 0, 0)), "union a size=0;"},
		{GIVEN("arrays", INT32, TYPE(0, 3, 0, 0, 0), 1, 1, 7, TYPE(0, 3, 0, 0, 0), 2, 1, 0),
			"base int size=4 encoding=5;array type;-range count=7;array type;-range count=0;"},
		{GIVEN("declarations", TYPE(A, 7, 0, 0, 0), TYPE(B, 7, 0, 1, 0)),
			"struct a declared;union b declared;"},
		{GIVEN("enum with a sign", TYPE(A, 6, 1, 1, 4), B, 0xffffffff),
			"enum a size=4;-enumerator b value=-1;"},
		{GIVEN("enum beside one with a sign", TYPE(A, 6, 1, 1, 4), B, 1, TYPE(0, 6, 1, 0, 4), F, 0xffffffff),
			"enum a size=4;-enumerator b value=1;enum size=4;-enumerator f value=4294967295;"},
		{GIVEN("enum of before there were signs", TYPE(0, 6, 1, 0, 4), F, 0xffffffff),
			"enum size=4;-enumerator f value=-1;"},
		{GIVEN("enum of 64 bits", TYPE(A, 19, 1, 0, 8), B, 0x89abcdef, 0x01234567),
			"enum a size=8;-enumerator b value=81985529216486895;"},
		{GIVEN("pointer to a function", INT32, TYPE(0, 2, 0, 0, 3), TYPE(0, 13, 2, 0, 1), A, 1, 0, 0),
			"base int size=4 encoding=5;pointer type;prototype type;-parameter type;-...;"},
		{GIVEN("function", INT32, TYPE(0, 13, 1, 0, 1), A, 1, TYPE(F, 12, 1, 0, 2)),
			"base int size=4 encoding=5;function f low=4096 high=32 external type;-parameter a type;"},
		{GIVEN("function that has two symbols", TYPE(0, 13, 0, 0, 0), TYPE(B, 12, 1, 0, 1)), ""},
		{GIVEN("function that has no symbol", TYPE(0, 13, 0, 0, 0), TYPE(LIST, 12, 1, 0, 1)), ""},
		{GIVEN("functions of one name, two prototypes", INT32, TYPE(0, 13, 0, 0, 0), TYPE(0, 13, 0, 0, 1),
			 TYPE(F, 12, 0, 0, 2), TYPE(F, 12, 0, 0, 3)),
			"base int size=4 encoding=5;"},
		{GIVEN("variable", INT32, TYPE(A, 14, 0, 0, 1), 1, TYPE(LIST, 15, 1, 0, 4), 2, 0, 4),
			"base int size=4 encoding=5;variable a at=8192 type;"},
		{GIVEN("symbol of data for a function", TYPE(0, 13, 0, 0, 0), TYPE(A, 12, 1, 0, 1)), ""},
		{GIVEN("tags", TYPE(A, 18, 0, 0, 2), INT32, TYPE(0, 2, 0, 0, 1), TYPE(B, 17, 0, 0, 2), 0xffffffff),
			"base int size=4 encoding=5;pointer type;"},
	};
	static const struct elf_form forms[] = {{true, false}, {false, true}, {true, true}};
	struct told told;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t f = 0; f < COUNT(forms); f++) {
			const char *name = cases[i].given.name;

			CHECK_EQ(name, convert(&cases[i].given, forms[f], symbols, COUNT(symbols), 0, &told, NULL),
				ERR_OK);
			if (strcmp(told.text, cases[i].want))
				fail_msg("%s: %s\nnot %s", name, told.text, cases[i].want);
		}
	}
}

/* Variables that BTF says nothing of: if there are type, symbol and room. The kernel has them in this order. */
static void test_known(void **state)
{
#define ALL INT32, TYPE(CHAR, 1, 0, 0, 1), 8, TYPE(NODEMASK, 4, 0, 0, 4), TYPE(0, 6, 1, 0, 4), STATES, 3
#define ALL_SAID                                                                                   \
	"base int size=4 encoding=5;base char size=1 encoding=8;struct nodemask_t size=4;"         \
	"enum size=4;-enumerator NR_NODE_STATES value=3;"
	static const struct {
		struct given given;
		struct types_symbol symbol[2];
		uint64_t jiffies;
		const char *want;
	} cases[] = {
		{GIVEN("text of what length nobody knows", ALL), {{"linux_banner", 12, false, true, 16, 1000}}, 0,
			ALL_SAID "array type;-range;variable linux_banner at=16 external type;"},
		{GIVEN("array of as many as an enumerator says", ALL), {{"node_states", 11, false, true, 16, 64}}, 0,
			ALL_SAID "array type;-range count=3;variable node_states at=16 external type;"},
		{GIVEN("no room for so many", ALL), {{"node_states", 11, false, true, 16, 11}}, 0, ALL_SAID},
		{GIVEN("two symbols", ALL),
			{{"node_states", 11, false, true, 16, 64}, {"node_states", 11, false, true, 80, 64}}, 0,
			ALL_SAID},
		{GIVEN("a function of that name", ALL), {{"node_states", 11, true, true, 16, 64}}, 0, ALL_SAID},
		{GIVEN("no such type", INT32), {{"node_states", 11, false, true, 16, 64}}, 0,
			"base int size=4 encoding=5;"},
		{GIVEN("array of pointers", TYPE(PGLIST, 4, 0, 0, 4)), {{"node_data", 9, false, true, 16, 64}}, 0,
			"struct pglist_data size=4;pointer type;array type;-range count=8;"
			"variable node_data at=16 external type;"},
		{GIVEN("pointer to a pointer", TYPE(MEM_SECTION, 4, 0, 0, 4)), {{"mem_section", 11, false, true, 16, 24}},
			0, "struct mem_section size=4;pointer type;pointer type;variable mem_section at=16 external type;"},
		{GIVEN("array where there was a pointer", TYPE(MEM_SECTION, 4, 0, 0, 4)),
			{{"mem_section", 11, false, true, 16, 65536}}, 0, "struct mem_section size=4;"},
		{GIVEN("250 Hz", INT32), {{"jiffies_64", 10, false, true, 16, 8}}, 0xfffedb08,
			"base int size=4 encoding=5;variable write_expire value=1250 type;"},
		{GIVEN("jiffies of another kind", INT32), {{"jiffies_64", 10, false, true, 16, 8}}, 0xfffedb09,
			"base int size=4 encoding=5;"},
		{GIVEN("jiffies of 64 bits", TYPE(U64, 1, 0, 0, 8), 64), {{"jiffies_64", 10, false, true, 16, 8}}, 0,
			"base u64 size=8 encoding=7;variable jiffies_64 at=16 external type;"},
	};
	struct told told;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = cases[i].given.name;

		CHECK_EQ(name, convert(&cases[i].given, (struct elf_form){true, false}, cases[i].symbol, 2,
				cases[i].jiffies, &told, NULL), ERR_OK);
		if (strcmp(told.text, cases[i].want))
			fail_msg("%s: %s\nnot %s", name, told.text, cases[i].want);
	}
}

static void test_unsound(void **state)
{
	static const struct {
		struct given given;
		uint64_t offset; /* of the type that is wrong, in what was given */
	} cases[] = {
		{GIVEN("a kind of the future", INT32, TYPE(0, 20, 0, 0, 0)), 40},
		{GIVEN("a type that there is not", TYPE(0, 2, 0, 0, 2)), 24},
		{GIVEN("typedef of itself", TYPE(A, 8, 0, 0, 1)), 24},
		{GIVEN("pointers in a circle", TYPE(0, 2, 0, 0, 2), TYPE(0, 2, 0, 0, 1)), 36},
		{GIVEN("pointer to a function that returns it", TYPE(0, 2, 0, 0, 2), TYPE(0, 13, 0, 0, 1)), 36},
		{GIVEN("function that returns itself", TYPE(0, 13, 0, 0, 1)), 24},
		{GIVEN("array of itself", TYPE(0, 3, 0, 0, 0), 1, 1, 1), 24},
		{GIVEN("struct that has itself inside", TYPE(A, 4, 1, 0, 8), B, 1, 0), 24},
		{GIVEN("tag of itself", TYPE(A, 18, 0, 0, 1)), 24},
		{GIVEN("member behind the struct", INT32, TYPE(A, 4, 1, 0, 4), B, 1, 8), 40},
		{GIVEN("bit-field behind the struct", INT32, TYPE(A, 4, 1, 1, 4), B, 1, 4 << 24 | 29), 40},
		{GIVEN("member that begins within a byte", INT32, TYPE(A, 4, 1, 0, 8), B, 1, 4), 40},
		{GIVEN("member of no type", TYPE(A, 4, 1, 0, 8), B, 0, 0), 24},
		{GIVEN("name of a member outside", INT32, TYPE(A, 4, 1, 0, 8), 0x1000, 1, 0), 40},
		{GIVEN("name of an enumerator outside", TYPE(A, 6, 1, 0, 4), 0x1000, 1), 24},
		{GIVEN("name of a parameter outside", INT32, TYPE(0, 13, 1, 0, 0), 0x1000, 1), 40},
		{GIVEN("name of a type outside", TYPE(0x1000, 2, 0, 0, 0)), 24},
		{GIVEN("array of 4 GiB", INT32, TYPE(0, 3, 0, 0, 0), 1, 1, 0x40000000), 40},
		{GIVEN("a number of 65 bytes", TYPE(INT, 1, 0, 0, 65), 0), 24},
		{GIVEN("function without a prototype", INT32, TYPE(F, 12, 0, 0, 1)), 40},
		{GIVEN("variable of a function's type", TYPE(0, 13, 0, 0, 0), TYPE(F, 12, 0, 0, 1), TYPE(A, 14, 0, 0, 2), 0), 48},
		{GIVEN("more members than bytes", TYPE(A, 4, 60000, 0, 8), B, 0, 0), 24},
	};
	struct told told;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault fault = {0};

		CHECK_EQ(cases[i].given.name,
			convert(&cases[i].given, (struct elf_form){true, false}, NULL, 0, 0, &told, &fault),
			ERR_BAD_BTF);
		CHECK_EQ(cases[i].given.name, fault.offset, cases[i].offset);
	}
}

/* Pointers of pointers: up to a hundred; BTF that is sound has a dozen. */
static void test_depth(void **state)
{
	static uint8_t btf[24 + 12 * 200 + 1];

	(void)state;
	for (uint32_t n = 98; n <= 102; n++) {
		struct types t;
		enum err e;

		memset(btf, 0, sizeof(btf));
		le32_put(btf, 0x0001eb9f);
		le32_put(btf + 4, 24);
		le32_put(btf + 12, n * 12);
		le32_put(btf + 16, n * 12);
		le32_put(btf + 20, 1);
		for (uint32_t i = 0; i < n; i++) {
			le32_put(btf + 24 + 12 * i + 4, 2 << 24);
			le32_put(btf + 24 + 12 * i + 8, i); /* the one before */
		}
		e = types_open((struct span){btf, 24 + n * 12 + 1}, (struct elf_form){true, false}, &t, NULL);
		assert_int_equal(e, n < 100 ? ERR_OK : ERR_BAD_BTF);
		if (!e)
			types_free(&t);
	}
}

/* Many functions of one prototype with many parameters: what comes out is limited by what came in. */
static void test_growth(void **state)
{
	enum { PARAMETERS = 1000, FUNCTIONS = 400, SIZE = 4 * 4 + 12 + 8 * PARAMETERS + 12 * FUNCTIONS };
	static uint8_t btf[24 + SIZE + 4 * FUNCTIONS + 1];
	struct fault fault = {0};
	uint8_t *p = btf + 24;
	struct types t;

	(void)state;
	le32_put(btf, 0x0001eb9f);
	le32_put(btf + 4, 24);
	le32_put(btf + 12, SIZE);
	le32_put(btf + 16, SIZE);
	le32_put(btf + 20, 4 * FUNCTIONS + 1);
	le32_put(p + 4, 1 << 24);
	le32_put(p + 8, 4);
	le32_put(p + 12, 32);
	le32_put(p + 16 + 4, 13 << 24 | PARAMETERS);
	for (uint32_t i = 0; i < PARAMETERS; i++)
		le32_put(p + 28 + 8 * i + 4, 1);
	for (uint32_t i = 0; i < FUNCTIONS; i++) {
		uint8_t *f = p + 28 + 8 * PARAMETERS + 12 * i;

		le32_put(f, 1 + 4 * i);
		le32_put(f + 4, 12 << 24);
		le32_put(f + 8, 2);
		snprintf((char *)p + SIZE + 1 + 4 * i, 4, "%03u", i);
	}
	assert_int_equal(types_open((struct span){btf, sizeof(btf)}, (struct elf_form){true, false}, &t, NULL),
		ERR_OK);
	for (uint32_t i = 0; i < FUNCTIONS; i++) {
		char name[12];

		snprintf(name, sizeof(name), "%03u", i);
		types_place(&t, &(struct types_symbol){name, 3, true, true, i, 1});
	}
	assert_int_equal(types_measure(&t, &fault), ERR_BAD_BTF);
	assert_true(fault.value <= 8 * SIZE + 4096 + 5 * PARAMETERS + 100);
	types_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unsound),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
