/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trial of KVM. /dev/kvm that opens is not enough: inside of some virtual machines (PVM; old
 * Intel CPUs without unrestricted guest) KVM emulates the code of a guest that is not yet in its
 * final mode, slowly and incompletely, and a boot stops half-way with an "emulation failure". So a
 * guest of a few bytes is run in real mode, which uses an instruction that KVM's emulator does not
 * know.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "host/kvm.h"

#define GUEST_PA   0x1000
#define GUEST_SIZE 0x1000
#define RFLAGS_1   (1 << 1) /* always set [SDM1 3.4.3] */

/* One virtual CPU in real mode at GUEST_PA. */
static bool prepare(int cpu)
{
	struct kvm_regs regs = {.rflags = RFLAGS_1};
	struct kvm_sregs sregs;

	if (ioctl(cpu, KVM_GET_SREGS, &sregs) < 0)
		return false;
	sregs.cs.base = GUEST_PA;
	sregs.cs.selector = GUEST_PA >> 4;
	return ioctl(cpu, KVM_SET_SREGS, &sregs) >= 0 && ioctl(cpu, KVM_SET_REGS, &regs) >= 0;
}

/* Run it until it halts; anything else is not what a CPU would do. */
static bool run(int kvm, int cpu)
{
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct kvm_run *state;
	bool halted;

	if (size <= 0)
		return false;
	state = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
	if (state == MAP_FAILED)
		return false;
	halted = prepare(cpu) && ioctl(cpu, KVM_RUN, 0) >= 0 && state->exit_reason == KVM_EXIT_HLT;
	munmap(state, (size_t)size);
	return halted;
}

static bool try_guest(int kvm, int vm, uint8_t *memory)
{
	static const uint8_t code[] = {
		0xf3, 0x0f, 0xb8, 0xc1, /* popcnt %cx, %ax */
		0xf4, /* hlt */
	};
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_PA,
		.memory_size = GUEST_SIZE,
		.userspace_addr = (uintptr_t)memory,
	};
	bool good;
	int cpu;

	memcpy(memory, code, sizeof(code));
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return false;
	cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (cpu < 0)
		return false;
	good = run(kvm, cpu);
	close(cpu);
	return good;
}

bool kvm_usable(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	uint8_t *memory = MAP_FAILED;
	bool good = false;
	int vm = -1;

	if (kvm < 0)
		return false;
	if (ioctl(kvm, KVM_GET_API_VERSION, 0) == KVM_API_VERSION)
		vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm >= 0)
		memory = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (memory != MAP_FAILED) {
		good = try_guest(kvm, vm, memory);
		munmap(memory, GUEST_SIZE);
	}
	if (vm >= 0)
		close(vm);
	close(kvm);
	return good;
}
