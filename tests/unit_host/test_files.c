/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/input, output, report, ikconfig, pe: what touches files, and small readers. */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/ikconfig.h"
#include "host/output.h"

static char folder[] = "/tmp/bzforge-test-XXXXXX";
static char path[64], link_path[64];

static int set_up(void **state)
{
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	snprintf(link_path, sizeof(link_path), "%s/link", folder);
	return 0;
}

static int tear_down(void **state)
{
	unlink(path);
	unlink(link_path);
	return rmdir(folder);
}

static unsigned int files_in_folder(void)
{
	unsigned int count = 0;
	struct dirent *entry;
	DIR *d = opendir(folder);

	while ((entry = readdir(d)) != NULL)
		count += entry->d_name[0] != '.' || entry->d_name[1] == 'b';
	closedir(d);
	return count;
}

static void expect_content(const char *text)
{
	struct input in;

	assert_int_equal(input_read(path, &in), STATUS_DONE);
	assert_int_equal(in.len, strlen(text));
	assert_memory_equal(in.ptr, text, in.len);
	input_free(&in);
}

static void test_output_appears_whole(void **state)
{
	struct output out;
	struct stat st;
	mode_t old = umask(027);

	assert_int_equal(output_begin(&out, path), STATUS_DONE);
	assert_int_equal(output_put(&out, text_span("one")), STATUS_DONE);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(output_commit(&out), STATUS_DONE);
	output_close(&out);
	umask(old);
	expect_content("one");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(files_in_folder(), 1);
}

static void test_output_given_up_leaves_the_old_file(void **state)
{
	struct output out;

	assert_int_equal(output_write(path, text_span("old")), STATUS_DONE);
	assert_int_equal(output_begin(&out, path), STATUS_DONE);
	assert_int_equal(output_put(&out, text_span("new")), STATUS_DONE);
	output_close(&out);
	expect_content("old");
	assert_int_equal(files_in_folder(), 1);
}

static void test_output_follows_a_link(void **state)
{
	struct stat st;

	assert_int_equal(symlink(path, link_path), 0);
	assert_int_equal(output_write(link_path, text_span("through")), STATUS_DONE);
	expect_content("through");
	assert_int_equal(lstat(link_path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink(link_path);
}

static void test_output_refuses(void **state)
{
	struct input in;
	const struct input *const inputs[] = {&in};

	assert_int_equal(output_write(path, text_span("input")), STATUS_DONE);
	assert_int_equal(input_read(path, &in), STATUS_DONE);
	assert_int_equal(output_check(path, inputs, 1), STATUS_USAGE);
	assert_int_equal(output_check(folder, inputs, 1), STATUS_USAGE);
	assert_int_equal(output_check("/dev/null", inputs, 1), STATUS_DONE);
	assert_int_equal(output_write("/dev/full", text_span("x")), STATUS_ENVIRONMENT);
	assert_int_equal(output_write("/nonexistent/x", text_span("x")), STATUS_ENVIRONMENT);
	input_free(&in);
	assert_int_equal(input_read("/nonexistent/x", &in), STATUS_ENVIRONMENT);
	assert_int_equal(input_read(folder, &in), STATUS_ENVIRONMENT);
}

static void test_problem_form(void **state)
{
	const struct problem small = {"", ERR_BAD_SETUP_HEADER, {"setup_sects", 0x1f1, 64}};
	const struct problem large = {"kernel", ERR_BAD_ELF, {"e_phoff", 0x20, 0xffffffff81000000}};
	const struct problem bare = {"kernel", ERR_NO_SPACE, {0}};
	char text[128], place[64];

	problem_text(&small, text, sizeof(text));
	problem_place(&small, place, sizeof(place));
	assert_string_equal(text, "setup header contradicts itself: setup_sects");
	assert_string_equal(place, " (offset 0x1f1, value 64)");
	problem_text(&large, text, sizeof(text));
	problem_place(&large, place, sizeof(place));
	assert_string_equal(text, "kernel: ELF header is damaged: e_phoff");
	assert_string_equal(place, " (offset 0x20, value 0xffffffff81000000)");
	problem_text(&bare, text, sizeof(text));
	problem_place(&bare, place, sizeof(place));
	assert_string_equal(text, "kernel: does not fit");
	assert_string_equal(place, "");
}

static void test_ikconfig(void **state)
{
	static const char config[] = "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_CC=y\nCONFIG_D=m\n";
	struct libdeflate_compressor *gzip = libdeflate_alloc_compressor(6);
	uint8_t elf[512] = "IKCFG_ST, the word alone; "; /* and zeros behind it */
	struct ikconfig c;
	size_t n;

	memcpy(elf + 100, "IKCFG_ST", 8);
	n = libdeflate_gzip_compress(gzip, config, sizeof(config) - 1, elf + 108, 300);
	libdeflate_free_compressor(gzip);
	memcpy(elf + 108 + n, "IKCFG_ED", 8);

	assert_int_equal(ikconfig_open((struct span){elf, sizeof(elf)}, &c), STATUS_DONE);
	assert_true(ikconfig_yes(&c, "CONFIG_A"));
	assert_true(ikconfig_yes(&c, "CONFIG_CC"));
	assert_false(ikconfig_yes(&c, "CONFIG_C"));
	assert_false(ikconfig_yes(&c, "CONFIG_B"));
	assert_false(ikconfig_yes(&c, "CONFIG_D"));
	ikconfig_close(&c);

	elf[130] ^= 1; /* damaged: counts as none */
	assert_int_equal(ikconfig_open((struct span){elf, sizeof(elf)}, &c), STATUS_DONE);
	assert_null(c.text);
	assert_false(ikconfig_yes(&c, "CONFIG_A"));
	assert_int_equal(ikconfig_open((struct span){elf, 90}, &c), STATUS_DONE);
	assert_null(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_appears_whole),
		cmocka_unit_test(test_output_given_up_leaves_the_old_file),
		cmocka_unit_test(test_output_follows_a_link),
		cmocka_unit_test(test_output_refuses),
		cmocka_unit_test(test_problem_form),
		cmocka_unit_test(test_ikconfig),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
