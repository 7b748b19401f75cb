"""Settings that are wrong in a way that only Slack or Temporal can tell: each process says so, and ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from process.settings import BAD_SETTINGS
from tests.support.e2e.stage import Stage

COMMANDS = [
    ("slackbot", []),
    ("agent_worker", []),
    ("agent_worker.ask", ["are you there?"]),
    ("agent_worker.feedback", ["export"]),
]


@pytest.mark.parametrize(("module", "arguments"), COMMANDS)
async def test_whoever_names_a_namespace_that_does_not_exist_is_told_so(
    module: str, arguments: list[str], temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        process = stage.process(module, ready="never", arguments=arguments, TEMPORAL_NAMESPACE="nowhere")
        await process.start(wait=False)

        assert await process.ended() == BAD_SETTINGS

    assert [line for line in process.lines if "Traceback" in line or "listening" in line] == []
    assert any("TEMPORAL_NAMESPACE: this Temporal server has no namespace nowhere" in line for line in process.lines)


@pytest.mark.parametrize("module", ["slackbot", "agent_worker"])
async def test_an_app_that_is_installed_in_a_whole_organisation_refuses_to_start_and_not_everybody_who_writes(
    module: str, temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, organisation_wide=True) as stage:
        process = stage.process(module, ready="never")
        await process.start(wait=False)

        assert await process.ended() == BAD_SETTINGS

    assert any("installed in a whole organisation" in line for line in process.lines)
