"""A Slack whose app hears of no messages, so that what people press arrives alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.emulators.scene import Scene, scene


@pytest.fixture
async def quiet() -> AsyncIterator[Scene]:
    async with scene() as made:
        made.slack.revoke("channels:history")
        yield made
