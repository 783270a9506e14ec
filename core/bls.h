/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot entries as text files, their names and their order, and the menu's own settings [UAPI Group: Boot
 * Loader Specification; Version Format Specification; loader.conf(5)]. All spans point into the text.
 */
#ifndef CORE_BLS_H
#define CORE_BLS_H

#include "core/span.h"

#define BLS_INITRDS_MAX 16
#define BLS_OPTIONS_MAX 8

/* /loader/entries/NAME.conf; len 0: there is no such line. Of keys that may come once the last counts. */
struct bls_entry {
	struct span title, version, sort_key, machine_id, architecture;
	struct span kernel; /* of "linux", "efi" or "uki" */
	struct span initrd[BLS_INITRDS_MAX];
	struct span options[BLS_OPTIONS_MAX]; /* to be joined, with spaces between */
	uint32_t initrd_count, options_count;
};

/*
 * Lines that are nothing known are passed over. Errors: BAD_BOOT_ENTRY (neither linux, efi nor uki, or
 * two of a path), NO_SPACE (too many initrd or options lines). fault: offset of the line in text.
 */
enum err bls_entry_parse(struct span text, struct bls_entry *ret, struct fault *fault) MUST_CHECK;

/* Is the entry for this kind of machine? One that does not say so is for all. */
bool bls_architecture_fits(struct span architecture);

/* NAME, NAME.conf, NAME+3.conf, NAME+3-1.conf: what of that is the name, and what counts tries. */
struct bls_name {
	struct span id; /* without suffix and counters */
	bool counted;
	uint32_t left, done; /* tries */
	struct span counter; /* "+3-1", len 0 if it is not counted */
};

/* suffix: ".conf" or ".efi", of either case. False if the file is called otherwise, or is hidden. */
bool bls_name_parse(struct span file_name, const char *suffix, struct bls_name *ret);

/*
 * The name of the file of a counted entry that is tried once more, from NAME+3.conf to NAME+2-1.conf; if that has
 * more than max bytes, NAME+2.conf, which is never longer than before. buf has room for file_name and 10 bytes.
 * Its length; 0: name is not counted, or no tries are left.
 */
size_t bls_name_count(struct span file_name, const struct bls_name *name, size_t max, uint8_t *buf);

/* What entries are sorted by. */
struct bls_key {
	struct span sort_key, machine_id, version, id;
	bool counted;
	uint32_t left, done;
};

/* Below 0: a comes first. Entries without tries left come last. */
int bls_compare(const struct bls_key *a, const struct bls_key *b);

/* Below 0: a is older than b. */
int bls_version_compare(struct span a, struct span b);

/* Does text match the pattern of *, ? and [...]? Letters of either case. */
bool bls_glob(struct span pattern, struct span text);

#define BLS_TIMEOUT_FOREVER UINT32_MAX /* "menu-force" */

/* /loader/loader.conf */
struct bls_config {
	struct span default_pattern; /* len 0: none */
	uint32_t timeout; /* seconds; 0: boot without showing the menu */
	bool timeout_given;
	bool editor; /* may the command line be edited? */
};

void bls_config_parse(struct span text, struct bls_config *ret);

/* A line of "key value", as both files have them: false at the end. *pos starts at 0. */
struct bls_line {
	struct span key, value;
	size_t offset;
};
bool bls_line_next(struct span text, size_t *pos, struct bls_line *ret);

#endif /* CORE_BLS_H */
