/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a unified kernel image tells the system in EFI variables [systemd's Boot Loader Interface]: from
 * which partition and file it came, on which firmware, what stub this is. A boot menu that was there
 * before us has said the first ones already, and knows better. They last until the machine is reset.
 * Values are UTF-16 with NUL, but for a number of features. Under boot services.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "core/device_path.h"

#define TEXT_MAX 512

/* StubFeatures */
#define REPORTS_PARTITION (1u << 0) /* LoaderDevicePartUUID */
#define TAKES_CREDENTIALS (1u << 1)
#define TAKES_SYSEXTS     (1u << 2)
#define MEASURES_THREE    (1u << 3) /* sections, parameters and system extensions into PCRs of their own */

struct text {
	uint16_t units[TEXT_MAX];
	size_t len; /* without NUL; there is room for one */
};

static void add_unit(struct text *t, uint16_t unit)
{
	if (t->len < TEXT_MAX - 1)
		t->units[t->len++] = unit;
}

static void add(struct text *t, const char *ascii)
{
	while (*ascii)
		add_unit(t, (uint8_t)*ascii++);
}

static void add_wide(struct text *t, const uint16_t *wide)
{
	while (*wide)
		add_unit(t, *wide++);
}

static void add_number(struct text *t, uint32_t v, unsigned int digits)
{
	if (v >= 10 || digits > 1)
		add_number(t, v / 10, digits - (digits > 1));
	add_unit(t, (uint16_t)('0' + v % 10));
}

/* " 2.70": two halves of a word, the minor one of at least two digits */
static void add_revision(struct text *t, uint32_t revision)
{
	add(t, " ");
	add_number(t, revision >> 16, 1);
	add(t, ".");
	add_number(t, revision & 0xffff, 2);
}

static void put(const char *name, const void *data, size_t size)
{
	const struct efi_guid vendor = LOADER_GUID;

	/* One that cannot be written is missed by nobody who could do anything about it. */
	efi_variable_set(name, &vendor, EFI_VARIABLE_BOOT | EFI_VARIABLE_RUNTIME, data, size);
}

static void put_text(const char *name, struct text *t)
{
	t->units[t->len] = 0;
	put(name, t->units, 2 * (t->len + 1));
}

static bool is_missing(const char *name)
{
	const struct efi_guid vendor = LOADER_GUID;
	size_t size;
	uint8_t byte;

	return efi_variable(name, &vendor, &byte, 1, &size) == EFI_NOT_FOUND;
}

static void partition(const struct efi_boot *b)
{
	const struct efi_guid guid = EFI_DEVICE_PATH_GUID;
	uint64_t path = efi_protocol(efi_word(b->loaded_image, EFI_IMAGE_DEVICE), &guid);
	uint8_t bytes[DEVICE_PATH_GUID_SIZE];
	char hex[GUID_TEXT_SIZE];
	struct text t = {.len = 0};

	/* a path ends where it says */
	if (!path || !device_path_partition(phys_span(path, UINT16_MAX), bytes))
		return;
	guid_text(bytes, hex);
	add(&t, hex);
	put_text("LoaderDevicePartUUID", &t);
}

/* As the firmware would write it; if it does not, at least a file's name. */
static void image(const struct efi_boot *b)
{
	uint64_t path = efi_word(b->loaded_image, EFI_IMAGE_FILE_PATH);
	uint64_t text = path ? efi_path_text(path) : 0;
	struct text t = {.len = 0};

	if (text) {
		add_wide(&t, phys_ptr(text));
		efi_boot(EFI_FREE_POOL, text);
	} else if (path && device_path_file(phys_span(path, UINT16_MAX), t.units, TEXT_MAX)) {
		while (t.units[t.len])
			t.len++;
	}
	if (t.len)
		put_text("LoaderImageIdentifier", &t);
}

static void firmware(void)
{
	uint64_t table = efi_system_table(), vendor = efi_word(table, EFI_ST_VENDOR);
	struct text t = {.len = 0};

	if (is_missing("LoaderFirmwareInfo")) {
		if (vendor)
			add_wide(&t, phys_ptr(vendor));
		add_revision(&t, le32_get(phys_ptr(efi_field(table, EFI_ST_REVISION))));
		put_text("LoaderFirmwareInfo", &t);
	}
	if (is_missing("LoaderFirmwareType")) {
		t.len = 0;
		add(&t, "UEFI");
		add_revision(&t, le32_get(phys_ptr(table + EFI_ST_UEFI_REVISION)));
		put_text("LoaderFirmwareType", &t);
	}
}

void efi_variables(const struct efi_boot *b)
{
	uint8_t features[8];
	struct text t = {.len = 0};

	if (is_missing("LoaderDevicePartUUID"))
		partition(b);
	if (is_missing("LoaderImageIdentifier"))
		image(b);
	firmware();
	add(&t, "bzforge " BZFORGE_VERSION);
	put_text("StubInfo", &t);
	le64_put(features, REPORTS_PARTITION | TAKES_CREDENTIALS | TAKES_SYSEXTS | MEASURES_THREE);
	put("StubFeatures", features, sizeof(features));
}

void efi_variable_pcr(const char *name, unsigned int pcr)
{
	struct text t = {.len = 0};

	add_number(&t, pcr, 1);
	put_text(name, &t);
}
