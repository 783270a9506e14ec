/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EFI application that is a careless boot loader: it starts \kernel from its own volume at the 64-bit handover
 * entry [boot.rst "EFI Handover Protocol"], with an initrd of a page and its own options as command line. It does not
 * say who it is: type_of_loader stays 0. With QUIETFLAG among the options it asks for silence by loadflags.
 */
#include "tests/boot/efi/app.h"

#define FILE_MAX    (64 << 20)
#define LINE_MAX    1024
#define ALIGNMENT   0x200000
#define LOWEST_4G   0xffffffff
#define INITRD_SIZE PAGE

/* boot.rst "The Real-Mode Kernel Header", zero-page.rst */
#define SETUP_SECTS     0x1f1
#define HEADER_LENGTH   0x201
#define LOADFLAGS       0x211
#define CODE32_START    0x214
#define RAMDISK_IMAGE   0x218
#define RAMDISK_SIZE    0x21c
#define CMD_LINE_PTR    0x228
#define INIT_SIZE       0x260
#define HANDOVER_OFFSET 0x264
#define FLAG_QUIET      0x20
#define ENTRY64         0x200

static const struct guid loaded_image = {0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
static const struct guid file_system = {0x964e5b22, 0x6459, 0x11d2, {0x8e, 0x39, 0, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

static uint32_t *field(uint8_t *p, size_t at)
{
	return (uint32_t *)(p + at);
}

static uint8_t *pages(const uint8_t *system_table, uint64_t type, uint64_t bytes)
{
	uint64_t at = LOWEST_4G;

	if (boot_service(system_table, ALLOCATE_PAGES)(ALLOCATE_BELOW, type, (bytes + PAGE - 1) / PAGE, &at))
		return NULL;
	for (uint64_t i = 0; i < bytes; i++)
		((volatile uint8_t *)at)[i] = 0;
	return (uint8_t *)at;
}

/* \kernel's bytes; how many, 0 if it cannot be read. */
static uint64_t read_kernel(const uint8_t *system_table, const uint8_t *image, uint8_t *ret)
{
	uint64_t volume = 0, root = 0, file = 0, size = FILE_MAX;

	if (boot_service(system_table, HANDLE_PROTOCOL)(word(image, 0x18), &file_system, &volume) || /* DeviceHandle */
		function(volume, 8, 0)(volume, &root) || /* OpenVolume */
		function(root, 8, 0)(root, &file, u"\\kernel", 1ull, 0ull) || /* Open for reading */
		function(file, 8, 3)(file, &size, ret)) /* Read */
		return 0;
	function(file, 8, 1)(file); /* Close */
	return size;
}

/* LoadOptions in ASCII; is QUIETFLAG among them? */
static bool line_make(const uint8_t *image, uint8_t *ret)
{
	const uint16_t *wide = (const uint16_t *)word(image, 0x38);
	size_t count = *(const uint32_t *)(image + 0x30) / 2, i = 0;
	bool quiet = false;

	for (; i < count && i < LINE_MAX - 1 && wide[i]; i++) {
		size_t k = 0;

		ret[i] = (uint8_t)wide[i];
		while (k < 9 && i + k < count && wide[i + k] == u"QUIETFLAG"[k])
			k++;
		quiet |= k == 9;
	}
	ret[i] = 0;
	return quiet;
}

uint64_t EFIAPI app_main(uint64_t handle, uint8_t *system_table)
{
	uint8_t *file = pages(system_table, LOADER_DATA, FILE_MAX), *params = pages(system_table, LOADER_DATA, PAGE);
	uint8_t *line = pages(system_table, LOADER_DATA, LINE_MAX), *initrd = pages(system_table, LOADER_DATA, INITRD_SIZE);
	uint8_t *kernel, *image = NULL;
	uint64_t size;

	if (!file || !params || !line || !initrd ||
		boot_service(system_table, HANDLE_PROTOCOL)(handle, &loaded_image, &image))
		return 1;
	size = read_kernel(system_table, image, file);
	kernel = size ? pages(system_table, LOADER_CODE, *field(file, INIT_SIZE) + ALIGNMENT) : NULL;
	if (!kernel) {
		print(system_table, u"HANDOVER failed");
		return 1;
	}
	kernel += -(uintptr_t)kernel % ALIGNMENT;
	for (size_t i = SETUP_SECTS; i < 0x202u + file[HEADER_LENGTH]; i++)
		params[i] = file[i];
	for (uint64_t i = (file[SETUP_SECTS] + 1) * 512u, k = 0; i < size; i++, k++)
		kernel[k] = file[i];
	if (line_make(image, line))
		params[LOADFLAGS] |= FLAG_QUIET;
	*field(params, CODE32_START) = (uint32_t)(uintptr_t)kernel;
	*field(params, CMD_LINE_PTR) = (uint32_t)(uintptr_t)line;
	*field(params, RAMDISK_IMAGE) = (uint32_t)(uintptr_t)initrd;
	*field(params, RAMDISK_SIZE) = INITRD_SIZE;
	print(system_table, u"HANDOVER now");
	((void (*)(uint64_t, const uint8_t *, uint8_t *))(kernel + *field(params, HANDOVER_OFFSET) + ENTRY64))(
		handle, system_table, params);
	return 1;
}
