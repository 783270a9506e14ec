/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PE header of a kernel image, as far as telling whether UEFI firmware can start it and whether
 * it is signed [Microsoft PE Format, "Optional Header Data Directories", "The Attribute Certificate
 * Table"].
 */
#ifndef LIB_PE_H
#define LIB_PE_H

#include "core/span.h"

bool pe_present(struct span file);
/* Bytes of the certificate table; 0 if there is none, or no PE header. */
uint32_t pe_signature_size(struct span file);

#endif /* LIB_PE_H */
