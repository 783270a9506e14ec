# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that are quickly made: a small test kernel, compressed a little."""

import pytest


@pytest.fixture(scope="session")
def pie_image(make_image):
    return make_image("pie", "-c", "zstd:3")


@pytest.fixture(scope="session")
def high_image(make_image):
    return make_image("high", "-c", "zstd:3")
