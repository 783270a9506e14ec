/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See exception.h. 64-bit mode, interrupts off throughout. Every exception switches to a stack of
 * its own (IST [SDM3 6.14.5]), because libraries keep data below the stack pointer (the red zone),
 * which a frame on the same stack would destroy. Page faults have stack 1, the rest stack 2, so
 * that a fault in the page-fault handler is still told.
 */
#include "boot/stub/exception.h"
#include "boot/lib/cpu64.h"
#include "boot/lib/phys.h"
#include "boot/stub/console.h"
#include "boot/stub/die.h"
#include "boot/stub/layout.h"
#include "boot/stub/libc.h"
#include "boot/stub/paging.h"
#include "boot/stub/stub.h"
#include "spec/x86.h"

#define VECTORS           32
#define VECTOR_NMI        2
#define VECTOR_PAGE_FAULT 14
#define PF_ERROR_PRESENT  (1 << 0) /* the page is there, but not for this access */

/* What isr.S pushes, lowest address first. */
struct frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t offset_0;
	uint16_t selector;
	uint8_t ist;
	uint8_t type;
	uint16_t offset_16;
	uint32_t offset_32;
	uint32_t reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct gate) == 16, "64-bit interrupt gate [SDM3 6.14.1]");

struct tss {
	uint32_t reserved_0;
	uint64_t rsp[3];
	uint64_t reserved_1;
	uint64_t ist[7];
	uint64_t reserved_2;
	uint16_t reserved_3;
	uint16_t iomap;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "64-bit TSS [SDM3 7.7]");

#define GATE_INTERRUPT    0x8e /* present, ring 0, interrupt gate */
#define TSS_AVAILABLE     0x89 /* present, ring 0, 64-bit TSS */
#define CODE_32           0x00cf9b000000ffff /* as BOOT_CS, but 32-bit */

/* In isr.S: 16 bytes of code a vector; and in head.S and entry64.S. */
extern uint8_t isr_table[];
extern const uint64_t boot_gdt[];
void segments_load(const struct table_register *gdtr);
void exception_handle(struct frame *f);

#define ISR_SIZE 16

/* What each processor has for itself. */
struct own {
	uint64_t gdt[STUB_GDT_SIZE / 8];
	struct tss tss;
};
_Static_assert(sizeof(struct own) <= EXCEPTION_OWN_SIZE, "what exception.h says");

static struct own boot_own;
static struct gate idt[VECTORS];

static void own_load(struct own *own, uint64_t page_fault_stack, uint64_t other_stack)
{
	const struct table_register gdtr = {sizeof(own->gdt) - 1, phys_addr(own->gdt)};
	uint64_t base = phys_addr(&own->tss);

	memcpy(own->gdt, boot_gdt, STUB_TSS);
	/* A TSS descriptor: limit 15:0, base 23:0, type, base 31:24; base 63:32 [SDM3 7.2.3] */
	own->gdt[STUB_TSS / 8] = (sizeof(own->tss) - 1) | (base & 0xffffff) << 16 |
		(uint64_t)TSS_AVAILABLE << 40 | (base >> 24 & 0xff) << 56;
	own->gdt[STUB_TSS / 8 + 1] = base >> 32;
	own->gdt[STUB_CS32 / 8] = CODE_32;
	own->tss = (struct tss){
		.ist = {page_fault_stack, other_stack},
		.iomap = sizeof(own->tss),
	};
	segments_load(&gdtr);
	task_register_load(STUB_TSS);
}

static void idt_use(void)
{
	const struct table_register idtr = {sizeof(idt) - 1, phys_addr(idt)};

	idt_load(&idtr);
}

void exception_init(uint64_t work_pa)
{
	own_load(&boot_own, work_pa + WORK_IST1_TOP, work_pa + WORK_IST2_TOP);
	for (unsigned int i = 0; i < VECTORS; i++) {
		uint64_t handler = phys_addr(isr_table) + i * ISR_SIZE;

		idt[i] = (struct gate){
			.offset_0 = (uint16_t)handler,
			.selector = BOOT_CS,
			.ist = i == VECTOR_PAGE_FAULT ? 1 : 2,
			.type = GATE_INTERRUPT,
			.offset_16 = (uint16_t)(handler >> 16),
			.offset_32 = (uint32_t)(handler >> 32),
		};
	}
	idt_use();
}

void exception_join(uint64_t own_pa, uint64_t page_fault_stack, uint64_t other_stack)
{
	own_load(phys_ptr(own_pa), page_fault_stack, other_stack);
	idt_use();
}

static void dump(const struct frame *f, uint64_t cr2)
{
	uint64_t stub_pa = phys_addr(stub_start);

	complain("E%d %s: vector %lu, error code 0x%lx", ERR_EXCEPTION, err_text(ERR_EXCEPTION),
		f->vector, f->error);
	complain("at stub+0x%lx (0x%lx), cr2 0x%lx", f->rip - stub_pa, f->rip, cr2);
	/* three a line: a screen has 80 columns */
	complain("rax %016lx rbx %016lx rcx %016lx", f->rax, f->rbx, f->rcx);
	complain("rdx %016lx rsi %016lx rdi %016lx", f->rdx, f->rsi, f->rdi);
	complain("rbp %016lx rsp %016lx r8  %016lx", f->rbp, f->rsp, f->r8);
	complain("r9  %016lx r10 %016lx r11 %016lx", f->r9, f->r10, f->r11);
	complain("r12 %016lx r13 %016lx r14 %016lx", f->r12, f->r13, f->r14);
	complain("r15 %016lx cs %lx ss %lx rflags %lx cr0 %lx cr4 %lx", f->r15, f->cs, f->ss,
		f->rflags, cr0_read(), cr4_read());
}

/* From isr.S. Returns if the instruction may be tried again. */
void exception_handle(struct frame *f)
{
	uint64_t cr2 = cr2_read();

	/* A crash kernel may be started out of an NMI, and another one may be on its way. */
	if (f->vector == VECTOR_NMI)
		return;
	if (f->vector == VECTOR_PAGE_FAULT && !(f->error & PF_ERROR_PRESENT)) {
		enum err err = paging_fault(cr2);

		if (!err)
			return;
		if (err != ERR_EXCEPTION)
			die(err, &(struct fault){.text = "page fault", .value = cr2});
	}
	die_alone();
	dump(f, cr2);
	die_restart();
}
