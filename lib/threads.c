/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See threads.h. */
#include <sched.h>
#include <signal.h>
#include <unistd.h>
#include "lib/threads.h"

unsigned int threads_processors(void)
{
	cpu_set_t set;
	long online;

	if (!sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) > 0)
		return (unsigned int)CPU_COUNT(&set);
	online = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than a set has room for */
	return online < 1 ? 1 : (unsigned int)online;
}

int threads_start(pthread_t *ret, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before); /* inherited */
	result = pthread_create(ret, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}
