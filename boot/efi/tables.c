/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What else a kernel wants to know from the firmware: ACPI's root pointer, whether Secure Boot is on,
 * and a random seed, which the kernel finds as a configuration table.
 */
#include "boot/efi/efi.h"
#include "boot/efi/firmware.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"

#define RNG_GET    1 /* EFI_RNG_PROTOCOL.GetRNG [37.5] */
#define SEED_BYTES 32
#define SEED_MAX   512 /* as much as the kernel takes from a table before us */

static void rsdp(struct boot_params *bp)
{
	struct efi_guid acpi2 = EFI_ACPI_20_TABLE_GUID, acpi1 = EFI_ACPI_TABLE_GUID;
	uint64_t table = efi_table(&acpi2);

	bp->acpi_rsdp_addr = table ? table : efi_table(&acpi1);
}

static bool variable_byte(const char *name, const struct efi_guid *vendor, uint8_t *ret,
	uint64_t *ret_status)
{
	size_t size = 0;

	*ret_status = efi_variable(name, vendor, ret, 1, &size);
	return !*ret_status && size == 1;
}

/*
 * On, off, or not to be found out. Whoever runs shim with validation switched off (MokSBState, a
 * boot-time variable that no operating system can set) runs without Secure Boot.
 */
static uint8_t secure_boot(void)
{
	struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID, shim = EFI_SHIM_LOCK_GUID;
	uint8_t secure = 0, setup = 0, off = 0;
	uint64_t status;

	if (!variable_byte("SecureBoot", &global, &secure, &status))
		return status == EFI_NOT_FOUND ? EFI_SECURE_BOOT_DISABLED : EFI_SECURE_BOOT_UNKNOWN;
	if (!variable_byte("SetupMode", &global, &setup, &status))
		return EFI_SECURE_BOOT_UNKNOWN;
	if (!secure || setup)
		return EFI_SECURE_BOOT_DISABLED;
	if (variable_byte("MokSBState", &shim, &off, &status) && off)
		return EFI_SECURE_BOOT_DISABLED;
	return EFI_SECURE_BOOT_ENABLED;
}

/* As it comes from the source, if the firmware has that; else by its favourite algorithm. */
static uint64_t seed_get(uint64_t rng, uint8_t ret[SEED_BYTES])
{
	struct efi_guid raw = EFI_RNG_ALGORITHM_RAW_GUID;
	uint64_t status = efi_method(rng, 0, RNG_GET, efi_ptr(&raw), SEED_BYTES, efi_ptr(ret));

	if (status == EFI_UNSUPPORTED)
		status = efi_method(rng, 0, RNG_GET, 0, SEED_BYTES, efi_ptr(ret));
	return status;
}

/*
 * LINUX_EFI_RANDOM_SEED_TABLE: u32 size, then that many bytes, credited by the kernel. A boot loader's
 * one is taken over: both halves are worth something.
 */
static void random_seed(void)
{
	struct efi_guid rng_guid = EFI_RNG_GUID, name = LINUX_EFI_RANDOM_SEED_GUID;
	uint64_t rng = efi_protocol_any(&rng_guid), old = efi_table(&name), pa = 0;
	uint32_t old_size = old ? le32_get(phys_ptr(old)) : 0;
	uint8_t fresh[SEED_BYTES];

	if (!rng || seed_get(rng, fresh))
		return;
	if (old_size > SEED_MAX)
		old_size = SEED_MAX;
	/* Read by the running kernel, which may keep it over kexec. */
	if (efi_boot(EFI_ALLOCATE_POOL, EFI_ACPI_RECLAIM, 4 + sizeof(fresh) + old_size,
		efi_ptr(&pa)))
		return;
	uint8_t *table = phys_ptr(pa);

	le32_put(table, (uint32_t)sizeof(fresh) + old_size);
	memcpy(table + 4, fresh, sizeof(fresh));
	if (old_size) {
		memcpy(table + 4 + sizeof(fresh), phys_ptr(old + 4), old_size);
		memset(phys_ptr(old + 4), 0, old_size);
	}
	memset(fresh, 0, sizeof(fresh));
	if (efi_boot(EFI_INSTALL_CONFIGURATION_TABLE, efi_ptr(&name), pa)) {
		memset(table, 0, 4 + sizeof(fresh) + old_size);
		efi_boot(EFI_FREE_POOL, pa);
	}
}

struct span efi_random_seed(void)
{
	struct efi_guid name = LINUX_EFI_RANDOM_SEED_GUID;
	uint64_t table = efi_table(&name);
	uint32_t size = table ? le32_get(phys_ptr(table)) : 0;

	return size <= SEED_MAX + SEED_BYTES ? phys_span(table + 4, size) : (struct span){NULL, 0};
}

/*
 * If the machine is reset without a proper shutdown, firmware that can shall clear memory before
 * anybody reads keys in it. The system that shuts down properly takes the request back.
 */
static void reset_request(void)
{
	struct efi_guid vendor = EFI_MEMORY_OVERWRITE_GUID;
	const uint8_t request = 1;
	uint8_t now;
	uint64_t status;

	variable_byte("MemoryOverwriteRequestControl", &vendor, &now, &status);
	if (status != EFI_NOT_FOUND)
		efi_variable_set("MemoryOverwriteRequestControl", &vendor,
			EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOT | EFI_VARIABLE_RUNTIME,
			&request, sizeof(request));
}

void efi_configuration(struct boot_params *bp)
{
	rsdp(bp);
	bp->secure_boot = secure_boot();
	random_seed();
	reset_request();
	say("ACPI root pointer at 0x%lx, Secure Boot %s", bp->acpi_rsdp_addr,
		bp->secure_boot == EFI_SECURE_BOOT_ENABLED ? "on"
		: bp->secure_boot == EFI_SECURE_BOOT_DISABLED ? "off" : "unknown");
}
