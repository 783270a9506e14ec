/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the stub of a unified kernel image measures into a TPM, beside what Linux does
 * [systemd-stub(7); UAPI Group: Unified Kernel Image, "TPM PCR"]. Every event is of type EV_IPL, and its
 * data is a text in UTF-16 with NUL.
 *
 *   PCR 11   each section in the order below: its name with NUL, then its bytes
 *   PCR 12   a command line that replaces the embedded one, as UTF-16 with NUL; credentials
 *   PCR 13   system extensions
 *
 * docs/decisions/0026-what-a-uki-measures.md says why these sections and no others.
 */
#ifndef CORE_UKI_MEASURE_H
#define CORE_UKI_MEASURE_H

#include <stddef.h>

#define UKI_PCR_KERNEL     11
#define UKI_PCR_PARAMETERS 12
#define UKI_PCR_SYSEXTS    13

#define UKI_MEASURED_SECTIONS 8
/* Name of the section that is measured as number i; NULL: there are no more. */
const char *uki_measured_section(size_t i);

#endif /* CORE_UKI_MEASURE_H */
