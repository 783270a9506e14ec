/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel file taken apart. Every part that could be read is there; everything that is wrong is in
 * problems. What a caller needs, it checks for. Nothing here prints, ends the program, or keeps anything
 * between calls.
 *
 * A file is layers, one in the other: first what only carries others (package, compressed file, uImage,
 * UKI), then the image that a loader starts, then what it decompresses:
 *
 *     deb > bzImage > xz > ELF        compressed file > gzip > arm64 Image        EFI zboot > zstd > arm64 Image
 *           |format          |kernel                           |both              |format            |kernel
 */
#ifndef LIB_KERNEL_H
#define LIB_KERNEL_H

#include "codec/codec.h"
#include "core/bzimage.h"
#include "core/elf.h"
#include "core/elf_file.h"
#include "core/kernel_headers.h"
#include "core/manifest.h"
#include "core/pe.h"
#include "core/reloc.h"
#include "lib/format.h"
#include "lib/problems.h"

enum image_crc {
	IMAGE_CRC_NONE, /* no image, or one that says nothing */
	IMAGE_CRC_RIGHT,
	IMAGE_CRC_WRONG, /* Linux since 6.16 writes none; signing and patching leave it wrong */
};

/* Where the relocations of a bare ELF come from. */
enum relocs_from {
	RELOCS_AUTO, /* what the ELF has: behind it, in .rela sections, or its own dynamic ones */
	RELOCS_NONE,
};

#define KERNEL_LAYERS_MAX 12
#define KERNEL_OWNED_MAX  16

struct kernel;

struct kernel_options {
	const char *name; /* as in struct kernel */
	enum relocs_from relocs;
	bool alone; /* start no thread */
	/*
	 * Do not decode payloads: what headers and the manifest say is all there is, content and everything
	 * below it is missing. What only carries the image is decoded nevertheless.
	 */
	bool shallow;
	bool no_digest; /* leave sha256 away but where a manifest has one to compare: a third of lz4's time */
	uint64_t max_output; /* bytes that a stream may decode to; 0: unpack_limit's default */
	/*
	 * Or NULL: called while a bzImage's payload is decoded, with what has come out so far of the size bytes
	 * of content. Those stay as they are until the kernel is closed; or until a call with a span of NULL,
	 * because the rest is damaged: they are gone when it returns.
	 */
	void (*arrived)(void *ctx, struct span content, size_t size);
	void *arrived_ctx;
	/*
	 * Or NULL: called with the kernel of one of our images, by the thread that called kernel_read, when all
	 * is well with it as far as that is known: its digest is still being computed. The kernel and its
	 * relocations stay as they are, but may turn out to be the wrong ones.
	 */
	void (*found)(void *ctx, const struct kernel *k);
	void *found_ctx;
};

struct kernel_layer {
	enum kernel_format format; /* KERNEL_STREAM: see codec */
	enum codec codec;
	struct span bytes;
	const char *member; /* name in the package that it is from; NULL */
	bool searched; /* nothing said where it lies: found by trying */
};

struct kernel {
	const char *name; /* for the caller's messages: the option; not used here */
	struct kernel_options options;
	struct kernel_layer layer[KERNEL_LAYERS_MAX]; /* from the outside in */
	size_t layer_count;
	struct span file; /* the image: what carries it (a UKI around another kernel, a package) is not in it */
	enum kernel_format format; /* of the image; of what carries it, if there is none in it */
	const char *arch; /* "x86-64", ...; NULL: not known */
	struct span release; /* "6.1.0-50-amd64": the kernel's own words; len 0: not known */
	bool has_pe;
	struct pe pe; /* of image or UKI, if has_pe */
	bool uki; /* a unified kernel image: ours, or one around another kernel */
	struct problems problems;

	/* bzImage */
	struct bzimage image;
	struct span protected_mode; /* what the loader puts at code32_start */
	enum image_crc crc;
	uint32_t signature_size; /* bytes of PE signatures behind the image, 0 if not signed */
	bool ours; /* has a manifest */
	struct manifest manifest; /* if ours */
	struct span cmdline, initrd; /* embedded ones, len 0 if there are none */

	/* other headers, by format */
	struct raw_image raw; /* arm64 and RISC-V Image, of the image or of what is in it */
	struct arm_zimage arm_zimage;
	struct zboot zboot;
	struct uimage uimage; /* if one of the layers is one */

	/* payload */
	bool left_out; /* there may be one, but a shallow look does not decode or search */
	bool searched; /* found by trying: the format does not say where it is */
	bool has_codec;
	enum codec codec;
	struct span stream; /* compressed bytes, size trailer not included */
	uint8_t *content; /* decoded and unfiltered; NULL for a bare ELF, or when it cannot be decoded */
	size_t content_size;

	/* the kernel itself, whatever it is: views of content, of the file, or of a copy */
	bool has_kernel;
	struct span kernel; /* an ELF without what lies behind it, or an Image */
	bool has_any; /* it is an ELF */
	struct elf_file any;

	/* what our stub can load: an ELF for x86-64; elf is kernel then */
	bool has_elf;
	struct span elf;
	struct elf_plan plan;
	struct span relocs; /* in Linux's format, len 0 if there are none */
	uint64_t relocs_coded_size; /* bytes of it in content, where it may be coded compactly */
	struct reloc_table table;
	bool has_digest;
	uint8_t sha256[SHA256_SIZE]; /* over kernel, then relocs */

	uint8_t *elf_copy; /* owned, NULL if not needed */
	uint8_t *relocs_copy; /* owned, NULL if not needed: extracted, or expanded */
	struct {
		uint8_t *bytes; /* of memory_reserve */
		size_t size;
	} owned[KERNEL_OWNED_MAX]; /* what was decoded on the way in, but content */
	size_t owned_count;
	char *member; /* owned: the name of the package's member */
	struct hasher *hasher; /* owned; only while kernel_read runs */
	uint64_t hasher_limit; /* bytes of content that are the kernel, as it seems */
};

/*
 * Take file apart; its bytes must outlive *ret, and stay as they are. Fails with NO_MEMORY only;
 * whatever is wrong with the file goes to problems. *ret is to be closed in either case.
 */
enum err kernel_read(struct span file, const struct kernel_options *options, struct kernel *ret) MUST_CHECK;
void kernel_close(struct kernel *k);

/* Offset of a byte of k->file in it. */
uint64_t kernel_offset(const struct kernel *k, const uint8_t *byte);

/* One of our images, with its code behind the branch filter? k->content and the rest are without it. */
bool kernel_is_filtered(const struct kernel *k);

/* Number of relocations, whatever the layout. */
uint64_t kernel_relocs_count(const struct kernel *k);

/*
 * Set k->elf, plan, relocs and table from content: an ELF, then its relocation table, coded as
 * the manifest says if there is one.
 */
void kernel_split(struct kernel *k, struct span content, const char *part);
/*
 * The digest, once k->kernel and k->relocs are known: begin, do something else, end. Before that, while
 * content is made: follow it; and if that goes wrong: drop it before the memory goes.
 */
void kernel_digest_follow(struct kernel *k, size_t made);
void kernel_digest_begin(struct kernel *k);
void kernel_digest_end(struct kernel *k);
void kernel_digest_drop(struct kernel *k);
/* What part of a file is the kernel itself (ELF of any kind, Image, compressed again): set all that it is. */
enum err kernel_take(struct kernel *k, struct span bytes, const char *part) MUST_CHECK;
/* The same, where it must be an ELF: the file, or content and what lies behind the ELF in it. */
void kernel_take_elf(struct kernel *k, struct span bytes, const char *part);
/* Another relocation table in Linux's format, with a new digest where there was one. */
void kernel_set_relocs(struct kernel *k, struct span relocs, const char *part);

/*
 * The parts of kernel_read, one a format or a few that are alike: kernel_bzimage.c, kernel_elf.c,
 * kernel_other.c, kernel_old.c. All fail with NO_MEMORY only.
 */
enum err kernel_unwrap(struct kernel *k) MUST_CHECK;
enum err kernel_open_bzimage(struct kernel *k) MUST_CHECK;
enum err kernel_open_elf(struct kernel *k) MUST_CHECK;
enum err kernel_open_zboot(struct kernel *k) MUST_CHECK;
enum err kernel_open_arm_zimage(struct kernel *k) MUST_CHECK;
enum err kernel_open_s390(struct kernel *k) MUST_CHECK;
/* x86 images that do not say where their payload is. */
enum err kernel_open_old(struct kernel *k, struct span area) MUST_CHECK;

/* What they have in common. A layer too many is a problem, and false. */
bool kernel_push(struct kernel *k, struct kernel_layer layer);
/* bytes go with k from here on; too many: given back, and false. */
bool kernel_own(struct kernel *k, uint8_t *bytes, size_t size);
/* Another problem. Its offset counts from base, as a rule inside of k->file. */
void kernel_complain(struct kernel *k, const char *part, enum err e, struct fault fault, const uint8_t *base);
/* Look for a payload; content and codec are set if there is one, searched always. ret_found may be false. */
enum err kernel_search(struct kernel *k, struct span area, size_t payload_end, bool *ret_found) MUST_CHECK;
/* Limit of what comes out of a stream in this file. */
uint64_t kernel_limit(const struct kernel *k, size_t input);

#endif /* LIB_KERNEL_H */
