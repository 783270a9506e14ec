/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See die.h. 64-bit mode, interrupts off. A reset is tried in three ways: the keyboard controller
 * pulses the reset line, the chipset's reset register, and at last an exception without an IDT,
 * which makes the CPU shut down and every PC reset it.
 */
#include "boot/stub/die.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/io.h"
#include "boot/lib/pit.h"
#include "boot/stub/console.h"

#define LEAF_FEATURES    1

#define KBD_DATA         0x60
#define KBD_STATUS       0x64
#define KBD_ABSENT       0xff /* what an empty port reads */
#define KBD_FULL         (1 << 0)
#define KBD_BUSY         (1 << 1)
#define KBD_PULSE_RESET  0xfe
#define RESET_CONTROL    0xcf9 /* PCI chipsets: bit 1 system reset, bit 2 go */
#define RESET_WAIT_MS    100
#define POLL_MS          10

static int32_t panic_seconds;
static void (*way_out)(enum err err);
static uint32_t who; /* tells why; 0: nobody yet */

void die_set_panic(int32_t panic)
{
	panic_seconds = panic;
}

void die_set_exit(void (*exit)(enum err err))
{
	way_out = exit;
}

static bool keyboard_key(void)
{
	uint8_t status = inb(KBD_STATUS);

	if (status == KBD_ABSENT || !(status & KBD_FULL))
		return false;
	inb(KBD_DATA);
	return true;
}

static void __attribute__((noreturn)) reset(void)
{
	const struct table_register empty = {0, 0};

	if (inb(KBD_STATUS) != KBD_ABSENT) {
		for (int ms = 0; ms < RESET_WAIT_MS && (inb(KBD_STATUS) & KBD_BUSY); ms++)
			pit_wait_ms(1);
		outb(KBD_STATUS, KBD_PULSE_RESET);
		pit_wait_ms(RESET_WAIT_MS);
	}
	outb(RESET_CONTROL, 0x02);
	outb(RESET_CONTROL, 0x06);
	pit_wait_ms(RESET_WAIT_MS);
	for (;;) {
		idt_load(&empty);
		breakpoint();
	}
}

static void __attribute__((noreturn)) stop(void)
{
	for (;;) {
		cpu_cli();
		cpu_hlt();
	}
}

/* By the ID that CPUID knows: the same one may have a second thing to say. */
static uint32_t myself(void)
{
	uint32_t r[4];

	cpuid_count(LEAF_FEATURES, 0, r);
	return (r[1] >> 24) + 1;
}

void die_alone(void)
{
	uint32_t nobody = 0, me = myself();

	if (!__atomic_compare_exchange_n(&who, &nobody, me, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) &&
		nobody != me)
		stop();
}

void die_check(void)
{
	uint32_t other = __atomic_load_n(&who, __ATOMIC_SEQ_CST);

	if (other && other != myself())
		stop();
}

void die_restart(void)
{
	if (panic_seconds < 0) {
		complain("restarting now (panic=%d)", panic_seconds);
		reset();
	}
	if (panic_seconds > 0) {
		complain("restarting in %d s (panic=%d)", panic_seconds, panic_seconds);
		for (int32_t s = 0; s < panic_seconds; s++)
			pit_wait_ms(1000);
		reset();
	}
	complain("press a key to restart");
	/* What was typed before is no answer. */
	while (keyboard_key() || console_key())
		pit_wait_ms(1);
	while (!keyboard_key() && !console_key())
		pit_wait_ms(POLL_MS);
	reset();
}

void die(enum err err, const struct fault *fault)
{
	die_alone();
	if (fault && fault->text)
		complain("E%d %s: %s (offset 0x%lx, value 0x%lx)", err, err_text(err), fault->text,
			fault->offset, fault->value);
	else
		complain("E%d %s", err, err_text(err));
	if (way_out)
		way_out(err);
	die_restart();
}
