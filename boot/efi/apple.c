/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Apple's firmware. It has properties of devices that are nowhere else (addresses of Thunderbolt
 * controllers, ROMs of graphics cards), which go to setup_data as the bytes that they are; and it powers
 * the integrated graphics of notebooks with two processors down, unless it is told that macOS starts.
 *
 * It is told on these notebooks only, as Linux does: on others set_os also takes away the keyboard's USB
 * interface, or changes what nobody asked to be changed.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "core/setup_data.h"
#include "core/smbios.h"
#include "spec/smbios.h"

#define PROPERTIES_MAX 0x1000000
#define TABLE_MAX      0x100000 /* of SMBIOS, to look through */
#define TRIES          3
#define PRODUCT_MAX    15

/* Two graphics processors, of which one is switched off for Linux [x86-stub.c]. */
static const char two_gpus[][PRODUCT_MAX] = {
	"MacBookPro11,3", "MacBookPro11,5", "MacBookPro13,3", "MacBookPro14,3",
	"MacBookPro15,1", "MacBookPro15,3", "MacBookPro16,1", "MacBookPro16,4",
};

static bool is_apple(void)
{
	static const char name[] = "Apple";
	uint64_t vendor = efi_word(efi_system_table(), EFI_ST_VENDOR);

	for (size_t i = 0; vendor && i < sizeof(name); i++) {
		if (le16_get(phys_ptr(vendor + 2 * i)) != (uint8_t)name[i])
			return false;
	}
	return vendor;
}

/* A node with room for size bytes, or, should the properties have grown, for more. 0: none. */
static uint64_t properties_get(uint64_t protocol, uint64_t *size)
{
	uint64_t status = EFI_BUFFER_TOO_SMALL, room = 0, pa = 0;

	for (int tries = 0; status == EFI_BUFFER_TOO_SMALL && tries < TRIES; tries++) {
		if (pa)
			efi_memory_free(pa);
		pa = 0;
		if (!*size || *size > PROPERTIES_MAX || efi_memory_below(SETUP_DATA_DATA + *size,
			UINT64_MAX, EFI_LOADER_DATA, &pa))
			break;
		room = *size;
		status = efi_method(protocol, 0, APPLE_PROPERTIES_ALL, pa + SETUP_DATA_DATA,
			efi_ptr(size));
	}
	if (pa && (status || *size > room)) {
		efi_memory_free(pa);
		pa = 0;
	}
	return pa;
}

static void properties(struct boot_params *bp)
{
	struct efi_guid guid = APPLE_PROPERTIES_GUID;
	uint64_t protocol = efi_protocol_any(&guid), size = 0, pa;

	if (!protocol)
		return;
	if (efi_word(protocol, APPLE_VERSION) != APPLE_PROPERTIES_VERSION) {
		warn("Apple's device properties are of version 0x%lx, which is unknown",
			efi_word(protocol, APPLE_VERSION));
		return;
	}
	/* its status says nothing, the size does */
	efi_method(protocol, 0, APPLE_PROPERTIES_ALL, 0, efi_ptr(&size));
	if (!size)
		return;
	pa = properties_get(protocol, &size);
	if (!pa) {
		warn("Apple's device properties, 0x%lx bytes, cannot be read", size);
		return;
	}
	setup_data_put(phys_ptr(pa), bp->hdr.setup_data, SETUP_APPLE_PROPERTIES, (uint32_t)size);
	bp->hdr.setup_data = pa;
	say("Apple's device properties: 0x%lx bytes", size);
}

/* The machine's name by SMBIOS. */
static enum err product_get(struct span *ret, struct fault *fault)
{
	struct efi_guid v3 = EFI_SMBIOS3_GUID, v2 = EFI_SMBIOS_GUID;
	uint64_t entry = efi_table(&v3), pa;
	uint32_t size;

	if (!entry)
		entry = efi_table(&v2);
	if (!entry)
		return fault_set(fault, ERR_BAD_SMBIOS, "there are none", 0, 0);
	enum err err = smbios_table(phys_span(entry, SMBIOS_ENTRY_MAX), &pa, &size, fault);

	if (err)
		return err;
	return smbios_string(phys_span(pa, size < TABLE_MAX ? size : TABLE_MAX), SMBIOS_SYSTEM,
		SMBIOS_PRODUCT_NAME, ret, fault);
}

static bool has_two_gpus(struct span product)
{
	for (size_t i = 0; i < sizeof(two_gpus) / sizeof(two_gpus[0]); i++) {
		size_t n = 0;

		while (n < product.len && n < PRODUCT_MAX - 1 &&
			product.ptr[n] == (uint8_t)two_gpus[i][n])
			n++;
		if (n == product.len && !two_gpus[i][n])
			return true;
	}
	return false;
}

/* The words are those of Linux; firmware looks whether they were said, not what they are. */
static void set_os(void)
{
	struct efi_guid guid = APPLE_SET_OS_GUID;
	struct fault fault = {0};
	struct span product;
	enum err err = product_get(&product, &fault);

	if (err) {
		warn("%s (E%u): %s", err_text(err), err, fault.text);
		return;
	}
	if (!has_two_gpus(product))
		return;
	uint64_t protocol = efi_protocol_any(&guid), version, status = 0;

	if (!protocol)
		return;
	version = efi_word(protocol, APPLE_VERSION);
	if (version >= 2)
		status = efi_method_call(protocol, 0, APPLE_SET_OS_VENDOR,
			EFI_ARGS(efi_ptr("Apple Inc.")));
	if (version >= 1 && !status)
		status = efi_method_call(protocol, 0, APPLE_SET_OS_VERSION,
			EFI_ARGS(efi_ptr("Mac OS X 10.9")));
	if (status)
		warn("Apple's set_os fails with 0x%lx: one of two graphics processors may be missing",
			status);
	else
		say("Apple's set_os: told");
}

void efi_apple(struct boot_params *bp)
{
	if (!is_apple())
		return;
	properties(bp);
	if (!efi_narrow()) /* those notebooks have firmware of 64 bits */
		set_os();
}
