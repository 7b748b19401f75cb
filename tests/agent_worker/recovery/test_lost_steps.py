"""Promises about the steps of dead workers: each begins again at once, and no living worker loses one.

Every deadline here is an hour away: what begins again within a test was given back.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.payloads.errors import DIED
from agent_worker.recovery import lost_steps
from agent_worker.recovery.held_steps import HeldSteps, Note
from process import temporal
from tests.support.agent_worker.one_step import one_step

SERVER = "here default"


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await temporal.connect({"target_host": temporal_address}, DATA_CONVERTER)


async def lost_at_first() -> str:
    """The first attempt never says how it ended, as if its process were gone."""
    if activity.info().attempt == 1:
        activity.raise_complete_async()
    return f"attempt {activity.info().attempt}"


def leave_note(folder: Path, token: bytes, server: str = SERVER) -> Path:
    """As a worker leaves it that was killed: nobody holds it."""
    path = folder / "left.step"
    path.write_bytes(Note(server, token).written())
    return path


async def test_a_step_of_a_dead_worker_begins_again_at_once(client: Client, tmp_path: Path) -> None:
    async with one_step(client, lost_at_first) as (steps, conversation):
        note = leave_note(tmp_path, await steps.tokens.get())

        await lost_steps.give_back(client, tmp_path, SERVER)

        assert await conversation.result() == "attempt 2"
        assert not note.exists()
        history = await conversation.fetch_history()
        failures = [event.activity_task_started_event_attributes.last_failure for event in history.events]
        assert [failure.application_failure_info.type for failure in failures if failure.message] == [DIED]


async def test_a_step_of_a_worker_that_lives_is_left_to_it(client: Client, tmp_path: Path) -> None:
    async with one_step(client, lost_at_first) as (steps, conversation):
        token = await steps.tokens.get()
        with HeldSteps(tmp_path, SERVER).held(token):
            await lost_steps.give_back(client, tmp_path, SERVER)

            await client.get_async_activity_handle(task_token=token).complete("by the worker that lives")
            assert await conversation.result() == "by the worker that lives"
            assert steps.begun == [1]


async def test_the_next_attempt_of_another_worker_is_not_taken_for_the_one_of_the_dead(
    client: Client, tmp_path: Path
) -> None:
    async def never_says() -> str:
        activity.raise_complete_async()

    async with one_step(client, never_says) as (steps, conversation):
        first = await steps.tokens.get()
        leave_note(tmp_path, first)
        await lost_steps.give_back(client, tmp_path, SERVER)
        second = await steps.tokens.get()
        note = leave_note(tmp_path, first)

        await lost_steps.give_back(client, tmp_path, SERVER)

        assert not note.exists()
        await client.get_async_activity_handle(task_token=second).complete("done")
        assert await conversation.result() == "done"
        assert steps.begun == [1, 2]


async def test_a_step_that_had_ended_is_not_begun_again(client: Client, tmp_path: Path) -> None:
    async def ends() -> str:
        return "done"

    async with one_step(client, ends) as (steps, conversation):
        note = leave_note(tmp_path, await steps.tokens.get())
        await conversation.result()

        await lost_steps.give_back(client, tmp_path, SERVER)

        assert not note.exists()
        assert steps.begun == [1]


async def test_a_step_of_another_server_is_left_to_its_own_workers(client: Client, tmp_path: Path) -> None:
    async with one_step(client, lost_at_first) as (steps, conversation):
        note = leave_note(tmp_path, await steps.tokens.get(), server="there default")

        await lost_steps.give_back(client, tmp_path, SERVER)
        assert note.exists()
        await lost_steps.give_back(client, tmp_path, "there default")

        assert await conversation.result() == "attempt 2"


async def test_a_note_without_a_step_is_cleared_away(client: Client, tmp_path: Path) -> None:
    (tmp_path / "half.step").write_bytes(b'{"server": "here')
    (tmp_path / "other.txt").write_bytes(b"")

    await lost_steps.give_back(client, tmp_path, SERVER)

    assert os.listdir(tmp_path) == ["other.txt"]


async def test_a_worker_starts_where_there_are_no_notes_or_none_that_temporal_takes(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    note = leave_note(tmp_path, b"no token of Temporal's")

    with caplog.at_level(logging.INFO):
        await lost_steps.give_back(client, tmp_path / "missing", SERVER)
        await lost_steps.give_back(client, tmp_path, SERVER)

    assert [record.getMessage() for record in caplog.records] == ["step not given back"]
    assert note.exists()
