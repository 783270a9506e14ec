/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables that every Linux has, and that BTF says nothing of (it knows per-CPU ones only). Their types
 * have been the same since there is BTF, 5.2. crash asks for them: is it an array, of how many? What it
 * would assume otherwise is what kernels had ten years before. People ask debuggers for them, too.
 *
 * A row counts if the kernel has the type and one symbol of that name with room for it.
 */
#include <string.h>
#include "host/types_parts.h"

enum shape {
	PLAIN,
	POINTER, /* type * */
	POINTER_TO_POINTER, /* type ** */
	ARRAY, /* type [] */
	ARRAY_OF_POINTERS, /* type *[] */
	ARRAY_OPEN, /* type [], of what length is not known: room says nothing of text among constants */
};

struct row {
	char name[20];
	uint8_t shape;
	char type[20]; /* as in BTF, without struct */
	char count[24]; /* the enumerator that says how many; "": as many as there is room for */
};

#define POINTER_ROOM_MAX 8192 /* what is behind it may begin at a page */

/* rows that are asked for elsewhere */
#define KNOWN_INT        0
#define KNOWN_JIFFIES_64 1

static const struct row rows[TYPES_KNOWN] = {
	[KNOWN_INT] = {"", PLAIN, "int", ""},
	[KNOWN_JIFFIES_64] = {"jiffies_64", PLAIN, "u64", ""},
	{"__per_cpu_offset", ARRAY, "long unsigned int", ""},
	{"init_mm", PLAIN, "mm_struct", ""},
	{"init_net", PLAIN, "net", ""},
	{"init_pid_ns", PLAIN, "pid_namespace", ""},
	{"init_task", PLAIN, "task_struct", ""},
	{"init_uts_ns", PLAIN, "uts_namespace", ""},
	{"iomem_resource", PLAIN, "resource", ""},
	{"irq_desc_tree", PLAIN, "xarray", ""},
	{"jiffies", PLAIN, "long unsigned int", ""},
	{"linux_banner", ARRAY_OPEN, "char", ""},
	{"mem_section", POINTER_TO_POINTER, "mem_section", ""},
	{"modules", PLAIN, "list_head", ""},
	{"mt_pivots", ARRAY, "unsigned char", ""},
	{"mt_slots", ARRAY, "unsigned char", ""},
	{"node_data", ARRAY_OF_POINTERS, "pglist_data", ""},
	{"node_states", ARRAY, "nodemask_t", "NR_NODE_STATES"},
	{"nr_cpu_ids", PLAIN, "unsigned int", ""},
	{"prb", POINTER, "printk_ringbuffer", ""},
	{"saved_command_line", POINTER, "char", ""},
	{"softirq_vec", ARRAY, "softirq_action", "NR_SOFTIRQS"},
	{"sparse_irqs", PLAIN, "maple_tree", ""},
	{"swap_info", ARRAY_OF_POINTERS, "swap_info_struct", ""},
	{"system_state", PLAIN, "system_states", ""},
	{"task_state_array", ARRAY_OF_POINTERS, "char", ""},
	{"vm_node_stat", ARRAY, "atomic_long_t", "NR_VM_NODE_STAT_ITEMS"},
	{"vm_numa_event", ARRAY, "atomic_long_t", "NR_VM_NUMA_EVENT_ITEMS"},
	{"vm_zone_stat", ARRAY, "atomic_long_t", "NR_VM_ZONE_STAT_ITEMS"},
	{"vmcoreinfo_data", POINTER, "unsigned char", ""},
};

static void match_type(struct types *t, uint32_t id, const struct btf_type *type)
{
	for (size_t i = 0; i < TYPES_KNOWN; i++) {
		if (!t->known[i].type && !strcmp(rows[i].type, type->name))
			t->known[i].type = id;
	}
}

static void match_enum(struct types *t, const struct btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		const char *name = (const char *)t->btf.strings.ptr +
			btf_u32(&t->btf, type->more, i * 8ull);

		for (size_t k = 0; name[0] == 'N' && name[1] == 'R' && k < TYPES_KNOWN; k++) {
			if (!strcmp(rows[k].count, name))
				t->known[k].count = btf_u32(&t->btf, type->more, i * 8ull + 4);
		}
	}
}

void types_find_known(struct types *t)
{
	struct btf_type type;
	bool begins[256] = {false}; /* comparing all names with all rows would take long */

	for (size_t i = 0; i < TYPES_KNOWN; i++)
		begins[(uint8_t)rows[i].type[0]] = true;
	for (uint32_t id = 1; id < t->count; id++) {
		switch (t->node[id].kind) {
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_ENUM:
			if (!btf_read(&t->btf, t->node[id].at, &type))
				break;
			if (type.kind == BTF_KIND_ENUM)
				match_enum(t, &type);
			if (begins[(uint8_t)type.name[0]])
				match_type(t, id, &type);
			break;
		default:
			break;
		}
	}
}

const char *types_known_name(uint32_t i)
{
	return rows[i].name;
}

static uint32_t array_count(const struct types *t, uint32_t i, const struct types_place *place)
{
	uint64_t word = t->form.is64 ? 8 : 4;
	uint64_t each = rows[i].shape == ARRAY_OF_POINTERS ? word : t->node[t->known[i].type].size;
	uint64_t room = each ? place->size / each : 0;

	if (!rows[i].count[0])
		return room > UINT32_MAX ? 0 : (uint32_t)room;
	return t->known[i].count <= room ? t->known[i].count : 0;
}

/* Is there a symbol alone of its name, and room for the type where it stands? */
static bool is_there(const struct types *t, uint32_t i, const struct types_place *place)
{
	uint64_t word = t->form.is64 ? 8 : 4;

	if (place->matches != 1 || !t->known[i].type)
		return false;
	switch (rows[i].shape) {
	case PLAIN:
		return t->node[t->known[i].type].size <= place->size;
	case POINTER:
	case POINTER_TO_POINTER: /* what is much larger is an array in this kernel */
		return word <= place->size && place->size < POINTER_ROOM_MAX;
	case ARRAY_OPEN:
		return true;
	default:
		return array_count(t, i, place);
	}
}

/*
 * HZ is compiled into code and nowhere written down, but jiffies begin five minutes before they run over
 * 32 bits, so that what cannot bear it is found [Linux jiffies.h INITIAL_JIFFIES: -300 * HZ]. 0: not so.
 */
static uint32_t hz_of(uint64_t jiffies)
{
	uint32_t before = -(uint32_t)jiffies;

	return jiffies >> 32 || before % 300 || before / 300 > 10000 ? 0 : before / 300;
}

/*
 * crash asks for HZ by a constant of the scheduler of disks: how long may writes wait? Five seconds, in
 * jiffies [Linux block/mq-deadline.c write_expire].
 */
static void put_hz(struct types_writer *w)
{
	const struct types *t = w->t;
	uint32_t hz = hz_of(t->jiffies), type = t->known[KNOWN_INT].type;

	if (!hz || !type)
		return;
	types_put_code(w, DIE_CONSTANT, DIE_TYPE);
	dwarf_put_string(&w->out, "write_expire");
	dwarf_put_signed(&w->out, 5 * (int64_t)hz);
	dwarf_put32(&w->out, t->node[type].die);
}

/* An entry that refers to another one; its place. */
static uint32_t put_on(struct types_writer *w, enum types_die die, unsigned int options, uint32_t type)
{
	uint32_t at = (uint32_t)w->out.size;

	types_put_code(w, die, options | DIE_TYPE);
	dwarf_put32(&w->out, type);
	return at;
}

/* count 0: open */
static uint32_t put_array(struct types_writer *w, uint32_t type, uint32_t count)
{
	uint32_t at = put_on(w, DIE_ARRAY, DIE_MORE, type);

	types_put_code(w, count ? DIE_RANGE : DIE_RANGE_OPEN, 0);
	if (count)
		dwarf_put_unsigned(&w->out, count);
	dwarf_put8(&w->out, 0);
	return at;
}

static void put_known(struct types_writer *w, uint32_t i, const struct types_place *place)
{
	const struct types *t = w->t;
	uint32_t type = t->node[t->known[i].type].die;
	uint8_t shape = rows[i].shape;

	if (shape == POINTER_TO_POINTER)
		type = put_on(w, DIE_POINTER, 0, type);
	if (shape == POINTER || shape == POINTER_TO_POINTER || shape == ARRAY_OF_POINTERS)
		type = put_on(w, DIE_POINTER, 0, type);
	if (shape == ARRAY || shape == ARRAY_OF_POINTERS)
		type = put_array(w, type, array_count(t, i, place));
	if (shape == ARRAY_OPEN)
		type = put_array(w, type, 0);
	types_put_code(w, DIE_KNOWN, DIE_TYPE);
	dwarf_put_string(&w->out, rows[i].name);
	types_put_location(w, place->va);
	dwarf_put32(&w->out, type);
}

void types_put_known(struct types_writer *w)
{
	const struct types *t = w->t;

	for (uint32_t i = w->place; i < t->place_count; i++) {
		uint32_t row = t->place[i].id - t->count;

		if (is_there(t, row, &t->place[i]))
			put_known(w, row, &t->place[i]);
	}
	put_hz(w);
}

uint64_t types_jiffies_va(const struct types *t)
{
	for (uint32_t i = 0; i < t->place_count; i++) {
		if (t->place[i].id == t->count + KNOWN_JIFFIES_64 && t->place[i].matches == 1)
			return t->place[i].va;
	}
	return 0;
}
