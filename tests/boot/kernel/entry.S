/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of the test kernel: 64-bit mode, identity-mapped, rsi = boot_params, nothing else relied on,
 * not even a stack. Saves what it finds, then calls kernel_main on a stack of its own, and from there,
 * in the variant linked in the high half, kernel_high at its virtual address.
 *
 * All references are relative to rip, except those that are there to be relocated.
 */
#include "spec/x86.h"
#include "tests/boot/kernel/state.h"

	.section .text.entry, "ax"
	.globl kernel_entry64
kernel_entry64:
	movq %rsi, state + STATE_RSI(%rip)
	movq %rsp, state + STATE_RSP(%rip)
	leaq stack_end(%rip), %rsp
	pushfq
	popq state + STATE_RFLAGS(%rip)
	cld
	movq %cr0, %rax
	movq %rax, state + STATE_CR0(%rip)
	movq %cr3, %rax
	movq %rax, state + STATE_CR3(%rip)
	movq %cr4, %rax
	movq %rax, state + STATE_CR4(%rip)
	movl $MSR_EFER, %ecx
	rdmsr
	movl %eax, state + STATE_EFER(%rip)
	movl %edx, state + STATE_EFER + 4(%rip)
	movw %cs, state + STATE_CS(%rip)
	movw %ds, state + STATE_DS(%rip)
	movw %es, state + STATE_ES(%rip)
	movw %ss, state + STATE_SS(%rip)
	sgdt state + STATE_GDTR(%rip)
	leaq state(%rip), %rdi
	call kernel_main
1:	hlt
	jmp 1b

#ifdef HIGH
	/* In a section of their own: these instructions are patched by relocations. */
	.section .text.reloc, "ax"

	/* rdi: CR3 to load. Calls kernel_high at its virtual address. Clobbers what a call clobbers. */
	.globl go_high
go_high:
	movq %rdi, %cr3
	movabsq $kernel_high, %rax /* R_X86_64_64 */
	subq $8, %rsp /* the call finds the stack aligned to 16 */
	call *%rax
	addq $8, %rsp
	ret

	/* rax = address of landmark, from an instruction: R_X86_64_32S. Clobbers nothing else. */
	.globl landmark_32s
landmark_32s:
	movq $landmark, %rax
	ret
#else
	/* rdi: CR3 to load. */
	.text
	.globl go_cr3
go_cr3:
	movq %rdi, %cr3
	ret
#endif

	/* In .data, so that finding bss not zero is the loader's fault only. */
	.section .data.state, "aw"
	.balign 16
	.globl state
state:
	.skip STATE_SIZE

	.section .stack, "aw", @nobits
	.balign 16
	.skip 0x4000
	.globl stack_end
stack_end:

	.section .blob, "a"
	.globl blob, blob_end
blob:
	.incbin BLOB
blob_end:
	.section .note.GNU-stack, "", @progbits
