"""A client of the control API for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from emulators.slack.control_api.client import ControlClient
from tests.support.emulators.scene import Scene


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def control(stage: Scene, session: aiohttp.ClientSession) -> ControlClient:
    return ControlClient(session, stage.slack.url, stage.slack.control_token)
