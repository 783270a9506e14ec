/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See sign.h. sbsign reads the temporary file and writes the signed one over it; only then is it
 * renamed. So at no time is there a file of that name that is not signed.
 */
#include <stdlib.h>
#include <string.h>
#include "host/authenticode.h"
#include "host/child.h"
#include "host/output.h"
#include "host/sign.h"

#define PROGRAM   "sbsign"
#define SAYS_MAX  4096
#define TIMEOUT_S 300 /* keys may be in slow tokens */

enum status sign_check(const struct sign_option *sign, const char *path)
{
	if (!sign->key)
		return STATUS_DONE;
	if (!strcmp(path, "-")) {
		report(NULL, "a signed image cannot go to standard output: give a file");
		return STATUS_USAGE;
	}
	if (!child_present(PROGRAM)) {
		report(PROGRAM, "is not there: install sbsigntool to sign images");
		return STATUS_ENVIRONMENT;
	}
	return STATUS_DONE;
}

static enum status run(const struct sign_option *sign, const char *file)
{
	const char *const argv[] = {PROGRAM, "--key", sign->key, "--cert", sign->cert, "--output",
		file, file, NULL};
	enum status status;
	size_t size;
	char *says;

	status = child_output((char *const *)argv, TIMEOUT_S, SAYS_MAX, &says, &size);
	if (!status)
		free(says);
	return status;
}

/* Is what lies there now this image, and signed? All of it must hold, whoever signed before. */
static enum status check(const char *path, const char *file, struct span image)
{
	struct authenticode a;
	struct input in = {0};
	enum status status;
	struct pe old;
	uint8_t digest[SHA256_SIZE];

	status = input_read(file, &in);
	if (!status)
		status = authenticode_open(path, input_span(&in), &a);
	if (!status) {
		bool same = !pe_parse(image, &old, NULL);

		if (same) {
			authenticode_digest(&old, digest);
			same = !memcmp(digest, a.digest, SHA256_SIZE);
		}
		if (!same || !a.count || !authenticode_holds(&a)) {
			report(path, "sbsign did not sign it as it should; it is not written");
			status = STATUS_ENVIRONMENT;
		}
		authenticode_close(&a);
	}
	input_free(&in);
	return status;
}

enum status sign_write(const struct sign_option *sign, const char *path, struct span image)
{
	struct output out = {0};
	enum status status;

	status = output_begin(&out, path);
	if (!status && !out.temporary) {
		report(path, "is no ordinary file: a signed image cannot go there");
		status = STATUS_USAGE;
	}
	if (!status)
		status = output_put(&out, image);
	if (!status)
		status = run(sign, out.temporary);
	if (!status)
		status = check(path, out.temporary, image);
	if (!status)
		status = output_commit(&out);
	output_close(&out);
	return status;
}
