"""A Slack for each test: in real time, or with a clock that stands still until the test turns it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.emulators.scene import Scene, scene, still_clock


@pytest.fixture
async def stage() -> AsyncIterator[Scene]:
    """A plain Slack in real time."""
    async with scene() as made:
        yield made


@pytest.fixture
async def still() -> AsyncIterator[Scene]:
    """A Slack whose clock only the test turns."""
    async with scene(clock=still_clock()) as made:
        yield made
