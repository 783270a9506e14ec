/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 64-bit shifts that clang calls where gcc writes them out; each for itself is dropped by the linker if nobody
 * does. 32-bit protected mode; arguments as -mregparm=3 has them for a compiler's own functions.
 */
	.code32

/* uint64_t __lshrdi3(uint64_t v, int n): v >> n. in: %edx:%eax, %ecx   out: %edx:%eax */
	.section .text.__lshrdi3, "ax"
	.globl __lshrdi3
__lshrdi3:
	testb $32, %cl			# the CPU looks at five bits of %cl
	jnz 1f
	shrdl %cl, %edx, %eax
	shrl %cl, %edx
	ret
1:	movl %edx, %eax
	xorl %edx, %edx
	shrl %cl, %eax
	ret

/* uint64_t __ashldi3(uint64_t v, int n): v << n. in: %edx:%eax, %ecx   out: %edx:%eax */
	.section .text.__ashldi3, "ax"
	.globl __ashldi3
__ashldi3:
	testb $32, %cl
	jnz 1f
	shldl %cl, %eax, %edx
	shll %cl, %eax
	ret
1:	movl %eax, %edx
	xorl %eax, %eax
	shll %cl, %edx
	ret

	.section .note.GNU-stack, "", @progbits
