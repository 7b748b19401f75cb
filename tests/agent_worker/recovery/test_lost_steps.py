"""Promises about the steps of dead workers: each begins again at once, and no living worker loses one.

Every deadline here is an hour away: what begins again within a test was given back.
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
from datetime import timedelta
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


@pytest.mark.parametrize("old", ["here default", "there default"])
async def test_a_note_of_the_day_before_yesterday_is_cleared_away_whosever_it_is(
    client: Client, tmp_path: Path, old: str
) -> None:
    note = leave_note(tmp_path, b"token", server=old)
    before = time.time() - 2 * 24 * 60 * 60
    os.utime(note, (before, before))

    await lost_steps.give_back(client, tmp_path, SERVER)

    assert not note.exists()


async def test_a_worker_starts_where_there_are_no_notes_or_none_that_temporal_takes(
    client: Client, tmp_path: Path
) -> None:
    note = leave_note(tmp_path, b"no token of Temporal's")

    await lost_steps.give_back(client, tmp_path / "missing", SERVER)
    await lost_steps.give_back(client, tmp_path, SERVER)

    assert not note.exists(), "Temporal never will take it"


def clutter(folder: Path) -> None:
    """What no worker has written as a note, or not to its end. All of it comes before the note of the step."""
    (folder / "a-nested.step").write_bytes(b"[" * 9_000)
    with (folder / "b-huge.step").open("wb") as file:
        file.truncate(10_000_000_000)
    (folder / "c-folder.step").mkdir()
    (folder / "elsewhere").write_bytes(Note(SERVER, b"token").written())
    (folder / "d-link.step").symlink_to(folder / "elsewhere")
    (folder / "e-lost-link.step").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "f-pipe.step")
    (folder / "g-unreadable.step").touch(mode=0o000)


async def test_whatever_lies_in_the_folder_the_worker_starts_and_the_steps_begin_again(
    client: Client, tmp_path: Path
) -> None:
    async with one_step(client, lost_at_first) as (steps, conversation):
        leave_note(tmp_path, await steps.tokens.get())
        clutter(tmp_path)

        await lost_steps.give_back(client, tmp_path, SERVER)

        assert await conversation.result() == "attempt 2"
        assert {"elsewhere", "c-folder.step", "d-link.step", "f-pipe.step"} <= set(os.listdir(tmp_path))


async def test_there_may_be_more_notes_than_files_that_a_process_may_open(client: Client, tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number}.step").write_bytes(Note(SERVER, b"no token").written())
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/dev/fd"))) + 100, allowed[1]))
    try:
        await lost_steps.give_back(client, tmp_path, SERVER)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, allowed)

    assert os.listdir(tmp_path) == []


async def test_a_worker_does_not_wait_long_for_a_temporal_that_does_not_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many notes there are; the next worker finds them again."""
    monkeypatch.setattr("agent_worker.recovery.lost_steps.PATIENCE", timedelta(seconds=0.2))
    for number in range(200):
        (tmp_path / f"{number}.step").write_bytes(Note(SERVER, b"token").written())
    over = asyncio.Event()

    async def never_answers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(never_answers, "127.0.0.1", 0) as listening:
        host, port = listening.sockets[0].getsockname()
        away = await Client.connect(f"{host}:{port}", lazy=True)
        async with asyncio.timeout(2):
            await lost_steps.give_back(away, tmp_path, SERVER)
        over.set()

    assert [record.getMessage() for record in caplog.records] == ["steps not given back in time"]
    assert len(os.listdir(tmp_path)) == 200
