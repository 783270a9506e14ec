/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See fake_narrow.h. Tables lie in one low page each; a word in them that stands for a function is
 * FUNCTION plus its number in the list below.
 *
 * Long because firmware has many services, each of which is a few lines here.
 */
#include <sys/mman.h>
#include "tests/unit/fake_narrow.h"
#include "boot/efi/call.h"
#include "boot/stub/checksum.h"
#include "boot/stub/console.h"
#include "core/crc32c.h"

#define FUNCTION 0x1000
#define LOW_SIZE 0x10000
#define CARD_ROM 22 /* bytes */

struct narrow narrow;

/* Offsets of tables in the low memory. */
enum place {
	SYSTEM = 0x0000,
	BOOT = 0x1000,
	RUNTIME = 0x2000,
	TABLES = 0x3000,
	IMAGE = 0x4000,
	VOLUME = 0x5000,
	ROOT = 0x5100,
	FILE_F = 0x5200,
	LOAD_FILE = 0x6000,
	CARD = 0x7000,
	ROM = 0x7100,
	GOP = 0x8000,
	MODE = 0x8100,
	INFO = 0x8200,
	OPTIONS = 0x9000,
};

static uint8_t *low;
static bool read_done;

static uint64_t at(enum place p)
{
	return (uint64_t)(low + p);
}

static void word_put(uint64_t pa, uint64_t v)
{
	if (v > UINT32_MAX)
		narrow.misuse = "a word of more than 32 bits";
	le32_put((uint8_t *)pa, (uint32_t)v);
}

static bool is(uint64_t guid, struct efi_guid want)
{
	return !memcmp((void *)guid, &want, sizeof(want));
}

/* --- services; arguments as they lie on a 32-bit stack, one word each --- */

typedef uint64_t service(const uint64_t *a, size_t count);

static uint64_t allocate_pages(const uint64_t *a, size_t count)
{
	if (count != 4 || a[0] != EFI_ALLOCATE_MAX_ADDRESS || le64_get((uint8_t *)a[3]) > UINT32_MAX)
		narrow.misuse = "AllocatePages";
	uint8_t *p = mmap(NULL, a[2] * EFI_PAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	assert_true(p != MAP_FAILED);
	narrow.pages_out += (int64_t)a[2];
	le64_put((uint8_t *)a[3], (uint64_t)p); /* a physical address: 64 bits here, too */
	return EFI_SUCCESS;
}

/* An address of 64 bits by value: two words. */
static uint64_t free_pages(const uint64_t *a, size_t count)
{
	if (count != 3 || a[1] || munmap((void *)a[0], a[2] * EFI_PAGE_SIZE))
		narrow.misuse = "FreePages";
	narrow.pages_out -= (int64_t)a[2];
	return EFI_SUCCESS;
}

static uint64_t get_memory_map(const uint64_t *a, size_t count)
{
	uint32_t room = le32_get((uint8_t *)a[0]);

	word_put(a[0], EFI_MD_SIZE);
	word_put(a[3], EFI_MD_SIZE);
	le32_put((uint8_t *)a[4], EFI_MD_VERSION);
	if (room < EFI_MD_SIZE)
		return EFI_BUFFER_TOO_SMALL;
	memset((void *)a[1], 0, EFI_MD_SIZE);
	le32_put((uint8_t *)a[1], EFI_CONVENTIONAL_MEMORY);
	le64_put((uint8_t *)a[1] + EFI_MD_NUMBER_OF_PAGES, 1000);
	word_put(a[2], 77);
	return EFI_SUCCESS;
}

static uint64_t handle_protocol(const uint64_t *a, size_t count)
{
	if (a[0] == NARROW_VOLUME && is(a[1], EFI_FILE_SYSTEM_GUID))
		word_put(a[2], at(VOLUME));
	else if (a[0] == NARROW_LOADER && is(a[1], EFI_LOAD_FILE2_GUID))
		word_put(a[2], at(LOAD_FILE));
	else if (a[0] == NARROW_CARD && is(a[1], EFI_PCI_IO_GUID))
		word_put(a[2], at(CARD));
	else if (a[0] == NARROW_CARD && is(a[1], EFI_GRAPHICS_OUTPUT_GUID))
		word_put(a[2], at(GOP));
	else
		return EFI_UNSUPPORTED;
	return EFI_SUCCESS;
}

static uint64_t locate_handle(const uint64_t *a, size_t count)
{
	uint32_t room = le32_get((uint8_t *)a[3]);

	if (!is(a[1], EFI_PCI_IO_GUID) && !is(a[1], EFI_GRAPHICS_OUTPUT_GUID))
		return EFI_NOT_FOUND;
	word_put(a[3], 4);
	if (room < 4)
		return EFI_BUFFER_TOO_SMALL;
	word_put(a[4], NARROW_CARD);
	return EFI_SUCCESS;
}

static uint64_t locate_device_path(const uint64_t *a, size_t count)
{
	if (!narrow.archive || !is(a[0], EFI_LOAD_FILE2_GUID))
		return EFI_NOT_FOUND;
	word_put(a[2], NARROW_LOADER);
	return EFI_SUCCESS;
}

static uint64_t locate_protocol(const uint64_t *a, size_t count)
{
	return EFI_NOT_FOUND;
}

static uint64_t exit_boot_services(const uint64_t *a, size_t count)
{
	if (a[0] != NARROW_HANDLE || a[1] != 77)
		narrow.misuse = "ExitBootServices";
	if (narrow.exits_refused-- > 0)
		return EFI_INVALID_PARAMETER;
	narrow.gone = true;
	return EFI_SUCCESS;
}

/* SecureBoot and SetupMode, a byte each: on, off. */
static uint64_t get_variable(const uint64_t *a, size_t count)
{
	const uint16_t *name = (const uint16_t *)a[0];

	if (count != 5 || name[0] != 'S' || le32_get((uint8_t *)a[3]) != 1)
		return EFI_NOT_FOUND;
	*(uint8_t *)a[4] = name[2] == 'c';
	word_put(a[3], 1);
	return EFI_SUCCESS;
}

static uint64_t volume_open(const uint64_t *a, size_t count)
{
	narrow.opens_out++;
	word_put(a[1], at(ROOT));
	return EFI_SUCCESS;
}

/* Mode and attributes are of 64 bits: two words each. */
static uint64_t file_open(const uint64_t *a, size_t count)
{
	static const uint16_t path[] = {'\\', 'f', 0};

	if (count != 7 || a[3] != EFI_FILE_MODE_READ || a[4] || a[5] || a[6])
		narrow.misuse = "Open";
	if (!narrow.file || memcmp((void *)a[2], path, sizeof(path)))
		return EFI_NOT_FOUND;
	narrow.opens_out++;
	read_done = false;
	word_put(a[1], at(FILE_F));
	return EFI_SUCCESS;
}

static uint64_t file_close(const uint64_t *a, size_t count)
{
	narrow.opens_out--;
	return EFI_SUCCESS;
}

static uint64_t file_read(const uint64_t *a, size_t count)
{
	uint32_t len = read_done ? 0 : (uint32_t)strlen(narrow.file);

	if (le32_get((uint8_t *)a[1]) < len)
		return EFI_BUFFER_TOO_SMALL;
	memcpy((void *)a[2], narrow.file, len);
	word_put(a[1], len);
	read_done = true;
	return EFI_SUCCESS;
}

static uint64_t file_get_info(const uint64_t *a, size_t count)
{
	le64_put((uint8_t *)a[3] + EFI_FILE_INFO_SIZE, strlen(narrow.file));
	return EFI_SUCCESS;
}

static uint64_t load_file(const uint64_t *a, size_t count)
{
	uint32_t len = (uint32_t)strlen(narrow.archive), room = le32_get((uint8_t *)a[3]);

	word_put(a[3], len);
	if (!a[4] || room < len)
		return EFI_BUFFER_TOO_SMALL;
	memcpy((void *)a[4], narrow.archive, len);
	return EFI_SUCCESS;
}

static uint64_t config_read(const uint64_t *a, size_t count)
{
	static const uint16_t words[] = {0x1234, 0x1111, 0x0107, 0, 0, 0x0604}; /* command and class */

	if (count != 5 || a[1] != EFI_PCI_WIDTH_16 || a[2] % 2 || a[2] / 2 >= COUNT(words) || a[3] != 1)
		narrow.misuse = "Pci.Read";
	else
		le16_put((uint8_t *)a[4], words[a[2] / 2]);
	return EFI_SUCCESS;
}

static uint64_t config_write(const uint64_t *a, size_t count)
{
	if (count != 5 || a[1] != EFI_PCI_WIDTH_16 || a[2] != 4 || a[3] != 1)
		narrow.misuse = "Pci.Write";
	narrow.card_command = le16_get((const uint8_t *)a[4]);
	return EFI_SUCCESS;
}

static uint64_t disconnect_controller(const uint64_t *a, size_t count)
{
	if (count != 3 || a[1] || a[2])
		narrow.misuse = "DisconnectController";
	narrow.disconnected = a[0];
	return EFI_SUCCESS;
}

static uint64_t get_location(const uint64_t *a, size_t count)
{
	for (size_t i = 1; i < 5; i++)
		word_put(a[i], i);
	return EFI_SUCCESS;
}

static uint64_t unknown(const uint64_t *a, size_t count)
{
	narrow.misuse = "a service that there is none of here";
	return EFI_UNSUPPORTED;
}

static service *const services[] = {unknown, allocate_pages, free_pages, get_memory_map, handle_protocol,
	locate_handle, locate_device_path, locate_protocol, exit_boot_services, get_variable, volume_open,
	file_open, file_close, file_read, file_get_info, load_file, config_read, config_write, get_location,
	disconnect_controller};

static uint32_t number(service *s)
{
	for (uint32_t i = 0; i < COUNT(services); i++) {
		if (services[i] == s)
			return FUNCTION + i;
	}
	return FUNCTION;
}

/* Arguments come whole, because the pointers among them are of a 64-bit test. */
uint64_t efi_call32(uint64_t function, const uint64_t *args, size_t count)
{
	uint64_t status;

	if (narrow.gone)
		narrow.misuse = "a service after ExitBootServices";
	if (function < FUNCTION || function >= FUNCTION + COUNT(services)) {
		narrow.misuse = "a call of nothing";
		return EFI_UNSUPPORTED;
	}
	status = services[function - FUNCTION](args, count);
	/* 32-bit firmware's errors have bit 31 set */
	return status & EFI_ERROR_BIT ? 1u << 31 | (uint32_t)status : status;
}

uint64_t efi_call64(uint64_t function, const uint64_t *args, size_t count)
{
	narrow.misuse = "a call of 64-bit firmware";
	return EFI_UNSUPPORTED;
}

/* --- the machine --- */

static void functions_put(enum place table, uint32_t offset, size_t n, service *s)
{
	le32_put(low + table + offset + 4 * n, number(s));
}

static void services_put(void)
{
	for (size_t i = 0; i < 40; i++) {
		functions_put(BOOT, 24, i, unknown);
		functions_put(RUNTIME, 24, i, unknown);
	}
	functions_put(BOOT, 24, 2, allocate_pages);
	functions_put(BOOT, 24, 3, free_pages);
	functions_put(BOOT, 24, 4, get_memory_map);
	functions_put(BOOT, 24, 16, handle_protocol);
	functions_put(BOOT, 24, 19, locate_handle);
	functions_put(BOOT, 24, 20, locate_device_path);
	functions_put(BOOT, 24, 26, exit_boot_services);
	functions_put(BOOT, 24, 31, disconnect_controller);
	functions_put(BOOT, 24, 37, locate_protocol);
	functions_put(RUNTIME, 24, 6, get_variable);
	functions_put(VOLUME, 8, 0, volume_open);
	for (enum place f = ROOT; f <= FILE_F; f += FILE_F - ROOT) {
		functions_put(f, 8, 0, file_open);
		functions_put(f, 8, 1, file_close);
		functions_put(f, 8, 3, file_read);
		functions_put(f, 8, 7, file_get_info);
	}
	functions_put(LOAD_FILE, 0, 0, load_file);
	functions_put(CARD, 0, 6, config_read);
	functions_put(CARD, 0, 7, config_write);
	functions_put(CARD, 0, 14, get_location);
}

/* Offsets of 32-bit firmware, typed from the specification. */
static void tables_put(void)
{
	struct efi_guid acpi = EFI_ACPI_20_TABLE_GUID;

	le32_put(low + SYSTEM + 0x38, (uint32_t)at(RUNTIME));
	le32_put(low + SYSTEM + 0x3c, (uint32_t)at(BOOT));
	le32_put(low + SYSTEM + 0x40, 1);
	le32_put(low + SYSTEM + 0x44, (uint32_t)at(TABLES));
	memcpy(low + TABLES, &acpi, sizeof(acpi));
	le32_put(low + TABLES + 0x10, 0xabcd000);
	le32_put(low + IMAGE + 0x0c, NARROW_VOLUME);
	le64_put(low + CARD + 0x48, CARD_ROM);
	le32_put(low + CARD + 0x50, (uint32_t)at(ROM));
	memcpy(low + ROM, "\x55\xaa of a card, 22 bytes", CARD_ROM);
	le32_put(low + GOP + 0x0c, (uint32_t)at(MODE));
	le32_put(low + MODE + 0x08, (uint32_t)at(INFO));
	le64_put(low + MODE + 0x10, 0xc0000000);
	le32_put(low + INFO + 0x04, 800);
	le32_put(low + INFO + 0x08, 600);
	le32_put(low + INFO + 0x0c, EFI_PIXEL_BGR);
	le32_put(low + INFO + 0x20, 832);
}

void narrow_start(void)
{
	if (!low)
		low = mmap(NULL, LOW_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_true(low != MAP_FAILED);
	memset(low, 0, LOW_SIZE);
	narrow = (struct narrow){0};
	services_put();
	tables_put();
	efi_init(NARROW_HANDLE, at(SYSTEM), true);
}

void narrow_end(void)
{
	if (narrow.misuse)
		fail_msg("%s", narrow.misuse);
	CHECK_EQ("files left open", narrow.opens_out, 0);
	if (narrow.gone)
		return;
	efi_memory_release();
	CHECK_EQ("pages left", narrow.pages_out, 0);
}

struct efi_boot narrow_boot(struct boot_params *bp, const char *cmdline)
{
	memset(bp, 0, sizeof(*bp));
	bp->hdr.initrd_addr_max = 0x7fffffff;
	bp->hdr.cmdline_size = 2047;
	return (struct efi_boot){.bp = bp, .cmdline = text_span(cmdline), .loaded_image = at(IMAGE)};
}

void narrow_options_set(const uint16_t *options, uint32_t bytes)
{
	memcpy(low + OPTIONS, options, bytes);
	le32_put(low + IMAGE + 0x18, bytes);
	le32_put(low + IMAGE + 0x1c, (uint32_t)at(OPTIONS));
}

/* --- what the stub's other files would do --- */

void say(const char *format, ...)
{
}

void warn(const char *format, ...)
{
}

void complain(const char *format, ...)
{
}

uint32_t checksum(struct span bytes)
{
	return crc32c(0, bytes);
}
