/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libbz2.a's decoder refers to but a chunk never uses: the compressor, and, since reading files
 * is in the same object, a C library's files. Nothing that codec/bzip2_chunk.c calls gets to one of
 * them, but for libbz2's own assertions: they print, then call exit.
 *
 * libbz2 was compiled with the real prototypes; here they do not matter.
 */
#include "boot/stub/gate.h"

#define REFUSE(name)       \
	int name(void);    \
	int name(void)     \
	{                  \
		return -1; \
	}

REFUSE(BZ2_compressBlock)
REFUSE(__ctype_b_loc)
REFUSE(__fprintf_chk)
REFUSE(fclose)
REFUSE(fdopen)
REFUSE(ferror)
REFUSE(fflush)
REFUSE(fgetc)
REFUSE(fopen64)
REFUSE(fputc)
REFUSE(fread)
REFUSE(fwrite)
REFUSE(ungetc)

extern void *stdin, *stdout, *stderr;
void *stdin, *stdout, *stderr;

void exit(int status) __attribute__((noreturn));
void exit(int status)
{
	(void)status;
	gate_leave(ERR_BAD_STREAM);
}
