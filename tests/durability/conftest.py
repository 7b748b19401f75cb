"""A stage of its own for each test: what breaks on it breaks for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.durability.stage import BreakableStage


@pytest.fixture
async def stage(processes: None, tmp_path: Path) -> AsyncIterator[BreakableStage]:
    async with BreakableStage(tmp_path) as stage:
        yield stage
