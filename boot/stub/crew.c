/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See crew.h. Every atomic access is sequentially consistent: a dozen of them a boot.
 *
 * Nobody may enter a function after the boot processor has seen everybody leave it. So the others say
 * that they are busy before they look whether a round is open, and the boot processor closes the round
 * before it looks whether somebody is busy: one of the two sees the other.
 */
#include "boot/stub/crew.h"

static void pause(void)
{
	__builtin_ia32_pause();
}

void crew_init(struct crew *crew, const struct worker *boot)
{
	crew->worker[0] = *boot;
	crew->worker[0].cpu = 0;
	crew->function = NULL;
	crew->ctx = NULL;
	crew->round = 0;
	crew->busy = 0;
	crew->present = 0;
	crew->dismissed = false;
}

static void wait_for_none(const _Atomic uint32_t *count)
{
	while (*count)
		pause();
}

void crew_run(struct crew *crew, crew_function *function, void *ctx)
{
	crew->function = function;
	crew->ctx = ctx;
	crew->round++;
	function(ctx, &crew->worker[0]);
	crew->round++;
	wait_for_none(&crew->busy);
}

void crew_serve(struct crew *crew, unsigned int cpu)
{
	uint32_t served = 0; /* even: no round */

	crew->present++;
	while (!crew->dismissed) {
		crew->busy++;
		uint32_t round = crew->round;

		if (round % 2 && round != served) {
			crew->function(crew->ctx, &crew->worker[cpu]);
			served = round;
		}
		crew->busy--;
		while (!crew->dismissed && (crew->round % 2 == 0 || crew->round == served))
			pause();
	}
	crew->present--;
}

void crew_dismiss(struct crew *crew)
{
	crew->dismissed = true;
	wait_for_none(&crew->present);
}
