/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is KVM any good here?
 */
#ifndef HOST_KVM_H
#define HOST_KVM_H

#include <stdbool.h>

/* May this user run KVM guests, and does their code run on the CPU from reset on? */
bool kvm_usable(void);

#endif /* HOST_KVM_H */
