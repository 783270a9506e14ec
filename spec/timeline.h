/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline of a boot: when was which stage reached, on which processor? A setup_data node
 * [boot.rst "setup_data"] that the stub hands over under bzforge.debug, readable in the running system as
 * /sys/kernel/boot_params/setup_data/N/data. That file is world-readable: no address is in it.
 * Everything is little-endian; docs/timeline.md tells the same in words. Usable from assembly.
 *
 *   0x00  header, 16 bytes
 *   0x10  TIMELINE_COUNT records of 16 bytes, in the order in which they were made
 *
 * Ticks are those of the time-stamp counter (RDTSC), less that of the first record, which so is 0. On
 * each processor they do not fall; those of another processor may lag behind the boot processor's.
 */
#ifndef SPEC_TIMELINE_H
#define SPEC_TIMELINE_H

#define SETUP_TIMELINE      0x54667a62 /* type of the node, "bzfT"; no type of Linux's is near it */

/* header */
#define TIMELINE_MAGIC_AT   0x00 /* u32 TIMELINE_MAGIC */
#define TIMELINE_VERSION    0x04 /* u16 TIMELINE_CURRENT */
#define TIMELINE_COUNT      0x06 /* u16 records that follow */
#define TIMELINE_LOST       0x08 /* u32 stamps for which there was no room */
#define TIMELINE_RESERVED   0x0c /* u32 0 */
#define TIMELINE_RECORDS    0x10

/* a record */
#define TIMELINE_STAGE      0x00 /* u8  enum timeline_stage; of unknown ones a reader knows the time */
#define TIMELINE_CPU        0x01 /* u8  0: boot processor, 1...: the others, as they were counted */
#define TIMELINE_CHUNK      0x02 /* u16 TIMELINE_NO_CHUNK but for the stages of a chunk */
#define TIMELINE_PAD        0x04 /* u32 0 */
#define TIMELINE_TICKS      0x08 /* u64 */
#define TIMELINE_RECORD_SIZE 0x10

#define TIMELINE_MAGIC      0x54667a62 /* "bzfT" */
#define TIMELINE_CURRENT    1
#define TIMELINE_NO_CHUNK   0xffff
#define TIMELINE_MAX        254 /* records: with header and the node's own header, a page */

/*
 * The stages; numbers and words never change their meaning. Each is stamped when what it says is done.
 * What a way of booting does not have, is not there. In the order in which a boot from BIOS, then one
 * from UEFI, reaches them:
 *
 *   16 bits    setup memory disks video protected
 *   32, 64     stub map place move payload (chunk-start chunk-end)... decoded relocated wiped printed
 *              kernel
 *   UEFI       efi options initrd place (chunk-start chunk-end)... decoded relocated wiped printed exit
 *              kernel
 *   others     wake (chunk-start chunk-end)... idle; cpu 0 has a wake, too, where it calls the others
 *
 * A boot at 32 or 64 bits begins with stub. kernel is the last one, in the last instructions in front of
 * the jump; printed, behind the table itself, so that nobody takes the serial port's time for ours.
 */
#define TIMELINE_STAGE_LIST(X)                                                            \
	X(SETUP, 1, "setup") /* 16-bit entry */                                           \
	X(MEMORY, 2, "memory") /* the BIOS has told its memory map */                     \
	X(DISKS, 3, "disks") /* the BIOS has told of its drives (EDD), of the keyboard */ \
	X(VIDEO, 4, "video") /* the screen has its mode */                                \
	X(PROTECTED, 5, "protected") /* real mode ends: A20 is open, the PICs are shut */ \
	X(STUB, 6, "stub") /* 32- or 64-bit entry, start of stage 1 */                    \
	X(MAP, 7, "map") /* options and memory map are read, own files are placed */      \
	X(PLACE, 8, "place") /* a place is chosen for the kernel (KASLR), and proved */   \
	X(MOVE, 9, "move") /* stage 2 starts, in a copy of the stub if need be */         \
	X(PAYLOAD, 10, "payload") /* the payload is where it can be decoded from */       \
	X(WAKE, 11, "wake") /* cpu 0: the others are called; others: here it is, to work */ \
	X(CHUNK_START, 12, "chunk-start")                                                 \
	X(CHUNK_END, 13, "chunk-end") /* checked and decoded */                           \
	X(IDLE, 14, "idle") /* no more work for this other processor */                   \
	X(DECODED, 15, "decoded") /* all chunks are done, on all processors */            \
	X(RELOCATED, 16, "relocated") /* segments are where they run, and relocated */    \
	X(WIPED, 17, "wiped") /* what the stub leaves is cleared, but for itself */       \
	X(PRINTED, 18, "printed") /* this table is on the consoles */                     \
	X(KERNEL, 19, "kernel") /* the jump */                                            \
	X(EFI, 32, "efi") /* PE or handover entry */                                      \
	X(OPTIONS, 33, "options") /* command line and image are read, and measured */     \
	X(INITRD, 34, "initrd") /* initrds and what lies beside the image are loaded */   \
	X(EXIT, 35, "exit") /* boot services are left */

#ifndef __ASSEMBLER__
enum timeline_stage {
#define TIMELINE_ENUM(name, number, text) TIMELINE_##name = number,
	TIMELINE_STAGE_LIST(TIMELINE_ENUM)
#undef TIMELINE_ENUM
};
#endif /* __ASSEMBLER__ */

#endif /* SPEC_TIMELINE_H */
