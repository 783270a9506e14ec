/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bzforge's own part of an image: what the host tool patches into a prebuilt stub, and the manifest.
 * Everything is little-endian. docs/image-format.md tells the same in words; it is the published
 * format, and MANIFEST_VERSION counts its incompatible changes. Usable from assembly.
 *
 * "Stub offset" below means: from the start of the protected-mode part, which is the stub's 32-bit
 * entry, file offset (setup_sects + 1) * 512.
 */
#ifndef SPEC_IMAGE_H
#define SPEC_IMAGE_H

/*
 * The setup part: 0x000 boot sector, 0x1f1 setup header, 0x26c jump to the 16-bit code, 0x270 room
 * for PE headers (signature, COFF header, optional header with 16 directories, 24 section headers),
 * 0x738 the kernel's version string (host), then the 16-bit code. Its size is a multiple of 4 KiB, so that PE sections can start behind it.
 */
#define SETUP_PE_OFFSET   0x270
#define SETUP_PE_SECTIONS 24
#define SETUP_PE_SIZE     (4 + 20 + 240 + 40 * SETUP_PE_SECTIONS)
#define SETUP_VERSION_OFFSET (SETUP_PE_OFFSET + SETUP_PE_SIZE) /* 0x738 */
#define SETUP_VERSION_SIZE   0x100 /* NUL included */
#define SETUP_CODE_OFFSET    (SETUP_VERSION_OFFSET + SETUP_VERSION_SIZE) /* 0x838 */
#define SETUP_ALIGN       0x1000
/* The setup part's end is room for small PE sections; bytes from the end. */
#define SETUP_TAIL_SIZE   0x600
#define SETUP_TAIL_RELOC  0x600 /* .reloc */
#define SETUP_TAIL_SBAT   0x400 /* .sbat */
#define SETUP_TAIL_COMPAT 0x200 /* .compat, and the setup part's signature in its last 4 bytes */

/* entries, stub offsets [boot.rst "64-bit Boot Protocol"] */
#define STUB_ENTRY32 0x000
#define STUB_ENTRY64 0x200
#define STUB_ENTRY_EFI  0x210 /* PE entry [UEFI 4.1] */
#define STUB_ENTRY_EFI32 0x218 /* the same for 32-bit firmware, in .compat */
#define STUB_HANDOVER   0x008 /* handover_offset; the 64-bit one of the two entries is 0x200 further */
#define STUB_HANDOVER64 (STUB_HANDOVER + 0x200)

/* struct stub_info, at this stub offset; the host tool fills the fields marked (host) */
#define STUB_INFO_OFFSET        0x10
#define STUB_INFO_MAGIC         0x53667a62 /* "bzfS" */
#define STUB_INFO_MAGIC_AT      0x00 /* u32 */
#define STUB_INFO_VERSION       0x04 /* u16 STUB_INFO_CURRENT */
#define STUB_INFO_CODEC         0x06 /* u8 enum codec that this stub decodes */
#define STUB_INFO_RESERVED      0x07 /* u8 0 */
#define STUB_INFO_STUB_SIZE     0x08 /* u32 bytes of the stub: code, data, relocations, bss */
#define STUB_INFO_WORK_SIZE     0x0c /* u32 bytes it needs behind itself: stacks, page tables, heap; the
				      * host tool adds what the manifest's workspace needs beyond the
				      * stub's own heap */
#define STUB_INFO_IMAGE_SIZE    0x10 /* u32 (host) bytes of the protected-mode part in the file */
#define STUB_INFO_MANIFEST_OFF  0x14 /* u32 (host) stub offset of the manifest */
#define STUB_INFO_MANIFEST_SIZE 0x18 /* u32 (host) */
#define STUB_INFO_INIT_SIZE     0x1c /* u32 (host) copy of the setup header's init_size */
#define STUB_INFO_PREF_ADDRESS  0x20 /* u64 (host) copy of pref_address */
#define STUB_INFO_ALIGNMENT     0x28 /* u32 (host) copy of kernel_alignment */
#define STUB_INFO_XLOADFLAGS    0x2c /* u16 (host) copy of xloadflags */
#define STUB_INFO_XLOADFLAGS_PAD 0x2e /* u16 0 */
#define STUB_INFO_DATA_OFF      0x30 /* u32 stub offset of data and bss, on a page: what is written */
#define STUB_INFO_RESERVED2     0x34 /* u32[3] 0 */
#define STUB_INFO_SIZE          0x40
#define STUB_HEAP_SIZE          0x40000 /* in the WORK_SIZE that a prebuilt stub states */
#define STUB_INFO_CURRENT       1

/*
 * The manifest: one variable-length item of kernel_info, right behind kernel_info's fixed part.
 * Offsets into the image are stub offsets. Its last four bytes are the CRC-32C of all before them.
 */
#define MANIFEST_MAGIC          0x4d667a62 /* "bzfM" */
#define MANIFEST_VERSION        1
#define MANIFEST_MAGIC_AT       0x00 /* u32 */
#define MANIFEST_SIZE           0x04 /* u32 whole manifest, CRC included */
#define MANIFEST_VERSION_AT     0x08 /* u16 */
#define MANIFEST_CODEC          0x0a /* u8 enum codec */
#define MANIFEST_FLAGS          0x0b /* u8 MANIFEST_FLAG_* */
#define MANIFEST_CHUNK_COUNT    0x0c /* u32 at least 1, at most MANIFEST_CHUNKS_MAX */
#define MANIFEST_PAYLOAD_OFF    0x10 /* u32 first byte of the stream */
#define MANIFEST_PAYLOAD_SIZE   0x14 /* u32 bytes of the stream, size trailer not counted */
#define MANIFEST_CONTENT_SIZE   0x18 /* u32 bytes when decoded: ELF, then relocation table as coded */
#define MANIFEST_ELF_SIZE       0x1c /* u32 bytes of the ELF */
#define MANIFEST_MEM_BASE       0x20 /* u64 lowest p_paddr of all PT_LOADs */
#define MANIFEST_MEM_SIZE       0x28 /* u64 highest p_paddr + p_memsz, less MEM_BASE */
#define MANIFEST_FIRST_OFFSET   0x30 /* u32 lowest p_offset of all PT_LOADs: what precedes is header */
#define MANIFEST_RELOC_LAYOUT   0x34 /* u8 enum reloc_layout */
#define MANIFEST_RELOC_CODING   0x35 /* u8 enum reloc_coding */
#define MANIFEST_RESERVED       0x36 /* u8[2] 0 */
#define MANIFEST_SAFE_OFFSET    0x38 /* u32 payload at output + this may be overwritten while read */
#define MANIFEST_WORKSPACE      0x3c /* u32 heap that the decoder needs */
#define MANIFEST_CMDLINE_OFF    0x40 /* u32 embedded command line, 0 if none */
#define MANIFEST_CMDLINE_SIZE   0x44 /* u32 bytes without NUL */
#define MANIFEST_INITRD_OFF     0x48 /* u32 embedded initrd, 0 if none */
#define MANIFEST_INITRD_SIZE    0x4c /* u32 */
#define MANIFEST_INITRD_CRC     0x50 /* u32 CRC-32C of the embedded initrd */
#define MANIFEST_CMDLINE_CRC    0x54 /* u32 CRC-32C of the embedded command line */
#define MANIFEST_TAIL_OFFSET    0x58 /* u32 end of the last segment's bytes in the content */
#define MANIFEST_RESERVED2      0x5c /* u32 0 */
#define MANIFEST_KERNEL_SHA256  0x60 /* u8[32] over ELF bytes, then relocations in Linux's format */
#define MANIFEST_CHUNKS         0x80 /* MANIFEST_CHUNK_SIZE each */

#define MANIFEST_CHUNK_IN_OFF   0x00 /* u32 from PAYLOAD_OFF */
#define MANIFEST_CHUNK_IN_SIZE  0x04 /* u32 */
#define MANIFEST_CHUNK_OUT_OFF  0x08 /* u32 into the content */
#define MANIFEST_CHUNK_OUT_SIZE 0x0c /* u32 */
#define MANIFEST_CHUNK_CRC      0x10 /* u32 CRC-32C of the chunk's input bytes */
#define MANIFEST_CHUNK_READY    0x14 /* u32 ready_after: chunks below this number come first, in place */
#define MANIFEST_CHUNK_SIZE     0x18
#define MANIFEST_CHUNKS_MAX     4096
#define MANIFEST_CRC_SIZE       4

#define MANIFEST_FLAG_IN_PLACE  (1 << 0) /* chunks are cut at pieces: each is decoded where it runs */
#define MANIFEST_FLAG_MOVABLE   (1 << 1) /* may be loaded at another physical address than p_paddr */
#define MANIFEST_FLAG_VIRTUAL   (1 << 2) /* virtual base may be moved inside the 1 GiB image window */
#define MANIFEST_FLAG_FILTER_X86 (1 << 3) /* code went through the branch filter (core/filter_x86.h) */
/*
 * A unified kernel image: under UEFI a loader's command line is not joined to the embedded one but
 * replaces it (boot/efi/embed.c).
 */
#define MANIFEST_FLAG_UKI       (1 << 4)

#endif /* SPEC_IMAGE_H */
