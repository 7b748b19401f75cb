"""A local Slack for the tests of the app and of its connection."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.slackbot.connection import ConnectionStage, connection_stage


@pytest.fixture
async def stage() -> AsyncIterator[ConnectionStage]:
    async with connection_stage() as stage:
        yield stage
