/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initrd, from where Linux's stub takes it: LoadFile2 on a handle whose device path is
 * LINUX_EFI_INITRD_MEDIA_GUID, which today's loaders offer; if nobody does, every initrd= word of the
 * command line, a file on the volume that we were loaded from. [efi-stub.rst]
 *
 * Several files are put one behind the other, each at a multiple of four, as cpio wants.
 *
 * Under Secure Boot an image that has its own initrd takes no other: that is said, and none is loaded.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/efi/measure.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "core/bzimage.h"
#include "core/cmdline.h"
#include "core/utf16.h"

#define FILES_MAX  32
#define TRIES      3
#define PATH_MAX   512
#define INFO_SIZE  (0x50 + 2 * PATH_MAX) /* FILE_INFO has the file's name behind it */

static const uint8_t media_path[] = {
	EFI_PATH_MEDIA, EFI_PATH_MEDIA_VENDOR, EFI_PATH_HEAD + sizeof(struct efi_guid), 0,
	/* LINUX_EFI_INITRD_MEDIA_GUID */
	0x27, 0xe4, 0x68, 0x55, 0xfc, 0x68, 0x3d, 0x4f,
	0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68,
	EFI_PATH_END, EFI_PATH_END_ENTIRE, EFI_PATH_HEAD, 0,
};

/* As low as the setup header asks; if that is too small, anywhere that the kernel can read. */
enum err efi_initrd_room(const struct efi_boot *b, uint64_t size, uint64_t *ret_pa)
{
	enum err err = efi_memory_below(size, b->bp->hdr.initrd_addr_max, EFI_LOADER_DATA, ret_pa);

	if (err == ERR_NO_MEMORY && (b->info.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G))
		err = efi_memory_below(size, UINT64_MAX, EFI_LOADER_DATA, ret_pa);
	return err;
}

/* What a loader offers by LoadFile2: size is what it has when status is BUFFER_TOO_SMALL. */
struct offer {
	uint64_t protocol; /* 0: none */
	uint64_t path;
	uint64_t size, status;
};

/* Find it and ask for its size, which loads nothing. */
static struct offer offer_get(void)
{
	struct efi_guid guid = EFI_LOAD_FILE2_GUID;
	struct offer o = {.path = efi_ptr(media_path)};
	uint64_t handle = 0;

	if (efi_boot(EFI_LOCATE_DEVICE_PATH, efi_ptr(&guid), efi_ptr(&o.path), efi_ptr(&handle)))
		return o;
	o.protocol = efi_protocol(handle, &guid);
	if (!o.protocol)
		return o;
	o.status = efi_method(o.protocol, 0, EFI_LOAD_FILE, o.path, 0, efi_ptr(&o.size), 0);
	if (o.status == EFI_NOT_FOUND || (!o.status && !o.size))
		o.protocol = 0; /* the loader has none for this entry */
	return o;
}

/* ERR_OK with *ret_there false: nobody offers one. */
static enum err from_protocol(struct efi_boot *b, bool *ret_there, struct fault *fault)
{
	struct offer offer = offer_get();
	uint64_t path = offer.path, size = offer.size, pa = 0, room = 0;
	uint64_t protocol = offer.protocol, status = offer.status;
	enum err err;

	*ret_there = protocol;
	if (!protocol)
		return ERR_OK;
	if (status != EFI_BUFFER_TOO_SMALL)
		return fault_set(fault, ERR_INITRD_FILE, "LoadFile2, asked for the size", 0, status);
	/* A loader that puts its archive together as it goes may want more room the next time. */
	for (int tries = 0; status == EFI_BUFFER_TOO_SMALL && tries < TRIES; tries++) {
		efi_memory_free(pa);
		err = efi_initrd_room(b, size, &pa);
		if (err)
			return fault_set(fault, err, "initrd", 0, size);
		room = size;
		status = efi_method(protocol, 0, EFI_LOAD_FILE, path, 0, efi_ptr(&size), pa);
	}
	if (status || size > room)
		return fault_set(fault, ERR_INITRD_FILE, "LoadFile2", size, status);
	boot_params_set_initrd(b->bp, pa, size);
	say("initrd: 0x%lx bytes from LoadFile2", size);
	if (!b->is_uki) /* else with what comes to it */
		efi_measure_initrd(pa, size);
	return ERR_OK;
}

struct file {
	uint64_t protocol;
	uint64_t size;
};

uint64_t efi_volume_open(const struct efi_boot *b)
{
	struct efi_guid guid = EFI_FILE_SYSTEM_GUID;
	uint64_t volume, root = 0;

	volume = efi_protocol(efi_word(b->loaded_image, EFI_IMAGE_DEVICE), &guid);
	if (!volume || efi_method(volume, EFI_AT64(EFI_VOLUME_OPEN), 0, efi_ptr(&root)))
		return 0;
	return root;
}

static enum err file_open(uint64_t root, struct span name, struct file *ret, struct fault *fault)
{
	struct efi_guid guid = EFI_FILE_INFO_GUID;
	uint8_t info[INFO_SIZE];
	uint16_t path[PATH_MAX];
	uint64_t size = sizeof(info), status;

	if (utf16_from_utf8(name, path, PATH_MAX))
		return fault_set(fault, ERR_INITRD_FILE, "initrd= path is too long", 0, name.len);
	for (size_t i = 0; path[i]; i++) {
		if (path[i] == '/')
			path[i] = '\\';
	}
	status = efi_file_open(root, path, &ret->protocol);
	if (status)
		return fault_set(fault, ERR_INITRD_FILE, "initrd= cannot be opened", 0, status);
	status = efi_method(ret->protocol, EFI_FILE_FUNCTIONS, EFI_FILE_GET_INFO, efi_ptr(&guid),
		efi_ptr(&size), efi_ptr(info));
	if (status) {
		efi_method(ret->protocol, EFI_FILE_FUNCTIONS, EFI_FILE_CLOSE);
		return fault_set(fault, ERR_INITRD_FILE, "initrd= has no size", 0, status);
	}
	ret->size = le64_get(info + EFI_FILE_INFO_SIZE);
	return ERR_OK;
}

static enum err file_read(const struct file *f, uint64_t pa, struct fault *fault)
{
	uint64_t done, status = efi_file_read(f->protocol, pa, f->size, &done);

	return status ? fault_set(fault, ERR_INITRD_FILE, "initrd= cannot be read", done, status)
		      : ERR_OK;
}

static uint64_t aligned(uint64_t v)
{
	return (v + EFI_CPIO_ALIGN - 1) & ~(uint64_t)(EFI_CPIO_ALIGN - 1);
}

static enum err read_all(struct efi_boot *b, const struct file *files, size_t count,
	struct fault *fault)
{
	uint64_t total = 0, pa, at = 0;
	enum err err;

	for (size_t i = 0; i < count; i++) {
		uint64_t start = aligned(total);

		if (start < total || __builtin_add_overflow(start, files[i].size, &total))
			return fault_set(fault, ERR_NO_MEMORY, "initrd=", 0, files[i].size);
	}
	if (!total)
		return ERR_OK;
	err = efi_initrd_room(b, total, &pa);
	if (err)
		return fault_set(fault, err, "initrd=", 0, total);
	for (size_t i = 0; i < count && !err; i++) {
		at = aligned(at);
		err = file_read(&files[i], pa + at, fault);
		at += files[i].size;
	}
	if (err)
		return err;
	boot_params_set_initrd(b->bp, pa, total);
	say("initrd: 0x%lx bytes from %lu files", total, count);
	return ERR_OK;
}

static enum err from_files(struct efi_boot *b, struct fault *fault)
{
	struct file files[FILES_MAX];
	struct cmdline_word word;
	size_t pos = 0, count = 0;
	uint64_t root = 0;
	enum err err = ERR_OK;

	while (!err && cmdline_next(b->cmdline, &pos, &word)) {
		if (!word.has_value || !cmdline_equal(word.name, "initrd"))
			continue;
		if (!root)
			root = efi_volume_open(b);
		if (!root)
			err = fault_set(fault, ERR_INITRD_FILE,
				"initrd= given, but we come from no file system", pos, 0);
		else if (count == FILES_MAX)
			err = fault_set(fault, ERR_INITRD_FILE, "too many initrd=", pos, count);
		else
			err = file_open(root, word.value, &files[count], fault);
		if (!err)
			count++;
	}
	if (!err)
		err = read_all(b, files, count, fault);
	for (size_t i = 0; i < count; i++)
		efi_method(files[i].protocol, EFI_FILE_FUNCTIONS, EFI_FILE_CLOSE);
	if (root)
		efi_method(root, EFI_FILE_FUNCTIONS, EFI_FILE_CLOSE);
	return err;
}

/* Is one of the loader's there, wherever it comes from? */
static bool loader_has_one(const struct efi_boot *b)
{
	struct range given = boot_params_initrd(b->bp);
	struct span named;

	return given.start != given.end || offer_get().protocol ||
		(b->loaded_image && cmdline_value(b->cmdline, "initrd", &named));
}

enum err efi_initrd(struct efi_boot *b, struct fault *fault)
{
	bool there;

	if (b->manifest.initrd_off && efi_signed_only(b)) {
		if (loader_has_one(b))
			complain("Secure Boot: the loader's initrd does not count, the embedded one "
				 "does");
		return ERR_OK;
	}

	if (cmdline_has(b->cmdline, "noinitrd"))
		return ERR_OK;
	enum err err = from_protocol(b, &there, fault);

	return err || there || !b->loaded_image ? err : from_files(b, fault);
}
