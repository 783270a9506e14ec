/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the Trusted Computing Group defines for a boot stub: the event log's two formats [TCG PC Client
 * Platform Firmware Profile 1.05, "PFP", 10], the protocol by which UEFI firmware measures [TCG EFI
 * Protocol Specification family 2.0], its twin for confidential guests [UEFI 2.10 38.2]; and the
 * configuration table by which Linux hands the log to itself.
 */
#ifndef SPEC_TCG_H
#define SPEC_TCG_H

#include "spec/efi_services.h"

/* TCG_PCClientPCREvent: every event of a 1.2 log, the first one of a 2.0 log [PFP 10.2.1] */
#define TCG_EVENT_PCR         0 /* u32 */
#define TCG_EVENT_TYPE        4 /* u32 EV_* */
#define TCG_EVENT_DIGEST      8 /* SHA-1 */
#define TCG_EVENT_DATA_SIZE   28 /* u32 */
#define TCG_EVENT_DATA        32
#define TCG_SHA1_SIZE         20

/* TCG_PCR_EVENT2: the others of a 2.0 log. Digests follow, then u32 size of the data, then the data. */
#define TCG_EVENT2_PCR        0 /* u32 */
#define TCG_EVENT2_TYPE       4 /* u32 EV_* */
#define TCG_EVENT2_COUNT      8 /* u32 digests, each u16 TPM_ALG_* and as many bytes as that has */
#define TCG_EVENT2_DIGESTS    12

/* TCG_EfiSpecIDEvent: data of the first event, whose digest is zero [PFP 10.4.5.1] */
#define TCG_SPEC_ID           "Spec ID Event03" /* with its NUL */
#define TCG_SPEC_ID_SIZE      16
#define TCG_SPEC_ALG_COUNT    24 /* u32 */
#define TCG_SPEC_ALGS         28 /* u16 TPM_ALG_*, u16 size of its digests; for each */
#define TCG_SPEC_ALG_SIZE     4

#define EV_NO_ACTION          3
#define EV_IPL                13 /* the data is the writer's own: here UTF-16 text with NUL */
#define EV_EVENT_TAG          6 /* the data is a TCG_PCClientTaggedEvent: u32 id, u32 size, bytes */

#define TPM_ALG_SHA1          0x0004
#define TPM_ALG_SHA256        0x000b
#define TPM_ALG_SHA384        0x000c
#define TPM_ALG_SHA512        0x000d

/* EFI_TCG2_PROTOCOL, and with the same numbers EFI_CC_MEASUREMENT_PROTOCOL */
#define EFI_TCG2_GET_EVENT_LOG 1
#define EFI_TCG2_HASH_EXTEND   2 /* HashLogExtendEvent */
#define EFI_CC_MAP_PCR         3 /* MapPcrToMrIndex, of the latter only */
#define EFI_TCG2_LOG_1_2       1 /* formats of the log */
#define EFI_TCG2_LOG_2         2

/* EFI_TCG2_EVENT, EFI_CC_EVENT */
#define EFI_TCG2_EVENT_SIZE     0 /* u32 all of it */
#define EFI_TCG2_EVENT_HEAD     4 /* u32 size of the header: 14 */
#define EFI_TCG2_EVENT_VERSION  8 /* u16 1 */
#define EFI_TCG2_EVENT_PCR      10 /* u32 PCR, or measurement register */
#define EFI_TCG2_EVENT_TYPE     14 /* u32 EV_* */
#define EFI_TCG2_EVENT_DATA     18
#define EFI_TCG2_EVENT_HEAD_SIZE 14
#define EFI_TCG2_TAGGED_ID      (EFI_TCG2_EVENT_DATA + 0) /* u32 */
#define EFI_TCG2_TAGGED_SIZE    (EFI_TCG2_EVENT_DATA + 4) /* u32 */
#define EFI_TCG2_TAGGED_DATA    (EFI_TCG2_EVENT_DATA + 8)

/* EFI_TCG2_FINAL_EVENTS_TABLE: what was logged since GetEventLog was first called */
#define EFI_FINAL_EVENTS_COUNT  8 /* u64, behind a u64 version */
#define EFI_FINAL_EVENTS        16

/* What Linux measures, and where [drivers/firmware/efi/libstub, since 6.0] */
#define LINUX_MEASURE_PCR       9
#define LINUX_TAG_INITRD        0x8f3b22ec
#define LINUX_TAG_LOAD_OPTIONS  0x8f3b22ed
#define LINUX_MEASURE_INITRD    "Linux initrd" /* with their NUL */
#define LINUX_MEASURE_OPTIONS   "LOADED_IMAGE::LoadOptions"

/* LINUX_EFI_TPM_EVENT_LOG: the log, copied [struct linux_efi_tpm_eventlog] */
#define LINUX_LOG_SIZE          0 /* u32 bytes of the log */
#define LINUX_LOG_FINAL_SIZE    4 /* u32 bytes of the final events that it has, too */
#define LINUX_LOG_VERSION       8 /* u8 EFI_TCG2_LOG_* */
#define LINUX_LOG_BYTES         9
#define LINUX_LOG_TABLE_SIZE    12 /* as the kernel counts it, with padding: what it reserves */

#define EFI_TCG2_GUID \
	EFI_GUID(0x607f766c, 0x7455, 0x42be, 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f)
#define EFI_CC_MEASUREMENT_GUID \
	EFI_GUID(0x96751a3d, 0x72f4, 0x41a6, 0xa7, 0x94, 0xed, 0x5d, 0x0e, 0x67, 0xae, 0x6b)
#define EFI_TCG2_FINAL_EVENTS_GUID \
	EFI_GUID(0x1e2ed096, 0x30e2, 0x4254, 0xbd, 0x89, 0x86, 0x3b, 0xbe, 0xf8, 0x23, 0x25)
#define EFI_CC_FINAL_EVENTS_GUID \
	EFI_GUID(0xdd4a4648, 0x2de7, 0x4665, 0x96, 0x4d, 0x21, 0xd9, 0xef, 0x5f, 0xb4, 0x46)
#define LINUX_EFI_TPM_EVENT_LOG_GUID \
	EFI_GUID(0xb7799cb0, 0xeca2, 0x4943, 0x96, 0x67, 0x1f, 0xae, 0x07, 0xb7, 0x47, 0xfa)

#endif /* SPEC_TCG_H */
