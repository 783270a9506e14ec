/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a unified kernel image hands to userspace besides its initrd, as small archives behind it
 * [systemd-stub(7)]: files that lie beside the image (credentials, system extensions), and two of its
 * own sections.
 *
 *   IMAGE.extra.d/NAME.cred     -> /.extra/credentials/NAME.cred           measured into PCR 12
 *   \loader\credentials\N.cred  -> /.extra/global_credentials/N.cred                        12
 *   IMAGE.extra.d/NAME.raw      -> /.extra/sysext/NAME.raw                                  13
 *   section .pcrsig             -> /.extra/tpm2-pcr-signature.json         not measured: signs PCRs
 *   section .pcrpkey            -> /.extra/tpm2-pcr-public-key.pem         as a section
 */
#ifndef CORE_EXTRA_H
#define CORE_EXTRA_H

#include "core/cpio.h"

/* In the order of their archives. */
enum extra {
	EXTRA_CREDENTIALS,
	EXTRA_GLOBAL_CREDENTIALS,
	EXTRA_SYSEXTS,
	EXTRA_PCRSIG,
	EXTRA_PCRPKEY,
	EXTRA_KINDS,
};

struct extra_kind {
	const char *source; /* suffix of files, in lower case, or name of the section */
	const char *folder; /* in the archive */
	const char *name; /* of the one file that a section becomes; NULL: as the file is called */
	uint32_t folder_permissions, permissions;
	unsigned int pcr; /* 0: not measured */
	const char *words; /* of the event */
};
struct extra_kind extra_kind(enum extra e);
#define EXTRA_BESIDE_IMAGE ".extra.d" /* behind the image's file name */
#define EXTRA_GLOBAL       "\\loader\\credentials"

#define EXTRA_NAME_MAX 255 /* as Linux has it */
struct extra_file {
	uint64_t size;
	uint8_t name_len;
	uint8_t name[EXTRA_NAME_MAX];
};

/* A folder's files of one kind, by ascending names; nothing depends on the order in which they came. */
struct extra_list {
	struct extra_file *files;
	size_t count, cap;
};

/*
 * One more file, if its name is one of that kind: ASCII, not hidden, of that suffix in whatever case.
 * Others are passed over. Errors: NO_SPACE.
 */
enum err extra_list_add(struct extra_list *l, const struct extra_kind *kind, struct span name,
	uint64_t size) MUST_CHECK;

/* The same, of an EFI_FILE_INFO as a read of a folder gives it; folders are passed over. */
enum err extra_list_add_info(struct extra_list *l, const struct extra_kind *kind, struct span info)
	MUST_CHECK;

/* Bring size bytes of a file to data. False: it stays out of the archive. */
typedef bool extra_read(void *ctx, const struct extra_file *file, uint8_t *data);

/* The archive of these files. read may be NULL when c only counts. Errors: NO_SPACE, OVERFLOW. */
enum err extra_pack(const struct extra_list *l, const struct extra_kind *kind, struct cpio *c,
	extra_read *read, void *ctx) MUST_CHECK;
/* The archive of a section. Errors: NO_SPACE, OVERFLOW. */
enum err extra_pack_section(struct span bytes, const struct extra_kind *kind, struct cpio *c) MUST_CHECK;

#endif /* CORE_EXTRA_H */
