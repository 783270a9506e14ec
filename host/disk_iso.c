/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CD that is a disk, too, by xorriso: an ISO 9660 file system with nothing but the loader in it,
 * for BIOSes that start from CDs [El Torito, no emulation]; the boot partition behind it, which is
 * what UEFI firmware starts from; and a GPT that names both. Written to a USB stick it boots as any
 * disk of ours: the boot sector finds the loader in the ISO file system.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "host/blobs.h"
#include "host/disk.h"
#include "host/disk_io.h"
#include "host/disk_table.h"
#include "host/disk_target.h"
#include "host/progress.h"

#define TYPE_ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define LOADER   "/boot/loader.bin"

#define DATE_OPTION "--modification-date="
#define DATE_TEXT   48

/* [ECMA-119 8.2; El Torito 2.0, figures 3 and 7] */
#define CD_SECT           2048
#define CD_SECTS          (CD_SECT / DISK_SECT)
#define BOOT_RECORD_SECT  17
#define BOOT_RECORD_NAME  "\0CD001\1EL TORITO SPECIFICATION"
#define BOOT_CATALOG_AT   0x47 /* u32 */
#define BOOT_ENTRY_AT     0x20 /* in the catalog: the initial entry */
#define BOOT_ENTRY_LBA_AT 0x08 /* u32 */

/* The boot partition alone, in a file of its own. */
static enum status make_esp(const struct disk_content *c, const struct disk_plan *plan,
	const uint8_t digest[SHA256_SIZE], const struct output *work)
{
	struct disk_fat fat;
	enum status status;

	if (ftruncate(work->fd, (off_t)(plan->esp_sects * DISK_SECT)) < 0) {
		report_errno(work->name, "cannot write");
		return STATUS_ENVIRONMENT;
	}
	status = disk_fat_make(work->name, work->fd, 0, plan, disk_plan_volume_id(digest));
	if (!status)
		status = disk_fat_open(work->name, work->fd, 0, &fat);
	if (!status)
		status = disk_fat_put_tree(&fat, &c->tree);
	return status;
}

/* xorriso wants the GUID without dashes. */
static void guid_digits(const uint8_t digest[SHA256_SIZE], char ret[DISK_GUID_TEXT])
{
	char text[DISK_GUID_TEXT];
	size_t i, len = 0;

	disk_plan_guid(digest, "disk", text);
	for (i = 0; text[i]; i++) {
		if (text[i] != '-')
			ret[len++] = text[i];
	}
	ret[len] = 0;
}

/*
 * xorriso's option for the time of all files, 1/100 s at the end. It is taken out of the
 * environment, of which xorriso would tell at every run.
 */
static void take_date_option(char ret[DATE_TEXT])
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t seconds = epoch ? (time_t)strtoll(epoch, NULL, 10) : 0;
	struct tm t = {0};

	gmtime_r(&seconds, &t);
	strftime(ret, DATE_TEXT, DATE_OPTION "%Y%m%d%H%M%S00", &t);
	unsetenv("SOURCE_DATE_EPOCH");
}

static enum status run_xorriso(const uint8_t digest[SHA256_SIZE], const struct output *loader,
	const struct output *esp, const struct output *work)
{
	char guid[DISK_GUID_TEXT], date[DATE_TEXT], *graft;
	enum status status;

	guid_digits(digest, guid);
	take_date_option(date);
	if (asprintf(&graft, LOADER "=%s", loader->temporary) < 0)
		return report_no_memory(work->name);
	{
		const char *const argv[] = {"xorriso", "-no_rc", "-report_about", "SORRY", "-as",
			"mkisofs", "-quiet", "-r", "-V", "BZFORGE", "-o", work->temporary,
			"--gpt_disk_guid", guid, date, "--set_all_file_dates",
			date + strlen(DATE_OPTION), "-c", "/boot/boot.cat", "-b", LOADER,
			"-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
			"--eltorito-alt-boot", "-e",
			"--interval:appended_partition_2:all::", "-no-emul-boot",
			"-append_partition", "2", TYPE_ESP, esp->temporary, "-appended_part_as_gpt",
			"-partition_offset", "16", "-graft-points", graft, NULL};

		progress_note(work->name, argv[0]);
		status = disk_program_run(argv);
		progress_note_end();
	}
	free(graft);
	return status;
}

/* The parts as files, which xorriso puts together. */
static enum status make_parts(const struct disk_content *c, const struct disk_plan *plan,
	const uint8_t digest[SHA256_SIZE], const struct disk_target *t)
{
	struct output loader = {0}, esp = {0};
	enum status status;

	status = disk_target_scratch(t, &loader);
	if (!status)
		status = output_put(&loader, blob_loader());
	if (!status)
		status = disk_target_scratch(t, &esp);
	if (!status)
		status = make_esp(c, plan, digest, &esp);
	if (!status)
		status = run_xorriso(digest, &loader, &esp, &t->work);
	output_close(&loader);
	output_close(&esp);
	return status;
}

/* Where xorriso put the loader, as a BIOS finds it. */
static enum status find_loader(const struct output *work, int fd, uint64_t *ret_lba)
{
	uint8_t sector[CD_SECT];
	enum status status;

	status = disk_io_read(work->name, fd, BOOT_RECORD_SECT * CD_SECT, sector, CD_SECT);
	if (!status && memcmp(sector, BOOT_RECORD_NAME, sizeof(BOOT_RECORD_NAME) - 1)) {
		report(work->name, "xorriso made no boot record");
		return STATUS_ENVIRONMENT;
	}
	if (!status)
		status = disk_io_read(work->name, fd,
			(uint64_t)le32_get(sector + BOOT_CATALOG_AT) * CD_SECT, sector, CD_SECT);
	if (!status)
		*ret_lba =
			(uint64_t)le32_get(sector + BOOT_ENTRY_AT + BOOT_ENTRY_LBA_AT) * CD_SECTS;
	return status;
}

enum status disk_iso(const struct disk_options *o, struct disk_content *c, struct disk_target *t)
{
	uint8_t digest[SHA256_SIZE];
	struct disk_plan plan;
	enum status status;
	uint64_t lba = 0;

	if (!disk_plan_esp(&c->tree, &plan)) {
		report(t->path, "is too small for all that: FAT32 ends at 2 TiB");
		return STATUS_BAD_INPUT;
	}
	disk_plan_digest(&c->tree, digest);
	status = disk_target_begin(t);
	if (!status)
		status = make_parts(c, &plan, digest, t);
	if (!status)
		status = find_loader(&t->work, t->work.fd, &lba);
	if (!status)
		status = disk_boot_sector_write(t->work.name, t->work.fd, lba);
	if (!status)
		status = disk_target_commit(t, UINT64_MAX, 0);
	return status;
}
