/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is this kernel image? cc example.c $(pkg-config --cflags --libs libbzforge) */
#include <bzforge.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct bzf_image *image;
	size_t i, size;
	int error = argc == 2 ? bzf_open_file(argv[1], NULL, &image) : BZF_ERROR_ARGUMENT;

	if (error) {
		fprintf(stderr, "%s\n", bzf_error_text(error));
		return 2;
	}
	for (i = 0; i < bzf_layer_count(image); i++) {
		struct bzf_layer layer = {.size = sizeof(layer)};

		if (!bzf_layer(image, i, &layer))
			printf("%s%s%s", i ? " > " : "", layer.format, layer.searched ? " (searched)" : "");
	}
	bzf_kernel(image, &size);
	printf("\n%s: Linux %s for %s, %zu bytes\n", bzf_format(image),
		bzf_release(image) ? bzf_release(image) : "(none)",
		bzf_arch(image) ? bzf_arch(image) : "an unknown machine", size);
	for (i = 0; i < bzf_problem_count(image); i++) {
		char text[400];

		bzf_problem_text(image, i, text, sizeof(text));
		printf("problem: %s\n", text);
	}
	error = bzf_problem_count(image) > 0;
	bzf_close(image);
	return error;
}
