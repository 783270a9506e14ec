/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of `bzforge inspect --pcr`. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include "host/pcr.h"
#include "host/text.h"
#include "spec/tcg.h"

void pcr_print_text(const char *file, const struct pcr_prediction *p)
{
	char hex[SHA256_SIZE * 2 + 1];

	printf("%s: predicted PCRs, SHA-256 bank\n", file);
	for (const struct pcr *pcr = p->pcr; pcr < p->pcr + p->count; pcr++) {
		text_digest(pcr->before, hex);
		printf("PCR %u\n  before           %s\n", pcr->index, hex);
		for (const struct pcr_event *e = pcr->event; e < pcr->event + pcr->event_count; e++) {
			text_digest(e->digest, hex);
			if (e->type == EV_EVENT_TAG)
				printf("  event 0x%08" PRIx32 " %s\n", e->tag, hex);
			else
				printf("  event IPL        %s\n", hex);
			printf("    %s, %" PRIu64 " bytes\n", e->words, e->size);
		}
		text_digest(pcr->after, hex);
		printf("  after            %s\n", hex);
	}
}

static json_t *digest(const uint8_t bytes[SHA256_SIZE])
{
	char hex[SHA256_SIZE * 2 + 1];

	text_digest(bytes, hex);
	return json_string(hex);
}

static json_t *pcr_json(const struct pcr *pcr)
{
	json_t *o = json_object(), *events = json_array();

	for (const struct pcr_event *e = pcr->event; e < pcr->event + pcr->event_count; e++) {
		json_t *event = json_object();

		json_object_set_new(event, "type", json_integer(e->type));
		if (e->type == EV_EVENT_TAG)
			json_object_set_new(event, "tag", json_integer(e->tag));
		json_object_set_new(event, "words", json_string(e->words));
		json_object_set_new(event, "size", json_integer((json_int_t)e->size));
		json_object_set_new(event, "digest", digest(e->digest));
		json_array_append_new(events, event);
	}
	json_object_set_new(o, "pcr", json_integer(pcr->index));
	json_object_set_new(o, "before", digest(pcr->before));
	json_object_set_new(o, "events", events);
	json_object_set_new(o, "after", digest(pcr->after));
	return o;
}

enum status pcr_print_json(const char *file, const struct pcr_prediction *p)
{
	json_t *top = json_object(), *pcrs = json_array();
	enum status status = STATUS_DONE;

	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(pcrs, pcr_json(&p->pcr[i]));
	json_object_set_new(top, "bank", json_string("sha256"));
	json_object_set_new(top, "pcrs", pcrs);
	if (json_dumpf(top, stdout, JSON_INDENT(2))) {
		report(file, "cannot write the report as JSON");
		status = STATUS_ENVIRONMENT;
	}
	putchar('\n');
	json_decref(top);
	return status;
}
