/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event log. Firmware keeps it in boot services' memory, so Linux gets a copy, as a configuration
 * table. What is measured from GetEventLog on, by ExitBootServices at least, is in firmware's final
 * events table, too; the kernel puts that behind the log, less what both have, whose size we tell it.
 *
 *   log, copied:   | event | event | ... | event |
 *   final events:                | event | event | event, by ExitBootServices |
 *                                |<- preboot size ->|
 *
 * The log is firmware's, which runs, so it is trusted not to hide anything; it is not trusted to be
 * right. Under boot services.
 */
#include "boot/efi/firmware.h"
#include "boot/efi/measure.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/libc.h"
#include "core/tpm_log.h"
#include "spec/tcg.h"

#define LOG_MAX (16u << 20) /* far more than any firmware keeps */

struct firmware_log {
	uint64_t pa, last_pa; /* first byte, last event; last_pa is 0 when there are none */
	uint8_t version; /* EFI_TCG2_LOG_* */
};

static bool log_ask(const struct efi_measurer *m, uint8_t version, struct firmware_log *ret)
{
	uint64_t pa = 0, last_pa = 0, truncated = 0;

	if (efi_method(m->protocol, 0, EFI_TCG2_GET_EVENT_LOG, version, efi_ptr(&pa),
		efi_ptr(&last_pa), efi_ptr(&truncated)) || !pa)
		return false;
	if (truncated & 0xff)
		warn("TPM event log: firmware had no room for all of it");
	*ret = (struct firmware_log){pa, last_pa, version};
	return true;
}

/* Bytes of the log: firmware says where its last event begins. What of it makes no sense is left out. */
static uint64_t log_size(const struct firmware_log *f, struct tpm_log *log, enum err *ret_err)
{
	uint64_t before = f->last_pa - f->pa;
	struct tpm_event last;
	struct fault fault = {0};

	if (!f->last_pa)
		return 0;
	if (f->last_pa < f->pa || before > LOG_MAX) {
		*ret_err = ERR_BAD_TPM_LOG;
		return 0;
	}
	struct span bytes = phys_span(f->pa, 2 * (size_t)LOG_MAX);

	*ret_err = tpm_log_open(bytes, log, &fault);
	if (!*ret_err && log->agile != (f->version == EFI_TCG2_LOG_2))
		*ret_err = ERR_BAD_TPM_LOG;
	if (!*ret_err)
		*ret_err = tpm_log_event(log, bytes, before, !before, &last, &fault);
	return *ret_err ? before : before + last.size;
}

/* Bytes of those final events that the log has, too. */
static uint64_t final_size(const struct efi_measurer *m, const struct tpm_log *log)
{
	struct efi_guid tcg2 = EFI_TCG2_FINAL_EVENTS_GUID, cc = EFI_CC_FINAL_EVENTS_GUID;
	uint64_t table = efi_table(m->cc ? &cc : &tcg2), size = 0;
	struct fault fault = {0};

	if (!table)
		return 0;
	enum err err = tpm_log_events_size(log, phys_span(table, LOG_MAX), EFI_FINAL_EVENTS,
		le64_get(phys_ptr(table + EFI_FINAL_EVENTS_COUNT)), &size, &fault);

	if (err)
		warn("TPM final events: %s (E%u), at 0x%lx", err_text(err), err, fault.offset);
	return err ? 0 : size;
}

void efi_event_log(void)
{
	struct efi_guid name = LINUX_EFI_TPM_EVENT_LOG_GUID;
	struct efi_measurer m = efi_measurer();
	struct firmware_log f;
	struct tpm_log log = {0};
	enum err err = ERR_OK;
	uint64_t pa = 0;

	if (!m.protocol || (!log_ask(&m, EFI_TCG2_LOG_2, &f) &&
		(m.cc || !log_ask(&m, EFI_TCG2_LOG_1_2, &f))))
		return;
	uint64_t size = log_size(&f, &log, &err);

	if (err)
		warn("TPM event log: %s (E%u)", err_text(err), err);
	/* Read by the running kernel, which may keep it over kexec. */
	if (efi_boot(EFI_ALLOCATE_POOL, EFI_ACPI_RECLAIM, LINUX_LOG_TABLE_SIZE + size, efi_ptr(&pa))) {
		warn("TPM event log: no memory for 0x%lx bytes", size);
		return;
	}
	uint8_t *table = phys_ptr(pa);

	memset(table, 0, LINUX_LOG_TABLE_SIZE + size);
	le32_put(table + LINUX_LOG_SIZE, (uint32_t)size);
	if (f.version == EFI_TCG2_LOG_2 && log.agile)
		le32_put(table + LINUX_LOG_FINAL_SIZE, (uint32_t)final_size(&m, &log));
	table[LINUX_LOG_VERSION] = f.version;
	memcpy(table + LINUX_LOG_BYTES, phys_ptr(f.pa), size);
	if (efi_boot(EFI_INSTALL_CONFIGURATION_TABLE, efi_ptr(&name), pa)) {
		warn("TPM event log: firmware takes no table");
		efi_boot(EFI_FREE_POOL, pa);
		return;
	}
	say("TPM event log: 0x%lx bytes, format %u", size, f.version);
}
