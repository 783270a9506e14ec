/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The userspace that `bzforge bench` boots to: one program, the first and only process of a Linux
 * guest, at privilege 3 in 64-bit mode. Says on the console that it runs, and resets the machine,
 * which works without ACPI too (QEMU is told not to start it again). No C library, no stack.
 *
 * System calls: number in rax, arguments in rdi, rsi, rdx, r10; rcx and r11 are lost
 * [Linux arch/x86/entry/syscalls/syscall_64.tbl].
 */
#define SYS_WRITE  1
#define SYS_IOCTL  16
#define SYS_PAUSE  34
#define SYS_REBOOT 169

#define STDOUT 1 /* the kernel has opened /dev/console for us */
#define TCSBRK 0x5409 /* with an argument that is not 0: wait until all output is sent [ioctl_tty(2)] */

#define REBOOT_MAGIC1      0xfee1dead /* [reboot(2)] */
#define REBOOT_MAGIC2      0x28121969
#define REBOOT_CMD_RESTART 0x01234567

	.section .text
	.globl _start
_start:
	mov	$SYS_WRITE, %eax
	mov	$STDOUT, %edi
	lea	marker(%rip), %rsi
	mov	$marker_size, %edx
	syscall

	mov	$SYS_IOCTL, %eax
	mov	$STDOUT, %edi
	mov	$TCSBRK, %esi
	mov	$1, %edx
	syscall

	mov	$SYS_REBOOT, %eax
	mov	$REBOOT_MAGIC1, %edi
	mov	$REBOOT_MAGIC2, %esi
	mov	$REBOOT_CMD_RESTART, %edx
	syscall

	/* whoever boots this ends it then; the first process must not end */
1:	mov	$SYS_PAUSE, %eax
	syscall
	jmp	1b

/* a line of its own, whatever the kernel printed before; host/guest.c knows its beginning */
marker:	.ascii	"\nbzforge: userspace\n"
	.set	marker_size, . - marker

	.section .note.GNU-stack, "", @progbits
