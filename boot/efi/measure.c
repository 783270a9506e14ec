/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux's stub measures since 6.0, in the same events: LoadOptions, all their bytes as they
 * came, and an initrd that comes from LoadFile2. What a boot loader puts into boot_params,
 * or names with initrd=, Linux does not measure, so its predicted values say nothing of that; a loader
 * measures what it loads itself. Under boot services.
 */
#include "boot/efi/measure.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "spec/tcg.h"

/* A command line of 2048 characters is one; what is longer is measured all the same, and described in part. */
#define EVENT_MAX (EFI_TCG2_EVENT_DATA + 2 * (2048 + 1))
#define WORDS_MAX 64

struct efi_measurer efi_measurer(void)
{
	struct efi_guid tcg2 = EFI_TCG2_GUID, cc = EFI_CC_MEASUREMENT_GUID;
	struct efi_measurer m = {efi_protocol_any(&tcg2), false};

	if (!m.protocol) {
		m.protocol = efi_protocol_any(&cc);
		m.cc = m.protocol;
	}
	return m;
}

/* The register that stands for a PCR: where there are no PCRs, firmware says which. */
static uint64_t register_of(const struct efi_measurer *m, unsigned int pcr, uint32_t *ret)
{
	uint64_t index = 0, status = 0;

	if (!m->cc) {
		*ret = pcr;
		return status;
	}
	status = efi_method(m->protocol, 0, EFI_CC_MAP_PCR, pcr, efi_ptr(&index));
	if (!status)
		*ret = (uint32_t)index;
	return status;
}

static bool measure(unsigned int pcr, uint32_t type, struct span words, struct span data)
{
	struct efi_measurer m = efi_measurer();
	uint8_t event[EVENT_MAX];
	size_t room = EVENT_MAX - EFI_TCG2_EVENT_DATA, len = words.len < room ? words.len : room;
	uint32_t index = 0;
	uint64_t status;

	if (!m.protocol)
		return false;
	status = register_of(&m, pcr, &index);
	le32_put(event + EFI_TCG2_EVENT_SIZE, (uint32_t)(EFI_TCG2_EVENT_DATA + len));
	le32_put(event + EFI_TCG2_EVENT_HEAD, EFI_TCG2_EVENT_HEAD_SIZE);
	le16_put(event + EFI_TCG2_EVENT_VERSION, 1);
	le32_put(event + EFI_TCG2_EVENT_PCR, index);
	le32_put(event + EFI_TCG2_EVENT_TYPE, type);
	memcpy(event + EFI_TCG2_EVENT_DATA, words.ptr, len);
	if (!status)
		status = efi_hash_extend(m.protocol, phys_addr(data.ptr), data.len, event);
	if (status)
		warn("PCR %u: 0x%lx bytes are not measured, firmware says 0x%lx", pcr, data.len, status);
	else
		say("PCR %u: measured 0x%lx bytes", pcr, data.len);
	return !status;
}

void efi_measure(unsigned int pcr, uint32_t tag, struct span words, struct span data)
{
	uint8_t tagged[EFI_TCG2_TAGGED_DATA - EFI_TCG2_EVENT_DATA + WORDS_MAX];
	size_t head = EFI_TCG2_TAGGED_DATA - EFI_TCG2_EVENT_DATA;
	size_t len = words.len < WORDS_MAX ? words.len : WORDS_MAX;

	le32_put(tagged + EFI_TCG2_TAGGED_ID - EFI_TCG2_EVENT_DATA, tag);
	le32_put(tagged + EFI_TCG2_TAGGED_SIZE - EFI_TCG2_EVENT_DATA, (uint32_t)len);
	memcpy(tagged + head, words.ptr, len);
	measure(pcr, EV_EVENT_TAG, (struct span){tagged, head + len}, data);
}

bool efi_measure_ipl(unsigned int pcr, struct span text, struct span data)
{
	return measure(pcr, EV_IPL, text, data);
}

void efi_measure_options(uint64_t loaded_image)
{
	static const uint8_t words[] = LINUX_MEASURE_OPTIONS;
	uint64_t pa = efi_word(loaded_image, EFI_IMAGE_OPTIONS);
	uint32_t size = le32_get(phys_ptr(efi_field(loaded_image, EFI_IMAGE_OPTIONS_SIZE)));

	if (pa && size)
		efi_measure(LINUX_MEASURE_PCR, LINUX_TAG_LOAD_OPTIONS,
			(struct span){words, sizeof(words)}, phys_span(pa, size));
}

void efi_measure_initrd(uint64_t pa, uint64_t size)
{
	static const uint8_t words[] = LINUX_MEASURE_INITRD;

	efi_measure(LINUX_MEASURE_PCR, LINUX_TAG_INITRD, (struct span){words, sizeof(words)},
		phys_span(pa, size));
}
