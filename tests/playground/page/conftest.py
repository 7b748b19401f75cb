"""An emulated Slack with its page for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.playground.visiting import Scene, scene


@pytest.fixture
async def stage() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made
