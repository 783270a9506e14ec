/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The public face of the readers (bzforge.h): opaque, with strings that end, and with sizes in structs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/bzforge.h"
#include "lib/kernel.h"

_Static_assert(BZF_ERROR_NO_MEMORY == (int)ERR_NO_MEMORY, "numbers are published");
_Static_assert(BZF_ERROR_SYSTEM == (int)ERR_SYSTEM, "numbers are published");
_Static_assert(BZF_ERROR_ARGUMENT == (int)ERR_ARGUMENT, "numbers are published");

#define KNOWN_FLAGS (BZF_SHALLOW | BZF_NO_THREADS)
#define READ_STEP   (1 << 30) /* read() takes no more than 2 GiB at a time */

struct bzf_image {
	struct kernel kernel;
	char *release;
	uint8_t *file; /* owned, of bzf_open_file */
};

const char *bzf_error_text(int error)
{
	return err_text((enum err)error);
}

const char *bzf_version(void)
{
	return BZFORGE_VERSION;
}

/* Open the bytes; file is owned from here on, and freed on failure, too. */
static int open_bytes(struct span bytes, uint8_t *file, const struct bzf_options *options, struct bzf_image **ret)
{
	struct kernel_options o = {0};
	struct bzf_image *image;
	enum err e = ERR_ARGUMENT;

	image = calloc(1, sizeof(*image));
	if (!image) {
		free(file);
		return BZF_ERROR_NO_MEMORY;
	}
	image->file = file;
	if (options && (options->size < sizeof(*options) || options->flags & ~KNOWN_FLAGS))
		goto fail;
	if (options) {
		o.max_output = options->max_output;
		o.shallow = options->flags & BZF_SHALLOW;
		o.alone = options->flags & BZF_NO_THREADS;
	}
	e = kernel_read(bytes, &o, &image->kernel);
	if (e)
		goto fail;
	if (image->kernel.release.len) {
		image->release = strndup(
			(const char *)image->kernel.release.ptr, image->kernel.release.len);
		e = image->release ? ERR_OK : ERR_NO_MEMORY;
	}
	if (e)
		goto fail;
	*ret = image;
	return BZF_OK;
fail:
	bzf_close(image);
	return (int)e;
}

int bzf_open_memory(
	const void *bytes, size_t size, const struct bzf_options *options, struct bzf_image **ret)
{
	if ((!bytes && size) || !ret)
		return BZF_ERROR_ARGUMENT;
	return open_bytes((struct span){bytes ? bytes : (const void *)"", size}, NULL, options, ret);
}

/*
 * Read, not mapped: a file that somebody else cuts while it is looked at would end the caller's program
 * with a signal, and both halves of a check must see the same bytes.
 */
static int read_file(int fd, uint8_t **ret, size_t *ret_size)
{
	struct stat st;
	size_t size = 0, cap;
	uint8_t *bytes, *more;
	ssize_t n;

	if (fstat(fd, &st))
		return BZF_ERROR_SYSTEM;
	cap = S_ISREG(st.st_mode) && st.st_size >= 0 ? (size_t)st.st_size + 1 : 65536;
	bytes = malloc(cap);
	while (bytes) {
		if (size == cap) {
			cap *= 2;
			more = realloc(bytes, cap);
			if (!more)
				break;
			bytes = more;
		}
		n = read(fd, bytes + size, cap - size < READ_STEP ? cap - size : READ_STEP);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(bytes);
			return BZF_ERROR_SYSTEM;
		}
		if (!n) {
			*ret = bytes;
			*ret_size = size;
			return BZF_OK;
		}
		size += (size_t)n;
	}
	free(bytes);
	return BZF_ERROR_NO_MEMORY;
}

int bzf_open_file(const char *path, const struct bzf_options *options, struct bzf_image **ret)
{
	uint8_t *bytes = NULL;
	size_t size = 0;
	int fd, result, saved;

	if (!path || !ret)
		return BZF_ERROR_ARGUMENT;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return BZF_ERROR_SYSTEM;
	result = read_file(fd, &bytes, &size);
	saved = errno;
	close(fd);
	errno = saved;
	if (result)
		return result;
	return open_bytes((struct span){bytes, size}, bytes, options, ret);
}

void bzf_close(struct bzf_image *image)
{
	if (!image)
		return;
	kernel_close(&image->kernel);
	free(image->release);
	free(image->file);
	free(image);
}

const char *bzf_format(const struct bzf_image *image)
{
	return format_name(image->kernel.format);
}

const char *bzf_arch(const struct bzf_image *image)
{
	return image->kernel.arch;
}

const char *bzf_release(const struct bzf_image *image)
{
	return image->release;
}

const char *bzf_codec(const struct bzf_image *image)
{
	return image->kernel.has_codec ? codec_name(image->kernel.codec) : NULL;
}

size_t bzf_layer_count(const struct bzf_image *image)
{
	return image->kernel.layer_count;
}

int bzf_layer(const struct bzf_image *image, size_t number, struct bzf_layer *ret)
{
	const struct kernel_layer *l;

	if (number >= image->kernel.layer_count || ret->size < sizeof(*ret))
		return BZF_ERROR_ARGUMENT;
	l = &image->kernel.layer[number];
	ret->format = l->format == KERNEL_STREAM ? codec_name(l->codec) : format_name(l->format);
	ret->member = l->member;
	ret->bytes = l->bytes.ptr;
	ret->length = l->bytes.len;
	ret->searched = l->searched;
	return BZF_OK;
}

static const void *bytes_or_null(struct span s, bool there, size_t *ret_size)
{
	*ret_size = there ? s.len : 0;
	return there && s.len ? s.ptr : NULL;
}

const void *bzf_kernel(const struct bzf_image *image, size_t *ret_size)
{
	return bytes_or_null(image->kernel.kernel, image->kernel.has_kernel, ret_size);
}

const void *bzf_relocs(const struct bzf_image *image, size_t *ret_size)
{
	return bytes_or_null(image->kernel.relocs, image->kernel.has_kernel, ret_size);
}

int bzf_kernel_sha256(const struct bzf_image *image, uint8_t ret[32])
{
	if (!image->kernel.has_digest)
		return BZF_ERROR_ARGUMENT;
	memcpy(ret, image->kernel.sha256, SHA256_SIZE);
	return BZF_OK;
}

size_t bzf_problem_count(const struct bzf_image *image)
{
	return image->kernel.problems.count;
}

int bzf_problem(const struct bzf_image *image, size_t number, struct bzf_problem *ret)
{
	const struct problem *p;

	if (number >= image->kernel.problems.count || ret->size < sizeof(*ret))
		return BZF_ERROR_ARGUMENT;
	p = &image->kernel.problems.p[number];
	ret->error = (int)p->err;
	ret->part = p->part ? p->part : "";
	ret->field = p->fault.text;
	ret->offset = p->fault.text ? p->fault.offset : 0;
	ret->value = p->fault.text ? p->fault.value : 0;
	return BZF_OK;
}

size_t bzf_problem_text(const struct bzf_image *image, size_t number, char *buf, size_t cap)
{
	char text[256], place[96];

	if (number >= image->kernel.problems.count)
		return 0;
	problem_text(&image->kernel.problems.p[number], text, sizeof(text));
	problem_place(&image->kernel.problems.p[number], place, sizeof(place));
	return (size_t)snprintf(buf, cap, "%s%s", text, place);
}
