"""A stage whose agent a test may change before it starts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.e2e.stage import Stage


@pytest.fixture
async def unstarted(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(temporal_address, tmp_path) as stage:
        yield stage
        stage.gemini.assert_script_finished()
