/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target over files and folders of files given as arguments, each in memory of exactly
 * its size, so that the address sanitizer sees a read beyond its end. For gcc, and for the test
 * run.
 */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

static unsigned replayed;

static bool replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size;
	bool read_all;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET)) {
		perror(path);
		if (f)
			fclose(f);
		return false;
	}
	data = malloc((size_t)size + !size);
	read_all = data && fread(data, 1, (size_t)size, f) == (size_t)size;
	fclose(f);
	if (read_all) {
		LLVMFuzzerTestOneInput(data, (size_t)size);
		replayed++;
	} else {
		perror(path);
	}
	free(data);
	return read_all;
}

static bool replay(const char *path)
{
	struct dirent *entry;
	struct stat st;
	bool good = true;
	DIR *dir;

	if (stat(path, &st)) {
		perror(path);
		return false;
	}
	if (!S_ISDIR(st.st_mode))
		return replay_file(path);
	dir = opendir(path);
	if (!dir) {
		perror(path);
		return false;
	}
	while ((entry = readdir(dir))) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		good &= replay(name);
	}
	closedir(dir);
	return good;
}

int main(int argc, char **argv)
{
	bool good = true;

	/* The target must live with nothing at all. */
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		good &= replay(argv[i]);
	printf("%u inputs replayed\n", replayed);
	return good && replayed ? 0 : 1;
}
