/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which values will PCRs have when the EFI stub has measured what it measures (boot/efi/measure.c)?
 * In the SHA-256 bank, event by event.
 */
#ifndef HOST_PCR_H
#define HOST_PCR_H

#include "core/extra.h"
#include "core/measure.h"
#include "host/kernel.h"

#define PCR_COUNT  24
#define PCR_EVENTS 24 /* at most: two for each section of a UKI, the kernel */

struct pcr_event {
	uint32_t type; /* EV_EVENT_TAG, or EV_IPL */
	uint32_t tag; /* of the former */
	const char *words;
	uint64_t size; /* of what is hashed */
	uint8_t digest[SHA256_SIZE];
};

struct pcr {
	unsigned int index;
	uint8_t before[SHA256_SIZE], after[SHA256_SIZE];
	struct pcr_event event[PCR_EVENTS];
	size_t event_count;
};

struct pcr_input {
	const char *cmdline; /* LoadOptions, or NULL: there are none */
	bool no_nul; /* they end without a NUL */
	bool handover; /* the handover entry: the line is read, but not measured */
	const struct input *initrd; /* what LoadFile2 hands out, or NULL */
	bool secure_boot; /* what is embedded is all there is */
	struct span extra[EXTRA_KINDS]; /* archives of files beside a UKI */
	uint8_t before[PCR_COUNT][SHA256_SIZE];
};

/* PCR 9; of a UKI 11, 12 and 13; and the one of bzforge.measure= if that is another one. */
struct pcr_prediction {
	struct pcr pcr[5];
	size_t count;
};

/* Prints what is wrong: bzforge.measure= on the command line with no PCR that may be used; no memory. */
enum status pcr_predict(const struct kernel *k, const struct pcr_input *in, struct pcr_prediction *ret);

/* Of use inside: one more event; what a PCR stands at, from the first event on. */
void pcr_add(struct pcr *p, const struct pcr_event *e, struct span data);
struct pcr *pcr_of(struct pcr_prediction *p, const struct pcr_input *in, unsigned int index);
/* UTF-16 with NUL, to be freed; *ret_units without it. NULL: no memory. */
uint16_t *pcr_widen(struct span text, size_t *ret_units);

/*
 * pcr_uki.c: what a unified kernel image measures, ours or one around systemd's stub. *ret_line is the
 * line that counts, to be freed with *ret_owned. Prints.
 */
enum status pcr_predict_uki(const struct kernel *k, const struct pcr_input *in,
	struct pcr_prediction *ret, struct span *ret_line, uint8_t **ret_owned);

/* "PCR:DIGEST", the number decimal and the digest as 64 hex digits. False if it is something else. */
bool pcr_parse(const char *text, uint8_t before[PCR_COUNT][SHA256_SIZE]);

/* Print it, for people or as JSON; the keys are a contract: bzforge(1) lists them. */
void pcr_print_text(const char *file, const struct pcr_prediction *p);
enum status pcr_print_json(const char *file, const struct pcr_prediction *p);

#endif /* HOST_PCR_H */
