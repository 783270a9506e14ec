/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See pcr.h: boot/efi/uki.c once more, from the file. What systemd's stub of version 252 measures is the
 * same, so UKIs around that are predicted, too.
 */
#include <stdlib.h>
#include <string.h>
#include "core/cmdline.h"
#include "core/uki_measure.h"
#include "host/pcr.h"
#include "spec/tcg.h"

#define PARTS_MAX (2 + EXTRA_KINDS)

static void add_ipl(struct pcr *p, const char *words, struct span data)
{
	pcr_add(p, &(struct pcr_event){.type = EV_IPL, .words = words}, data);
}

/* A section as it lies in memory; of those that count, no tool makes one that is longer there. */
static struct span section(const struct kernel *k, const char *name)
{
	struct pe_section_info s = {0};

	return pe_find(&k->pe, name, &s) ? s.bytes : (struct span){NULL, 0};
}

static void add_sections(const struct kernel *k, struct pcr *p)
{
	const char *name;

	for (size_t i = 0; (name = uki_measured_section(i)); i++) {
		struct span bytes = section(k, name);

		if (!bytes.len)
			continue;
		add_ipl(p, name, (struct span){(const uint8_t *)name, strlen(name) + 1});
		add_ipl(p, name, bytes);
	}
}

/* Is there a line that replaces the embedded one? */
static bool is_replaced(const struct kernel *k, const struct pcr_input *in)
{
	struct span line = {(const uint8_t *)in->cmdline, in->cmdline ? strlen(in->cmdline) : 0};

	if (in->secure_boot && section(k, ".cmdline").len)
		return false;
	return line.len && line.ptr[0] >= ' ' && !cmdline_is_empty(line);
}

/* The line that counts, in memory of its own. */
static uint8_t *make_line(const struct kernel *k, const struct pcr_input *in, bool replaced, size_t *ret_len)
{
	struct span from = section(k, ".cmdline");
	uint8_t *line;

	if (replaced)
		from = (struct span){(const uint8_t *)in->cmdline, strlen(in->cmdline)};
	line = calloc(1, from.len + 1);
	if (!line)
		return NULL;
	if (from.len)
		memcpy(line, from.ptr, from.len);
	*ret_len = replaced || !k->ours ? cmdline_clean(line, strlen((char *)line)) : from.len;
	return line;
}

static enum status add_line(const struct kernel *k, struct span line, struct pcr *linux_pcr,
	struct pcr *parameters)
{
	size_t units;
	uint16_t *wide = pcr_widen(line, &units);

	if (!wide)
		return report_no_memory(k->name);
	const struct span data = {(const uint8_t *)wide, 2 * (units + 1)};

	if (parameters)
		add_ipl(parameters, "command line", data);
	if (linux_pcr)
		pcr_add(linux_pcr, &(struct pcr_event){.type = EV_EVENT_TAG, .tag = LINUX_TAG_LOAD_OPTIONS,
			.words = LINUX_MEASURE_OPTIONS}, data);
	free(wide);
	return STATUS_DONE;
}

/* The parts of the initrd, each at a multiple of CPIO_ALIGN, as the kernel gets them. */
static enum status add_initrd(const struct kernel *k, const struct span *parts, struct pcr *p)
{
	uint64_t size = 0;
	uint8_t *all;

	for (size_t i = 0; i < PARTS_MAX; i++) {
		if (parts[i].len)
			size = (size + CPIO_ALIGN - 1) / CPIO_ALIGN * CPIO_ALIGN + parts[i].len;
	}
	if (!size)
		return STATUS_DONE;
	all = calloc(1, size);
	if (!all)
		return report_no_memory(k->name);
	size = 0;
	for (size_t i = 0; i < PARTS_MAX; i++) {
		if (!parts[i].len)
			continue;
		size = (size + CPIO_ALIGN - 1) / CPIO_ALIGN * CPIO_ALIGN;
		memcpy(all + size, parts[i].ptr, parts[i].len);
		size += parts[i].len;
	}
	pcr_add(p, &(struct pcr_event){.type = EV_EVENT_TAG, .tag = LINUX_TAG_INITRD,
		.words = LINUX_MEASURE_INITRD}, (struct span){all, size});
	free(all);
	return STATUS_DONE;
}

/* The archive of a section, to be freed. */
static enum status pack_section(const struct kernel *k, enum extra e, struct span *ret)
{
	struct extra_kind kind = extra_kind(e);
	struct span bytes = section(k, kind.source);
	struct cpio c = cpio_start(NULL, 0);
	uint8_t *archive;

	if (!bytes.len)
		return STATUS_DONE;
	if (extra_pack_section(bytes, &kind, &c) || !(archive = malloc(c.at)))
		return report_no_memory(k->name);
	c = cpio_start(archive, c.at);
	*ret = (struct span){archive, c.cap};
	return extra_pack_section(bytes, &kind, &c) ? report_no_memory(k->name) : STATUS_DONE;
}

/* All that goes to PCR 9's second event, and on the way there the archives to their PCRs. */
static enum status add_archives(const struct kernel *k, const struct pcr_input *in,
	struct pcr_prediction *ret)
{
	struct span parts[PARTS_MAX] = {k->ours ? k->initrd : section(k, ".initrd")};
	struct span *extra = parts + 2;
	enum status status;

	if (in->initrd && !(in->secure_boot && parts[0].len))
		parts[1] = input_span(in->initrd);
	for (size_t i = 0; i < EXTRA_KINDS; i++) {
		struct extra_kind kind = extra_kind(i);

		extra[i] = in->extra[i];
		if (extra[i].len && kind.pcr)
			add_ipl(pcr_of(ret, in, kind.pcr), kind.words, extra[i]);
	}
	status = pack_section(k, EXTRA_PCRSIG, &extra[EXTRA_PCRSIG]);
	if (!status)
		status = pack_section(k, EXTRA_PCRPKEY, &extra[EXTRA_PCRPKEY]);
	if (!status)
		status = add_initrd(k, parts, pcr_of(ret, in, LINUX_MEASURE_PCR));
	free((uint8_t *)extra[EXTRA_PCRSIG].ptr);
	free((uint8_t *)extra[EXTRA_PCRPKEY].ptr);
	return status;
}

enum status pcr_predict_uki(const struct kernel *k, const struct pcr_input *in,
	struct pcr_prediction *ret, struct span *ret_line, uint8_t **ret_owned)
{
	bool replaced = is_replaced(k, in);
	size_t len;
	uint8_t *line = make_line(k, in, replaced, &len);
	enum status status;

	if (!line)
		return report_no_memory(k->name);
	*ret_line = (struct span){line, len};
	*ret_owned = line;
	struct pcr *linux_pcr = pcr_of(ret, in, LINUX_MEASURE_PCR);

	add_sections(k, pcr_of(ret, in, UKI_PCR_KERNEL));
	struct pcr *parameters = pcr_of(ret, in, UKI_PCR_PARAMETERS);

	pcr_of(ret, in, UKI_PCR_SYSEXTS);
	status = add_line(k, *ret_line, len ? linux_pcr : NULL, replaced ? parameters : NULL);
	return status ? status : add_archives(k, in, ret);
}
