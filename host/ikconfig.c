/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a kernel's embedded configuration.
 */
#include <stdlib.h>
#include <string.h>
#include "codec/codec.h"
#include "host/ikconfig.h"

#define TEXT_MAX  (16 * 1024 * 1024) /* a full configuration has 300 KB */

enum status ikconfig_open(struct span elf, struct ikconfig *ret)
{
	struct span gzip;
	uint32_t size;
	char *text;

	*ret = (struct ikconfig){0};
	if (!ikconfig_find(elf, &gzip))
		return STATUS_DONE;
	size = le32_get(gzip.ptr + gzip.len - 4); /* ISIZE */
	if (size > TEXT_MAX)
		return STATUS_DONE;
	text = malloc((size_t)size + 1);
	if (!text)
		return report_no_memory(NULL);
	if (codec_decode(CODEC_GZIP,
		    &(struct codec_job){.in = gzip, .out = (uint8_t *)text, .out_size = size},
		    NULL)) {
		free(text);
		return STATUS_DONE;
	}
	text[size] = 0;
	ret->text = text;
	return STATUS_DONE;
}

bool ikconfig_yes(const struct ikconfig *config, const char *name)
{
	const char *line = config->text;
	size_t len = strlen(name);

	while (line) {
		if (!strncmp(line, name, len) && !strncmp(line + len, "=y\n", 3))
			return true;
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return false;
}

void ikconfig_close(struct ikconfig *config)
{
	free(config->text);
	config->text = NULL;
}
