/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UEFI firmware in memory: a system table whose functions are C functions here, called through the
 * stub's own boot/efi/call.S. A test fills in what the firmware has, runs a part of boot/efi, and looks
 * at what that asked for and what it gave back.
 *
 *   fake_start()   the machine anew, and efi_init() on it; at first it has memory and nothing else
 *   fake_end()     checks that services were used as they may be, and that no file is open
 */
#ifndef TESTS_FAKE_FIRMWARE_H
#define TESTS_FAKE_FIRMWARE_H

#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "tests/unit/unit.h"

#define EFIAPI __attribute__((ms_abi))

#define FAKE_IMAGE_HANDLE 0x1001
#define FAKE_VOLUME       0x1002 /* the handle that the image came from */
#define FAKE_LOADER       0x1003 /* the one that offers LoadFile2 */

#define FAKE_EVENT        0x1004

#define FAKE_MAX          16
#define FAKE_MAP_ENTRY    48 /* more than a descriptor has, as real firmware does */
#define FAKE_MAP_MAX      512

struct fake_file {
	const char *path; /* NULL: none; the folders in it are there, too */
	const void *data;
	uint64_t size;
	uint64_t piece; /* so much at most in one Read, 0: all */
	uint64_t ends_at; /* nothing to read from there on, whatever GetInfo said; 0: size */
	uint64_t status; /* of Read */
	uint64_t info_status; /* of GetInfo */
};

struct fake_variable {
	const char *name; /* NULL: none */
	struct efi_guid vendor;
	uint64_t status;
	uint8_t data[80];
	uint64_t size;
	uint32_t attributes; /* of SetVariable */
	char own_name[32]; /* of one that SetVariable made */
};

/* A protocol on a handle. */
struct fake_protocol {
	uint64_t handle;
	struct efi_guid guid;
	void *interface;
};

struct fake_table {
	struct efi_guid guid;
	void *table;
};

/* A part of the memory map. */
struct fake_region {
	uint32_t type;
	uint64_t start, end;
};

/* What LoadFile2 on LINUX_EFI_INITRD_MEDIA_GUID answers. */
struct fake_load_file {
	bool offered;
	const void *data;
	uint64_t size;
	uint64_t grows; /* by so much with each of the first calls */
	int grow_calls;
	uint64_t size_status, status; /* instead of an answer: when asked for the size, and later */
	int calls;
};

struct fake {
	struct fake_protocol protocols[FAKE_MAX];
	size_t protocol_count;
	struct fake_table tables[FAKE_MAX];
	size_t table_count;
	struct fake_file files[FAKE_MAX];
	struct fake_variable variables[FAKE_MAX];
	struct fake_load_file load_file;
	struct {
		bool there, knows_raw;
		uint64_t status;
	} rng;
	uint64_t memory_left; /* bytes that AllocatePages still gives */
	size_t map_entries; /* descriptors of the memory map */
	uint64_t map_attribute; /* of all of them */
	const struct fake_region *map; /* so many instead, of which conventional ones are free */
	int at_refused; /* AllocatePages at an address: so many times somebody was there first */
	uint64_t at_pa, at_pages; /* what was allocated so: a number, no memory */
	int exits_refused; /* ExitBootServices: so many times the map has just changed */
	size_t exit_growth; /* and each time has so many descriptors more */
	int exits; /* calls of ExitBootServices */
	bool gone;
	uint64_t event_status; /* of CreateEvent */
	bool signaled; /* the one event that there may be */
	uint64_t stalled_us;
	uint64_t disconnected[FAKE_MAX]; /* handles, in this order */
	size_t disconnected_count;
	bool dirty; /* memory was given back that is not all zero */

	/* what is out */
	int64_t pages_out, pools_out;
	int opens_out, events_out;
};
extern struct fake fake;

/* The variable of that name, or NULL. */
const struct fake_variable *fake_variable(const char *name);

/* LoadOptions and the like: EFI_LOADED_IMAGE_PROTOCOL at these bytes. */
extern uint8_t fake_loaded_image[0x60];

void fake_start(void);
void fake_end(void);
void fake_protocol_add(uint64_t handle, struct efi_guid guid, void *interface);
void fake_table_add(struct efi_guid guid, void *table);
/* Who made the firmware: UTF-16 with NUL. */
void fake_vendor_set(const uint16_t *name);
/* FAKE_VOLUME gets a file system with the files of fake.files. */
void fake_volume_add(void);

/* GetRNG of EFI_RNG_PROTOCOL: bytes of 0x77 by the raw algorithm, else of 0x55. */
uint64_t EFIAPI fake_get_rng(void *self, const struct efi_guid *algorithm, uint64_t len, uint8_t *ret);

/* A boot of which nothing is known yet, its command line set from text. */
struct efi_boot fake_boot(struct boot_params *bp, const char *cmdline);

/* For the functions that firmware is made of: one was called; it was called wrongly. */
void fake_used(bool may_be_late);
void fake_misuse(const char *what);

/* What say() and warn() were last called with. */
extern const char *fake_said, *fake_warned;

#endif /* TESTS_FAKE_FIRMWARE_H */
