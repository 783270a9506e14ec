/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that nobody outside notices: as many as there are processors for, and deaf to signals. */
#ifndef LIB_THREADS_H
#define LIB_THREADS_H

#include <pthread.h>

/* Processors that the calling thread, and what it starts, may run on; at least 1. */
unsigned int threads_processors(void);

/* pthread_create, with all signals blocked: they are the caller's. 0, or an errno. */
int threads_start(pthread_t *ret, void *(*run)(void *), void *arg);

#endif /* LIB_THREADS_H */
