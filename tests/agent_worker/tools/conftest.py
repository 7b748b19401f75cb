"""The pretend world, and the agent's tools opened on it; what tools ask of Slack is noted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import HttpUrl

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.file_ticket import HelpdeskSettings
from agent_worker.tools.ip_address import IpAddressSettings
from agent_worker.tools.location import LocationSettings
from agent_worker.tools.weather_alerts import WeatherSettings
from emulators.world.emulator import WorldEmulator
from tests.support.agent_worker.slack_views import NotedView


@pytest.fixture
async def world() -> AsyncIterator[WorldEmulator]:
    async with WorldEmulator(now=datetime(2026, 1, 15, 12, tzinfo=UTC)) as world:
        yield world


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
def toolbox(world: WorldEmulator, http: httpx.AsyncClient) -> OpenToolbox:
    """All tools, with ipwho.is as the geolocation service."""
    settings = (
        WeatherSettings(weather_api_url=HttpUrl(world.weather_api_url), weather_user_agent="test (test@example.com)"),
        IpAddressSettings(ip_address_url=HttpUrl(world.ip_address_url)),
        LocationSettings(geolocation_url=HttpUrl(world.geolocation_url)),
        HelpdeskSettings(helpdesk_api_url=HttpUrl(world.helpdesk_api_url)),
    )
    return Toolbox.discover().open(http, settings)


@pytest.fixture
def view() -> NotedView:
    return NotedView()
