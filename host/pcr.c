/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pcr.h. */
#include <stdlib.h>
#include <string.h>
#include "core/cmdline.h"
#include "core/utf16.h"
#include "lib/digest.h"
#include "host/pcr.h"
#include "spec/tcg.h"

static void add(struct pcr *p, uint32_t tag, const char *words, struct span data)
{
	struct pcr_event *e = &p->event[p->event_count++];
	struct sha256 s;

	*e = (struct pcr_event){.tag = tag, .words = words, .size = data.len};
	sha256_init(&s);
	digest_update(&s, data);
	sha256_final(&s, e->digest);
	measure_extend(p->after, e->digest);
}

static struct pcr *pcr_of(struct pcr_prediction *p, const struct pcr_input *in, unsigned int index)
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

/* The line as UEFI hands it over; an empty one is none. */
static enum status add_options(struct pcr *p, const struct pcr_input *in, const char *file)
{
	size_t len = strlen(in->cmdline), units = 0;
	uint16_t *wide = malloc((len + 1) * sizeof(*wide));

	if (!wide || utf16_from_utf8((struct span){(const uint8_t *)in->cmdline, len}, wide, len + 1)) {
		free(wide);
		return report_no_memory(file);
	}
	while (wide[units])
		units++;
	if (!in->no_nul)
		units++;
	if (units)
		add(p, LINUX_TAG_LOAD_OPTIONS, LINUX_MEASURE_OPTIONS,
			(struct span){(const uint8_t *)wide, units * sizeof(*wide)});
	free(wide);
	return STATUS_DONE;
}

/* The line that the stub reads bzforge.measure= from: the image's own, then the loader's. */
static enum status kernel_pcr(const struct kernel *k, const char *cmdline, enum measure *ret_wanted,
	unsigned int *ret_pcr)
{
	struct span other = {(const uint8_t *)cmdline, cmdline ? strlen(cmdline) : 0};
	size_t cap = k->cmdline.len + other.len + 2, len;
	uint8_t *line = malloc(cap);

	if (!line || cmdline_join(k->cmdline, other, line, cap, &len)) {
		free(line);
		return report_no_memory(k->name);
	}
	*ret_wanted = measure_wanted((struct span){line, len}, ret_pcr);
	free(line);
	if (*ret_wanted != MEASURE_BAD)
		return STATUS_DONE;
	report(k->name, "bzforge.measure= takes a PCR from %u to %u", MEASURE_PCR_MIN, MEASURE_PCR_MAX);
	return STATUS_BAD_INPUT;
}

enum status pcr_predict(const struct kernel *k, const struct pcr_input *in, struct pcr_prediction *ret)
{
	enum measure wanted = MEASURE_OFF;
	enum status status = STATUS_DONE;
	unsigned int index;
	struct pcr *linux_pcr;

	ret->count = 0;
	linux_pcr = pcr_of(ret, in, LINUX_MEASURE_PCR);
	if (in->cmdline && !in->handover)
		status = add_options(linux_pcr, in, k->name);
	if (!status && in->initrd && in->initrd->len)
		add(linux_pcr, LINUX_TAG_INITRD, LINUX_MEASURE_INITRD, input_span(in->initrd));
	if (!status && k->ours)
		status = kernel_pcr(k, in->cmdline, &wanted, &index);
	if (!status && wanted == MEASURE_ON)
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
