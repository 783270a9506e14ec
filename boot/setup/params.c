/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the loader told us: the setup header, which becomes part of boot_params, and the command
 * line, which lies somewhere below 1 MiB and is copied into our segment. 16-bit real mode, first
 * of all.
 */
#include "boot/lib/real16.h"
#include "boot/setup/setup.h"

/* loaders of protocol 2.00 and 2.01 have the setup part at this segment in the end [boot.rst] */
#define OLD_SEGMENT 0x9000

/* Longest command line that setup itself looks at; the kernel gets all of it anyway. */
#define PARAMS_CMDLINE_MAX 2048

static uint8_t params_text[PARAMS_CMDLINE_MAX];
static size_t params_len;

struct span params_cmdline(void)
{
	return (struct span){params_text, params_len};
}

/*
 * A loader of protocol 2.01 or before leaves magic and offset of the command line in the boot
 * sector. The offset counts from our segment if the line lies in what such a loader moves to
 * 0x90000 with setup, else from 0x90000 itself [boot.rst "Kernel Command Line"].
 */
static uint32_t params_old_cmdline_pa(void)
{
	uint16_t magic, offset, segment;

	fs_set(ds_get());
	magic = fs_read16(OLD_CL_ADDRESS);
	offset = fs_read16(OLD_CL_ADDRESS + 2);
	if (magic != OLD_CL_MAGIC)
		return 0;
	segment = offset < boot_params.hdr.setup_move_size ? ds_get() : OLD_SEGMENT;
	return ((uint32_t)segment << 4) + offset;
}

static void params_read_cmdline(uint32_t pa)
{
	uint16_t offset = pa & 15;

	if (!pa || pa >= 0x100000) /* out of reach in real mode */
		return;
	fs_set((uint16_t)(pa >> 4));
	while (params_len < PARAMS_CMDLINE_MAX) {
		uint8_t c = fs_read8(offset++);

		if (!c)
			break;
		params_text[params_len++] = c;
	}
}

void params_init(void)
{
	boot_params.hdr = setup_header;
	if (!boot_params.hdr.cmd_line_ptr)
		boot_params.hdr.cmd_line_ptr = params_old_cmdline_pa();
	params_read_cmdline(boot_params.hdr.cmd_line_ptr);
}
