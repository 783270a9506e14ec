# SPDX-License-Identifier: GPL-2.0-or-later
"""How each boot loader is made to boot an image, by its own means: a function for each, which `build`
of an entry in tests/boot/loaders.toml names. It gets a Job and returns a Machine; files go into the
job's folder. Nobody needs to be root, and there are no loop devices.

common.py has what they share, each other file a family of loaders.
"""

from support.loaders import direct, efi, extlinux, grub, kexec, net, syslinux, uboot

MODULES = (direct, efi, extlinux, grub, kexec, net, syslinux, uboot)
BUILDERS = {function.__name__: function for module in MODULES for function in module.BUILDERS}
