/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unified kernel image measures itself and what comes to it, as systemd's stub does and the kernel's
 * own behind that [systemd-stub(7)]: sealed secrets and predictions mean the same for both.
 *
 *   firmware --> our sections   PCR 11      line in place of ours   PCR 12      all of the line    PCR 9
 *   (PCR 4)                                 credentials             PCR 12      all of the initrd  PCR 9
 *                                           system extensions       PCR 13
 *
 * Only from the PE entry, where firmware knows the image: at the handover entries what is in memory is
 * the loader's business. Nothing that fails here ends a boot: a PCR that lacks something opens nothing.
 * Under boot services.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/efi/measure.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "core/bzimage.h"
#include "core/device_path.h"
#include "core/uki_measure.h"
#include "core/utf16.h"
#include "spec/tcg.h"

#define WORDS_MAX 32 /* of an event, in characters */
#define PATH_MAX  512

/* data, in an event with these words. */
static bool measure(unsigned int pcr, const char *words, struct span data)
{
	uint8_t wide[2 * (WORDS_MAX + 1)];
	size_t len = 0;

	while (words[len] && len < WORDS_MAX) {
		le16_put(wide + 2 * len, (uint8_t)words[len]);
		len++;
	}
	le16_put(wide + 2 * len, 0);
	return efi_measure_ipl(pcr, (struct span){wide, 2 * (len + 1)}, data);
}

static void measure_sections(const struct efi_boot *b)
{
	const char *name;
	bool any = false, all = true;

	for (size_t i = 0; (name = uki_measured_section(i)); i++) {
		struct pe_section_info s;
		size_t name_size = 1;

		if (!pe_find(&b->pe, name, &s) || !s.bytes.len)
			continue;
		while (name[name_size - 1])
			name_size++;
		any = true;
		all &= measure(UKI_PCR_KERNEL, name, (struct span){(const uint8_t *)name, name_size});
		all &= measure(UKI_PCR_KERNEL, name, s.bytes);
	}
	if (any && all)
		efi_variable_pcr("StubPcrKernelImage", UKI_PCR_KERNEL);
}

void efi_uki_open(struct efi_boot *b)
{
	struct pe_section_info splash;
	struct fault fault = {0};

	b->is_uki = false;
	if (!(b->manifest.flags & MANIFEST_FLAG_UKI) || !b->loaded_image)
		return;
	uint64_t base = efi_word(b->loaded_image, EFI_IMAGE_BASE);
	uint64_t size = le64_get(phys_ptr(efi_field(b->loaded_image, EFI_IMAGE_SIZE)));

	/* The loader's image at the handover entry: not ours. */
	if (b->stub_pa < base || b->stub_pa - base >= size)
		return;
	enum err err = pe_parse_loaded(phys_span(base, size), &b->pe, &fault);

	if (err) {
		warn("PE header in memory: %s (E%u), at 0x%lx", err_text(err), err, fault.offset);
		return;
	}
	b->is_uki = true;
	measure_sections(b);
	efi_variables(b);
	if (pe_find(&b->pe, ".splash", &splash))
		efi_splash(splash.bytes);
}

/* The line as UTF-16 with its NUL, to be freed; false if there is no memory. */
static bool line_widen(const struct efi_boot *b, struct span *ret)
{
	size_t units = 0;
	uint64_t pa;

	if (efi_memory_below(2 * (b->cmdline.len + 1), UINT32_MAX, EFI_LOADER_DATA, &pa))
		return false;
	uint16_t *wide = phys_ptr(pa);

	if (utf16_from_utf8(b->cmdline, wide, b->cmdline.len + 1)) {
		efi_memory_free(pa);
		return false;
	}
	while (wide[units])
		units++;
	*ret = phys_span(pa, 2 * (units + 1));
	return true;
}

/* StubPcrKernelParameters and its like say that all there was is measured, if only nothing. */
static bool parameters_measured;

void efi_uki_line(struct efi_boot *b)
{
	struct span wide;

	parameters_measured = true;
	if (!b->is_uki || !b->line_replaced)
		return;
	parameters_measured = line_widen(b, &wide);
	if (parameters_measured) {
		parameters_measured = efi_measure_ipl(UKI_PCR_PARAMETERS, wide, wide);
		efi_memory_free(phys_addr(wide.ptr));
	}
}

/* One kind of files; false if they are not measured. */
static bool files(struct efi_boot *b, enum extra e, const uint16_t *folder)
{
	struct extra_kind kind = extra_kind(e);
	struct efi_archive *a = &b->extra[e];

	if (!efi_extra_files(b, e, folder, a))
		return false;
	return !a->size || measure(kind.pcr, kind.words, phys_span(a->pa, a->size));
}

static void section(struct efi_boot *b, enum extra e)
{
	struct pe_section_info s;

	if (pe_find(&b->pe, extra_kind(e).source, &s) && s.bytes.len)
		efi_extra_section(s.bytes, e, &b->extra[e]);
}

/* IMAGE.extra.d; empty if we are no file. */
static void folder_beside(const struct efi_boot *b, uint16_t ret[PATH_MAX])
{
	uint64_t path = efi_word(b->loaded_image, EFI_IMAGE_FILE_PATH);
	size_t len = 0;

	ret[0] = 0;
	/* a path ends where it says */
	if (!path || !device_path_file(phys_span(path, UINT16_MAX), ret, PATH_MAX - sizeof(EXTRA_BESIDE_IMAGE)))
		return;
	while (ret[len])
		len++;
	for (size_t i = 0; i < sizeof(EXTRA_BESIDE_IMAGE); i++)
		ret[len + i] = (uint8_t)EXTRA_BESIDE_IMAGE[i];
}

void efi_uki_extra(struct efi_boot *b)
{
	uint16_t beside[PATH_MAX], global[sizeof(EXTRA_GLOBAL)];

	for (size_t i = 0; i < EXTRA_KINDS; i++)
		b->extra[i] = (struct efi_archive){0, 0};
	if (!b->is_uki)
		return;
	folder_beside(b, beside);
	for (size_t i = 0; i < sizeof(EXTRA_GLOBAL); i++)
		global[i] = (uint8_t)EXTRA_GLOBAL[i];
	parameters_measured &= files(b, EXTRA_CREDENTIALS, beside);
	parameters_measured &= files(b, EXTRA_GLOBAL_CREDENTIALS, global);
	if (parameters_measured)
		efi_variable_pcr("StubPcrKernelParameters", UKI_PCR_PARAMETERS);
	if (files(b, EXTRA_SYSEXTS, beside))
		efi_variable_pcr("StubPcrInitRDSysExts", UKI_PCR_SYSEXTS);
	section(b, EXTRA_PCRSIG);
	section(b, EXTRA_PCRPKEY);
}

void efi_uki_linux(struct efi_boot *b)
{
	static const uint8_t words[] = LINUX_MEASURE_OPTIONS;
	struct range initrd = boot_params_initrd(b->bp);
	struct span wide;

	if (!b->is_uki)
		return;
	if (b->cmdline.len && line_widen(b, &wide)) {
		efi_measure(LINUX_MEASURE_PCR, LINUX_TAG_LOAD_OPTIONS,
			(struct span){words, sizeof(words)}, wide);
		efi_memory_free(phys_addr(wide.ptr));
	}
	if (initrd.end > initrd.start)
		efi_measure_initrd(initrd.start, initrd.end - initrd.start);
}
