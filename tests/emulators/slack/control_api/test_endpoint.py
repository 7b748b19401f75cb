"""The control API, through the client that local tools use and over bare HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from emulators.slack.control_api.client import ControlClient
from tests.support.emulators.scene import Scene


async def _call(
    session: aiohttp.ClientSession, stage: Scene, verb: str, path: str, **options: Any
) -> tuple[int, dict[str, Any]]:
    own = {"Authorization": f"Bearer {stage.slack.control_token}"}
    async with session.request(verb, f"{stage.slack.url}/playground/{path}", headers=own, **options) as response:
        return response.status, await response.json()


async def test_the_state_names_the_bot_the_people_and_the_channels(stage: Scene, control: ControlClient) -> None:
    directory = await control.directory()

    assert (directory.bot_name, directory.bot_user_id) == ("agent", stage.slack.bot_user_id)
    assert directory.users[stage.anna] == "anna"
    assert directory.channels == {stage.general: "general"}
    assert directory.bots == {stage.slack.bot_user_id}


async def test_saying_something_is_the_same_as_if_the_person_had_written_it(
    stage: Scene, control: ControlClient
) -> None:
    root = await control.say("anna", "general", "hello", None)
    reply = await control.say(stage.anna, stage.general, "again", root)

    messages = stage.slack.thread(stage.general, root)

    assert [(message.ts, message.text, message.user) for message in messages] == [
        (root, "hello", stage.anna),
        (reply, "again", stage.anna),
    ]


async def test_the_status_line_of_a_thread_is_told(stage: Scene, control: ControlClient) -> None:
    root = stage.ask()
    before = await control.status("general", root)
    await stage.show_status(root, "is thinking…")

    assert (before, await control.status("general", root)) == ("", "is thinking…")


async def test_changes_are_waited_for(stage: Scene, control: ControlClient) -> None:
    waiting = asyncio.create_task(control.changes(0, 10.0))
    await asyncio.sleep(0)
    root = stage.slack.say(stage.anna, stage.general, "hello")

    (change,) = await waiting

    assert (change.kind, change.text, change.thread_ts, change.from_app) == ("message", "hello", root, False)
    assert await control.changes(change.number, 0.0) == []


async def test_changes_tell_of_posts_updates_deletions_and_statuses(stage: Scene, control: ControlClient) -> None:
    root = stage.ask()
    await stage.show_status(root, "is thinking…")
    ts = (await stage.client.chat_postMessage(channel=stage.general, text="one", thread_ts=root))["ts"]
    await stage.client.chat_update(channel=stage.general, ts=ts, text="two")
    await stage.client.chat_delete(channel=stage.general, ts=ts)

    changes = await control.changes(1, 0.0)

    assert [(change.kind, change.text) for change in changes] == [
        ("status", "is thinking…"),
        ("message", "one"),
        ("status", ""),
        ("message_changed", "two"),
        ("message_deleted", "two"),
    ]
    assert {change.thread_ts for change in changes} == {root}


async def test_changes_tell_whether_a_message_is_still_growing(stage: Scene, control: ControlClient) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = stage.slack.say(stage.anna, direct, "hello")
    ts = str((await stage.client.chat_startStream(channel=direct, thread_ts=root, markdown_text="One"))["ts"])
    await stage.client.chat_appendStream(channel=direct, ts=ts, markdown_text=", two")
    await stage.client.chat_stopStream(channel=direct, ts=ts)

    changes = await control.changes(1, 0.0)

    assert [(change.kind, change.text, change.is_growing) for change in changes] == [
        ("message", "One", True),
        ("message_changed", "One, two", True),
        ("message_changed", "One, two", False),
    ]


async def test_direct_messages_are_opened_by_name(stage: Scene, control: ControlClient) -> None:
    assert await control.direct_messages("anna") == stage.slack.open_dm(stage.anna)


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("say", {"user": "nobody", "channel": "general", "text": "x"}, 404),
        ("say", {"user": "anna", "channel": "nowhere", "text": "x"}, 404),
        ("say", {"user": "anna", "channel": "general"}, 400),
        ("say", {"user": "anna", "channel": "general", "text": "x", "thread_ts": "1.000000"}, 400),
        ("say", [], 400),
    ],
)
async def test_a_refused_request_is_answered_with_a_sentence(
    stage: Scene, session: aiohttp.ClientSession, path: str, fields: Any, status: int
) -> None:
    answer = await _call(session, stage, "POST", path, json=fields)

    assert answer[0] == status
    assert answer[1]["error"]


@pytest.mark.parametrize("authorization", [{}, {"Authorization": ""}, {"Authorization": "Bearer of-another-run"}])
async def test_a_request_without_the_token_of_this_run_is_refused(stage: Scene, authorization: dict[str, str]) -> None:
    said = {"user": "anna", "channel": "general", "text": "not me"}
    async with aiohttp.ClientSession(stage.slack.url, headers=authorization) as session:
        statuses = [
            (await session.post("/playground/say", json=said)).status,
            (await session.get("/playground/state")).status,
        ]

    assert statuses == [401, 401]
    assert stage.slack.messages(stage.general) == []
