/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where everything is while the loader runs; shared by assembly, C code and linker script. The loader's
 * C code runs in flat 32-bit protected mode, so an address is an address; what the BIOS is given, and the
 * code that calls it, must lie below 64 KiB, where segment 0 reaches it.
 *
 * The file is two parts: the first 2 KiB, which run where they are loaded, and the body, packed, which they
 * unpack to LOADER_BODY.
 *
 *   0x00000  interrupt vectors, BIOS data
 *   0x00600  (boot sector, done)
 *   0x01000  stack, of both modes           LOADER_STACK_TOP, down
 *   0x07c00  loader as on the disk: first part, packed body         at most 24 KiB
 *   0x0dc00  .low: buffers that the BIOS reads and writes
 *   0x10000  bounce buffer for the drive's data         64 KiB, one DMA window
 *   0x20000  setup part of the kernel, its heap and stack, command line    (protocol 2.02 and later)
 *   0x30000  body: code, data; .bss: tables, texts, caches of FATs
 *   0x80000  end of what we take, but for:
 *   0x90000  setup part of a kernel of protocol 2.01 and before, or of a zImage
 *   0x9?c00  extended BIOS data area
 *   0x100000 kernel; initrd as high as the kernel and the memory map permit
 *   3 GiB    (an initrd above 4 GiB is written through a window of pages here)
 */
#ifndef BOOT_LOADER_LAYOUT_H
#define BOOT_LOADER_LAYOUT_H

#define LOADER_STACK_TOP  0x7c00
#define LOADER_LOW_END    0x10000
#define LOADER_BOUNCE     0x10000
#define LOADER_BOUNCE_SIZE 0x10000
#define LOADER_SETUP      0x20000
#define LOADER_LOW        0xdc00
#define LOADER_BODY       0x30000
#define LOADER_END        0x80000
#define LOADER_OLD_SETUP  0x90000
#define LOADER_WINDOW     0xc0000000

/* selectors: the first two are a kernel's __BOOT_CS and __BOOT_DS */
#define LOADER_CS32 0x10
#define LOADER_DS32 0x18
#define LOADER_CS16 0x20
#define LOADER_DS16 0x28

#endif /* BOOT_LOADER_LAYOUT_H */
