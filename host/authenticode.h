/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signatures in a PE file [Microsoft, "Windows Authenticode Portable Executable Signature Format"]: who
 * signed, is it this file, and was it that key? Whether the signer is to be trusted is for the
 * machine's firmware to say.
 */
#ifndef HOST_AUTHENTICODE_H
#define HOST_AUTHENTICODE_H

#include "core/pe.h"
#include "core/sha256.h"
#include "host/report.h"

#define AUTHENTICODE_MAX 16

struct authenticode_signature {
	char *signer; /* subject of the certificate, or "unknown" */
	const char *trouble; /* NULL: it holds */
};

struct authenticode {
	uint8_t digest[SHA256_SIZE]; /* of the file, as signers see it */
	struct authenticode_signature s[AUTHENTICODE_MAX];
	size_t count; /* 0: not signed */
};

/*
 * All signatures of a PE file, whether they hold or not. Fails, and prints, when memory runs out or the
 * file is no PE file. A certificate table that cannot be read is one signature with that trouble.
 */
enum status authenticode_open(const char *name, struct span file, struct authenticode *ret);
void authenticode_close(struct authenticode *a);
/* Do all of them hold? */
bool authenticode_holds(const struct authenticode *a);

/* What is signed: the file but for checksum, directory entry of the signatures, and these. */
void authenticode_digest(const struct pe *pe, uint8_t ret[SHA256_SIZE]);

#endif /* HOST_AUTHENTICODE_H */
