/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error codes of core/ and codec/, and the words for them. The numbers are stable: a message on a
 * console reads "bzforge: E12 ...", and docs/messages.md lists each with its cause and cure.
 *
 * Functions return enum err (ERR_OK is 0). Parsers take an optional struct fault *, which tells where
 * in the input the trouble is and which value was found there. Nothing here logs or aborts.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdint.h>

#define ERR_LIST(X)                                                                            \
	X(OK, 0, "no error")                                                                   \
	X(TRUNCATED, 1, "ends too early")                                                      \
	X(OVERFLOW, 2, "size or address runs over")                                            \
	X(NO_SPACE, 3, "does not fit")                                                         \
	X(NOT_BZIMAGE, 10, "not a bzImage")                                                    \
	X(OLD_PROTOCOL, 11, "boot protocol is too old")                                        \
	X(BAD_SETUP_HEADER, 12, "setup header contradicts itself")                             \
	X(BAD_KERNEL_INFO, 13, "kernel_info is damaged")                                       \
	X(BAD_IMAGE_CRC, 14, "checksum of the image is wrong")                                 \
	X(BAD_PE, 15, "PE header is damaged")                                                  \
	X(NOT_ELF, 20, "not an ELF file")                                                      \
	X(ELF_CLASS, 21, "not a 64-bit x86-64 ELF file")                                       \
	X(ELF_TYPE, 22, "ELF file is neither executable nor position independent")             \
	X(BAD_ELF, 23, "ELF header is damaged")                                                \
	X(BAD_SEGMENT, 24, "ELF segment is damaged")                                           \
	X(NO_SEGMENT, 25, "ELF file has nothing to load")                                      \
	X(BAD_ENTRY, 26, "ELF entry lies outside the kernel")                                  \
	X(ELF_CHANGED, 27, "decoded kernel is not the one that the manifest describes")        \
	X(BAD_RELOC, 30, "relocation table is damaged")                                        \
	X(RELOC_OUTSIDE, 31, "relocation points outside the kernel")                           \
	X(RELOC_KIND, 32, "relocation of a kind that cannot be applied")                       \
	X(RELOC_RANGE, 33, "relocated value does not fit")                                     \
	X(BAD_MANIFEST, 40, "manifest is damaged")                                             \
	X(MANIFEST_CRC, 41, "checksum of the manifest is wrong")                               \
	X(MANIFEST_VERSION, 42, "manifest is of an unknown version")                           \
	X(CHUNK_CRC, 43, "checksum of a chunk is wrong")                                       \
	X(CHUNK_LENGTH, 44, "chunk decodes to the wrong length")                               \
	X(BAD_STREAM, 45, "compressed data is damaged")                                        \
	X(CODEC_UNKNOWN, 46, "codec is not known")                                             \
	X(CODEC_UNSUPPORTED, 47, "codec is not supported here")                                \
	X(WORKSPACE, 48, "decoder ran out of workspace")                                       \
	X(STREAM_CHECKSUM, 49, "checksum of the decoded data is wrong")                        \
	X(INITRD_CRC, 50, "checksum of the embedded initrd is wrong")                          \
	X(CMDLINE_CRC, 51, "checksum of the embedded command line is wrong")                   \
	X(CMDLINE_LONG, 52, "command line is too long")                                        \
	X(BAD_SETUP_DATA, 60, "setup_data list is damaged")                                    \
	X(BAD_MEMORY_MAP, 61, "memory map is damaged")                                         \
	X(NO_MEMORY_MAP, 62, "there is no memory map")                                         \
	X(NO_MEMORY, 63, "not enough memory")                                                  \
	X(ADDRESS_TAKEN, 64, "the memory that the kernel must be loaded to is not free")       \
	X(BAD_NUMBER, 65, "not a number")                                                      \
	X(BAD_ACPI, 66, "ACPI tables are damaged")                                             \
	X(BAD_TPM_LOG, 67, "TPM event log is damaged")                                         \
	X(CPU_64BIT, 70, "this kernel needs a 64-bit CPU")                                     \
	X(CPU_FEATURE, 71, "this CPU lacks a feature that the kernel needs")                   \
	X(CPU_5LEVEL, 72, "5-level paging is on, but this kernel cannot use it")               \
	X(A20, 73, "the A20 gate cannot be opened")                                            \
	X(SETUP_SIGNATURE, 74, "setup code was loaded incompletely")                           \
	X(PAGE_TABLES, 75, "page-table pool is used up")                                       \
	X(EXCEPTION, 76, "unexpected CPU exception")                                           \
	X(STACK, 77, "stack was overwritten")                                                  \
	X(FIRMWARE, 80, "firmware refuses")                                                    \
	X(INITRD_FILE, 81, "initrd cannot be read")                                            \
	X(ENCRYPTED_GUEST, 82, "encrypted guests are not supported")                           \
	X(BAD_SMBIOS, 83, "SMBIOS tables are damaged")                                         \
	X(BAD_PARTITIONS, 90, "partition table is damaged")                                    \
	X(NO_PARTITION, 91, "no partition to boot from")                                       \
	X(BAD_FAT, 92, "FAT file system is damaged")                                           \
	X(BAD_CHAIN, 93, "cluster chain is broken")                                            \
	X(CHAIN_LOOP, 94, "cluster chain runs in a circle")                                    \
	X(BAD_DIRECTORY, 95, "directory is damaged")                                           \
	X(NO_FILE, 96, "there is no such file")                                                \
	X(NOT_A_FILE, 97, "is a directory, not a file")                                        \
	X(DISK_READ, 98, "disk cannot be read")                                                \
	X(DISK_WRITE, 99, "disk cannot be written")                                            \
	X(NO_ENTRY, 100, "there is nothing to boot")                                           \
	X(BAD_BOOT_ENTRY, 101, "boot entry cannot be used")                                    \
	X(KERNEL_MEMORY, 103, "kernel does not fit into memory")                               \
	X(INITRD_MEMORY, 104, "initrd does not fit into memory")                               \
	X(EFI_ONLY, 105, "needs UEFI")                                                         \
	X(LOW_MEMORY, 106, "not enough memory below 1 MiB")                                    \
	X(BAD_ZBOOT, 120, "EFI zboot header is damaged")                                       \
	X(BAD_ZIMAGE, 121, "ARM zImage header is damaged")                                     \
	X(BAD_RAW_IMAGE, 122, "Image header is damaged")                                       \
	X(BAD_UIMAGE, 123, "uImage header is damaged")                                         \
	X(UIMAGE_CRC, 124, "checksum of the uImage is wrong")                                  \
	X(BAD_FIT, 125, "FIT image is damaged")                                                \
	X(BAD_PACKAGE, 126, "package cannot be read")                                          \
	X(NO_MEMBER, 127, "package holds no kernel")                                           \
	X(OUTPUT_LIMIT, 128, "decoded data would be larger than the limit")                    \
	X(TOO_NESTED, 129, "too many files inside each other")                                 \
	X(NO_PAYLOAD, 130, "no kernel found inside")                                           \
	X(NOT_KERNEL, 131, "not a kernel image")                                               \
	X(FILE_CHANGED, 132, "file became shorter while it was read")                          \
	X(SYSTEM, 133, "the system refuses")                                                   \
	X(ARGUMENT, 134, "argument is out of range")                                           \
	X(KALLSYMS_NONE, 140, "kernel carries no table of symbols")                            \
	X(BAD_KALLSYMS, 141, "kernel's table of symbols is damaged")                           \
	X(KALLSYMS_ADDRESSES, 142, "addresses of the kernel's symbols cannot be found")        \
	X(KALLSYMS_AMBIGUOUS, 143, "kernel's table of symbols can be read in several ways")    \
	X(KALLSYMS_LOAD_ADDRESS, 144, "address that the kernel is linked to cannot be found")  \
	X(SYMBOLS_THERE, 145, "ELF file has a symbol table already")                           \
	X(HEADER_CONTRADICTS, 146, "fields of the headers contradict each other")              \
	X(INIT_SIZE_SMALL, 147, "init_size is less than the kernel takes")                     \
	X(BAD_BTF, 149, "BTF is damaged")                                                      \
	X(SYMBOLS_MACHINE, 150, "symbols of a kernel for this machine are read from an ELF file only")\
	X(BAD_PICTURE, 155, "picture is of a form that is not shown")                          \
	X(BAD_TIMELINE, 160, "timeline is damaged")

enum err {
#define ERR_ENUM(name, number, text) ERR_##name = number,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Where and what: text is static and names the field; offset counts from the start of the input. */
struct fault {
	const char *text;
	uint64_t offset;
	uint64_t value;
};

/* The words for e, without a full stop; "unknown error" for a number that is not in the list. */
const char *err_text(enum err e);

/* Fill *fault unless it is NULL. */
void fault_fill(struct fault *fault, const char *text, uint64_t offset, uint64_t value);

/* The same; returns e, so that a parser can "return fault_set(...)", and compilers see that it failed. */
static inline enum err fault_set(struct fault *fault, enum err e, const char *text, uint64_t offset, uint64_t value)
{
	fault_fill(fault, text, offset, value);
	return e;
}

#endif /* CORE_ERR_H */
