/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See apic.h. Two ways to the same registers: memory, 16 bytes apart, or in x2APIC mode MSRs, one each
 * [SDM3 11.4.1, 11.12.1]. Which one IA32_APIC_BASE says, and it stays as it is. Messages to others can
 * be sent even while the APIC is disabled by software, as BIOSes may leave it [SDM3 11.4.7.2].
 */
#include "boot/stub/apic.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/phys.h"
#include "boot/stub/paging.h"

#define APIC_ID          0x20
#define APIC_COMMAND     0x300 /* interrupt command register; in memory the upper half is at 0x310 */
#define APIC_COMMAND_TO  0x310
#define X2APIC_MSR(reg)  (0x800 + (reg) / 16)

/* Interrupt command register [SDM3 11.6.1]. */
#define COMMAND_INIT     (5u << 8)
#define COMMAND_STARTUP  (6u << 8)
#define COMMAND_ASSERT   (1u << 14)
#define COMMAND_PENDING  (1u << 12)
#define DESTINATION_SHIFT 24

/* About 100 ms of reading a register outside of the CPU. */
#define POLLS_MAX        100000

static uint32_t read32(uint32_t reg)
{
	return *(volatile uint32_t *)phys_ptr(APIC_DEFAULT_PA + reg);
}

static void write32(uint32_t reg, uint32_t v)
{
	*(volatile uint32_t *)phys_ptr(APIC_DEFAULT_PA + reg) = v;
}

bool apic_is_wide(void)
{
	return msr_read(MSR_APIC_BASE) & APIC_BASE_X2APIC;
}

enum err apic_init(void)
{
	return apic_is_wide() ? ERR_OK : paging_map_device(APIC_DEFAULT_PA);
}

uint32_t apic_own_id(void)
{
	if (apic_is_wide())
		return (uint32_t)msr_read(X2APIC_MSR(APIC_ID));
	return read32(APIC_ID) >> DESTINATION_SHIFT;
}

/* The write of the lower half sends. x2APIC has no state to wait for, but orders nothing either. */
static void send(uint32_t id, uint32_t command)
{
	if (apic_is_wide()) {
		memory_fence();
		msr_write(X2APIC_MSR(APIC_COMMAND), (uint64_t)id << 32 | command);
		return;
	}
	write32(APIC_COMMAND_TO, id << DESTINATION_SHIFT);
	write32(APIC_COMMAND, command);
	for (int i = 0; i < POLLS_MAX && (read32(APIC_COMMAND) & COMMAND_PENDING); i++)
		cpu_pause();
}

void apic_send_init(uint32_t id)
{
	send(id, COMMAND_INIT | COMMAND_ASSERT);
}

void apic_send_startup(uint32_t id, uint64_t page_pa)
{
	send(id, COMMAND_STARTUP | COMMAND_ASSERT | (uint32_t)(page_pa >> 12));
}
