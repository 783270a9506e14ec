/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words for values.
 */
#include <stdio.h>
#include "host/text.h"
#include "spec/elf64.h"
#include "spec/pe.h"

void text_safe(struct span s, char *buf, size_t cap)
{
	size_t at = 0, i;

	for (i = 0; i < s.len && at + 4 + sizeof("...") <= cap; i++) {
		uint8_t c = s.ptr[i];

		if (c >= ' ' && c <= '~' && c != '\\')
			buf[at++] = (char)c;
		else
			at += (size_t)snprintf(buf + at, cap - at, "\\x%02x", c);
	}
	snprintf(buf + at, cap - at, "%s", i < s.len ? "..." : "");
}

void text_digest(const uint8_t digest[SHA256_SIZE], char ret[SHA256_SIZE * 2 + 1])
{
	size_t i;

	for (i = 0; i < SHA256_SIZE; i++)
		snprintf(ret + i * 2, 3, "%02x", digest[i]);
}

void text_segment_flags(uint32_t flags, char ret[4])
{
	ret[0] = flags & PF_R ? 'r' : '-';
	ret[1] = flags & PF_W ? 'w' : '-';
	ret[2] = flags & PF_X ? 'x' : '-';
	ret[3] = 0;
}

void text_section_flags(uint32_t flags, char ret[4])
{
	ret[0] = flags & SECT_READ ? 'r' : '-';
	ret[1] = flags & SECT_WRITE ? 'w' : '-';
	ret[2] = flags & SECT_EXECUTE ? 'x' : '-';
	ret[3] = 0;
}

const char *text_xloadflag(unsigned int bit)
{
	switch (1u << bit) {
	case XLF_KERNEL_64:
		return "kernel_64";
	case XLF_CAN_BE_LOADED_ABOVE_4G:
		return "can_be_loaded_above_4g";
	case XLF_EFI_HANDOVER_32:
		return "efi_handover_32";
	case XLF_EFI_HANDOVER_64:
		return "efi_handover_64";
	case XLF_EFI_KEXEC:
		return "efi_kexec";
	case XLF_5LEVEL:
		return "5level";
	case XLF_5LEVEL_ENABLED:
		return "5level_enabled";
	case XLF_MEM_ENCRYPTION:
		return "mem_encryption";
	default:
		return NULL;
	}
}

const char *text_loadflag(unsigned int bit)
{
	switch (1u << bit) {
	case LOADFLAG_LOADED_HIGH:
		return "loaded_high";
	case LOADFLAG_KASLR:
		return "kaslr";
	case LOADFLAG_QUIET:
		return "quiet";
	case LOADFLAG_KEEP_SEGMENTS:
		return "keep_segments";
	case LOADFLAG_CAN_USE_HEAP:
		return "can_use_heap";
	default:
		return NULL;
	}
}

const char *text_crc(enum image_crc crc)
{
	switch (crc) {
	case IMAGE_CRC_RIGHT:
		return "right";
	case IMAGE_CRC_WRONG:
		return "wrong";
	case IMAGE_CRC_NONE:
		break;
	}
	return "none";
}
