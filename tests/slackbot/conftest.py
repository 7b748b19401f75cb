"""A Slack for the tests of the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.slackbot.listening import Stage, a_slack


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_slack() as stage:
        yield stage
