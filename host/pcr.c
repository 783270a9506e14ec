/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pcr.h. */
#include <stdlib.h>
#include <string.h>
#include "core/cmdline.h"
#include "core/utf16.h"
#include "lib/digest.h"
#include "host/pcr.h"
#include "spec/tcg.h"

void pcr_add(struct pcr *p, const struct pcr_event *event, struct span data)
{
	struct pcr_event *e = &p->event[p->event_count++];
	struct sha256 s;

	*e = *event;
	e->size = data.len;
	sha256_init(&s);
	digest_update(&s, data);
	sha256_final(&s, e->digest);
	measure_extend(p->after, e->digest);
}

static void add(struct pcr *p, uint32_t tag, const char *words, struct span data)
{
	pcr_add(p, &(struct pcr_event){.type = EV_EVENT_TAG, .tag = tag, .words = words}, data);
}

struct pcr *pcr_of(struct pcr_prediction *p, const struct pcr_input *in, unsigned int index)
{
	struct pcr *pcr;

	for (pcr = p->pcr; pcr < p->pcr + p->count; pcr++) {
		if (pcr->index == index)
			return pcr;
	}
	p->count++;
	*pcr = (struct pcr){.index = index};
	memcpy(pcr->before, in->before[index], SHA256_SIZE);
	memcpy(pcr->after, in->before[index], SHA256_SIZE);
	return pcr;
}

uint16_t *pcr_widen(struct span text, size_t *ret_units)
{
	uint16_t *wide = malloc((text.len + 1) * sizeof(*wide));
	size_t units = 0;

	if (!wide || utf16_from_utf8(text, wide, text.len + 1)) {
		free(wide);
		return NULL;
	}
	while (wide[units])
		units++;
	*ret_units = units;
	return wide;
}

/* The line as UEFI hands it over; an empty one is none. */
static enum status add_options(struct pcr *p, const struct pcr_input *in, const char *file)
{
	size_t units;
	uint16_t *wide = pcr_widen((struct span){(const uint8_t *)in->cmdline, strlen(in->cmdline)},
		&units);

	if (!wide)
		return report_no_memory(file);
	if (!in->no_nul)
		units++;
	if (units)
		add(p, LINUX_TAG_LOAD_OPTIONS, LINUX_MEASURE_OPTIONS,
			(struct span){(const uint8_t *)wide, units * sizeof(*wide)});
	free(wide);
	return STATUS_DONE;
}

/* What Linux's stub measures, and ours in its place; *ret_line: our line, then the loader's. */
static enum status predict_linux(const struct kernel *k, const struct pcr_input *in,
	struct pcr_prediction *ret, struct span *ret_line, uint8_t **ret_owned)
{
	struct span other = {(const uint8_t *)in->cmdline, in->cmdline ? strlen(in->cmdline) : 0};
	size_t cap = k->cmdline.len + other.len + 2, len;
	struct pcr *p = pcr_of(ret, in, LINUX_MEASURE_PCR);
	enum status status = STATUS_DONE;
	uint8_t *line = malloc(cap);

	if (in->secure_boot && k->ours && k->cmdline.len)
		other.len = 0;
	if (!line || cmdline_join(k->cmdline, other, line, cap, &len)) {
		free(line);
		return report_no_memory(k->name);
	}
	*ret_line = (struct span){line, len};
	*ret_owned = line;
	if (in->cmdline && !in->handover)
		status = add_options(p, in, k->name);
	/* One that does not count is not even loaded. */
	if (!status && in->initrd && in->initrd->len &&
		!(in->secure_boot && k->ours && k->initrd.len))
		add(p, LINUX_TAG_INITRD, LINUX_MEASURE_INITRD, input_span(in->initrd));
	return status;
}

enum status pcr_predict(const struct kernel *k, const struct pcr_input *in, struct pcr_prediction *ret)
{
	enum measure wanted = MEASURE_OFF;
	struct span line = {NULL, 0};
	uint8_t *owned = NULL;
	enum status status;
	unsigned int index = 0;

	ret->count = 0;
	if (k->uki && !in->handover)
		status = pcr_predict_uki(k, in, ret, &line, &owned);
	else
		status = predict_linux(k, in, ret, &line, &owned);
	if (!status && k->ours)
		wanted = measure_wanted(line, &index);
	free(owned);
	if (wanted == MEASURE_BAD) {
		report(k->name, "bzforge.measure= takes a PCR from %u to %u", MEASURE_PCR_MIN,
			MEASURE_PCR_MAX);
		status = STATUS_BAD_INPUT;
	}
	if (wanted == MEASURE_ON)
		add(pcr_of(ret, in, index), MEASURE_TAG_KERNEL, MEASURE_WORDS_KERNEL,
			(struct span){k->sha256, SHA256_SIZE});
	return status;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool pcr_parse(const char *text, uint8_t before[PCR_COUNT][SHA256_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	char *end;
	unsigned long index;

	if (*text < '0' || *text > '9')
		return false;
	index = strtoul(text, &end, 10);
	if (index >= PCR_COUNT || *end != ':' || strlen(end + 1) != 2 * SHA256_SIZE)
		return false;
	for (size_t i = 0; i < SHA256_SIZE; i++) {
		int high = hex_digit(end[1 + 2 * i]), low = hex_digit(end[2 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(before[index], digest, SHA256_SIZE);
	return true;
}
