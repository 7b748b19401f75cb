"""Promises to open conversations: today's workflow replays what any release has recorded, and the check can fail."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.workflow.agent import AgentWorkflow
from agent_worker.workflow.watermark import ListeningWorkflow
from tests.durability import record
from tests.support.durability.changed import GuardedChange, LooksUpFirst, ShowsNothing
from tests.support.durability.shapes import RESTLESS_SHAPES, SHAPES

REPLAYED_WITHIN = 60.0  # seconds
LISTENED = sorted(record.DIRECTORY.glob(f"*.{record.LISTENED}.json.gz"))
RECORDED = sorted(set(record.DIRECTORY.glob("*.json.gz")) - set(LISTENED))
NAMES = [path.name.removesuffix(".json.gz") for path in RECORDED]
each_history = pytest.mark.parametrize("path", RECORDED, ids=NAMES)


async def replay(path: Path, workflow: type = AgentWorkflow) -> None:
    """Raises when this workflow would do anything else than what was recorded; set up as the worker is."""
    replayer = Replayer(workflows=[workflow], data_converter=DATA_CONVERTER)
    async with asyncio.timeout(REPLAYED_WITHIN):
        await replayer.replay_workflow(record.read(path))


def shape_of(path: Path) -> str:
    return re.sub(r"(_\d)?$", "", path.name.removesuffix(".json.gz").rpartition(".")[2])


@each_history
async def test_a_recorded_conversation_goes_on_with_the_workflow_of_today(path: Path) -> None:
    await replay(path)


@each_history
async def test_a_step_too_many_is_noticed_in_every_recorded_conversation(path: Path) -> None:
    with pytest.raises(NondeterminismError):
        await replay(path, LooksUpFirst)


@pytest.mark.parametrize("path", LISTENED, ids=[path.name for path in LISTENED])
async def test_the_bots_recorded_marks_go_on_with_the_workflow_of_today(path: Path) -> None:
    await replay(path, ListeningWorkflow)


async def test_a_step_that_is_left_out_is_noticed_where_it_was_taken() -> None:
    noticed = set()
    for path in RECORDED:
        try:
            await replay(path, ShowsNothing)
        except NondeterminismError:
            noticed.add(shape_of(path))

    assert {"three_tool_chain", "parallel_tools", "steered"} <= noticed
    assert not {"greeting", "haiku", "terminal"} & noticed


@each_history
async def test_a_change_that_is_guarded_leaves_recorded_conversations_alone(path: Path) -> None:
    await replay(path, GuardedChange)


def test_every_shape_that_can_be_recorded_is_recorded() -> None:
    shapes = {shape.__name__ for shape in (*SHAPES, *RESTLESS_SHAPES)}

    assert {shape_of(path) for path in RECORDED} >= shapes
    assert LISTENED


@each_history
def test_a_recorded_history_names_no_machine_and_holds_no_secret(path: Path) -> None:
    texts = list(texts_of(json.loads(gzip.decompress(path.read_bytes()))))

    assert texts
    telling = re.compile(r"\d+@\w|\.py\b|://|xox[a-z]-|xapp-|AIza")
    assert [text for text in texts if telling.search(text)] == []


def texts_of(value: Any, key: str = "") -> Iterator[str]:
    """All keys and values of a history; payloads are read."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield inner_key
            yield from texts_of(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner, key)
    elif isinstance(value, str):
        yield base64.b64decode(value).decode() if key in {"data", "encoding"} else value


def test_what_names_a_machine_is_taken_out() -> None:
    event = {
        "identity": "4711@host",
        "taskQueue": {"name": "4711@host-1a2b", "kind": "STICKY"},
        "failure": {"message": "no", "stackTrace": 'File "/somewhere/workflow.py"'},
        "list": [{"identity": "4711@host"}, "kept"],
    }

    assert record.scrubbed(event) == {
        "taskQueue": {"name": "worker", "kind": "STICKY"},
        "failure": {"message": "no"},
        "list": [{}, "kept"],
    }


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    history = record.read(RECORDED[0])

    record.write(tmp_path / "again", WorkflowHistory("any", history.events))

    assert (tmp_path / "again").read_bytes() == RECORDED[0].read_bytes()
