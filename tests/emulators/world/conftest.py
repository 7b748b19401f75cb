"""A pretend world for each test, at noon of a day in January, and a client that asks its services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from emulators.world.emulator import WorldEmulator


@pytest.fixture
async def world() -> AsyncIterator[WorldEmulator]:
    async with WorldEmulator(now=datetime(2026, 1, 15, 12, tzinfo=UTC)) as world:
        yield world


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client
