/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See firmware.h. 64-bit mode, under boot services. */
#include "boot/efi/firmware.h"
#include "boot/efi/call.h"
#include "boot/lib/phys.h"
#include "spec/tcg.h"

#define NAME_MAX 31

static struct {
	uint64_t handle, system_table, boot, runtime;
	bool narrow, alive;
} firmware;

void efi_init(uint64_t image_handle, uint64_t system_table, bool narrow)
{
	firmware.handle = image_handle;
	firmware.system_table = system_table;
	firmware.narrow = narrow;
	firmware.boot = efi_word(system_table, EFI_ST_BOOT);
	firmware.runtime = efi_word(system_table, EFI_ST_RUNTIME);
	firmware.alive = true;
}

bool efi_alive(void)
{
	return firmware.alive;
}

void efi_gone(void)
{
	firmware.alive = false;
}

uint64_t efi_image_handle(void)
{
	return firmware.handle;
}

uint64_t efi_system_table(void)
{
	return firmware.system_table;
}

bool efi_narrow(void)
{
	return firmware.narrow;
}

size_t efi_word_size(void)
{
	return firmware.narrow ? 4 : 8;
}

uint64_t efi_field(uint64_t base, uint32_t at)
{
	return base + (firmware.narrow ? EFI_AT32(at) : EFI_AT64(at));
}

static uint64_t word_get(uint64_t address)
{
	const uint8_t *p = phys_ptr(address);

	return firmware.narrow ? le32_get(p) : le64_get(p);
}

uint64_t efi_word(uint64_t base, uint32_t at)
{
	return word_get(efi_field(base, at));
}

static uint64_t call(uint64_t table, uint32_t at, unsigned int number, const uint64_t *args,
	size_t count)
{
	uint64_t function = word_get(table + at + number * efi_word_size());

	if (!firmware.narrow)
		return efi_call64(function, args, count);
	uint64_t status = efi_call32(function, args, count);

	/* The error bit of 32-bit firmware is its words' top bit. */
	return status & (1u << 31) ? EFI_ERROR_BIT | (status & 0x7fffffff) : status;
}

uint64_t efi_boot_call(enum efi_boot_service service, const uint64_t *args, size_t count)
{
	return call(firmware.boot, EFI_HEADER_SIZE, service, args, count);
}

uint64_t efi_runtime_call(enum efi_runtime_service service, const uint64_t *args, size_t count)
{
	return call(firmware.runtime, EFI_HEADER_SIZE, service, args, count);
}

uint64_t efi_method_call(uint64_t protocol, uint32_t at, unsigned int number, const uint64_t *args,
	size_t count)
{
	return call(protocol, at, number, args, count);
}

uint64_t efi_path_text(uint64_t path)
{
	struct efi_guid guid = EFI_DEVICE_PATH_TO_TEXT_GUID;
	uint64_t protocol = efi_protocol_any(&guid);

	if (!protocol)
		return 0;
	/* no "this"; two flags; and an address comes back, not a status */
	uint64_t text = efi_method_call(protocol, 0, EFI_PATH_TO_TEXT, EFI_ARGS(path, 0, 0));

	return firmware.narrow && (text & EFI_ERROR_BIT) ? 1u << 31 | (uint32_t)text : text;
}

void efi_exit(uint64_t status)
{
	uint64_t word = status;

	if (firmware.narrow && (status & EFI_ERROR_BIT))
		word = 1u << 31 | (uint32_t)status;
	efi_boot(EFI_EXIT, firmware.handle, word, 0, 0);
}

uint64_t efi_protocol(uint64_t handle, const struct efi_guid *guid)
{
	uint64_t protocol = 0;

	if (!handle || efi_boot(EFI_HANDLE_PROTOCOL, handle, efi_ptr(guid), efi_ptr(&protocol)))
		return 0;
	return protocol;
}

uint64_t efi_protocol_any(const struct efi_guid *guid)
{
	uint64_t protocol = 0;

	if (efi_boot(EFI_LOCATE_PROTOCOL, efi_ptr(guid), 0, efi_ptr(&protocol)))
		return 0;
	return protocol;
}

bool efi_guid_equal(const struct efi_guid *a, const void *b)
{
	const uint8_t *x = (const uint8_t *)a, *y = b;

	return le64_get(x) == le64_get(y) && le64_get(x + 8) == le64_get(y + 8);
}

uint64_t efi_table(const struct efi_guid *guid)
{
	uint64_t count = efi_word(firmware.system_table, EFI_ST_COUNT);
	uint64_t entry = efi_word(firmware.system_table, EFI_ST_TABLE_LIST);

	for (; count > 0; count--, entry = efi_field(entry, EFI_TABLE_SIZE)) {
		if (efi_guid_equal(guid, phys_ptr(entry + EFI_TABLE_GUID)))
			return efi_word(entry, EFI_TABLE_POINTER);
	}
	return 0;
}

uint64_t efi_file_open(uint64_t directory, const uint16_t *path, uint64_t *ret_file)
{
	uint64_t file = 0, status;

	/* mode and attributes are of 64 bits: two words each in 32-bit firmware */
	if (firmware.narrow)
		status = efi_method(directory, EFI_FILE_FUNCTIONS, EFI_FILE_OPEN, efi_ptr(&file),
			efi_ptr(path), EFI_FILE_MODE_READ, 0, 0, 0);
	else
		status = efi_method(directory, EFI_FILE_FUNCTIONS, EFI_FILE_OPEN, efi_ptr(&file),
			efi_ptr(path), EFI_FILE_MODE_READ, 0);
	if (!status)
		*ret_file = file;
	return status;
}

uint64_t efi_file_read(uint64_t file, uint64_t pa, uint64_t size, uint64_t *ret_done)
{
	uint64_t got, done, status = EFI_SUCCESS;

	for (done = 0; done < size && !status; done += got) {
		got = size - done;
		status = efi_method(file, EFI_FILE_FUNCTIONS, EFI_FILE_READ, efi_ptr(&got), pa + done);
		if (!status && !got)
			status = EFI_LOAD_ERROR; /* it got shorter */
		if (status)
			got = 0;
	}
	*ret_done = done;
	return status;
}

void efi_file_close(uint64_t file)
{
	efi_method(file, EFI_FILE_FUNCTIONS, EFI_FILE_CLOSE);
}

uint64_t efi_hash_extend(uint64_t protocol, uint64_t pa, uint64_t size, const void *event)
{
	/* flags, address and size are of 64 bits */
	if (firmware.narrow)
		return efi_method(protocol, 0, EFI_TCG2_HASH_EXTEND, 0, 0, pa, pa >> 32, size,
			size >> 32, efi_ptr(event));
	return efi_method(protocol, 0, EFI_TCG2_HASH_EXTEND, 0, pa, size, efi_ptr(event));
}

static void name_widen(const char *name, uint16_t ret[NAME_MAX + 1])
{
	size_t i;

	for (i = 0; i < NAME_MAX && name[i]; i++)
		ret[i] = (uint8_t)name[i];
	ret[i] = 0;
}

uint64_t efi_variable(const char *name, const struct efi_guid *vendor, void *buf, size_t size,
	size_t *ret_size)
{
	uint16_t wide[NAME_MAX + 1];
	uint64_t bytes = size, status;

	name_widen(name, wide);
	status = efi_runtime(EFI_GET_VARIABLE, efi_ptr(wide), efi_ptr(vendor), 0, efi_ptr(&bytes),
		efi_ptr(buf));
	if (!status)
		*ret_size = (size_t)bytes;
	return status;
}

uint64_t efi_variable_set(const char *name, const struct efi_guid *vendor, uint32_t attributes,
	const void *data, size_t size)
{
	uint16_t wide[NAME_MAX + 1];

	name_widen(name, wide);
	return efi_runtime(EFI_SET_VARIABLE, efi_ptr(wide), efi_ptr(vendor), attributes, size,
		efi_ptr(data));
}
