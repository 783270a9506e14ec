/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libbzforge: what is this kernel image, what is in it, is it whole?
 *
 * An image is opened once, from memory or from a file; everything that could be read is there then, and
 * everything that is wrong is in a list of problems. Nothing is printed, nothing ends the program, and the
 * library keeps nothing between calls: images are independent, and one image may be read by several
 * threads at a time. Every byte of the input is taken for hostile.
 *
 * All sizes and offsets are in bytes. Strings are NUL-terminated UTF-8 or ASCII; strings and bytes belong to
 * the image and live as long as it. A pointer or string that there is nothing for is NULL.
 *
 * Functions that can fail return 0 or a positive error number; results (ret_...) are untouched then.
 * The numbers are those that the tool prints (docs/messages.md explains each); those that a caller may have
 * to tell apart have names here.
 *
 * Versions: functions are only added; structs grow at their end, and their first field, which the caller
 * sets to sizeof, says which one it knows.
 */
#ifndef BZFORGE_H
#define BZFORGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BZF_VERSION_MAJOR 0
#define BZF_VERSION_MINOR 1

enum bzf_error {
	BZF_OK = 0,
	BZF_ERROR_NO_MEMORY = 63,
	BZF_ERROR_SYSTEM = 133, /* a file cannot be read: errno says why */
	BZF_ERROR_ARGUMENT = 134, /* a NULL, a number behind the end of a list, a size field of no known version */
};

/* Words for a number of this library, without a full stop. Never NULL. */
const char *bzf_error_text(int error);
/* "0.1.0" */
const char *bzf_version(void);

struct bzf_image;

struct bzf_options {
	size_t size; /* sizeof(struct bzf_options) */
	uint64_t max_output; /* bytes a stream may decode to; 0: 64 times the file, and at least 256 MiB */
	uint32_t flags;
};
/*
 * Look at headers only: nothing is decoded but what only carries an image (a package, a compressed file).
 * There is no kernel, then, where it is compressed.
 */
#define BZF_SHALLOW 1u
/*
 * Start no thread. Otherwise, where there are two processors for the calling thread, a large kernel is
 * digested on another thread while it is decoded: one that blocks all signals and has ended when bzf_open_*
 * returns. What comes out is the same.
 */
#define BZF_NO_THREADS 2u

/*
 * bytes must stay as they are until bzf_close. options may be NULL. Errors: NO_MEMORY, ARGUMENT. That the
 * input is no kernel image, or a damaged one, is no error of this call but a problem of the image.
 */
int bzf_open_memory(const void *bytes, size_t size, const struct bzf_options *options,
	struct bzf_image **ret);
/* The same with a file, which is read whole. Errors: those and SYSTEM. */
int bzf_open_file(const char *path, const struct bzf_options *options, struct bzf_image **ret);
/* NULL is fine. */
void bzf_close(struct bzf_image *image);

/* --- what it is; NULL where it is not known --- */

/* The image that a loader starts: "bzImage", "EFI zboot", "arm64 Image", "ELF", ...; "unknown". */
const char *bzf_format(const struct bzf_image *image);
/* What it runs on: "x86-64", "i386", "arm64", "arm", "riscv64", ... */
const char *bzf_arch(const struct bzf_image *image);
/* The kernel's release, as `uname -r` prints it: "6.1.0-50-amd64". */
const char *bzf_release(const struct bzf_image *image);
/* How the kernel is compressed in it: "gzip", "bzip2", "lzma", "xz", "lzo", "lz4", "zstd", "none". */
const char *bzf_codec(const struct bzf_image *image);

/* --- layers: from the file inwards to the kernel, each in the one before --- */

struct bzf_layer {
	size_t size; /* sizeof(struct bzf_layer) */
	const char *format; /* as bzf_format, or what carries others: "deb", "uImage", "xz", ... */
	const char *member; /* its name in the package that it is from */
	const void *bytes;
	size_t length;
	int searched; /* not 0: nothing says where it lies, it was found by trying */
};

size_t bzf_layer_count(const struct bzf_image *image);
/* number counts from 0. Errors: ARGUMENT. */
int bzf_layer(const struct bzf_image *image, size_t number, struct bzf_layer *ret);

/* --- the kernel --- */

/*
 * The kernel itself, decoded, exactly as it was built: an ELF file without the relocation table that
 * Linux's build puts behind it, or an Image. NULL and 0 if there is none, or BZF_SHALLOW left it in its
 * payload.
 */
const void *bzf_kernel(const struct bzf_image *image, size_t *ret_size);
/* Linux's table of relocations for x86 (docs/image-format.md), little-endian words of 32 bits. */
const void *bzf_relocs(const struct bzf_image *image, size_t *ret_size);
/* SHA-256 over kernel, then relocations: the same kernel in another wrapper has the same. ARGUMENT: none. */
int bzf_kernel_sha256(const struct bzf_image *image, uint8_t ret[32]);

/* --- what is wrong --- */

struct bzf_problem {
	size_t size; /* sizeof(struct bzf_problem) */
	int error; /* see bzf_error_text */
	const char *part; /* what offset counts in: "kernel", "relocation table", ...; "": the image */
	const char *field; /* what is wrong there; NULL: no offset and no value, either */
	uint64_t offset;
	uint64_t value; /* as it was found */
};

/* 0: the image is whole, as far as it was looked at. */
size_t bzf_problem_count(const struct bzf_image *image);
/* number counts from 0. Errors: ARGUMENT. */
int bzf_problem(const struct bzf_image *image, size_t number, struct bzf_problem *ret);
/*
 * "kernel: ELF segment is damaged: p_offset + p_filesz (offset 0x78, value 4096)". Writes at most cap
 * bytes, a NUL among them, and returns the length of the whole text; 0 for a number that is none.
 */
size_t bzf_problem_text(const struct bzf_image *image, size_t number, char *buf, size_t cap);

#ifdef __cplusplus
}
#endif

#endif /* BZFORGE_H */
