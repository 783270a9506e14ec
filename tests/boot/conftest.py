# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of boot loaders share."""

from contextlib import ExitStack

import pytest

from support import qemu
from support.loaders import BUILDERS
from support.loaders.common import Job

PATIENCE = 150


@pytest.fixture
def load(stock_kernels, tmp_path):
    """load(loader, image, initrd, line): (serial output, QEMU's exit status). loader: which of
    support/loaders; kernel: what image is made of; memory in MiB, if not the loader's own."""

    def run(loader, image, initrd, line, *, kernel="cloud", memory=None, timeout=PATIENCE):
        with ExitStack() as closing:
            machine = BUILDERS[loader](Job(image, initrd, line, tmp_path, stock_kernels[kernel],
                                           stock_kernels["cloud"], closing))
            return qemu.run(machine.arguments, machine=machine.machine, memory=memory or machine.memory,
                            timeout=timeout)

    return run
