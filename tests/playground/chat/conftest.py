"""A Slack for each test of the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.emulators.scene import Scene, scene


@pytest.fixture
async def stage() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made
