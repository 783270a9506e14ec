/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See format.h. */
#include <string.h>
#include "codec/codec.h"
#include "core/kernel_headers.h"
#include "core/pe.h"
#include "lib/format.h"
#include "spec/bootparam.h"
#include "spec/elf64.h"
#include "spec/kernels.h"

#define DEB_MAGIC   "!<arch>\ndebian-binary"
#define RPM_MAGIC   "\xed\xab\xee\xdb"
#define BANNER      "Linux version "
#define RELEASE_MAX 64 /* uname's, less its NUL */

static bool begins(struct span s, const char *magic, size_t len)
{
	return s.len >= len && !memcmp(s.ptr, magic, len);
}

static bool is_bzimage(struct span file)
{
	uint32_t magic;
	uint16_t flag;

	return !span_le32(file, HDR_HEADER, &magic) && magic == HDR_MAGIC &&
		!span_le16(file, HDR_BOOT_FLAG, &flag) && flag == BOOT_FLAG_MAGIC;
}

/* A device tree is a FIT if it has a node "images": as token and name stand in the blob. */
static bool has_images(struct span fdt)
{
	return memmem(fdt.ptr, fdt.len, "\0\0\0\1images\0", 12);
}

/* The header may end behind its magic number: then nothing says so. */
static bool is_loaded_low(struct span file)
{
	uint16_t version;
	uint8_t flags;

	return !span_le16(file, HDR_VERSION, &version) && version >= 0x0200 &&
		!span_u8(file, HDR_LOADFLAGS, &flags) && !(flags & LOADFLAG_LOADED_HIGH);
}

static enum kernel_format detect_pe(struct span file)
{
	struct pe_section_info inner;
	uint16_t mz;
	struct pe pe;

	if (span_le16(file, 0, &mz) || mz != MZ_MAGIC || pe_parse(file, &pe, NULL))
		return KERNEL_UNKNOWN;
	return pe_find(&pe, ".linux", &inner) ? KERNEL_UKI : KERNEL_PE;
}

enum kernel_format format_detect(struct span file)
{
	enum kernel_format pe;
	enum codec codec;
	uint32_t magic;

	if (is_bzimage(file))
		return is_loaded_low(file) ? KERNEL_ZIMAGE : KERNEL_BZIMAGE;
	if (zboot_present(file))
		return KERNEL_ZBOOT;
	if (raw_image_present(file))
		return le32_get(file.ptr + IMAGE_MAGIC) == IMAGE_RISCV_MAGIC2 ? KERNEL_RISCV_IMAGE
									     : KERNEL_ARM64_IMAGE;
	/* In front of PE: it is one, too, where it was built with an EFI stub. */
	if (arm_zimage_present(file))
		return KERNEL_ARM_ZIMAGE;
	if (s390_image_present(file))
		return KERNEL_S390_IMAGE;
	pe = detect_pe(file);
	if (pe)
		return pe;
	if (begins(file, DEB_MAGIC, sizeof(DEB_MAGIC) - 1))
		return KERNEL_DEB;
	if (begins(file, RPM_MAGIC, sizeof(RPM_MAGIC) - 1))
		return KERNEL_RPM;
	if (uimage_present(file))
		return KERNEL_UIMAGE;
	if (!span_le32(file, 0, &magic) && __builtin_bswap32(magic) == FDT_MAGIC_BE && has_images(file))
		return KERNEL_FIT;
	if (codec_detect(file, &codec))
		return KERNEL_UNKNOWN;
	return codec == CODEC_NONE ? KERNEL_ELF : KERNEL_STREAM;
}

const char *format_name(enum kernel_format format)
{
	switch (format) {
	case KERNEL_UNKNOWN:
		break;
	case KERNEL_BZIMAGE:
		return "bzImage";
	case KERNEL_ELF:
		return "ELF";
	case KERNEL_ZIMAGE:
		return "zImage";
	case KERNEL_BOOT_SECTOR:
		return "boot sector image";
	case KERNEL_ZBOOT:
		return "EFI zboot";
	case KERNEL_ARM_ZIMAGE:
		return "ARM zImage";
	case KERNEL_ARM64_IMAGE:
		return "arm64 Image";
	case KERNEL_RISCV_IMAGE:
		return "RISC-V Image";
	case KERNEL_S390_IMAGE:
		return "s390 bzImage";
	case KERNEL_PE:
		return "PE";
	case KERNEL_RAW:
		return "raw kernel";
	case KERNEL_UKI:
		return "UKI";
	case KERNEL_STREAM:
		return "compressed file";
	case KERNEL_UIMAGE:
		return "uImage";
	case KERNEL_FIT:
		return "FIT";
	case KERNEL_DEB:
		return "deb";
	case KERNEL_RPM:
		return "rpm";
	}
	return "unknown";
}

bool format_is_container(enum kernel_format format)
{
	return format >= KERNEL_UKI;
}

/* Numbers of the gABI's registry, most of them not in spec/elf64.h, which is about ours. */
const char *format_elf_arch(uint16_t machine, bool is_64bit, bool big_endian)
{
	switch (machine) {
	case 2:
	case 18:
		return "sparc";
	case EM_386:
		return "i386";
	case 4:
		return "m68k";
	case 8:
		return is_64bit ? big_endian ? "mips64" : "mips64el" : big_endian ? "mips" : "mipsel";
	case 15:
		return is_64bit ? "parisc64" : "parisc";
	case 20:
		return "powerpc";
	case 21:
		return big_endian ? "ppc64" : "ppc64le";
	case 22:
		return is_64bit ? "s390x" : "s390";
	case 40:
		return big_endian ? "armeb" : "arm";
	case 42:
		return "sh";
	case 43:
		return "sparc64";
	case 50:
		return "ia64";
	case EM_X86_64:
		return "x86-64";
	case 92:
		return "openrisc";
	case 183:
		return big_endian ? "arm64_be" : "arm64";
	case 189:
		return "microblaze";
	case 243:
		return is_64bit ? "riscv64" : "riscv32";
	case 258:
		return is_64bit ? "loongarch64" : "loongarch32";
	case 0x9026:
		return "alpha";
	default:
		return NULL;
	}
}

/* [Microsoft PE Format, "Machine Types"; UEFI 2.10 2.1.1] */
const char *format_pe_arch(uint16_t machine)
{
	switch (machine) {
	case PE_MACHINE_I386:
		return "i386";
	case PE_MACHINE_X64:
		return "x86-64";
	case 0xaa64:
		return "arm64";
	case 0x01c0:
	case 0x01c2:
	case 0x01c4:
		return "arm";
	case 0x5032:
		return "riscv32";
	case 0x5064:
		return "riscv64";
	case 0x6232:
		return "loongarch32";
	case 0x6264:
		return "loongarch64";
	default:
		return NULL;
	}
}

bool format_find_release(struct span kernel, struct span *ret)
{
	const uint8_t *p = kernel.ptr, *end = kernel.ptr + kernel.len;
	size_t n;

	while (p && (p = memmem(p, (size_t)(end - p), BANNER, sizeof(BANNER) - 1))) {
		p += sizeof(BANNER) - 1;
		for (n = 0; n <= RELEASE_MAX && p + n < end && p[n] > ' ' && p[n] < 0x7f; n++)
			;
		/* "Linux version %s" is there, too, and begins with no digit. */
		if (n && n <= RELEASE_MAX && p + n < end && p[n] == ' ' && p[0] >= '0' && p[0] <= '9') {
			*ret = (struct span){p, n};
			return true;
		}
	}
	return false;
}
