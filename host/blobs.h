/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot code embedded in the tool as bytes: the setup part and one stub per codec; what starts a disk;
 * and a program for guests. The assembly file behind this is written by gen_blobs.py at build time.
 */
#ifndef HOST_BLOBS_H
#define HOST_BLOBS_H

#include "codec/codec.h"

/* The setup part, whole sectors, setup header at its place. */
struct span blob_setup(void);
/* The stub that decodes codec; len 0 if there is none, then the tool cannot write that codec. */
struct span blob_stub(enum codec codec);
/* The boot sector of a disk, 512 bytes, and the loader that it starts, whole sectors of a CD [spec/disk.h]. */
struct span blob_sector(void);
struct span blob_loader(void);
/* An ELF program for a Linux guest: guest_init.S. */
struct span blob_guest_init(void);
/* Names of the codecs that can be written: "zstd", or "zstd, lz4". */
void blob_codec_names(char *buf, size_t cap);

#endif /* HOST_BLOBS_H */
