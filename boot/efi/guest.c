/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encrypted guests. Where memory is encrypted by page-table bits (AMD's SEV) or every access to devices
 * must be asked for (Intel's TDX), our page tables and memory moves would break the guest; so it is
 * told early, while it can still go back. Only guests in which it is active: a host's CPU may well be
 * able to.
 */
#include "boot/efi/efi.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"

#define LEAF_FEATURES    1
#define HYPERVISOR       (1u << 31) /* ecx: somebody virtualises us */
#define LEAF_TDX         0x21 /* ebx, edx, ecx: "IntelTDX    " [TDX module 11.2] */
#define LEAF_EXT_MAX     0x80000000
#define LEAF_SEV         0x8000001f /* [APM3 E.4.17] */
#define SEV              (1u << 1) /* eax */
#define MSR_SEV_STATUS   0xc0010131 /* [APM2 15.34.10] */
#define SEV_ACTIVE       (1u << 0)

static void leaf(uint32_t number, uint32_t ret[4])
{
	cpuid_count(number, 0, ret);
}

/* The MSR is there only under a hypervisor that offers SEV. */
static bool sev_active(void)
{
	uint32_t r[4];

	leaf(LEAF_EXT_MAX, r);
	if (r[0] < LEAF_SEV)
		return false;
	leaf(LEAF_SEV, r);
	return (r[0] & SEV) && (msr_read(MSR_SEV_STATUS) & SEV_ACTIVE);
}

static bool tdx_active(void)
{
	uint32_t r[4];

	leaf(0, r);
	if (r[0] < LEAF_TDX)
		return false;
	leaf(LEAF_TDX, r);
	return r[1] == 0x65746e49 && r[3] == 0x5844546c && r[2] == 0x20202020;
}

enum err efi_guest_check(struct fault *fault)
{
	uint32_t r[4];

	leaf(LEAF_FEATURES, r);
	if (!(r[2] & HYPERVISOR))
		return ERR_OK;
	if (sev_active())
		return fault_set(fault, ERR_ENCRYPTED_GUEST, "AMD SEV", 0,
			msr_read(MSR_SEV_STATUS));
	if (tdx_active())
		return fault_set(fault, ERR_ENCRYPTED_GUEST, "Intel TDX", 0, 0);
	return ERR_OK;
}
