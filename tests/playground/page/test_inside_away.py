"""The drawer of a page whose Temporal is away says so, soon."""

from __future__ import annotations

import pytest

from playground.page import inside
from playground.page.surroundings import Surroundings
from playground.temporal_server import free_port
from tests.support.playground.visiting import scene


@pytest.mark.parametrize("which", ["gone", "unknown"])
async def test_without_temporal_there_is_a_sentence(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "PATIENCE", 0.5)
    temporal = {"target_host": f"127.0.0.1:{free_port()}"} if which == "gone" else None
    async with scene(Surroundings(temporal=temporal)) as stage:
        status, answer = await stage.visitor.get("/page/inside", channel=stage.general, thread_ts="1.000000")

    assert (status, answer["error"]) == (503, "Temporal does not answer just now")
