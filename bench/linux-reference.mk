# SPDX-License-Identifier: GPL-2.0-or-later
# Read by make inside an unpacked Linux source (bench/linux-reference.sh): a target for the few files
# that its boot stub needs from outside its own folder, so that no kernel has to be compiled.
include Makefile

.PHONY: stub-parts
stub-parts: prepare
	$(Q)$(MAKE) $(build)=init include/generated/utsversion.h
	$(Q)$(MAKE) $(build)=arch/x86/kernel/cpu arch/x86/kernel/cpu/capflags.c
	$(Q)$(MAKE) $(build)=arch/x86/lib arch/x86/lib/inat-tables.c
	$(Q)$(MAKE) $(build)=drivers/firmware/efi/libstub drivers/firmware/efi/libstub/lib.a
